"""The exact pitch of a string: its partials by phase advance, and a stiff string's law through them.

Each partial is seen through two windows a little apart; the turn of its phase between them gives its frequency far
more exactly than a spectrum's bins (Brown and Puckette, 1993). The partials of a stiff string lie at
``k f sqrt(1 + B k²)`` (Fletcher, 1964): a straight line of ``(f_k / k)²`` over ``k²``. What a tuner must show is the
first partial, also where it is too weak to be measured alone.
"""

import math
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

PARTIALS_MAX: Final = 8
HIGHEST_HZ: Final = 2_000.0  # at 12 kHz the filter before is flat up to here
AUDIBLE: Final = 10.0 ** (-46.0 / 20.0)  # of the strongest partial
STRETCH_MAX: Final = 2e-3  # of B; a bass string has 5e-4
LOBE_BINS: Final = 4.0  # half the main lobe of the window


@lru_cache(maxsize=16)
def window(length: int) -> Floats:
    """Blackman-Harris, four terms: side lobes at −92 dB, so that no partial leaks into its neighbour. Not writeable."""
    turns = 2.0 * math.pi * np.arange(length) / length
    harris = 0.35875 - 0.48829 * np.cos(turns) + 0.14128 * np.cos(2 * turns) - 0.01168 * np.cos(3 * turns)
    taper = np.asarray(harris, np.float64)
    taper.flags.writeable = False  # everybody gets the same one
    return taper


def first_partial_hz(samples: Floats, rough_hz: float, rate_hz: float) -> float | None:
    """Frequency of the first partial of the string that sounds in ``samples``, shape (n,), near ``rough_hz``.

    Two thirds of the samples are one window; the other third is how far it advances, in two strides: the short one
    says which turn the long one is in. ``None`` where the window cannot keep two partials apart, or none is found.
    """
    length = 2 * len(samples) // 3
    advance = len(samples) - length
    if LOBE_BINS * rate_hz / length > rough_hz:
        return None
    count = max(1, min(PARTIALS_MAX, int(HIGHEST_HZ / rough_hz)))
    numbers = np.arange(1, count + 1)
    taper = window(length)
    frequencies = _law(rough_hz, 0.0, numbers)
    for stride in (max(1, advance // 6), advance):
        turned, strength = _advance(samples, taper, frequencies, stride, rate_hz)
        frequencies = frequencies + turned
        heard = strength > AUDIBLE * float(strength.max())
        first = _first_of_line(numbers[heard], frequencies[heard], strength[heard])
        if first is None:
            return None
        # The next stride is longer, its turns nearer to each other: begin from what the string's law says.
        first_hz, stretch = first
        frequencies = _law(first_hz, stretch, numbers)
    return first_hz


def _advance(samples: Floats, taper: Floats, frequencies: Floats, stride: int, rate_hz: float) -> tuple[Floats, Floats]:
    """Correction (Hz) of each frequency from its phase advance over ``stride`` samples, and its amplitude."""
    length = len(taper)
    later = len(samples) - length
    before = _at(taper * samples[later - stride : later - stride + length], frequencies / rate_hz)
    after = _at(taper * samples[later:], frequencies / rate_hz)
    expected = np.exp(-2j * math.pi * frequencies * stride / rate_hz)
    off = np.angle(after * np.conj(before) * expected)
    return off * rate_hz / (2.0 * math.pi * stride), np.abs(after)


def _at(samples: Floats, turns_per_sample: Floats) -> NDArray[np.complex128]:
    """Spectrum at any frequencies. The phases are made of two short tables, rows and columns: much quicker."""
    rows = math.isqrt(len(samples) - 1) + 1
    folded = np.zeros(rows * rows, np.complex128)
    folded[: len(samples)] = samples
    fine = np.exp(-2j * math.pi * np.outer(turns_per_sample, np.arange(rows)))
    coarse = np.exp(-2j * math.pi * np.outer(turns_per_sample, np.arange(rows) * rows))
    # One sum after the other: in a single call of three arrays it takes three times as long.
    rows_turned = np.einsum("ki,ij->kj", coarse, folded.reshape(rows, rows))
    spectrum: NDArray[np.complex128] = np.einsum("kj,kj->k", rows_turned, fine)
    return spectrum


def _first_of_line(numbers: NDArray[np.int64], frequencies: Floats, strength: Floats) -> tuple[float, float] | None:
    """First partial (Hz) and B of the stiff string that these partials tell of; weights are amplitudes squared."""
    if not len(numbers):
        return None
    squares = (frequencies / numbers) ** 2
    # An error of 1 Hz in the k-th partial is one of 1/k Hz in the first.
    weights = (strength * numbers) ** 2
    stretch = _stretch(numbers.astype(np.float64) ** 2, squares, weights) if len(numbers) >= 3 else 0.0
    base = float(np.average(squares / (1.0 + stretch * numbers**2), weights=weights))
    return (math.sqrt(base * (1.0 + stretch)), stretch) if base > 0.0 else None


def _stretch(at: Floats, squares: Floats, weights: Floats) -> float:
    """B, from the weighted straight line of ``squares`` over ``at``; held to what strings can be."""
    middle = float(np.average(at, weights=weights))
    height = float(np.average(squares, weights=weights))
    spread = float(np.average((at - middle) ** 2, weights=weights))
    if spread <= 1e-9:
        return 0.0
    slope = float(np.average((at - middle) * (squares - height), weights=weights)) / spread
    base = height - slope * middle
    return min(max(slope / base, 0.0), STRETCH_MAX) if base > 0.0 else 0.0


def _law(first_hz: float, stretch: float, numbers: NDArray[np.int64]) -> Floats:
    along = numbers * np.sqrt((1.0 + stretch * numbers**2) / (1.0 + stretch))
    return np.asarray(first_hz * along, np.float64)
