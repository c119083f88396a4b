"""Is it really that low? A period that fits may be two, three or five periods of the note.

Where a second string rings along or a pick's knock lies over the first moments, several periods of the note fit better
than one, and the time domain says an octave or more too low. A string that is really that low has partials of its own,
between those of the higher one; where they are missing, it is the higher one.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
Floats = NDArray[np.float64]

RATE_HZ: Final = 12_000
WINDOW_MAX: Final = 512  # 43 ms
WINDOW_MIN: Final = 360  # 30 ms: shorter, and partials of a low string melt together
FFT: Final = 2_048
BINS: Final = 449  # 2.6 kHz, the end of what is left at 12 kHz
PEAK_FLOOR: Final = 10.0 ** (-31.0 / 20.0)  # of the highest, and above the side lobes of a Hann window
NEAR: Final = 0.025  # of the partial's frequency: a stiff string's lie within, a foreign one need not
OWN_BESIDE: Final = 0.15  # of f0, at the most: else every high peak would be some partial of a low string
APART: Final = 2.6  # main lobes of a Hann window that must fit between two partials
OWN_MAX: Final = 0.2  # amplitude of its own partials against those of the higher note
OTHERS_MAX: Final = 0.1  # the same without the strongest, where there should be two and more between
HIGHER: Final = 1.5  # a string that rings this far above cannot lend its partials to the new note
PARTIALS_MIN: Final = 4
STEPS: Final = (2, 3, 5)
F0_MAX_HZ: Final = 1_400.0


def spectral_peaks(low: Samples) -> tuple[Floats, Floats]:
    """Frequencies (Hz) and amplitudes of the peaks of ``low``: shape (n,), 12 kHz, n at most ``FFT``."""
    windowed = low * np.hanning(len(low) + 2)[1:-1]
    magnitude = np.abs(np.fft.rfft(windowed, FFT))[: BINS + 1] + 1e-12
    inner = magnitude[1:-1]
    rises, falls = inner > magnitude[:-2], inner >= magnitude[2:]
    at = np.flatnonzero(rises & falls & (inner > PEAK_FLOOR * magnitude.max())) + 1
    left, top, right = np.log(magnitude[at - 1]), np.log(magnitude[at]), np.log(magnitude[at + 1])
    offset = 0.5 * (left - right) / np.minimum(left - 2.0 * top + right, -1e-9)
    return (at + offset) * RATE_HZ / FFT, magnitude[at]


class Partials:
    """The partials of what began a while ago.

    ``low``: the samples since then at 12 kHz, n of ``WINDOW_MIN`` to ``FFT``. ``ringing_hz``: the note before, which
    may still ring; two strings a third apart have a common period two octaves below, but no string there sounds.
    """

    def __init__(self, low: Samples, ringing_hz: float | None = None) -> None:
        self._peaks_hz, self._amplitudes = spectral_peaks(low)
        self._f0_min_hz = APART * RATE_HZ / len(low)
        self._ringing_hz = ringing_hz or 0.0
        number = np.maximum(1.0, np.round(self._peaks_hz / (ringing_hz or F0_MAX_HZ)))
        self._rang = np.abs(self._peaks_hz - number * self._ringing_hz) < NEAR * self._peaks_hz

    def without_false_bass(self, f0_hz: float) -> float:
        """``f0_hz``, or the multiple of it that the partials speak for."""
        higher = self._higher(f0_hz)
        while higher is not None:
            f0_hz = higher
            higher = self._higher(f0_hz)
        return f0_hz

    def _higher(self, f0_hz: float) -> float | None:
        if f0_hz < self._f0_min_hz or STEPS[0] * f0_hz > F0_MAX_HZ:
            return None
        number = np.maximum(1.0, np.round(self._peaks_hz / f0_hz))
        beside = np.abs(self._peaks_hz / f0_hz - number)
        lent = self._rang & (self._ringing_hz > HIGHER * f0_hz)
        for step in STEPS:
            shared = (number % step == 0) & (beside < NEAR * number)
            own = (number % step != 0) & (beside < np.minimum(NEAR * number, OWN_BESIDE))
            if np.count_nonzero(shared) < PARTIALS_MIN or step * f0_hz > F0_MAX_HZ:
                continue
            weights = self._amplitudes[shared]
            total = float(weights.sum())
            few = step > STEPS[0] and _without_the_strongest(self._amplitudes[own]) < OTHERS_MAX * total
            if few or float(self._amplitudes[own & ~lent].sum()) < OWN_MAX * total:
                return float(np.dot(weights, self._peaks_hz[shared] / number[shared]) * step / total)
        return None


def _without_the_strongest(own: Floats) -> float:
    return float(own.sum() - own.max()) if len(own) else 0.0
