"""Which pitch sounds: of a harmonic that is touched at a fret, and of a string that is bent before it is struck."""

from collections.abc import Sequence
from typing import Final

# Semitones above the string (stopped or open) of the harmonic touched so many frets above it.
TOUCHED: Final = {12: 12, 7: 19, 19: 19, 5: 24, 24: 24, 4: 28, 9: 28, 16: 28, 3: 31}
BENT_CENTS_MAX: Final = 2400.0


def bent(points_cents: Sequence[float]) -> tuple[int, float]:
    """Of a bend's points: whole semitones at the onset, and how far (cents) it goes from there at most, signed.

    A string bent before it is struck sounds bent; a release goes down from there.
    """
    if not points_cents:
        return 0, 0.0
    held = [max(-BENT_CENTS_MAX, min(BENT_CENTS_MAX, cents)) for cents in points_cents]
    semitones = round(held[0] / 100.0)
    farthest = max(held, key=lambda cents: abs(cents - held[0]))
    return semitones, farthest - 100.0 * semitones
