"""How a tempo was held: its mean, whether it moved, and its curve, by least squares over whole phrases.

N onsets that scatter by sigma about even steps give the step with a standard error of sigma * sqrt(12 / N^3); medians
of pieces are far worse. Slips are pulled in (Huber), so that one costs as much as one.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from dsp.facts import TempoHeld, TempoPoint
from dsp.rhythm.step import Floats, Ints, line

CLEARLY: Final = 4.0
HUBER: Final = 2.0
CURVE_STROKES_MIN: Final = 12
HELD_WITHIN: Final = 0.005  # a tempo known to have moved by less than this was held
DRIFT_STROKES_MIN: Final = 16


@dataclass(frozen=True, slots=True)
class Held:
    """Mean unit (s) and its standard error; ``drift`` is the change of the unit per second (s/s), with its own.

    ``units``: how many there were in all phrases; ``span_s``: from the first stroke to the last.
    """

    unit_s: float
    unit_se_s: float
    drift: float
    drift_se: float
    units: int
    span_s: float

    @property
    def drift_sure(self) -> bool:
        """Whether the tempo moved, as against an uneven hand."""
        return abs(self.drift) > CLEARLY * self.drift_se


def hold(onsets_s: Sequence[Floats], counted: Sequence[Ints], late: bool) -> Held | None:
    """The unit of ``counted`` common to these phrases, each with its own beginning; ``late``: odd counts are swung.

    ``None`` where fewer than three strokes stand against the freedom of the fit.
    """
    at = np.concatenate(list(onsets_s))
    count = np.concatenate(list(counted)).astype(np.float64)
    phrase = np.repeat(np.arange(len(onsets_s)), [len(part) for part in onsets_s])
    columns = [count, np.concatenate(list(counted)) % 2 == 1] if late else [count]
    free = len(at) - len(onsets_s) - len(columns)
    if free < 3:
        return None
    design = np.stack([np.asarray(column, dtype=np.float64) for column in columns], axis=1)
    beta, se, _ = _fit(design, at, phrase)
    unit_s = float(beta[0])
    drift, drift_se = _drift(design, at, phrase, unit_s) if len(at) >= DRIFT_STROKES_MIN else (0.0, math.inf)
    units = sum(int(part[-1] - part[0]) for part in counted)
    return Held(unit_s, float(se[0]), drift, drift_se, units, float(at.max() - at.min()))


def _fit(design: Floats, at: Floats, phrase: Ints) -> tuple[Floats, Floats, Floats]:
    """Huber's M-estimate with an intercept per phrase: coefficients, standard errors, residuals."""
    weights = np.ones(len(at))
    beta: Floats = np.zeros(design.shape[1])
    for _ in range(5):
        x, y = _centred(design, weights, phrase), _centred(at[:, None], weights, phrase)[:, 0]
        normal = (x * weights[:, None]).T @ x
        beta = np.asarray(np.linalg.pinv(normal) @ ((x * weights[:, None]).T @ y), dtype=np.float64)
        rest = y - x @ beta
        sigma = max(1.4826 * float(np.median(np.abs(rest))), 1e-5)
        weights = np.minimum(1.0, HUBER * sigma / np.maximum(np.abs(rest), 1e-12))
    free = max(1, len(at) - len(np.unique(phrase)) - design.shape[1])
    variance = float(np.dot(np.clip(rest, -3 * sigma, 3 * sigma), rest)) / free
    se: Floats = np.sqrt(np.maximum(0.0, variance * np.diag(np.linalg.pinv(normal))))
    return beta, se, rest


def _centred(columns: Floats, weights: Floats, phrase: Ints) -> Floats:
    """Columns less their weighted mean within each phrase."""
    total = np.bincount(phrase, weights=weights)
    means = np.stack([np.bincount(phrase, weights=weights * column) / total for column in columns.T], axis=1)
    centred: Floats = columns - means[phrase]
    return centred


def _drift(design: Floats, at: Floats, phrase: Ints, unit_s: float) -> tuple[float, float]:
    """Change of the unit per second over the whole take, with a standard error for errors that hang together."""
    begins = np.array([at[phrase == number][0] for number in range(int(phrase.max()) + 1)])
    count = design[:, 0]
    from_s = (begins - float(np.mean(at)))[phrase]
    bent = count * from_s + 0.5 * unit_s * count**2
    wide = np.concatenate([design, bent[:, None]], axis=1)
    scale = np.maximum(np.abs(wide).max(axis=0), 1e-12)
    beta, se, rest = _fit(wide / scale, at, phrase)
    x = _left_over(_centred(wide / scale, np.ones(len(at)), phrase))
    return float(beta[-1] / scale[-1]), float(max(se[-1], _hanging_together(x, rest)) / scale[-1])


def _left_over(x: Floats) -> Floats:
    """The last column less what the others explain of it."""
    others, last = x[:, :-1], x[:, -1]
    left: Floats = last - others @ np.linalg.lstsq(others, last, rcond=None)[0]
    return left


def _hanging_together(x: Floats, rest: Floats) -> float:
    """Standard error of a slope whose errors are alike in a row (Newey and West, 1987)."""
    scores = x * rest
    lags = max(1, round(4.0 * (len(x) / 100.0) ** (2.0 / 9.0)))
    long_run = float(np.dot(scores, scores))
    for lag in range(1, lags + 1):
        long_run += 2.0 * (1.0 - lag / (lags + 1.0)) * float(np.dot(scores[lag:], scores[:-lag]))
    return math.sqrt(max(0.0, long_run)) / max(float(np.dot(x, x)), 1e-12)


def curve(segment: int, onsets_s: Floats, counted: Floats, units_per_beat: float, points: int) -> list[TempoPoint]:
    """The tempo along one phrase, at most so many points, each over ``CURVE_STROKES_MIN`` strokes or more."""
    pieces = min(points, len(onsets_s) // CURVE_STROKES_MIN)
    if pieces < 1:
        return []
    found = []
    for at, count in zip(np.array_split(onsets_s, pieces), np.array_split(counted, pieces), strict=True):
        if count[-1] - count[0] >= 3:
            unit_s, _ = line(count, at)
            if unit_s > 0:
                found.append(TempoPoint(segment, float(at.mean()), 60.0 / (unit_s * units_per_beat)))
    return found


def told(held: Held, units_per_beat: float, sure: float, points: Sequence[TempoPoint]) -> TempoHeld:
    """The same in beats per minute, without the places."""
    bpm = 60.0 / (held.unit_s * units_per_beat)
    per_min, se_per_min = -60.0 * bpm * held.drift / held.unit_s, 60.0 * bpm * held.drift_se / held.unit_s
    moved = held.drift * held.span_s / held.unit_s
    known = held.drift_sure or 2.0 * held.drift_se * held.span_s / held.unit_s < HELD_WITHIN
    start_bpm, end_bpm = bpm / (1.0 - 0.5 * moved), bpm / (1.0 + 0.5 * moved)
    return TempoHeld(
        start_bpm=start_bpm if known else None,
        end_bpm=end_bpm if known else None,
        drift_percent=100.0 * (end_bpm / start_bpm - 1.0) if known else None,
        drift_bpm_per_min=per_min if known else None,
        n=round(held.units / units_per_beat),
        drift_se_bpm_per_min=se_per_min if known else None,
        se_bpm=bpm * held.unit_se_s / held.unit_s,
        sure=sure,
        curve=tuple(points),
    )
