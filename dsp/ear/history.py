"""The newest samples of a stream, always as one contiguous array."""

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]


class History:
    """Keeps the last ``length`` samples (zeros before the first). No allocation after construction."""

    def __init__(self, length: int) -> None:
        self._length = length
        self._store = np.zeros(4 * length, np.float32)
        self._end = length

    def push(self, samples: Samples) -> None:
        """Append at most ``length`` samples, shape (n,)."""
        count = len(samples)
        assert count <= self._length, "more samples than the history holds"
        if self._end + count > len(self._store):
            self._store[: self._length] = self._store[self._end - self._length : self._end]
            self._end = self._length
        self._store[self._end : self._end + count] = samples
        self._end += count

    def newest(self, count: int) -> Samples:
        """The last ``count`` samples, oldest first; a view that is valid until the next ``push``."""
        assert count <= self._length, "the history is shorter than that"
        return self._store[self._end - count : self._end]
