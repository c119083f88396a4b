"""Which chord was struck, from the first 300 ms of its sound: struck pitches first, then the name that explains them.

What rang on from before is told from what was struck by the sound before the strum.
"""

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from dsp.chords.naming import name
from dsp.chords.spectrum import SHORTEST_SAMPLES, look_at
from dsp.chords.struck import LOWEST_PITCH, struck_odds

Samples = NDArray[np.float32]
What: TypeAlias = Literal["chord", "double stop", "note", "none"]

SILENCE_DB: Final = -85.0  # of the loudest partial, re full scale


@dataclass(frozen=True, slots=True)
class ChordGuess:
    """``root`` and ``bass``: pitch classes (C = 0); ``kind``: a word of ``dsp.theory.chord_kinds``; None for no chord.

    ``tones``: MIDI numbers that were struck, lowest first; ``confidence``: 0 to 1, how often such a guess is exact.
    """

    root: int | None
    kind: str | None
    bass: int | None
    tones: tuple[int, ...]
    confidence: float
    what: What


NOTHING: Final = ChordGuess(None, None, None, (), 0.0, "none")


def recognise(samples: Samples, before: Samples, a4_hz: float = 440.0) -> ChordGuess:
    """``samples``: mono at 12 kHz since the strum's onset, 80 to 340 ms; ``before``: up to 300 ms before it.

    Both finite, hum and DC taken out. Shorter, or silent, is "none". Pure; costs about a millisecond.
    """
    if len(samples) < SHORTEST_SAMPLES:
        return NOTHING
    strum = look_at(samples, before, a4_hz)
    if strum.level_db < SILENCE_DB:
        return NOTHING
    odds = struck_odds(strum)
    tones = tuple(int(at) + LOWEST_PITCH for at in np.flatnonzero(odds > 0.0))
    if not tones:
        return NOTHING
    named = name(odds, LOWEST_PITCH)
    classes = {tone % 12 for tone in tones}
    if named.kind is None:
        what: What = "note" if len(classes) == 1 else "double stop"
        return ChordGuess(None, None, tones[0] % 12, tones, named.posterior, what)
    return ChordGuess(named.root, named.kind, tones[0] % 12, tones, named.posterior, "chord")
