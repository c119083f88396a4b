"""Onsets: where something new begins to sound.

Log spectral flux with a maximum filter over frequency (Böck and Widmer, 2013), 512 samples every 128, against the
spectrum three hops before. The log has a floor at the learnt noise of each band, so that hiss does not flicker. The
flux says *that* something began, some 5 ms later; ``dsp.ear.attack`` finds *when*.
"""

from collections import deque
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dsp.ear.history import History

Samples = NDArray[np.float32]

WINDOW: Final = 512
BINS: Final = slice(2, 107)  # 190 Hz to 10 kHz
LAG_HOPS: Final = 3
FLOOR: Final = 5e-5  # of full scale per band: far below any string, above 16-bit rounding
NOISE_FACTOR: Final = 2.0
REMEMBERED: Final = 64  # hops: a note is reported 150 ms after its onset at the latest


class OnsetDetector:
    """``update`` with every hop gives the flux (0: nothing new; 1: everything e-fold louder)."""

    def __init__(self) -> None:
        self._history = History(WINDOW)
        self._window = np.hanning(WINDOW + 2)[1:-1].astype(np.float32)
        self._windowed = np.zeros(WINDOW, np.float32)
        bands = BINS.stop - BINS.start
        self._floor = np.full(bands, FLOOR)
        self._noise = np.zeros(bands)
        self._magnitude = np.zeros(bands)
        quiet = np.full(bands, np.log(FLOOR))
        self._before = deque([quiet] * LAG_HOPS, maxlen=LAG_HOPS)
        self._spectra = deque([quiet], maxlen=REMEMBERED)

    def update(self, hop: Samples) -> float:
        """Take one hop in; the flux at its end."""
        self._history.push(hop)
        np.multiply(self._history.newest(WINDOW), self._window, out=self._windowed)
        self._magnitude = np.abs(np.fft.rfft(self._windowed)[BINS])
        self._magnitude /= WINDOW / 4
        log = np.log(self._magnitude + self._floor)
        self._spectra.append(log)
        risen = log - self._before[0]
        flux = float(np.add.reduce(np.maximum(risen, 0.0, out=risen))) / len(risen)
        widened = log.copy()
        np.maximum(widened[1:], log[:-1], out=widened[1:])
        np.maximum(widened[:-1], log[1:], out=widened[:-1])
        self._before.append(widened)
        return flux

    def spectra(self, back_hops: int, count: int) -> NDArray[np.float64]:
        """Log magnitudes of ``count`` hops, the first one ``back_hops`` before the newest; shape (count, bands).

        Of what is forgotten, or not heard yet, the nearest hop stands in.
        """
        newest = len(self._spectra) - 1
        return np.array([self._spectra[max(0, min(newest, newest - back_hops + hop))] for hop in range(count)])

    def learn_noise(self, rate: float, share: float = 1.0) -> None:
        """That ``share`` of the spectrum of now is noise: move each band's floor towards it by ``rate`` (0 to 1)."""
        self._noise += rate * (share * self._magnitude - self._noise)
        self._floor = FLOOR + NOISE_FACTOR * self._noise

    def lower_noise(self, gain: float) -> None:
        """What was learnt was too much: ``gain`` (0 to 1) of it is left."""
        self._noise *= gain
        self._floor = FLOOR + NOISE_FACTOR * self._noise
