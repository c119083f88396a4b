"""From the audio callback to the analysis: a ring for one producer and one consumer, without a lock.

The producer only copies and counts; the counters are plain integers, whose assignment CPython makes whole. Policy:
*refuse new*. What was refused, or was lost before it reached us, becomes a gap with an exact place: a read stops at
it, so that the frames on its two sides are never taken for neighbours.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

GAPS_MAX: Final = 16


class FrameRing:
    """At most ``capacity_frames`` frames of float32 in ``channels`` channels, and at most 16 unread gaps.

    ``write`` and ``lose`` belong to one thread, ``read`` to another; the counters may be looked at from anywhere.
    """

    def __init__(self, capacity_frames: int, channels: int) -> None:
        assert capacity_frames > 0
        assert channels > 0
        self.lost_frames = 0
        self.overflows = 0
        self._frames = np.zeros((capacity_frames, channels), np.float32)
        self._capacity = capacity_frames
        self._written = 0
        self._read = 0
        self._gap_at = [0] * GAPS_MAX
        self._gap_frames = [0] * GAPS_MAX
        self._gaps_written = 0
        self._gaps_read = 0

    @property
    def backlog_frames(self) -> int:
        """Frames that wait to be read."""
        return self._written - self._read

    def write(self, frames: NDArray[np.float32]) -> bool:
        """Copy all of ``frames``, shape (n, channels), or none: then count them as lost here. Returns which."""
        count = len(frames)
        written = self._written
        if count > self._capacity - (written - self._read):
            self.overflows += 1
            self.lose(count)
            return False
        start = written % self._capacity
        first = min(count, self._capacity - start)
        self._frames[start : start + first] = frames[:first]
        self._frames[: count - first] = frames[first:]
        self._written = written + count  # published last: the reader never sees a frame before its samples
        return True

    def lose(self, count: int) -> None:
        """Say that ``count`` frames are missing before the next one that is written.

        The newest gap grows where no frame came after it (so the reader cannot be taking it: it waits for one), or
        where the table is full: then its place is early by what came between, but no loss is forgotten.
        """
        unread = self._gaps_written - self._gaps_read
        newest = (self._gaps_written - 1) % GAPS_MAX
        if unread == GAPS_MAX or (unread > 0 and self._gap_at[newest] == self._written):
            self._gap_frames[newest] += count
            return
        slot = self._gaps_written % GAPS_MAX
        self._gap_at[slot] = self._written
        self._gap_frames[slot] = count
        self._gaps_written += 1

    def read(self, frames_max: int) -> NDArray[np.float32]:
        """Up to ``frames_max`` unread frames, copied, shape (n, channels); ends at a gap, and never waits.

        A gap counts in ``lost_frames`` with the first frames behind it.
        """
        gaps_written, written = self._gaps_written, self._written
        if self._gaps_read < gaps_written and self._next_gap_at() == self._read < written:
            self.lost_frames += self._gap_frames[self._gaps_read % GAPS_MAX]
            self._gaps_read += 1
        end = min(written, self._read + frames_max)
        if self._gaps_read < gaps_written:
            end = min(end, self._next_gap_at())
        start = self._read % self._capacity
        count = end - self._read
        first = min(count, self._capacity - start)
        out = np.concatenate((self._frames[start : start + first], self._frames[: count - first]))
        self._read = end  # published last: the producer may overwrite these frames only now
        return out

    def _next_gap_at(self) -> int:
        return self._gap_at[self._gaps_read % GAPS_MAX]
