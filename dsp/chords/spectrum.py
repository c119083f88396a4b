"""What a strum looks like: spectra on a musical scale, three cells to the semitone, moved to the guitar's own tuning.

A guitar a fifth of a semitone flat is a guitar in tune with itself: how far the loud partials lie beside the tempered
pitches is estimated first, and the cells are laid where the strings are.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
Floats32 = NDArray[np.float32]

RATE_HZ: Final = 12_000
CELLS_PER_SEMITONE: Final = 3
LOWEST_MIDI: Final = 33
HIGHEST_MIDI: Final = 101  # 2.8 kHz: above it the pipeline's decimation has taken the sound away
CELLS: Final = CELLS_PER_SEMITONE * (HIGHEST_MIDI - LOWEST_MIDI)
FFT: Final = 8_192
LATE_SAMPLES_MIN: Final = 1_200  # 100 ms: a shorter late part would tell nothing of low strings
LAST_SAMPLES: Final = 1_500  # 125 ms
SHORTEST_SAMPLES: Final = 960  # 80 ms
DEEPEST_DB: Final = 70.0
DB_PER_UNIT: Final = 20.0
TUNED_HZ: Final = (90.0, 1_400.0)
TUNED_DB: Final = 40.0  # so much below the loudest partial nothing is asked about the tuning
TUNED_CLEARLY: Final = 0.25


@dataclass(frozen=True, slots=True)
class Strum:
    """Shape (CELLS,) each: levels in units of 20 dB, 0 at 70 dB below the loudest cell.

    ``whole``: of all that was heard since the strum, ``late``: of its second half, ``before``: of what rang before it,
    ``last``: of the end of that. What is as loud as it was last rings on; what is louder was struck.
    ``tuning_cents``: how far the strings lie above the tempered pitches.
    """

    whole: Floats32
    late: Floats32
    before: Floats32
    last: Floats32
    tuning_cents: float
    level_db: float


def look_at(samples: Samples, before: Samples, a4_hz: float) -> Strum:
    """``samples`` since the strum's onset, ``before`` it; 12 kHz, either may be short or empty."""
    whole = _power(samples)
    tuning_cents = _tuning_cents(whole, a4_hz)
    edges = _edges(a4_hz, tuning_cents)
    late = _power(samples[-max(LATE_SAMPLES_MIN, len(samples) // 2) :])
    looks = (whole, late, _power(before), _power(before[-LAST_SAMPLES:]))
    cells = np.stack([_cells(power, edges) for power in looks])
    loudest_db = float(cells[:2].max())
    scaled = np.clip((cells - (loudest_db - DEEPEST_DB)) / DB_PER_UNIT, 0.0, None).astype(np.float32)
    scaled[2:] = np.minimum(scaled[2:], 2 * DEEPEST_DB / DB_PER_UNIT)
    return Strum(scaled[0], scaled[1], scaled[2], scaled[3], tuning_cents, loudest_db)


def _power(samples: Samples) -> Floats32:
    """Of a sine of amplitude 1: 0 dB at its bin; shape (FFT // 2 + 1,)."""
    if len(samples) < 3:  # a window of two is all zeros
        return np.zeros(FFT // 2 + 1, np.float32)
    window = np.hanning(len(samples)).astype(np.float32)
    spectrum = np.fft.rfft(samples * window, FFT)
    power: Floats32 = (spectrum.real**2 + spectrum.imag**2) * (2.0 / window.sum()) ** 2
    return power


def _edges(a4_hz: float, tuning_cents: float) -> NDArray[np.intp]:
    """The first bin of each cell; cells narrower than a bin share it."""
    midi = LOWEST_MIDI + (np.arange(CELLS) - 0.5) / CELLS_PER_SEMITONE + tuning_cents / 100.0
    edges: NDArray[np.intp] = np.ceil(a4_hz * 2.0 ** ((midi - 69.0) / 12.0) * FFT / RATE_HZ).astype(np.intp)
    return edges


def _cells(power: Floats32, edges: NDArray[np.intp]) -> Floats32:
    """The loudest bin of each cell, in dB."""
    stop = edges[-1] + (edges[-1] - edges[-2])
    loudest: Floats32 = np.maximum.reduceat(power[:stop], edges)
    level_db: Floats32 = (10.0 * np.log10(loudest + 1e-14)).astype(np.float32)
    return level_db


def _tuning_cents(power: Floats32, a4_hz: float) -> float:
    """How far the loud partials lie beside the tempered pitches, all together: their circular mean, 0 if unclear."""
    first, last = (round(hz * FFT / RATE_HZ) for hz in TUNED_HZ)
    db = 10.0 * np.log10(power[first - 1 : last + 1] + 1e-14)
    tops = np.flatnonzero((db[1:-1] > db[:-2]) & (db[1:-1] >= db[2:])) + 1
    if not len(tops):
        return 0.0
    weights = np.maximum(0.0, db[tops] - (db[tops].max() - TUNED_DB))
    left, top, right = db[tops - 1], db[tops], db[tops + 1]
    bend = np.minimum(left - 2.0 * top + right, -1e-6)
    hz = (first - 1 + tops + 0.5 * (left - right) / bend) * RATE_HZ / FFT
    semitones = 12.0 * np.log2(hz / a4_hz)
    mean = complex(np.sum(weights * np.exp(2j * np.pi * semitones)) / (weights.sum() + 1e-12))
    return float(np.angle(mean) / (2 * np.pi) * 100.0) if abs(mean) > TUNED_CLEARLY else 0.0
