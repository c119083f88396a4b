"""The newest sound beside itself, shifted by every lag: the sums that the looks at its pitch are made of.

From hop to hop most of a sum stays: what came is added, what left is taken off again. That is exact only in whole
numbers, so the samples are rounded to 2⁻²⁴, half of what a card of 24 bits can tell: up to an RMS of −9 dBFS products
and sums fit into a double without rounding, and nothing of a loud passage is left behind, after hours neither.
(Louder, 1 in 10¹⁶ of it may be.) Every view is laid out once: making one costs more than the sum over it.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
Floats = NDArray[np.float64]

BLOCK: Final = 32  # samples at 12 kHz: one hop
LAG_MIN: Final = 8  # at 12 kHz: E6 and a little above
QUICK_TERMS_MIN: Final = 36  # 3 ms: fewer, and any tone-like click repeats
LONG_TERMS: Final = 264  # 22 ms
MOMENT: Final = 33
WHOLE: Final = 2.0**24


class Energies:
    """Sums of squares of samples, newest first, as far back as ``length``."""

    def __init__(self, lag_max: int, length: int) -> None:
        self._until = np.zeros(length + 1)
        self._quick = np.zeros(lag_max + 1 - LAG_MIN)
        few = QUICK_TERMS_MIN - LAG_MIN
        self._quick_short, self._quick_rest = self._quick[:few], self._quick[few:]
        until = self._until
        self._lags = until[LAG_MIN : lag_max + 1]
        self._short = until[LAG_MIN:QUICK_TERMS_MIN]
        self._short_both = until[LAG_MIN + QUICK_TERMS_MIN : 2 * QUICK_TERMS_MIN]
        self._twice = until[2 * QUICK_TERMS_MIN : 2 * lag_max + 1 : 2]
        self._long_both = until[LONG_TERMS + LAG_MIN : LONG_TERMS + lag_max + 1]
        self._moments = until[: LONG_TERMS + 1 : MOMENT]

    def fill(self, newest_first: NDArray[np.floating]) -> None:
        """Shape (length,)."""
        np.add.accumulate(np.square(newest_first, dtype=np.float64), out=self._until[1:])

    def quick(self) -> Floats:
        """Of the samples of a quick look and of those a lag before; shape (lags,), good until the next call."""
        np.subtract(self._short_both, self._short, out=self._quick_short)
        self._quick_short += self._until[QUICK_TERMS_MIN]
        self._quick_rest[:] = self._twice  # the second half begins where the first one ends
        return self._quick

    def long(self) -> Floats:
        """The same of a long look."""
        both: Floats = self._long_both - self._lags
        both += self._until[LONG_TERMS]
        return both

    def loudest(self) -> float:
        """Mean square of the loudest 3 ms of the last 22."""
        return float((self._moments[1:] - self._moments[:-1]).max()) / MOMENT


class Lagged:
    """Samples at 12 kHz against themselves at lags from ``LAG_MIN`` to ``lag_max``, both included.

    ``quick`` is, for each lag, the sum of products over as many samples as the lag is long, at least
    ``QUICK_TERMS_MIN``, ``long`` over ``LONG_TERMS``; shape (lags,) each.
    """

    def __init__(self, lag_max: int) -> None:
        assert lag_max > QUICK_TERMS_MIN, "a floor above 300 Hz hears no guitar"
        self.newest_first = np.zeros(max(2 * lag_max, lag_max + LONG_TERMS) + BLOCK)
        self.energies = Energies(lag_max, len(self.newest_first))
        self.quick = np.zeros(lag_max + 1 - LAG_MIN)
        self.long = np.zeros(lag_max + 1 - LAG_MIN)
        few = QUICK_TERMS_MIN - LAG_MIN
        self._quick_short, self._quick_rest = self.quick[:few], self.quick[few:]
        self._newest = self.newest_first[:BLOCK]
        blocks = np.lib.stride_tricks.sliding_window_view(self.newest_first, BLOCK)
        short, rest = slice(LAG_MIN, QUICK_TERMS_MIN), slice(QUICK_TERMS_MIN, lag_max + 1)
        # Each pair: a block, and the same a lag before.
        self._came = blocks[0], blocks[LAG_MIN : lag_max + 1]
        self._left_short = blocks[QUICK_TERMS_MIN], blocks[QUICK_TERMS_MIN:][short]
        self._left_rest = blocks[rest], blocks[2 * QUICK_TERMS_MIN : 2 * lag_max + 1 : 2]
        self._left_long = blocks[LONG_TERMS], blocks[LONG_TERMS:][LAG_MIN : lag_max + 1]

    def follow(self, block: Samples) -> None:
        """One block later; ``block``: ``BLOCK`` samples, oldest first."""
        assert len(block) == BLOCK
        samples = self.newest_first
        samples[BLOCK:] = samples[:-BLOCK]
        newest = self._newest
        np.multiply(block[::-1], WHOLE, out=newest)
        np.rint(newest, out=newest)
        newest /= WHOLE
        self.energies.fill(samples)
        # Not "@": on views it copies first, and a BLAS with threads wakes them for this little.
        came = np.vecdot(*self._came)
        self.quick += came
        self._quick_short -= np.vecdot(*self._left_short)
        self._quick_rest -= np.vecdot(*self._left_rest)
        self.long += came
        self.long -= np.vecdot(*self._left_long)


class Unfollowed:
    """The quick look's sums of samples that are asked for now and then: all anew, three times as dear."""

    def __init__(self, lag_max: int) -> None:
        terms = np.maximum(np.arange(LAG_MIN, lag_max + 1), QUICK_TERMS_MIN)
        self.newest_first = np.zeros(max(2 * lag_max, lag_max + LONG_TERMS) + 1, np.float32)
        self.energies = Energies(lag_max, len(self.newest_first))
        self._mask = (np.arange(lag_max)[None, :] < terms[:, None]).astype(np.float32)
        self._weighted = np.zeros_like(self._mask)
        windows = np.lib.stride_tricks.sliding_window_view(self.newest_first, lag_max)
        self._newest, self._before = self.newest_first[:lag_max], windows[LAG_MIN : lag_max + 1]

    def fill(self, newest_first: NDArray[np.floating]) -> Samples:
        """Samples of the shape of ``newest_first``; returns what ``Lagged.quick`` would be."""
        self.newest_first[:] = newest_first
        self.energies.fill(self.newest_first)
        np.multiply(self._mask, self._newest, out=self._weighted)
        products: Samples = np.vecdot(self._before, self._weighted)
        return products
