"""Strokes that run on without a pulse: somebody keeps playing, and keeps no time.

Where no pulse is found nothing can be early or late, and single notes, ballads and free phrases are not scored. But a
run of strokes of much the same length is meant to be steady. A hand that scatters them over their whole steps would
get away with "not scored" where a better one gets .3, so its errors are taken for what they are: anywhere in a step.

Who plays a rubato lets the time move, slowly: there each interval is like the one before. Who scatters about a beat is
late once and makes the next interval short (Wing and Kristofferson, 1973), and chance has no memory.
"""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from dsp.rhythm.pulse import PAUSE_S
from dsp.rhythm.step import Floats
from dsp.rhythm.strokes import Stretch

RUN_STROKES: Final = 20
UNLIKE: Final = 0.6  # spread of intervals over their mean: .40 where strokes lie anywhere in their steps, 1 by chance
FLOWS: Final = 0.35  # correlation of each interval with the next: of 20 by chance 1 in 20 lies above
ANYWHERE: Final = 1.0 / math.sqrt(12.0)  # standard deviation of what lies evenly in a step, in steps


def scattered_step_s(free: Sequence[Stretch]) -> float | None:
    """The usual interval of runs of at least ``RUN_STROKES`` strokes, in s; ``None`` where nobody played such."""
    runs = [run_s for stretch in free for run_s in _runs(stretch.onsets_s)]
    return float(np.median(np.concatenate(runs))) if runs else None


def _runs(onsets_s: Floats) -> list[Floats]:
    """Intervals of every phrase that is long and even enough to be meant as a run."""
    breaks = np.flatnonzero(np.diff(onsets_s) > PAUSE_S) + 1
    phrases = [np.diff(phrase) for phrase in np.split(onsets_s, breaks) if len(phrase) >= RUN_STROKES]
    return [phrase for phrase in phrases if _is_scattered(phrase)]


def _is_scattered(intervals_s: Floats) -> bool:
    away_s = intervals_s - intervals_s.mean()
    alike = float(np.dot(away_s[1:], away_s[:-1])) / (float(np.dot(away_s, away_s)) + 1e-12)
    return bool(intervals_s.std() <= UNLIKE * intervals_s.mean() and alike < FLOWS)
