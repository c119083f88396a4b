"""Lines through strokes that hold although some strokes are off: centre, slope, and a tempo that drifts.

Strokes far off a line weigh little (Tukey's biweight, by weighted least squares over again). All times in seconds;
arrays have shape (strokes,), at least one.
"""

import math
from typing import Final

import numpy as np

from dsp.follow.steps import Floats

STROKES_MIN: Final = 3
SPREAD_MIN_S: Final = 0.005
SLIP_S: Final = 0.25  # a stroke so far off its line was no stroke of it
TURNS: Final = 8
BENDS_MAX: Final = 5
STROKES_PER_BEND: Final = 8
BEND_COST: Final = 2.0  # times what Bayes' information criterion asks: a bend that is not there would hide jitter


def weights(errors_s: Floats) -> Floats:
    """How much each stroke counts, 0 to 1."""
    spread = max(SPREAD_MIN_S, 1.4826 * float(np.median(np.abs(errors_s))))
    inside = np.abs(errors_s) / min(6.0 * spread, max(SLIP_S, 3.0 * spread))
    found: Floats = np.where(inside < 1.0, (1.0 - np.minimum(inside, 1.0) ** 2) ** 2, 0.0)
    return found if found.sum() > 0 else np.ones_like(found)


def centre(left_s: Floats) -> float:
    """Where the strokes lie."""
    found = float(np.median(left_s))
    for _ in range(TURNS):
        heavy = weights(left_s - found)
        found = float((heavy * left_s).sum() / heavy.sum())
    return found


def spread_s(errors_s: Floats) -> float:
    """Standard deviation about the centre."""
    away_s = errors_s - centre(errors_s)
    heavy = weights(away_s)
    return math.sqrt(float((heavy * away_s**2).sum() / heavy.sum()))


def slope(due_s: Floats, onsets_s: Floats) -> tuple[float, float] | None:
    """Seconds played per second due, and its standard error; ``None`` for fewer than ``STROKES_MIN`` places."""
    if len(np.unique(due_s)) < STROKES_MIN:
        return None
    steps = np.diff(onsets_s)[np.diff(due_s) > 0] / np.diff(due_s)[np.diff(due_s) > 0]
    found = float(np.median(steps[steps > 0])) if (steps > 0).any() else 1.0
    heavy, room, error_s = np.ones_like(due_s), 1.0, np.zeros_like(due_s)
    for _ in range(TURNS):
        left_s = onsets_s - found * due_s
        heavy = weights(left_s - centre(left_s))
        away = due_s - (heavy * due_s).sum() / heavy.sum()
        room = float((heavy * away**2).sum())
        if room <= 0:
            return None
        found = float((heavy * away * onsets_s).sum() / room)
        left_s = onsets_s - found * due_s
        error_s = left_s - centre(left_s)
    variance = float((heavy * error_s**2).sum() / max(1.0, heavy.sum() - 2.0))
    return found, math.sqrt(max(variance, SPREAD_MIN_S**2) / room)


def unbent(due_s: Floats, onsets_s: Floats, straight_s: Floats) -> Floats:
    """The errors that a drifting tempo leaves; ``straight_s``, those of the straight line, where no drift is clear."""
    count, span_s = len(due_s), float(due_s.max() - due_s.min())
    if count < 2 * STROKES_PER_BEND or span_s <= 0:
        return straight_s
    at = 2.0 * (due_s - due_s.min()) / span_s - 1.0
    best_s, best = straight_s, _misfit(straight_s, 0)
    for bends in range(2, min(BENDS_MAX, count // STROKES_PER_BEND) + 1):
        left_s = _smooth(at, onsets_s, bends)
        misfit = _misfit(left_s, bends)
        if misfit < best:
            best_s, best = left_s, misfit
    return best_s


def _smooth(at: Floats, onsets_s: Floats, degree: int) -> Floats:
    """What is left of a polynomial of this degree in ``at`` (−1 to 1)."""
    columns = np.polynomial.legendre.legvander(at, degree)
    heavy, left_s = np.ones_like(at), onsets_s
    for _ in range(TURNS):
        root = np.sqrt(heavy)
        solved = np.linalg.lstsq(columns * root[:, None], onsets_s * root, rcond=None)[0]
        left_s = onsets_s - columns @ solved
        heavy = weights(left_s)
    return left_s


def _misfit(errors_s: Floats, bends: int) -> float:
    """Bayes' information criterion of a line with so many bends; lower is better."""
    count = len(errors_s)
    return count * 2.0 * math.log(max(spread_s(errors_s), 1e-4)) + BEND_COST * bends * math.log(count)
