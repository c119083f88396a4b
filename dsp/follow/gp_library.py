"""PyGuitarPro in bounds: the library's reading of a stranger's file, with an end to its patience.

The library believes what a file says: two thousand million beats in a bar are looked for one by one, each compared
with all before it; a tie looks for its beginning through all bars back to the first. Both are taken over here, and
everything that is read is counted. A bar is made small as soon as it is read.

The format: https://pyguitarpro.readthedocs.io/en/stable/pyguitarpro/format.html
"""

from collections.abc import Callable
from io import BytesIO
from typing import Any, Final

import guitarpro
from guitarpro import gp3, gp4, gp5, models

from dsp.follow.bounds import BARS_MAX, TRACKS_MAX, TargetError

READS_MAX: Final = 2_000_000
NOTES_WRITTEN_MAX: Final = 60_000
BEATS_WRITTEN_MAX: Final = 120_000
BEATS_IN_BAR_MAX: Final = 1_024
CELLS_MAX: Final = 60_000  # bars times tracks
BEND_POINTS_MAX: Final = 256
_READERS: Final = {3: gp3.GP3File, 4: gp4.GP4File, 5: gp5.GP5File}


class _Bounded:
    """Stands before one of the library's readers. ``on_measure`` gets each measure when it has been read."""

    data: BytesIO
    on_measure: Callable[[Any], None]
    reads_left = READS_MAX
    notes_left = NOTES_WRITTEN_MAX
    beats_left = BEATS_WRITTEN_MAX

    def read(self, fmt: str, count: int, default: int | None = None) -> Any:
        self.reads_left -= 1
        if self.reads_left < 0:
            raise TargetError("this Guitar Pro file holds more than any piece does; save only the guitar's track")
        return super().read(fmt, count, default)  # type: ignore[misc]

    def readBeat(self, start: int, voice: Any) -> Any:  # noqa: N802
        self.beats_left -= 1
        if self.beats_left < 0 or len(voice.beats) >= BEATS_IN_BAR_MAX:
            raise TargetError("a bar of this Guitar Pro file has more beats than any has; mend it in Guitar Pro")
        return super().readBeat(start, voice)  # type: ignore[misc]

    def getBeat(self, voice: Any, start: int) -> Any:  # noqa: N802
        # Beats come in order: only the last one can begin at the same time.
        if voice.beats and voice.beats[-1].start == start:
            return voice.beats[-1]
        beat = models.Beat(voice, start=start)
        voice.beats.append(beat)
        return beat

    def getTiedNoteValue(self, note: Any) -> int:  # noqa: ARG002, N802
        return 0  # a tie has no pitch of its own: score.perform knows what it goes on with

    def readNote(self, *args: Any) -> Any:  # noqa: N802
        self.notes_left -= 1
        if self.notes_left < 0:
            raise TargetError(f"this Guitar Pro file has more than {NOTES_WRITTEN_MAX:,} notes; save fewer tracks")
        return super().readNote(*args)  # type: ignore[misc]

    def readBend(self) -> Any:  # noqa: N802
        place = self.data.tell()
        points = int.from_bytes(self.data.read(9)[5:], "little")
        self.data.seek(place)
        if points > BEND_POINTS_MAX:
            raise TargetError("a bend of this Guitar Pro file is damaged; save it again in Guitar Pro")
        return super().readBend()  # type: ignore[misc]

    def readMeasureHeaders(self, song: Any, count: int, *more: Any) -> None:  # noqa: N802
        if not 0 < count <= BARS_MAX:
            raise TargetError(f"this Guitar Pro file says it has {count:,} bars; 1 to {BARS_MAX:,} can be followed")
        super().readMeasureHeaders(song, count, *more)  # type: ignore[misc]

    def readTracks(self, song: Any, count: int, channels: Any) -> None:  # noqa: N802
        if not 0 < count <= TRACKS_MAX or count * len(song.measureHeaders) > CELLS_MAX:
            raise TargetError(f"this Guitar Pro file says it has {count:,} tracks; save only the guitar's track")
        super().readTracks(song, count, channels)  # type: ignore[misc]

    def readMeasure(self, measure: Any) -> None:  # noqa: N802
        super().readMeasure(measure)  # type: ignore[misc]
        self.on_measure(measure)
        for voice in measure.voices:
            voice.beats = []


_BOUNDED: Final = {number: type(f"Bounded{number}", (_Bounded, reader), {}) for number, reader in _READERS.items()}


def read_song(data: bytes, on_measure: Callable[[Any], None]) -> Any:
    """The library's ``Song``, its measures empty: each went to ``on_measure``. Raises ``TargetError``."""
    stream = BytesIO(data)
    try:
        version = data[1 : 1 + min(data[0], 30)].decode("latin-1")
        number, _ = guitarpro.io.getVersionAndGPFile(version)
        # Latin-1 reads every byte; in the library's own choice five of them end the reading.
        reader = _BOUNDED[number[0]](stream, "latin-1", version=None, versionTuple=number)
        reader.on_measure = on_measure
        return reader.readSong()
    except Exception as error:  # noqa: BLE001 - a foreign parser and a stranger's file: what it raises has no end
        raise _told(error) from None


def _told(error: BaseException) -> TargetError:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, TargetError):
            return cause
        cause = cause.__cause__
    if isinstance(error, models.GPException) and "unsupported version" in str(error):
        return TargetError("this version of Guitar Pro is not read; save it as Guitar Pro 5 (.gp5)")
    return TargetError("this Guitar Pro file is damaged; open it in Guitar Pro and save it again as .gp5")
