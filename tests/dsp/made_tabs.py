"""Guitar Pro files, written by the library that reads them: a bar is a line of text that a person can read.

``"4:5/1 8:7/1h 8:- 2:0/6+0/5"``: a quarter (fret 5, string 1), an eighth that leads on, a rest, a half-note chord.
A length may end in ``.`` (dotted) or ``t`` (triplet); a fret may be ``x`` (dead) or ``~`` (tied).
"""

from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any

import guitarpro
from guitarpro import models

VERSIONS = {3: (3, 0, 0), 4: (4, 0, 6), 5: (5, 1, 0)}
Change = Callable[[Any], None]


def song_of(*bars: str, tuning: Sequence[int] = (64, 59, 55, 50, 45, 40), capo: int = 0) -> Any:
    song = models.Song(measureHeaders=[], tracks=[])
    for number in range(1, len(bars) + 1):
        song.addMeasureHeader(models.MeasureHeader(number=number))
    add_track(song, *bars, tuning=tuning, capo=capo)
    return song


def add_track(
    song: Any, *bars: str, name: str = "Guitar", tuning: Sequence[int] = (64, 59, 55, 50, 45, 40), capo: int = 0
) -> Any:
    strings = [models.GuitarString(number, midi) for number, midi in enumerate(tuning, 1)]
    channel = models.MidiChannel(channel=len(song.tracks), effectChannel=len(song.tracks) + 1)
    track = models.Track(song, len(song.tracks) + 1, name=name, strings=strings, offset=capo, channel=channel)
    for measure, text in zip(track.measures, bars, strict=True):
        for voice, line in zip(measure.voices, text.split("//"), strict=False):
            voice.beats = [beat_of(voice, word) for word in line.split()]
    song.tracks.append(track)
    return track


def beat_of(voice: Any, word: str) -> Any:
    length, _, notes = word.partition(":")
    beat = models.Beat(voice, status=models.BeatStatus.rest if notes == "-" else models.BeatStatus.normal)
    beat.duration = models.Duration(int(length.rstrip(".t")), isDotted=length.endswith("."))
    if length.endswith("t"):
        beat.duration.tuplet = models.Tuplet(3, 2)
    beat.notes = [] if notes == "-" else [note_of(beat, one) for one in notes.split("+")]
    return beat


def note_of(beat: Any, text: str) -> Any:
    fret, _, string = text.partition("/")
    note = models.Note(beat, string=int(string.rstrip("hs")), type=models.NoteType.normal)
    if fret in {"x", "~"}:
        note.type = models.NoteType.dead if fret == "x" else models.NoteType.tie
    else:
        note.value = int(fret)
    note.effect.hammer = string.endswith("h")
    if string.endswith("s"):
        note.effect.slides = [models.SlideType.legatoSlideTo]
    return note


def first_note(song: Any, bar: int = 1) -> Any:
    return song.tracks[0].measures[bar - 1].voices[0].beats[0].notes[0]


def file_of(song: Any, version: int = 5) -> bytes:
    written = BytesIO()
    guitarpro.write(song, written, version=VERSIONS[version])
    return written.getvalue()
