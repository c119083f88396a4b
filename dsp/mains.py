"""What of the newest 100 ms lies on the multiples of 50 and 60 Hz, and whether it stays as it is, as only hum does."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dsp.types import SAMPLE_RATE_HZ

Samples = NDArray[np.float32]
Phasors = NDArray[np.complex128]

MAINS_HZ: Final = (50.0, 60.0)
MULTIPLES: Final = np.arange(1, 16)
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
        at = (np.arange(WINDOW // DECIMATION) * DECIMATION + (DECIMATION - 1) / 2) / SAMPLE_RATE_HZ
        # A mean over eight samples stands for its middle, and lowers a sine a little.
        lowered = np.sinc(np.outer(MAINS_HZ, MULTIPLES) * DECIMATION / SAMPLE_RATE_HZ)
        turns = np.exp(-2j * np.pi * np.multiply.outer(np.outer(MAINS_HZ, MULTIPLES), at))
        taper = 1.0 - np.cos(2 * np.pi * np.arange(len(at)) / len(at))  # Hann: a string's leak ends 20 Hz beside it
        self._waves = (2.0 * DECIMATION / WINDOW * taper * turns / lowered[..., None]).reshape(-1, len(at))
        self._last = Reading(np.zeros((2, len(MULTIPLES)), np.complex128), 0, 0.0, 0.0, 0)

    def read(self, newest: Samples, sample: int) -> Reading:
        """``newest``: the last ``WINDOW`` samples, which end at ``sample``."""
        low = newest.reshape(-1, DECIMATION).mean(axis=1)
        phasors = np.einsum("kn,n->k", self._waves, low).reshape(len(MAINS_HZ), -1)
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
