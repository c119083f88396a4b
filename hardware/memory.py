"""The last 60 s of sound, in memory that the hub owns and the engine fills: a crash of the engine loses none of it.

A memfd, passed to the engine as a file descriptor: one page of header, then a ring of int16, mono, 48 kHz.

    header (little-endian): magic 8 bytes · capacity u64 · begun u64 · done u64 · writers u64

``done`` counts the samples ever written. ``begun`` is raised *before* samples are copied in and ``done`` after, so a
reader that copies and then looks at ``begun`` knows which of its samples may have been overwritten meanwhile; and what
a writer left unfinished when it died lies beyond ``done``, where nobody looks and the next writer begins.
"""

import mmap
import os
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hardware.memory_file import HEADER_BYTES, MAGIC, RATE_HZ

SCRATCH_SAMPLES: Final = 4096
_CAPACITY, _BEGUN, _DONE, _WRITERS = 1, 2, 3, 4
_FULL_SCALE = 32_768.0


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The newest sound: ``samples`` (n,) int16 mono; the last is number ``end_sample`` − 1 since ``create``."""

    samples: NDArray[np.int16]
    end_sample: int


class _Mapping:
    """The header and the ring of one memory, mapped. Raises ``ValueError`` where the descriptor is another file."""

    def __init__(self, fd: int) -> None:
        size = os.fstat(fd).st_size
        if size <= HEADER_BYTES or os.pread(fd, 8, 0) != MAGIC:
            raise ValueError("this file descriptor is not the pedal's sound memory")
        self._map = mmap.mmap(fd, size)
        self._header = np.frombuffer(self._map, np.uint64, 5)
        self._ring = np.frombuffer(self._map, np.int16, offset=HEADER_BYTES)
        self._capacity = int(self._header[_CAPACITY])
        if self._capacity != len(self._ring):
            self.close()
            raise ValueError("the pedal's sound memory has a damaged header")

    def close(self) -> None:
        """Unmap; the memory lives on while anyone holds its descriptor."""
        self._header = self._header[:0].copy()  # numpy must let go of the pages before they can be unmapped
        self._ring = self._ring[:0].copy()
        self._map.close()


class MemoryWriter(_Mapping):
    """The engine's side; one at a time. Goes on where the writer before it had finished."""

    def __init__(self, fd: int) -> None:
        super().__init__(fd)
        self._header[_WRITERS] += 1
        self._scratch = np.empty(min(self._capacity, SCRATCH_SAMPLES), np.float32)

    def write(self, samples: NDArray[np.float32]) -> None:
        """Append mono samples, shape (n,), −1 to 1; beyond that they clip, and what is not a number is silence."""
        step = len(self._scratch)
        for start in range(0, len(samples), step):
            self._write_part(samples[start : start + step])

    def _write_part(self, samples: NDArray[np.float32]) -> None:
        count = len(samples)
        scaled = self._scratch[:count]
        np.multiply(samples, _FULL_SCALE, out=scaled)
        if not np.abs(scaled).max() < _FULL_SCALE - 1:  # true for NaN too; seldom, and this runs for every block
            np.nan_to_num(scaled, copy=False, nan=0.0, posinf=_FULL_SCALE, neginf=-_FULL_SCALE)
            np.clip(scaled, -_FULL_SCALE, _FULL_SCALE - 1, out=scaled)
        np.rint(scaled, out=scaled)
        done = int(self._header[_DONE])
        self._header[_BEGUN] = done + count
        start = done % self._capacity
        first = min(count, self._capacity - start)
        self._ring[start : start + first] = scaled[:first]
        self._ring[: count - first] = scaled[first:]
        self._header[_DONE] = done + count


class MemoryReader(_Mapping):
    """The hub's side; any number of them."""

    @property
    def end_sample(self) -> int:
        """Samples ever written."""
        return int(self._header[_DONE])

    @property
    def writers(self) -> int:
        """How many writers have attached so far: more than one means that the engine was started again."""
        return int(self._header[_WRITERS])

    def last(self, seconds: float) -> Snapshot:
        """The newest ``seconds`` of sound, as far as there is so much; safe while the writer runs.

        What the writer overwrote during the copy is left out at the old end.
        """
        done = self.end_sample
        begin = max(0, done - min(self._capacity, round(seconds * RATE_HZ)))
        start = begin % self._capacity
        first = min(done - begin, self._capacity - start)
        samples = np.concatenate((self._ring[start : start + first], self._ring[: done - begin - first]))
        overwritten_to = int(self._header[_BEGUN]) - self._capacity
        return Snapshot(samples[max(0, overwritten_to - begin) :], done)
