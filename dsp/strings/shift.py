"""How far the notes of one string have shifted from one stretch of playing to another, and how sure that is.

Generalised least squares (Aitken, 1935) on two levels, start and now. Notes of one fret share that fret's own error;
notes of one loudness and length share what an attack makes of them; of both only the usual size is known. So the same
frets played alike before and after say most, other frets say less, and the standard error knows it. Outliers are
pulled in (Huber, 1964).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

FRET_CENTS: Final = 3.0  # one standard deviation: how far frets, and the finger's habit at them, are off
ATTACK_CENTS: Final = 2.0
SPREAD_MIN_CENTS: Final = 1.5  # no hand is steadier
HUBER: Final = 2.0
HELD_BACK: Final = 1.14  # what a normal distribution loses where it is held to HUBER
ROUNDS: Final = 4


@dataclass(frozen=True, slots=True)
class Reading:
    """A plain note: when, how far from equal temperament, its pitch, and what kind of attack it had (any number)."""

    at_s: float
    cents: float
    midi: int
    attack: int


@dataclass(frozen=True, slots=True)
class Shift:
    """Level now and its change since the start, each with its standard error, in cents."""

    now_cents: float
    now_se_cents: float
    change_cents: float | None = None
    change_se_cents: float | None = None


def shift(start: Sequence[Reading], recent: Sequence[Reading]) -> Shift:
    """Compare two stretches of one string. Without ``start`` the change is not known. ``recent`` is not empty."""
    assert recent, "nothing was heard"
    readings = [*start, *recent]
    cents = np.array([r.cents for r in readings])
    when = np.zeros((len(readings), 2))
    when[: len(start), 0] = when[len(start) :, 1] = 1.0
    when = when if start else when[:, 1:]
    levels = np.array([np.median(cents[column > 0.0]) for column in when.T])
    spread = _spread(cents - when @ levels)
    frets, attacks = np.array([r.midi for r in readings]), np.array([r.attack for r in readings])
    covariance = spread**2 * np.eye(len(readings))
    covariance += FRET_CENTS**2 * (frets[:, None] == frets) + ATTACK_CENTS**2 * (attacks[:, None] == attacks)
    weights = np.linalg.solve(covariance, when)
    variance = np.linalg.inv(when.T @ weights)
    for _ in range(ROUNDS):
        expected = when @ levels
        held = expected + np.clip(cents - expected, -HUBER * spread, HUBER * spread)
        levels = variance @ (weights.T @ held)
    now_cents, now_se_cents = round(float(levels[-1]), 2), round(math.sqrt(variance[-1, -1]), 2)
    if not start:
        return Shift(now_cents, now_se_cents)
    change_se = math.sqrt(variance[0, 0] + variance[1, 1] - 2.0 * variance[0, 1])
    return Shift(now_cents, now_se_cents, round(float(levels[1] - levels[0]), 2), round(change_se, 2))


def _spread(residuals: NDArray[np.float64]) -> float:
    """Standard deviation of a note: by the median (Hampel, 1974) first, then of what lies within ``HUBER`` of those."""
    roughly = max(SPREAD_MIN_CENTS, 1.4826 * float(np.median(np.abs(residuals))))
    held = np.clip(residuals, -HUBER * roughly, HUBER * roughly)
    return max(SPREAD_MIN_CENTS, HELD_BACK * float(np.sqrt(np.mean(held**2))))
