"""Down and up strokes compared: in steady runs the odd strokes against the even ones, in time and in loudness.

A stroke half-way between its neighbours is even. With a click the strokes on the beat are the odd ones, whatever a run
began with; without one the first stroke of a run is odd.
"""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dsp.facts import Picking
from dsp.scores.robust import Floats, centre
from dsp.scores.strokes import Run

COMPARED_MIN: Final = 12
LEAST_MS, LEAST_DB = 0.25, 0.1
SHARED: Final = math.sqrt(4.0 / 1.5)
"""Every stroke is in three comparisons: their mean is so much less sure than that of as many independent ones."""


def picking(runs: Sequence[Run]) -> Picking:
    """Each stroke whose neighbours are one step away is compared with the mean of them, if all three were picked."""
    late_ms: list[Floats] = []
    louder_db: list[Floats] = []
    for run in runs:
        inner = np.flatnonzero((np.diff(run.steps)[:-1] == 1) & (np.diff(run.steps)[1:] == 1)) + 1
        inner = inner[run.picked[inner - 1] & run.picked[inner] & run.picked[inner + 1]]
        # Odd strokes tell the same with the other sign.
        sign = np.where(run.steps[inner] % 2 == 1, 1.0, -1.0)
        late_ms.append(sign * 1000.0 * _apart(run.onsets_s, inner))
        louder_db.append(sign * _apart(run.levels_dbfs, inner))
    count = sum(map(len, late_ms))
    if count < COMPARED_MIN:
        return Picking(n=count)
    offset_ms, offset_se_ms = centre(np.concatenate(late_ms), LEAST_MS)
    level_db, level_se_db = centre(np.concatenate(louder_db), LEAST_DB)
    return Picking(offset_ms, SHARED * offset_se_ms, level_db, SHARED * level_se_db, count)


def _apart(values: Floats, inner: NDArray[np.intp]) -> Floats:
    return values[inner] - 0.5 * (values[inner - 1] + values[inner + 1])
