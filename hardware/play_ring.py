"""From whoever renders sound to the audio callback: sound that lies where it was placed, without a lock.

The other direction of ``ring``, for one producer and one consumer again. The consumer takes frame after frame and
leaves silence behind itself; the producer adds sound at any sample that the consumer has not reached, in any order, so
that a click and a tone may overlap. Policy: *too late is silent, and counted*. Nothing is ever played late: a click in
the wrong place is worse than none.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

PLAY_S: Final = 0.5
"""How far ahead sound may be placed. What a player waits for (a click, a tone) is placed 20 ms ahead at most."""


class PlayRing:
    """Sound for the next ``capacity_frames`` frames, float32, in ``channels`` channels.

    ``take`` and ``skip`` belong to one thread, ``place`` to another; the counters may be looked at from anywhere.
    """

    def __init__(self, capacity_frames: int, channels: int) -> None:
        assert capacity_frames > 0
        assert channels > 0
        self.late_frames = 0
        self._frames = np.zeros((capacity_frames, channels), np.float32)
        self._capacity = capacity_frames
        self._position = 0

    @property
    def capacity_frames(self) -> int:
        """As made: so much can be taken at a time, and so far ahead be placed."""
        return self._capacity

    @property
    def channels(self) -> int:
        """As made."""
        return int(self._frames.shape[1])

    @property
    def position(self) -> int:
        """The sample that is taken next; what is placed before it is too late."""
        return self._position

    def place(self, at_sample: int, frames: NDArray[np.float32]) -> int:
        """Add ``frames``, shape (n, channels), to what plays from ``at_sample`` on; returns how many were too late.

        Further ahead than the ring reaches is a mistake of ours.
        """
        begin = max(at_sample, self._position)
        end = at_sample + len(frames)
        assert end - self._position <= self._capacity, "sound is placed further ahead than the ring reaches"
        self._add(begin, frames[begin - at_sample :])
        # The consumer may have come by meanwhile. What it did not take must not lie there when it comes round again.
        passed = min(self._position, end)
        if passed > begin:
            self._clear(begin, passed - begin)
        late = min(len(frames), max(begin, passed) - at_sample)
        self.late_frames += late
        return late

    def take(self, out: NDArray[np.float32]) -> None:
        """Fill ``out``, shape (n, channels), with the next frames: silence where nothing was placed in time."""
        begin, count = self._position, len(out)
        self._position = begin + count  # published first: from here on, whoever places sound there is late
        start = begin % self._capacity
        first = min(count, self._capacity - start)
        out[:first] = self._frames[start : start + first]
        out[first:] = self._frames[: count - first]
        self._frames[start : start + first] = 0.0
        self._frames[: count - first] = 0.0

    def skip(self, count: int) -> None:
        """Pass over ``count`` frames that will never be played."""
        begin = self._position
        self._position = begin + count
        self._clear(begin, min(count, self._capacity))

    def _add(self, begin: int, frames: NDArray[np.float32]) -> None:
        start = begin % self._capacity
        first = min(len(frames), self._capacity - start)
        self._frames[start : start + first] += frames[:first]
        self._frames[: len(frames) - first] += frames[first:]

    def _clear(self, begin: int, count: int) -> None:
        start = begin % self._capacity
        first = min(count, self._capacity - start)
        self._frames[start : start + first] = 0.0
        self._frames[: count - first] = 0.0
