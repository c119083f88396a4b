"""A recording as the guitar: it plays at its own pace, by the clock, and loses samples as a sound card would.

The default of the simulated board. It delivers the file's own rate and its first four channels; resampling and the
choice of a channel are not a driver's business.
"""

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hardware.audio_file import AudioFile, AudioReader, UnreadableAudio, read_audio
from hardware.audio_port import AudioHealth, OnlyHears
from hardware.clock import BootClock, boottime_ns

__all__ = ["AudioFile", "AudioReader", "FileSource", "UnreadableAudio", "read_audio"]

CHANNELS_MAX: Final = 4
RING_S: Final = 1.0
_AHEAD_FRAMES: Final = 8_192
_NS_PER_S: Final = 1_000_000_000


class FileSource(OnlyHears):
    """Plays ``path``: ``start_delay_s`` of silence, the recording, ``loop_gap_s`` of silence, the recording again ...

    Frame n is due n/rate after ``start``, whatever was read before: there is no drift. Who does not read for longer
    than ``ring_s`` finds what the ring held, then a gap: the ring refuses what is new. Raises ``UnreadableAudio``.
    """

    def __init__(
        self,
        path: Path,
        *,
        loop: bool = True,
        start_delay_s: float = 0.0,
        loop_gap_s: float = 1.0,
        ring_s: float = RING_S,
        clock: BootClock = boottime_ns,
    ) -> None:
        self._reader = AudioReader(path)
        rate = self._reader.sample_rate_hz
        self._name = path.name
        self._clock = clock
        self._loop = loop
        self._delay = round(start_delay_s * rate)
        self._loop_gap = round(loop_gap_s * rate)
        self._ring = round(ring_s * rate)
        self._length = self._reader.frames  # known for sure once its end was read
        self._ahead = np.zeros((0, self._reader.channels), np.float32)
        self._ahead_at = 0
        self._started_ns: int | None = None
        self._position = 0
        self._gap: tuple[int, int] | None = None
        self._lost = 0
        self._overflows = 0
        self._ended: str | None = None
        self._loops = 0

    @property
    def name(self) -> str:
        """The file's name."""
        return self._name

    @property
    def sample_rate_hz(self) -> int:
        """The file's own rate."""
        return self._reader.sample_rate_hz

    @property
    def channels(self) -> int:
        """The file's, at most 4."""
        return min(self._reader.channels, CHANNELS_MAX)

    @property
    def loops(self) -> int:
        """How often its end was passed."""
        return self._loops

    def start(self) -> int:
        """Run. Returns CLOCK_BOOTTIME in ns at sample 0."""
        assert self._started_ns is None, "started twice"
        self._started_ns = self._clock()
        return self._started_ns

    def read(self, frames_max: int) -> NDArray[np.float32]:
        """What is due and was not read yet, shape (frames, channels), at most ``frames_max``; never waits."""
        assert self._started_ns is not None, "read before start"
        if self._ended is not None:
            return np.zeros((0, self.channels), np.float32)
        due = (self._clock() - self._started_ns) * self.sample_rate_hz // _NS_PER_S
        self._overflow(due)
        if self._gap is not None and self._position == self._gap[0]:
            self._lost += self._gap[1] - self._gap[0]
            self._position = self._gap[1]
            self._gap = None
        end = due if self._gap is None else self._gap[0]
        out = self._produce(min(frames_max, end - self._position))
        self._position += len(out)
        return out

    def health(self) -> AudioHealth:
        """Counters now. ``ended``: by ``unplug``, a file that became unreadable, or its end without ``loop``."""
        return AudioHealth(self._lost, self._overflows, self._ended)

    def unplug(self, reason: str = "the cable was pulled") -> None:
        """Break it on purpose: the source ends now, for good."""
        self._ended = reason

    def stop(self) -> None:
        """Close. May be called twice."""
        self._ended = self._ended or "stopped"
        self._reader.close()

    def _overflow(self, due: int) -> None:
        """Note what the ring could not take since the last read: it lies behind what the ring holds."""
        if self._gap is None:
            if due - self._position > self._ring:
                self._gap = (self._position + self._ring, due)
                self._overflows += 1
        elif (self._gap[0] - self._position) + (due - self._gap[1]) > self._ring:
            self._gap = (self._gap[0], due)
            self._overflows += 1

    def _produce(self, count: int) -> NDArray[np.float32]:
        """The ``count`` frames from the current position on; fewer where the source ends."""
        out = np.zeros((max(count, 0), self.channels), np.float32)
        filled = 0
        while filled < count and self._ended is None:
            at, silent = self._place(self._position + filled)
            if silent is not None:
                filled += min(silent, count - filled)
                continue
            block = self._from_file(at, count - filled)
            out[filled : filled + len(block)] = block
            filled += len(block)
        return out[:filled]

    def _place(self, position: int) -> tuple[int, int | None]:
        """Where a position of the source lies: (frame of the file, None), or (_, frames of silence from here on)."""
        if position < self._delay:
            return 0, self._delay - position
        played = position - self._delay
        if self._length is None or not self._loop:
            return played, None
        at = played % (self._length + self._loop_gap)
        return (at, None) if at < self._length else (0, self._length + self._loop_gap - at)

    def _from_file(self, at: int, count: int) -> NDArray[np.float32]:
        """Up to ``count`` frames from frame ``at`` on; at its end, the length is known and a loop counted."""
        wanted = count
        if self._length is not None:
            at = min(at, self._length)
            wanted = min(count, self._length - at)
        try:
            block = self._decoded(at, wanted)
        except UnreadableAudio as error:
            self._ended = str(error)
            return np.zeros((0, self.channels), np.float32)
        end = at + len(block)
        if len(block) < wanted:
            self._length = end
        if end == self._length:
            self._loops += 1
            if not self._loop or end == 0:
                self._ended = "the end of the recording"
        return block[:, : self.channels]

    def _decoded(self, at: int, wanted: int) -> NDArray[np.float32]:
        """``wanted`` frames from ``at`` on, or fewer at the end; decoded ahead as long as the file is in order.

        FLAC in small pieces costs more than hearing it.
        """
        start = at - self._ahead_at
        if start >= 0 and start + wanted <= len(self._ahead):
            return self._ahead[start : start + wanted]
        self._ahead_at = at
        self._ahead = self._read_ahead(at) if wanted <= _AHEAD_FRAMES else self._ahead[:0]
        if wanted <= len(self._ahead):
            return self._ahead[:wanted]
        self._reader.seek(at)
        return self._reader.read(wanted)

    def _read_ahead(self, at: int) -> NDArray[np.float32]:
        """A piece from ``at`` on, full or up to the known end; none near damage: there each read speaks for itself."""
        try:
            self._reader.seek(at)
            piece = self._reader.read(_AHEAD_FRAMES)
        except UnreadableAudio:
            return self._ahead[:0]
        whole = len(piece) == _AHEAD_FRAMES or at + len(piece) == self._length
        return piece if whole else piece[:0]
