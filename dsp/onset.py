"""Onsets: where something new begins to sound.

Log spectral flux with a maximum filter over frequency (Böck and Widmer, 2013), 512 samples every 128, against the
spectrum three hops before. The log has a floor at the learnt noise of each band, so that hiss does not flicker. The
flux says *that* something began; ``locate`` finds *when*, on the envelope of the samples themselves.
"""

from collections import deque
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dsp.history import History

Samples = NDArray[np.float32]

WINDOW: Final = 512
BINS: Final = slice(2, 107)  # 190 Hz to 10 kHz
LAG_HOPS: Final = 3
FLOOR: Final = 5e-5  # of full scale per band: far below any string, above 16-bit rounding
NOISE_FACTOR: Final = 2.0
ENVELOPE: Final = 24  # 0.5 ms
SEARCH_BEFORE: Final = 960
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


def envelope(samples: Samples) -> Samples:
    """RMS over 0.5 ms, one value per 0.125 ms (6 samples); shape ((n - 24) // 6 + 1,)."""
    power = np.concatenate((np.zeros(1), np.cumsum(samples.astype(np.float64) ** 2)))
    steps = power[ENVELOPE::6] - power[:-ENVELOPE:6]
    return np.sqrt(np.maximum(steps, 0.0) / ENVELOPE).astype(np.float32)


def locate(samples: Samples, rough: int) -> int:
    """Index in ``samples`` at which the attack near index ``rough`` begins.

    The attack begins where the envelope last rose through −30 dB of its peak, or, over strings that still ring, where
    it last rose through twice what sounded before. The second difference takes the ringing strings' low partials away.
    """
    sharp = np.diff(samples, n=2, prepend=np.zeros(2, np.float32))
    rise = envelope(sharp)
    start, at = max(0, (rough - SEARCH_BEFORE) // 6), min(len(rise) - 1, rough // 6)
    if at - start < 8:
        return rough
    peak_at = at - 16 + int(rise[max(0, at - 16) :].argmax()) if at >= 16 else int(rise.argmax())
    before = float(np.median(rise[start : start + max(8, (at - start) // 2)]))
    threshold = max(ATTACK_FLOOR * float(rise[peak_at]), 2.5 * before)
    under = np.flatnonzero(rise[start : peak_at + 1] < threshold)
    return 6 * (start + int(under[-1]) + 1) + ENVELOPE // 2 if len(under) else rough
