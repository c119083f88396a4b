"""One string or several? The partials of one string stand on one series; those of a strum do not.

What rang before a stroke is not of it: the partials are weighed twice, all of them and those that have risen since.
Only where neither is one string's were several struck together.

A major triad lies on the series of a note an octave or two below its root, as a fifth does: a string must have its own
first partial there, or the seventh, eleventh or thirteenth, which no chord lends it.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

RATE_HZ: Final = 12_000
FFT: Final = 4_096
FIRST_BIN: Final = 20  # 59 Hz: a guitar's lowest first partial
LAST_BIN: Final = 580  # 1.7 kHz: beyond it partials of a chord stand too close
FLOOR: Final = 10.0 ** (-30.0 / 20.0)  # of the highest
SKIRT: Final = 4.6  # widths of a partial: so near to one four times as high it is its side lobe, or its attack
SKIRT_HEIGHT: Final = 0.25
PEAKS_MAX: Final = 48
RISEN: Final = 1.4  # a string that rings on beats with others by a decibel or two
FRESH: Final = 3.0  # so much higher than before: of a pitch that did not sound
STRONGEST: Final = 8  # peaks that may be some low partial of the string that is looked for
ORDERS: Final = np.arange(1.0, 7.0)
F0_HZ: Final = (58.0, 1_300.0)
REFINE_TO: Final = 4  # a stiff string's first four partials say where its first one is
REFINE_NEAR: Final = 0.02
NEAR: Final = 0.006  # of a partial's frequency
NEAR_WIDTHS: Final = 0.22
STIFF: Final = 1.5e-4  # of f0, times the cube of the number: a stiff string's partials lie that much higher
PARTIALS_MAX: Final = 20.0
AUDIBLE: Final = 0.05  # of the strongest of a series


@dataclass(frozen=True, slots=True)
class Partials:
    """Peaks of a spectrum: where, how high, and how much of that is new; ``width_hz``: how near two may stand."""

    hz: Floats
    heights: Floats
    risen: Floats
    rang: Floats
    width_hz: float


@dataclass(frozen=True, slots=True)
class OneString:
    """How much of all partials (by amplitude, 0 to 1) one string explains, and how high the highest other one is."""

    share: float
    left: float


@dataclass(frozen=True, slots=True)
class Strings:
    """What the best single string explains of all partials and of the risen ones; ``new``: how much has risen."""

    of_all: OneString
    of_new: OneString
    new: float
    fresh: float
    louder: float


def partials(after: Samples, before: Samples) -> Partials:
    """Of what was heard since a stroke, shape (n,), 12 kHz, n from 1000 to ``FFT``; ``before`` it as many, or fewer."""
    spectrum, rang = _spectrum(after), _spectrum(before)
    at = _peaks(spectrum)
    width_hz = RATE_HZ / len(after)
    left, top, right = (np.log(spectrum[at + step] + 1e-12) for step in (-1, 0, 1))
    offset = 0.5 * (left - right) / np.minimum(left - 2.0 * top + right, -1e-9)
    hz, heights = (at + offset) * RATE_HZ / FFT, spectrum[at]
    near = np.abs(hz[:, None] - hz) < SKIRT * width_hz
    own = ~(near & (heights * SKIRT_HEIGHT > heights[:, None])).any(axis=1)
    at, hz, heights = at[own], hz[own], heights[own]
    reach = max(1, round(0.6 * width_hz * FFT / RATE_HZ))
    around = np.clip(at[:, None] + np.arange(-reach, reach + 1), 0, len(rang) - 1)
    rung = rang[around].max(axis=1) if len(at) else heights
    return Partials(hz, heights, np.maximum(0.0, heights - RISEN * rung), rung, width_hz)


def strings(found: Partials) -> Strings:
    """Whether one string could be all of it."""
    total = float(found.heights.sum())
    return Strings(
        one_string(found.hz, found.heights, found.width_hz),
        one_string(found.hz, found.risen, found.width_hz),
        float(found.risen.sum()) / total if total else 0.0,
        float(found.heights[found.heights > FRESH * found.rang].sum()) / total if total else 0.0,
        total / (float(found.rang.sum()) + 1e-9),
    )


def one_string(hz: Floats, heights: Floats, width_hz: float) -> OneString:
    """The single string that explains most; with nothing to explain, everything is explained."""
    total = float(heights.sum())
    if total <= 0.0:
        return OneString(1.0, 0.0)
    strongest = hz[np.argsort(-heights)[:STRONGEST]]
    f0_hz = np.unique(strongest[:, None] / ORDERS)
    f0_hz = f0_hz[(f0_hz >= F0_HZ[0]) & (f0_hz <= F0_HZ[1])]
    numbers, hit = _series(hz, heights, f0_hz, width_hz)
    explained = np.where(hit, heights, 0.0)
    strong = explained > AUDIBLE * explained.max(axis=1, initial=0.0, keepdims=True)
    first, second, third, fourth, *own = ((strong & (numbers == n)).any(axis=1) for n in (1, 2, 3, 4, 7, 11, 13))
    low = second.astype(int) + third + fourth >= 2
    shares = np.where(first | (low & np.any(own, axis=0)), explained.sum(axis=1) / total, 0.0)
    if not len(shares) or shares.max() <= 0.0:
        return OneString(0.0, 1.0)
    best = int(shares.argmax())
    return OneString(float(shares[best]), float((heights - explained[best]).max() / heights.max()))


def _series(hz: Floats, heights: Floats, f0_hz: Floats, width_hz: float) -> tuple[Floats, Flags]:
    """For each f0 (rows) and each partial (columns): its number in that series, and whether it belongs there."""
    f0 = f0_hz[:, None]
    numbers = np.maximum(1.0, np.round(hz / f0))
    for _ in range(2):
        low = (numbers <= REFINE_TO) & (np.abs(hz / numbers - f0) < REFINE_NEAR * f0)
        weights = np.where(low, heights * numbers, 0.0)
        sums = weights.sum(axis=1, keepdims=True)
        f0 = np.where(sums > 0.0, (weights * hz / numbers).sum(axis=1, keepdims=True) / np.maximum(sums, 1e-30), f0)
        numbers = np.maximum(1.0, np.round(hz / f0))
    beside = hz - numbers * f0
    near = NEAR * hz + NEAR_WIDTHS * width_hz
    stiff = STIFF * numbers**3 * f0
    return numbers, (beside > -near) & (beside < near + stiff) & (numbers <= PARTIALS_MAX)


def _spectrum(samples: Samples) -> Floats:
    """Amplitudes up to ``LAST_BIN``; of a sine of amplitude 1: a half."""
    if len(samples) < 2:
        return np.zeros(LAST_BIN + 2)
    window = np.hanning(len(samples) + 2)[1:-1]
    spectrum: Floats = np.abs(np.fft.rfft(samples * window, FFT)[: LAST_BIN + 2]) / window.sum()
    return spectrum


def _peaks(spectrum: Floats) -> NDArray[np.intp]:
    """The bins that are higher than both their neighbours; the highest ``PEAKS_MAX`` of them."""
    inner = spectrum[FIRST_BIN : LAST_BIN + 1]
    higher = (inner > spectrum[FIRST_BIN - 1 : LAST_BIN]) & (inner >= spectrum[FIRST_BIN + 1 : LAST_BIN + 2])
    at = np.flatnonzero(higher & (inner > FLOOR * inner.max() + 1e-9)) + FIRST_BIN
    highest: NDArray[np.intp] = at[np.argsort(-spectrum[at])[:PEAKS_MAX]]
    return np.sort(highest)
