"""Numbers that one slip does not move. Sums and sorts alone: the same to the bit wherever a log is replayed."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

CLIP: Final = 3.5
OF_NORMAL: Final = 1.4826  # standard deviation of a normal distribution over its median deviation


def spread(values: Floats, least: float = 1e-9) -> float:
    """Standard deviation about the median, each deviation clipped at 3.5 times the median one; at least one value."""
    away = np.abs(values - np.median(values))
    bound = CLIP * max(OF_NORMAL * float(np.median(away)), least)
    return float(np.sqrt(np.mean(np.minimum(away, bound) ** 2)))


def centre(values: Floats, least: float = 1e-9) -> tuple[float, float]:
    """Mean of the values, clipped about their median, and its standard error; at least two values."""
    middle = float(np.median(values))
    bound = CLIP * max(OF_NORMAL * float(np.median(np.abs(values - middle))), least)
    held = np.clip(values, middle - bound, middle + bound)
    return float(np.mean(held)), float(np.std(held, ddof=1)) / float(np.sqrt(len(held)))
