"""What of the newest 100 ms lies on the multiples of 50 and 60 Hz, and whether it stays as it is, as only hum does."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dsp.types import SAMPLE_RATE_HZ

Samples = NDArray[np.float32]
Phasors = NDArray[np.complex128]

MAINS_HZ: Final = (50.0, 60.0)
MULTIPLES: Final = np.arange(1, 41)  # a dimmer's clicks go on for ever
WINDOW: Final = SAMPLE_RATE_HZ // 10  # five periods of the one and six of the other
DECIMATION: Final = 8
ALL_HUM: Final = 0.9  # of the power below 3 kHz
FALLS: Final = 0.975  # of its power from reading to reading: a string dies away by more than that
SAME: Final = 0.03  # of its power: a string that is 0.6 Hz beside a multiple has turned on by more


@dataclass(frozen=True, slots=True)
class Reading:
    """``phasors``: shape (2, multiples), of 50 and of 60 Hz, phases as of sample 0. Powers are mean squares.

    ``mains``: which of the two there is more of. ``steady``: how many readings in a row were all hum, and the same.
    """

    phasors: Phasors
    mains: int
    power: float
    total_power: float
    steady: int


class MainsReader:
    """``read`` as often as wanted; readings some 40 to 90 ms apart make ``steady`` mean something."""

    def __init__(self) -> None:
        count = WINDOW // DECIMATION
        self._taper = 1.0 - np.cos(2 * np.pi * np.arange(count) / count)  # Hann: a string's leak ends 20 Hz beside it
        # The window holds whole periods of both, so each multiple has a bin of its own.
        self._bins = np.outer(np.round(np.array(MAINS_HZ) * WINDOW / SAMPLE_RATE_HZ).astype(int), MULTIPLES)
        multiples_hz = np.outer(MAINS_HZ, MULTIPLES)
        # A mean over eight samples stands for its middle, and lowers a sine a little.
        lowered = np.sinc(multiples_hz * DECIMATION / SAMPLE_RATE_HZ)
        middle = np.exp(-2j * np.pi * multiples_hz * (DECIMATION - 1) / 2 / SAMPLE_RATE_HZ)
        self._scale = 2.0 * DECIMATION / WINDOW * middle / lowered
        self._last = Reading(np.zeros((2, len(MULTIPLES)), np.complex128), 0, 0.0, 0.0, 0)

    def read(self, newest: Samples, sample: int) -> Reading:
        """``newest``: the last ``WINDOW`` samples, which end at ``sample``."""
        low = newest.reshape(-1, DECIMATION).mean(axis=1)
        phasors = np.fft.rfft(low * self._taper)[self._bins] * self._scale
        begin_s = (sample - WINDOW) / SAMPLE_RATE_HZ
        for mains, mains_hz in enumerate(MAINS_HZ):
            phasors[mains] *= np.exp(-2j * np.pi * MULTIPLES * (mains_hz * begin_s % 1.0))
        powers = (np.abs(phasors) ** 2).sum(axis=1) / 2.0
        mains = int(powers.argmax())
        power, total = float(powers[mains]), float(np.einsum("n,n->", low, low)) / len(low)
        last = self._last
        turned = float((np.abs(phasors[mains] - last.phasors[mains]) ** 2).sum()) / 2.0
        is_hum = power > ALL_HUM * total and mains == last.mains and turned < SAME * power
        steady = last.steady + 1 if is_hum and power > FALLS * last.power else 0
        self._last = Reading(phasors, mains, power, total, steady)
        return self._last
