"""Bends, and where they arrive; vibrato, how fast and how wide."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from dsp.facts import Bends, BendTarget, Vibrato
from dsp.scores.robust import spread
from dsp.types import Note

BENT_CENTS: Final = 35.0
"""Less is a note out of tune, not a bend."""
CURL_CENTS: Final = 60.0
"""Between the two a quarter-tone curl, which has no semitone to arrive at."""
IN_TUNE_CENTS: Final = 15.0


def is_bent(note: Note) -> bool:
    """Whether the string was pushed, on purpose."""
    return abs(note.bend_cents) >= BENT_CENTS


def bends(notes: Sequence[Note]) -> Bends:
    """Of every bend that reached for a semitone: how far from it it came, short is negative."""
    reached = [(n.midi, n.cents + n.bend_cents) for n in notes if is_bent(n) and not n.slide and not n.vibrato_hz]
    meant = [_meant(cents) for _, cents in reached if abs(cents) >= CURL_CENTS]
    if not meant:
        return Bends()
    off_cents = np.array([off for _, off in meant], np.float64)
    targets = sorted({semitones for semitones, _ in meant})
    by_target = [(t, [off for semitones, off in meant if semitones == t]) for t in targets]
    return Bends(
        float(np.median(off_cents)),
        spread(off_cents),
        sum(abs(off) <= IN_TUNE_CENTS for _, off in meant) / len(meant),
        tuple(BendTarget(t, float(np.median(offs)), len(offs)) for t, offs in by_target),
        len(meant),
    )


def _meant(reached_cents: float) -> tuple[int, float]:
    """The semitones that a bend reached for, downwards negative, and how far beyond them it came."""
    size = abs(reached_cents)
    semitones = max(1, int(size / 100.0 + 0.5))
    return (semitones if reached_cents > 0 else -semitones), size - 100.0 * semitones


def vibrato(notes: Sequence[Note]) -> Vibrato:
    """Medians over the notes that were shaken; a width that was not measured (an older log) is left out."""
    shaken = [n for n in notes if n.vibrato_hz > 0.0]
    if not shaken:
        return Vibrato()
    widths = [n.vibrato_cents for n in shaken if n.vibrato_cents > 0.0]
    return Vibrato(
        float(np.median([n.vibrato_hz for n in shaken])),
        float(np.median(widths)) if widths else None,
        len(shaken),
    )
