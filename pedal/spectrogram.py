"""A recording as a picture of semitones over time: log frequency, long windows for low notes, short ones for high."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Pixels = NDArray[np.uint8]

# Up to this many Hz, this window in seconds: a low string needs it to be told from its neighbour, a stroke is blurred.
WINDOWS: Final = ((160.0, 0.17), (640.0, 0.085), (np.inf, 0.043))
RANGE_DB: Final = 66.0
COLOURS: Final = np.array(
    [(8, 9, 20), (31, 18, 72), (92, 22, 105), (168, 46, 94), (226, 98, 66), (250, 176, 84), (255, 240, 190)], float
)


def semitone_levels(samples: NDArray[np.float32], rate_hz: int, at_s: Floats, midis: Floats) -> Floats:
    """Level in dB at each pitch and time, shape (len(midis), len(at_s)).

    ``samples`` shape (n,); beyond its ends is silence. A sine of full scale reads about 0 dB.
    """
    levels = np.empty((len(midis), len(at_s)))
    pitches_hz = 440.0 * 2.0 ** ((midis - 69.0) / 12.0)
    from_hz = 0.0
    for to_hz, window_s in WINDOWS:
        rows = np.flatnonzero((pitches_hz >= from_hz) & (pitches_hz < to_hz))
        if len(rows):
            levels[rows] = _levels(samples, rate_hz, at_s, pitches_hz[rows], window_s)
        from_hz = to_hz
    return levels


def _levels(samples: NDArray[np.float32], rate_hz: int, at_s: Floats, pitches_hz: Floats, window_s: float) -> Floats:
    length = round(window_s * rate_hz)
    padded = 4 * 2 ** int(np.ceil(np.log2(length)))  # fine bins: a row of pixels is less than a semitone
    window = np.hanning(length).astype(np.float32)
    around = np.concatenate((np.zeros(length, np.float32), samples, np.zeros(length, np.float32)))
    bins = pitches_hz * padded / rate_hz
    low = np.minimum(bins.astype(int), padded // 2 - 1)
    part = bins - low
    levels = np.empty((len(pitches_hz), len(at_s)))
    for column, time_s in enumerate(at_s):
        start = min(max(0, round(time_s * rate_hz) + length - length // 2), len(around) - length)
        spectrum = np.abs(np.fft.rfft(around[start : start + length] * window, padded))
        amplitude = (1.0 - part) * spectrum[low] + part * spectrum[low + 1]
        levels[:, column] = 20.0 * np.log10(4.0 * amplitude / length + 1e-9)
    return levels


def coloured(levels_db: Floats, loudest_db: float) -> Pixels:
    """RGB, lowest pitch in the last row; black is 66 dB below ``loudest_db`` or less."""
    share = np.clip(1.0 + (levels_db[::-1] - loudest_db) / RANGE_DB, 0.0, 1.0) * (len(COLOURS) - 1)
    at = np.minimum(share.astype(int), len(COLOURS) - 2)
    mixed = COLOURS[at] + (share - at)[..., None] * (COLOURS[at + 1] - COLOURS[at])
    pixels: Pixels = mixed.astype(np.uint8)
    return pixels
