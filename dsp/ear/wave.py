"""Is it still the same vibration? A string that goes on ringing repeats, many periods later, what it did before.

A finger's squeak or a knock on the body adds noise for a moment; a new stroke sets the string off anew, with another
phase and another mixture of partials.
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dsp.types import SAMPLE_RATE_HZ

Samples = NDArray[np.float32]

SHORTEST: Final = 240  # 5 ms
DETUNE: Final = 0.02  # a string's pitch moves by so much at the most


def likeness(newest: Samples, f0_hz: float, event_samples: int) -> float:
    """Correlation (−1 to 1) of the last two periods with those before an event ``event_samples`` ago.

    ``newest``: shape (n,), oldest first. 0 where it does not reach back far enough, or is silent.
    """
    period = SAMPLE_RATE_HZ / f0_hz
    count = max(SHORTEST, int(2 * period))
    back = round(math.ceil(event_samples / period) * period)
    reach = max(2, int(DETUNE * back))
    first = len(newest) - count - back - reach
    if first < 0:
        return 0.0
    new = newest[-count:].astype(np.float64)
    old = np.lib.stride_tricks.sliding_window_view(newest[first : first + count + 2 * reach], count).astype(np.float64)
    scale = np.sqrt(np.einsum("lt,lt->l", old, old) * np.dot(new, new))
    return float((np.einsum("lt,t->l", old, new) / np.maximum(scale, 1e-12)).max())
