"""Strums as the network sees them, with their truth, ready to be learnt from."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dsp.chords.naming import TABLE
from dsp.chords.spectrum import CELLS, look_at
from dsp.chords.struck import LOWEST_PITCH, PITCHES
from tests.chords.bank import Bank
from tests.chords.strums import Strum, any_strum

NO_ROW = -1


@dataclass(frozen=True)
class Lessons:
    """``looks``: (n, 4, CELLS) half floats: whole, late, before, last; ``struck``: (n, 54) of 0 and 1; ``rows``: (n,).

    A row is the explanation in ``dsp.chords.naming`` that is true, or ``NO_ROW``.
    """

    looks: np.ndarray
    struck: np.ndarray
    rows: np.ndarray


def lessons(seed: int, banks: Sequence[Bank], count: int) -> Lessons:
    """So many strums."""
    rng = np.random.default_rng(seed)
    looks = np.zeros((count, 4, CELLS), np.float16)
    struck = np.zeros((count, PITCHES), np.uint8)
    rows = np.zeros(count, np.int32)
    for index in range(count):
        strum = any_strum(rng, banks)
        look = look_at(strum.samples, strum.before, 440.0)
        looks[index] = look.whole, look.late, look.before, look.last
        for midi in strum.struck:
            if 0 <= midi - LOWEST_PITCH < PITCHES:
                struck[index, midi - LOWEST_PITCH] = 1
        rows[index] = true_row(strum)
    return Lessons(looks, struck, rows)


def true_row(strum: Strum) -> int:
    """Which explanation is true; none of them is for silence and for heaps of notes without a name."""
    voicing = strum.voicing
    if not voicing.midi:
        return NO_ROW
    steps = tuple(sorted({(midi - voicing.bass) % 12 for midi in voicing.midi}))
    for row, (root, word) in enumerate(zip(TABLE.roots, TABLE.words, strict=True)):
        if word != voicing.kind or root != (voicing.bass if word is None else voicing.root):
            continue
        if word is not None or TABLE.steps[row] == steps:
            return row
    return NO_ROW
