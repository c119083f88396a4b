"""The step: the longest period of which nearly all onsets are whole multiples, and the number of each onset on it.

How well a period explains onsets is the mean cosine of the phase difference over all pairs within a chunk: 1 on a
grid, 0 by chance whatever the number of onsets (the vector strength of Goldberg and Brown, 1969, squared and freed
of its bias). Pairs are taken within short chunks, so that a tempo that breathes over a minute is no jitter.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CHUNK_ONSETS: Final = 24
CHUNK_MIN: Final = 4
ONSETS_MIN: Final = 6
PERIOD_MIN_S, PERIOD_MAX_S = 0.07, 2.3
TRIALS_MAX: Final = 2400
LONGER_BETTER: Final = 0.04  # per octave: half and third of a period fit exact onsets as well as the period itself
STRENGTH_MIN: Final = 0.22  # spread evenly over ±30 % of a step: there is hardly a step left to speak of
CHANCE_MAX: Final = 0.001
TRIALS_PER_TURN: Final = 6
LENGTH_MAX: Final = 0.9999
EXACT_SHAPE: Final = 60
STRAY_SHARE: Final = 0.04
# A tempo moves by at most so much from one chunk to the next; the turns of a chunk are too few to need finer trials.
NEAR: Final = np.linspace(0.93, 1.07, 29)


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some onsets on one straight line: ``start_s + period_s * steps``, and how far each is off it (s, late is > 0)."""

    onsets_s: Floats
    steps: Ints
    start_s: float
    period_s: float

    @property
    def errors_s(self) -> Floats:
        """Onsets less their places on the line."""
        return self.onsets_s - self.start_s - self.period_s * self.steps


def find_step(chunks: Sequence[Floats]) -> float | None:
    """The step (s) common to these chunks of onsets (s, ascending), or ``None`` where chance explains them as well."""
    chunks = [chunk for chunk in chunks if len(chunk) >= CHUNK_MIN]
    if sum(map(len, chunks)) < ONSETS_MIN:
        return None
    intervals_s = np.concatenate([np.diff(chunk) for chunk in chunks])
    low_s = max(PERIOD_MIN_S, 0.3 * float(np.percentile(intervals_s, 25)))
    high_s = min(PERIOD_MAX_S, 1.1 * float(np.percentile(intervals_s, 90)))
    if high_s <= low_s:
        return None
    span_s = max(float(chunk[-1] - chunk[0]) for chunk in chunks)
    count = 16 + int(TRIALS_PER_TURN * span_s * (1 / low_s - 1 / high_s))  # turns of the longest chunk's phase
    periods_s = 1.0 / np.linspace(1 / high_s, 1 / low_s, min(count, TRIALS_MAX))
    strength = strength_at(chunks, periods_s)
    best = int(np.argmax(strength - LONGER_BETTER * np.log2(high_s / periods_s)))
    period_s = float(periods_s[best])
    if strength[best] < STRENGTH_MIN or chance(chunks, period_s, len(periods_s) // 2) > CHANCE_MAX:
        return None
    return _coarser(chunks, period_s)


def _coarser(chunks: Sequence[Floats], period_s: float) -> float:
    """A stray note between two steps does not make them finer."""
    for times in (4, 3, 2):
        if times * period_s <= PERIOD_MAX_S:
            counts = [np.bincount(_fit(chunk, period_s).steps % times, minlength=times) for chunk in chunks]
            stray = sum(int(count.sum() - count.max()) for count in counts)
            if stray <= max(1.0, STRAY_SHARE * sum(map(len, chunks))):
                return times * period_s
    return period_s


def strength_at(chunks: Sequence[Floats], periods_s: Floats) -> Floats:
    """Mean cosine of the phase difference of all pairs within chunks, for each period."""
    total, pairs = np.zeros(len(periods_s)), 0
    for chunk in chunks:
        turns = (2 * math.pi) * (chunk - chunk[0])[:, None] / periods_s[None, :]
        total += np.cos(turns).sum(axis=0) ** 2 + np.sin(turns).sum(axis=0) ** 2 - len(chunk)
        pairs += len(chunk) * (len(chunk) - 1)
    return total / pairs


def chance(chunks: Sequence[Floats], period_s: float, trials: int) -> float:
    """An upper bound of how likely onsets that are nowhere in particular fit the best of so many periods as well.

    Of n phases anywhere, the mean phasor reaches a length r with about exp((1 - n) * rate(r)); the sum over chunks of
    the exponents is then gamma distributed.
    """
    nats = 0.0
    for chunk in chunks:
        turns = (2 * math.pi / period_s) * (chunk - chunk[0])
        length = math.hypot(float(np.cos(turns).mean()), float(np.sin(turns).mean()))
        nats += (len(chunk) - 1) * _rate(min(length, LENGTH_MAX))
    return min(1.0, trials * _gamma_tail(len(chunks), nats))


def _rate(length: float) -> float:
    """Cramér's rate of the mean of unit phasors of any phase: length² where small, without bound towards 1."""
    # Concentration of the von Mises distribution with this mean length, after Best and Fisher (1981).
    kappa = length * (2.0 - length * length) / (1.0 - length * length)
    log_i0 = (
        kappa - 0.5 * math.log(2 * math.pi * kappa) + 0.125 / kappa if kappa > 15 else math.log(float(np.i0(kappa)))
    )
    return max(0.0, kappa * length - log_i0)


def _gamma_tail(shape: int, x: float) -> float:
    """P(X > x) of the sum of so many exponential deviates; by Chernoff's bound where there are many."""
    if x <= shape:
        return 1.0
    if shape > EXACT_SHAPE:
        return math.exp(-(x - shape - shape * math.log(x / shape)))
    term = total = 1.0
    for order in range(1, shape):
        term *= x / order
        total += term
    return math.exp(-x) * total


def cut(phrase_s: Floats) -> list[Floats]:
    """The phrase in nearly equal chunks of at most ``CHUNK_ONSETS``."""
    return np.array_split(phrase_s, math.ceil(len(phrase_s) / CHUNK_ONSETS) or 1)


def follow(phrase_s: Floats, step_s: float) -> tuple[list[Floats], list[float], float]:
    """The phrase's chunks, the step of each as the tempo moves on from ``step_s``, and how well they are explained."""
    chunks = cut(phrase_s)
    steps_s: list[float] = []
    explained = 0.0
    for chunk in chunks:
        near_s = step_s * NEAR
        strength = strength_at([chunk], near_s) if len(chunk) >= CHUNK_MIN else np.zeros(len(near_s))
        if len(chunk) >= ONSETS_MIN and float(strength.max()) > STRENGTH_MIN:
            step_s = float(near_s[int(np.argmax(strength))])
        steps_s.append(step_s)
        explained += len(chunk) * float(strength.max())
    return chunks, steps_s, explained / len(phrase_s)


def number(phrase_s: Floats, step_s: float) -> list[Chunk]:
    """The chunks of a phrase with the steps numbered through, the first onset's 0."""
    found: list[Chunk] = []
    for onsets_s, near_s in zip(*follow(phrase_s, step_s)[:2], strict=True):
        chunk = _fit(onsets_s, near_s)
        if found:
            before = found[-1]
            # Both lines, drawn on to the middle between the chunks, must name the same step.
            middle_s = 0.5 * (before.onsets_s[-1] + onsets_s[0])
            there = (middle_s - before.start_s) / before.period_s
            here = (middle_s - chunk.start_s) / chunk.period_s
            chunk = _renamed(chunk, round(there - here))
        else:
            chunk = _renamed(chunk, -int(chunk.steps[0]))
        found.append(chunk)
    return found


def _renamed(chunk: Chunk, by: int) -> Chunk:
    return Chunk(chunk.onsets_s, chunk.steps + by, chunk.start_s - by * chunk.period_s, chunk.period_s)


def _fit(onsets_s: Floats, step_s: float) -> Chunk:
    """One chunk's line: least squares, its step numbers found again twice."""
    at = onsets_s - onsets_s[0]
    start = float(np.angle(np.exp(2j * math.pi * at / step_s).sum())) / (2 * math.pi) * step_s
    steps = np.round((at - start) / step_s).astype(np.int64)
    for _ in range(2):
        if len(at) < ONSETS_MIN or len(np.unique(steps)) < 3:
            break
        slope, intercept = line(steps.astype(np.float64), at)
        if not 0.93 < slope / step_s < 1.07:
            break
        step_s, start = slope, intercept
        steps = np.round((at - start) / step_s).astype(np.int64)
    return Chunk(onsets_s, steps, float(onsets_s[0]) + start, step_s)


def line(x: Floats, y: Floats) -> tuple[float, float]:
    """Slope and intercept by least squares."""
    middle = x.mean()
    slope = float(np.dot(x - middle, y - y.mean()) / np.dot(x - middle, x - middle))
    return slope, float(y.mean() - slope * middle)
