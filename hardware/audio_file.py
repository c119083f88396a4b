"""A recording on disk (WAV, FLAC and whatever else libsndfile reads), any rate, any number of channels, any damage.

What cannot be used raises ``UnreadableAudio`` with one line for the player. What is cut off or damaged in the middle
is read as far as it goes, and says so.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import numpy as np
import soundfile
from numpy.typing import NDArray

RATE_HZ_MIN: Final = 4_000
RATE_HZ_MAX: Final = 768_000
_BLOCK_FRAMES: Final = 4_096
_UNKNOWN_FRAMES: Final = 1 << 48  # libsndfile's answer where the header does not tell is larger than any recording
_STREAMED_BYTES: Final = 0x7FFFFFFF  # a writer that could not seek back left the size open: nothing is missing
_CUT_OFF_WAV = re.compile(r"^\s*data : (\d+) \(should be \d+\)", re.MULTILINE)


class UnreadableAudio(ValueError):
    """This file cannot be used as a recording. The text is one line for the player."""


@dataclass(frozen=True, slots=True)
class AudioFile:
    """A whole recording: ``samples`` (frames, channels) float32, −1 to 1; ``damage`` says what is missing, if anything.

    A float file may exceed full scale; it is not clipped here.
    """

    samples: NDArray[np.float32]
    sample_rate_hz: int
    damage: str | None = None


class AudioReader:
    """Reads a recording block by block; a context manager. Raises ``UnreadableAudio``.

    ``frames`` is the length that the header promises, or ``None`` where it promises nothing.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = _open(path)
        self.sample_rate_hz: int = self._file.samplerate
        self.channels: int = self._file.channels
        frames = int(self._file.frames)
        self.frames = frames if frames < _UNKNOWN_FRAMES else None
        self.position = 0
        self.damage: str | None = None
        if frames == 0:
            self.close()
            raise UnreadableAudio(f"{path}: holds no sound.")
        if not RATE_HZ_MIN <= self.sample_rate_hz <= RATE_HZ_MAX:
            self.close()
            raise UnreadableAudio(f"{path}: {self.sample_rate_hz} samples per second is no rate of a recording.")
        cut_off = _CUT_OFF_WAV.search(self._file.extra_info)
        if cut_off and int(cut_off[1]) < _STREAMED_BYTES:
            self.damage = f"{path}: is cut off after {frames / self.sample_rate_hz:.2f} s."

    def read(self, frames_max: int) -> NDArray[np.float32]:
        """The next frames, shape (n, channels); n is less than ``frames_max`` only at the end.

        Damage is an end: ``damage`` then says where. Raises ``UnreadableAudio`` at a sample that is no number.
        """
        try:
            block: NDArray[np.float32] = self._file.read(frames_max, dtype="float32", always_2d=True)
        except soundfile.LibsndfileError:
            self.damage = f"{self._path}: is cut off or damaged after {self.position / self.sample_rate_hz:.2f} s."
            return np.zeros((0, self.channels), np.float32)
        finite = np.isfinite(block).all(axis=1)
        if not finite.all():
            at_s = (self.position + int(np.argmin(finite))) / self.sample_rate_hz
            raise UnreadableAudio(f"{self._path}: holds something that is not a number at {at_s:.2f} s.")
        self.position += len(block)
        return block

    def seek(self, frame: int) -> None:
        """Go on reading at ``frame``. Raises ``UnreadableAudio``."""
        try:
            self._file.seek(frame)  # also where we seem to stand: after a failed read the file stands elsewhere
        except soundfile.LibsndfileError as error:
            raise UnreadableAudio(
                f"{self._path}: cannot be read from {frame / self.sample_rate_hz:.2f} s on."
            ) from error
        self.position = frame

    def close(self) -> None:
        """Close the file. May be called twice."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _: TracebackType | None
    ) -> None:
        self.close()


def read_audio(path: Path) -> AudioFile:
    """Read a whole recording into memory. Raises ``UnreadableAudio``."""
    with AudioReader(path) as reader:
        blocks = []
        while len(block := reader.read(_BLOCK_FRAMES)) > 0:
            blocks.append(block)
        if not blocks:
            raise UnreadableAudio(f"{path}: holds no sound that can be read.")
        return AudioFile(np.concatenate(blocks), reader.sample_rate_hz, reader.damage)


def _open(path: Path) -> soundfile.SoundFile:
    """Open it, or say in one line why not: libsndfile itself calls a missing file a "System error"."""
    try:
        size_bytes = path.stat().st_size
        with path.open("rb"):
            pass
    except OSError as error:
        raise UnreadableAudio(f"{path}: {error.strerror or error}.") from error
    except ValueError as error:
        raise UnreadableAudio(f"{path!s}: is no name of a file.") from error
    if size_bytes == 0:
        raise UnreadableAudio(f"{path}: is empty.")
    try:
        return soundfile.SoundFile(path)
    except (soundfile.LibsndfileError, TypeError) as error:  # TypeError: a .raw without header, whose rate nobody knows
        raise UnreadableAudio(f"{path}: is not a recording that can be read (WAV or FLAC).") from error
