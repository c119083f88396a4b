"""The player's own pulse, where no click says what the time is.

A pulse is a period of which all onsets are near whole multiples. Its strength at a period is the length of the mean
phasor of the onsets (the vector strength of Goldberg and Brown, 1969), taken over short chunks so that a tempo that
breathes over a minute is not punished as jitter; the best period is refined by a straight line through each chunk.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

CHUNK_ONSETS: Final = 24
ONSETS_MIN: Final = 6
PAUSE_S: Final = 2.5  # after this nobody is still counting
PERIOD_MIN_S, PERIOD_MAX_S = 0.09, 1.6
UNEVEN_MAX: Final = 0.17  # of a step: beyond this the onsets fall nearly anywhere
TRIPLET_LEVELS: Final = (3,)


@dataclass(frozen=True, slots=True)
class OwnPulse:
    """Errors against the fitted pulse; ``spread_factor`` gives back the freedom that the fit took (n/(n-2))."""

    errors_ms: Floats
    step_s: float
    tempo_bpm: float
    swing_ratio: float | None
    spread_factor: float


def best_pulse(stretches: Sequence[Floats]) -> OwnPulse | None:
    """The pulse common to these stretches of onsets (s, ascending), or ``None`` where there is none to be sure of."""
    chunks = [chunk for stretch in stretches for chunk in _chunks(stretch) if len(chunk) >= ONSETS_MIN]
    if not chunks:
        return None
    period_s = _strongest(chunks)
    if period_s is None:
        return None
    fits = [_fit(chunk, period_s) for chunk in chunks]
    errors_s = np.concatenate([errors for errors, _, _ in fits])
    step_s = float(np.median([fitted for _, fitted, _ in fits]))
    if float(np.sqrt(np.mean(np.minimum(np.abs(errors_s), 0.5 * step_s) ** 2))) > UNEVEN_MAX * step_s:
        return None
    freedom = math.sqrt(len(errors_s) / max(1, len(errors_s) - 2 * len(chunks)))
    swing, steps_per_beat = _metre([steps for _, _, steps in fits], step_s)
    return OwnPulse(1000.0 * errors_s, step_s, 60.0 / (step_s * steps_per_beat), swing, freedom)


def _chunks(onsets_s: Floats) -> list[Floats]:
    """Phrases (split at pauses), each cut into nearly equal chunks of at most ``CHUNK_ONSETS``."""
    phrases = np.split(onsets_s, np.flatnonzero(np.diff(onsets_s) > PAUSE_S) + 1)
    return [part for phrase in phrases for part in np.array_split(phrase, math.ceil(len(phrase) / CHUNK_ONSETS) or 1)]


def _strongest(chunks: Sequence[Floats]) -> float | None:
    steps_s = np.concatenate([np.diff(chunk) for chunk in chunks])
    low_s = max(PERIOD_MIN_S, 0.45 * float(np.percentile(steps_s, 10)))
    high_s = min(PERIOD_MAX_S, 1.1 * float(np.percentile(steps_s, 90)))
    if high_s <= low_s:
        return None
    span_s = max(float(chunk[-1] - chunk[0]) for chunk in chunks)
    count = 16 + int(8 * span_s * (1 / low_s - 1 / high_s))  # eight trials per turn of the longest chunk's phase
    periods_s = 1.0 / np.linspace(1 / high_s, 1 / low_s, min(count, 3000))
    onsets = sum(map(len, chunks))
    strength = np.zeros(len(periods_s))
    for chunk in chunks:
        turns = (chunk - chunk[0])[:, None] / periods_s[None, :]
        strength += np.abs(np.exp(2j * math.pi * turns).sum(axis=0))
    strength /= onsets
    # Half and third of a period fit exact onsets as well as the period itself: prefer the longest that explains them.
    best = int(np.argmax(strength - 0.03 * np.log2(high_s / periods_s)))
    chance = math.sqrt((math.log(len(periods_s)) + 3.0) / onsets)
    return float(periods_s[best]) if strength[best] > max(0.5, min(0.9, chance)) else None


def _fit(chunk: Floats, period_s: float) -> tuple[Floats, float, NDArray[np.int64]]:
    """Errors (s), period (s) and step numbers of one chunk: least squares, its step numbers found again twice."""
    at = chunk - chunk[0]
    phase = np.angle(np.exp(2j * math.pi * at / period_s).sum()) / (2 * math.pi) * period_s
    steps = np.round((at - phase) / period_s).astype(np.int64)
    for _ in range(2):
        if len(np.unique(steps)) < 3:
            break
        slope, start = np.polyfit(steps, at, 1)
        if not 0.9 < slope / period_s < 1.1:
            break
        period_s, phase = float(slope), float(start)
        steps = np.round((at - phase) / period_s).astype(np.int64)
    return at - phase - steps * period_s, period_s, steps


def _metre(all_steps: Sequence[NDArray[np.int64]], step_s: float) -> tuple[float | None, int]:
    """Swing ratio (2.0 when the steps are triplets of which the middle one stays empty) and steps in a beat."""
    gaps = np.concatenate([np.diff(steps) for steps in all_steps])
    longs, shorts = int((gaps == 2).sum()), int((gaps == 1).sum())
    alternating = sum(int((np.diff(steps)[1:] + np.diff(steps)[:-1] == 3).sum()) for steps in all_steps)
    if min(longs, shorts) >= 3 and alternating > 0.6 * (len(gaps) - len(all_steps)):
        return 2.0, 3
    per_beat = 1
    while 60.0 / (step_s * per_beat) >= 150.0:
        per_beat *= 2
    return None, per_beat
