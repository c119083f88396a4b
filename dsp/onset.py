"""Onsets: where something new begins to sound.

Log spectral flux with a maximum filter over frequency (Böck and Widmer, 2013), 512 samples every 128, against the
spectrum three hops before. The log has a floor at the learnt noise of each band, so that hiss does not flicker. The
flux says *that* something began; ``locate`` finds *when*, on the envelope of the samples themselves.
"""

import math
from collections import deque
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dsp.history import History

Samples = NDArray[np.float32]
Floats = NDArray[np.float64]

WINDOW: Final = 512
BINS: Final = slice(2, 107)  # 190 Hz to 10 kHz
LAG_HOPS: Final = 3
FLOOR: Final = 5e-5  # of full scale per band: far below any string, above 16-bit rounding
NOISE_FACTOR: Final = 2.0
FLUX_LATE: Final = 256  # a window of 512 notices an attack some 5 ms after it began
EARLIEST: Final = 720  # 15 ms: no attack takes longer to be noticed
HIDDEN_STEPS_MAX: Final = 32  # 4 ms
ORDER: Final = 32
LEARN_BEFORE: Final = 1_024
ENVELOPE: Final = 24  # 0.5 ms
STEP: Final = 6
SEARCH_BEFORE: Final = 1_440
BEFORE_STEPS: Final = 160
ATTACK_STEPS: Final = 100  # how long before the flux an attack may begin: 14 ms
PEAK_STEPS: Final = 200
ABOVE_BEFORE: Final = 1.3  # of the loudest tenth of what sounded
ATTACK_FLOOR: Final = 10.0 ** (-30.0 / 20.0)


class OnsetDetector:
    """``update`` with every hop gives the flux (0: nothing new; 1: everything e-fold louder)."""

    def __init__(self) -> None:
        self._history = History(WINDOW)
        self._window = np.hanning(WINDOW + 2)[1:-1].astype(np.float32)
        bands = BINS.stop - BINS.start
        self._floor = np.full(bands, FLOOR)
        self._noise = np.zeros(bands)
        self._magnitude = np.zeros(bands)
        quiet = np.full(bands, np.log(FLOOR))
        self._before = deque([quiet] * LAG_HOPS, maxlen=LAG_HOPS)

    def update(self, hop: Samples) -> float:
        """Take one hop in; the flux at its end."""
        self._history.push(hop)
        spectrum = np.fft.rfft(self._history.newest(WINDOW) * self._window)
        self._magnitude = np.abs(spectrum[BINS]) / (WINDOW / 4)
        log = np.log(self._magnitude + self._floor)
        flux = float(np.maximum(log - self._before[0], 0.0).mean())
        widened = log.copy()
        np.maximum(widened[1:], log[:-1], out=widened[1:])
        np.maximum(widened[:-1], log[1:], out=widened[:-1])
        self._before.append(widened)
        return flux

    def learn_noise(self, rate: float) -> None:
        """The spectrum of now is noise: move each band's floor towards it by ``rate`` (0 to 1)."""
        self._noise += rate * (self._magnitude - self._noise)
        self._floor = FLOOR + NOISE_FACTOR * self._noise


def envelope(samples: Floats) -> Floats:
    """RMS over 0.5 ms, one value per 0.125 ms; shape ((n - 24) // 6 + 1,)."""
    power = np.concatenate((np.zeros(1), np.cumsum(samples**2)))
    steps = power[ENVELOPE::STEP] - power[:-ENVELOPE:STEP]
    return np.sqrt(np.maximum(steps, 0.0) / ENVELOPE)


def locate(samples: Samples, rough: int) -> int:
    """Index in ``samples`` at which the attack near index ``rough`` begins.

    It begins where the envelope last rose through −30 dB of its peak, or, over noise and strings that still ring,
    through what sounded before; from there its slope is followed down. Four views of it are tried, the samples, their
    first and second difference (hiss hides one, ringing strings hide another) and what linear prediction does not
    foresee, and the earliest is believed: what covers an attack can only delay it. Where none rises it is where the
    flux usually is that early.
    """
    first = max(0, rough - SEARCH_BEFORE)
    rises = []
    view = samples[first:].astype(np.float64)
    for _ in range(3):
        at = _rises_at(envelope(view), (rough - first) // STEP)
        if at is not None:
            rises.append(first + at * STEP + ENVELOPE // 2)
        view = np.diff(view, prepend=view[:1])
    heard = samples[max(0, first - LEARN_BEFORE) :].astype(np.float64)
    skipped = first - max(0, first - LEARN_BEFORE)
    news = unpredicted(heard, skipped + rough - first - ATTACK_STEPS * STEP)[skipped:]
    at = _rises_at(envelope(news), (rough - first) // STEP)
    if at is not None:
        rises.append(first + at * STEP + ENVELOPE // 2)
    return min((at for at in rises if rough - EARLIEST <= at <= rough), default=max(0, rough - FLUX_LATE))


def unpredicted(samples: Floats, known: int) -> Floats:
    """What linear prediction, learnt from the first ``known`` samples, does not foresee; the same shape.

    A string that rings on is foreseen and leaves 20 to 40 dB less; an attack is not.
    """
    if known < 4 * ORDER:
        return samples
    past = samples[:known] * np.hanning(known)
    spectrum = np.abs(np.fft.rfft(past, 2 * known)) ** 2
    correlation = np.fft.irfft(spectrum)[: ORDER + 1]
    lags = np.abs(np.arange(ORDER)[:, None] - np.arange(ORDER)[None, :])
    normal = correlation[lags] + np.eye(ORDER) * (1e-7 * correlation[0] + 1e-18)
    weights = np.linalg.solve(normal, correlation[1:])
    return np.convolve(samples, np.concatenate((np.ones(1), -weights)))[: len(samples)]


def _rises_at(level: Floats, rough: int) -> int | None:
    """Where ``level`` last rose through its threshold before its peak near ``rough``; ``None`` if it hardly rises."""
    if rough < BEFORE_STEPS:
        return None
    peak_at = max(0, rough - 16) + int(level[max(0, rough - 16) : rough + PEAK_STEPS].argmax())
    before = level[: rough - ATTACK_STEPS]
    threshold = max(ATTACK_FLOOR * float(level[peak_at]), ABOVE_BEFORE * float(np.percentile(before, 90)))
    if threshold > float(level[peak_at]):
        return None
    under = np.flatnonzero(level[:peak_at] < threshold)
    if not len(under):
        return None
    at = int(under[-1]) + 1
    hidden = math.log(threshold / (ATTACK_FLOOR * float(level[peak_at])))
    if hidden <= 0.0:
        return at
    # What came before covers the foot of the attack: follow its slope down.
    half = at + int(np.argmax(level[at : peak_at + 1] >= math.sqrt(threshold * float(level[peak_at]))))
    steps_per_neper = max(1, half - at) / math.log(float(level[half]) / threshold + 1e-9)
    return at - min(HIDDEN_STEPS_MAX, int(hidden * steps_per_neper)) if half > at else at
