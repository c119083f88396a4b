"""Which pitches were struck: each candidate's partials, against what stands beside them and what rang before."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from dsp.chords.spectrum import CELLS, CELLS_PER_SEMITONE, LOWEST_MIDI, Strum

Floats = NDArray[np.float64]

LOWEST_PITCH: Final = 35  # B1
HIGHEST_PITCH: Final = 88  # E6
ORDERS: Final = 6
OVERTONES: Final = (12, 19, 24, 28, 31, 34, 36, 38)
EXPLAINED: Final = 4.0  # how much less a pitch is believed that a lower one's partial may be
EACH: Final = np.array([1.0, 0.8, 0.6, 0.4, 0.3, 0.2])


def struck_odds(strum: Strum) -> Floats:
    """Log-odds that each pitch from B1 to E6 was struck; shape (54,)."""
    pitches = np.arange(LOWEST_PITCH, HIGHEST_PITCH + 1)
    first = (pitches - LOWEST_MIDI) * CELLS_PER_SEMITONE
    shifts = np.round(12 * CELLS_PER_SEMITONE * np.log2(np.arange(1, ORDERS + 1))).astype(int)
    wide = np.convolve(strum.whole, np.ones(13) / 13, mode="same")
    clear = np.maximum(strum.whole - wide, 0.0)
    at = first[:, None] + shifts[None, :]
    inside = at < CELLS
    seen = np.where(inside, clear[np.minimum(at, CELLS - 1)], 0.0)
    weights = EACH * inside
    score = (seen * weights).sum(axis=1) / weights.sum(axis=1)
    sub = np.where(first >= 36, score[np.maximum(np.arange(len(first)) - 12, 0)], 0.0)
    level = np.minimum(strum.whole[first], 3.5)
    odds = np.asarray(6.0 * (score - 0.5) + 3.0 * (level - 2.3) - 1.5 * np.maximum(sub - 0.5, 0.0), np.float64)
    for at in range(len(odds)):
        below = [at - step for step in OVERTONES if step <= at]
        odds[at] -= EXPLAINED * sum(odds[lower] > 0.0 for lower in below)
    return odds
