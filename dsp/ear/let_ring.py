"""Whether the string that was left rings on under the new note: its partials, where the new note has none."""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dsp.ear.partials import LOBE_BINS, window

Samples = NDArray[np.floating]
Floats = NDArray[np.float64]

WINDOW_SAMPLES: Final = 1_440  # 120 ms at 12 kHz
SPECTRUM: Final = 8_192
HIGHEST_HZ: Final = 1_600.0
PARTIALS_MAX: Final = 8
STIFF: Final = 0.006  # a stiff string's partials lie as far above the multiples
ABOVE_BESIDE: Final = 10.0  # of a line's power: less is hiss
LEAST_DB, MOST_DB = -60.0, 6.0


def ringing_db(samples: Samples, f0_hz: float, left_hz: float, rate_hz: float) -> float | None:
    """Level of what is left of the string at ``left_hz`` under the note at ``f0_hz``, in dB of that note, −60 to 6.

    ``samples``: shape (``WINDOW_SAMPLES``,), oldest first. ``None`` where every partial of the one lies too near one
    of the other: an octave, or the same string again. It sees no string that rings in unison with a partial.
    """
    lobe_hz = LOBE_BINS * rate_hz / len(samples)
    own_hz = f0_hz * np.arange(1, math.ceil(HIGHEST_HZ / f0_hz) + 1)
    orders = np.arange(1, PARTIALS_MAX + 1)
    orders = orders[orders * left_hz <= HIGHEST_HZ]
    left: Floats = orders * np.float64(left_hz)
    free = np.abs(left[:, None] - own_hz[None, :]).min(axis=1) > 2.0 * lobe_hz + STIFF * left
    if not free.any():
        return None
    tapered = np.asarray(samples, np.float64) * window(len(samples))
    power = np.asarray(np.abs(np.fft.rfft(tapered, SPECTRUM)) ** 2, np.float64)
    bins_per_hz = SPECTRUM / rate_hz
    # Like with like: the same partials of both, or a string whose first one hides would seem to be nearly silent.
    same_hz: Floats = orders[free] * np.float64(f0_hz)
    own = float(_lines(power, same_hz, bins_per_hz).sum())
    free_hz: Floats = left[free]
    lines = _lines(power, free_hz, bins_per_hz)
    beside = np.minimum(_at(power, free_hz - lobe_hz, bins_per_hz), _at(power, free_hz + lobe_hz, bins_per_hz))
    rings = float(lines[lines > ABOVE_BESIDE * beside].sum())
    return min(MOST_DB, max(LEAST_DB, 10.0 * math.log10(rings / own + 1e-9))) if own > 0.0 else None


def _lines(power: Floats, near_hz: Floats, bins_per_hz: float) -> Floats:
    """The highest that each line may be: at its place, or as much above as a stiff string puts it."""
    places = near_hz[:, None] * (1.0 + STIFF * np.array([-0.5, 0.0, 0.5, 1.0]))[None, :]
    highest: Floats = _at(power, places, bins_per_hz).max(axis=1)
    return highest


def _at(power: Floats, hz: Floats, bins_per_hz: float) -> Floats:
    found: Floats = power[np.clip(np.round(hz * bins_per_hz).astype(np.int64), 0, len(power) - 1)]
    return found
