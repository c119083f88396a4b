"""Hum that nobody has heard alone yet, because the player plays on: what stays the same in reading after reading.

A note comes and goes, and even one that is held turns its phase against the mains and fades; only hum stands at the
same phasor for most of a second.
"""

from collections import deque
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dsp.ear.mains import MULTIPLES, Phasors, Reading

READINGS: Final = 8  # 0.7 s
SCATTER_MAX: Final = 0.05  # of its power: the median square by which a multiple differs from its own middle
MULTIPLES_MIN: Final = 2
COMMON_MAX: Final = 2  # a string at 150 Hz has every third; a rectifier's hum every second
FADES: Final = 0.85  # of its power, from the first half to the second: a string's partials do
SHARE_MIN: Final = 1e-3  # of all that sounds: what is weaker disturbs nobody


class UnderNotes:
    """``find`` with every reading under a note, some 85 ms apart."""

    def __init__(self) -> None:
        self._readings: deque[Phasors] = deque(maxlen=READINGS)
        self._powers: deque[float] = deque(maxlen=READINGS)

    def forget(self) -> None:
        """Begin again: samples were lost, or hum is known."""
        self._readings.clear()

    def find(self, reading: Reading) -> tuple[int, Phasors] | None:
        """Which mains, and its phasors, shape (multiples,), 0 where a multiple is not sure; ``None`` without hum."""
        self._readings.append(reading.phasors)
        self._powers.append(reading.total_power)
        if len(self._readings) < READINGS:
            return None
        stack = np.array(self._readings)  # readings, mains, multiples
        middle: Phasors = _median(stack.view(np.float64)).view(np.complex128)
        same = _median(np.abs(stack - middle) ** 2) < SCATTER_MAX * np.abs(middle) ** 2
        power = np.abs(stack) ** 2
        half = READINGS // 2
        same &= _median(power[half:]) > FADES * _median(power[:half])
        sure: Phasors = np.where(same, middle, 0.0)
        powers = (np.abs(sure) ** 2).sum(axis=1) / 2.0
        mains = int(powers.argmax())
        there = MULTIPLES[same[mains]]
        if len(there) < MULTIPLES_MIN or np.gcd.reduce(there) > COMMON_MAX:
            return None
        if powers[mains] < SHARE_MIN * float(np.median(self._powers)):
            return None
        return mains, sure[mains]


def _median(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of an even number of them, along the first axis: ``np.median`` takes ten times as long over so few."""
    ordered = np.sort(values, axis=0)
    half = len(values) // 2
    median: NDArray[np.float64] = (ordered[half - 1] + ordered[half]) / 2.0
    return median
