"""MIDI files to targets: types 0, 1 and 2, tempo map, signatures to bars, markers to segments.

Drums (channel 10) are no target. Sustain is ignored: a note lasts as long as its key. A pitch struck again ends its
own last note, as a string does. Under SMPTE time there are no beats: beats are then half seconds.
"""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from itertools import pairwise
from typing import Any, Final

import mido

from dsp.follow.bounds import BPM_MAX, BPM_MIN, TargetError, clean_text
from dsp.follow.building import About, Heading, Struck, bars_of, build, segments_from
from dsp.follow.midi_thin import thin
from dsp.follow.target import Bar, Target, TempoChange
from dsp.follow.tracks import TrackInfo, choose, info

_DRUMS: Final = 9
_RATES: Final = {24: 24.0, 25: 25.0, 29: 30_000 / 1001, 30: 30.0}
_UNCLOSED_BEATS: Final = 4.0  # a note that nobody ends
_EARLY_BEATS: Final = 0.25
_MARKERS_FEW: Final = 8
_SECTION: Final = re.compile(
    r"^\[.+\]$|^(intro|verse|vers|chorus|refrain|bridge|solo|outro|pre-?chorus|riff|interlude|ending|coda|part|strophe)\b",
    re.IGNORECASE,
)
_SAYS_NOTHING: Final = re.compile(r"^(untitled|control track|tempo( track)?|track \d+|)$", re.IGNORECASE)


@dataclass(slots=True)
class _Part:
    """The notes of a track, or of one instrument of it. ``track``: index in the file."""

    name: str
    program: int | None = None
    drums: bool = False
    track: int = 0
    notes: list[tuple[int, int, int]] = field(default_factory=list)  # start tick, end tick, MIDI


@dataclass(slots=True)
class _Song:
    ticks_per_beat: float
    smpte: bool
    kind: int
    damaged: tuple[int, ...]
    parts: list[_Part] = field(default_factory=list)
    tempi: list[tuple[int, float, int]] = field(default_factory=list)  # tick, bpm, track
    signatures: list[tuple[int, int, int, int]] = field(default_factory=list)  # tick, beats, unit, track
    markers: list[tuple[int, str, int]] = field(default_factory=list)
    texts: list[tuple[int, str, int]] = field(default_factory=list)
    title: str = ""
    left_out: int = 0  # impossible tempi and signatures


def midi_tracks(data: bytes) -> list[TrackInfo]:
    """What there is to choose from. Raises ``TargetError``."""
    return _infos(_song(data))


def read_midi(data: bytes, track: str | int | None = None) -> Target:
    """The target in one track of a MIDI file. Raises ``TargetError``."""
    song = _song(data)
    chosen = choose(_infos(song), track)
    part = song.parts[chosen.number - 1]
    per_beat = song.ticks_per_beat
    struck = [Struck(start / per_beat, (end - start) / per_beat, midi) for start, end, midi in part.notes]
    end_beat = max((note.beat + note.duration_beats for note in struck), default=0.0)
    bars = bars_of(_signatures(song, part), end_beat)
    about = About(
        source="midi",
        title=part.name if song.kind == 2 else song.title,
        track=chosen.name,
        tempi=_tempi(song, part),
        segments=segments_from(_headings(song, part, bars), len(bars)),
        skipped=list(_skipped(song, part)),
    )
    return build(struck, bars, about)


def _infos(song: _Song) -> list[TrackInfo]:
    return [
        info(number, part.name, [midi for *_, midi in part.notes], part.program, drums=part.drums)
        for number, part in enumerate(song.parts, 1)
    ]


def _skipped(song: _Song, part: _Part) -> Iterator[str]:
    if part.track + 1 in song.damaged:
        yield "the track is damaged: what comes after the damage is left out"
    if song.left_out:
        yield f"impossible tempi or time signatures left out: {song.left_out}"


def _song(data: bytes) -> _Song:
    thinned = thin(data)
    try:
        midi = mido.MidiFile(file=BytesIO(thinned.data))
    except (OSError, EOFError, ValueError, LookupError, TypeError) as error:
        raise TargetError("this MIDI file is damaged; export it again") from error
    division = midi.ticks_per_beat
    song = _Song(float(division), smpte=division < 0, kind=midi.type, damaged=thinned.damaged)
    if song.smpte:
        rate = _RATES.get(-(division >> 8))
        if rate is None or not division & 0xFF:
            raise TargetError("the time of this MIDI file is damaged; export it again")
        song.ticks_per_beat = rate * (division & 0xFF) / 2.0
    for number, events in enumerate(midi.tracks):
        _read_track(song, number, events)
    return song


def _read_track(song: _Song, number: int, events: Sequence[Any]) -> None:
    name, tick = "", 0
    programs: dict[int, int] = {}
    strokes: dict[int, list[tuple[int, int, bool]]] = defaultdict(list)  # by channel: tick, pitch, begins
    for event in events:
        tick += event.time
        match event.type:
            case "note_on" | "note_off":
                begins = event.type == "note_on" and event.velocity > 0
                strokes[event.channel].append((tick, event.note, begins))
            case "program_change":
                programs.setdefault(event.channel, event.program)
            case "set_tempo":
                _tempo(song, tick, event.tempo, number)
            case "time_signature":
                _signature(song, tick, event, number)
            case "track_name" if not name:
                name = clean_text(_readable(event.name))
            case "marker" | "cue_marker":
                song.markers.append((tick, _readable(event.text), number))
            case "text":
                song.texts.append((tick, _readable(event.text), number))
    notes = {channel: list(_notes(found, song.ticks_per_beat)) for channel, found in strokes.items()}
    if not song.title and number == 0 and song.kind != 2 and not (notes and song.kind):
        song.title = "" if _SAYS_NOTHING.match(name) else name
    song.parts += _parts(song, number, name, notes, programs)


def _parts(
    song: _Song, number: int, name: str, notes: dict[int, list[tuple[int, int, int]]], programs: dict[int, int]
) -> Iterator[_Part]:
    """Drums by themselves; of a type 0 file each instrument; else all channels of the track together.

    A MIDI guitar sends a channel per string, and tab editors a second channel for what is bent: that is one part.
    """
    groups: dict[object, _Part] = {}
    for channel in sorted(notes):
        program = programs.get(channel)
        key: object = "drums" if channel == _DRUMS else program if song.kind == 0 else "pitched"
        if key not in groups:
            groups[key] = _Part(name, program, drums=channel == _DRUMS, track=number)
        groups[key].notes += notes[channel]
    several = len(groups) > 1
    for part in groups.values():
        if several and part.drums:
            part.name = f"{name} drums".strip()
        elif several and song.kind == 0:
            part.name = f"{name} {_instrument(part.program)}".strip()
        part.notes.sort()
        yield part


def _instrument(program: int | None) -> str:
    return "no instrument" if program is None else f"instrument {program + 1}"


def _notes(strokes: Sequence[tuple[int, int, bool]], per_beat: float) -> Iterator[tuple[int, int, int]]:
    """(start, end, pitch). An end belongs to the oldest open note of its pitch; the next start ends a note too."""
    events: dict[int, list[tuple[int, bool]]] = defaultdict(list)
    for tick, pitch, begins in strokes:
        events[pitch].append((tick, begins))
    last_tick = strokes[-1][0]
    for pitch, found in events.items():
        starts = [tick for tick, begins in found if begins]
        ends: dict[int, int] = {}
        closed, opened = 0, 0
        for tick, begins in found:
            if begins:
                opened += 1
            elif closed < opened:
                ends[closed] = tick
                closed += 1
        for index, start in enumerate(starts):
            end = ends.get(index, min(max(last_tick, start), start + int(_UNCLOSED_BEATS * per_beat)))
            following = starts[index + 1] if index + 1 < len(starts) else end
            yield start, max(start + 1, min(end, max(following, start + 1))), pitch


def _tempo(song: _Song, tick: int, us_per_beat: int, track: int) -> None:
    if song.smpte:
        return  # its time is already in seconds
    if us_per_beat and BPM_MIN <= 60e6 / us_per_beat <= BPM_MAX:
        song.tempi.append((tick, 60e6 / us_per_beat, track))
    else:
        song.left_out += 1


def _signature(song: _Song, tick: int, event: Any, track: int) -> None:
    if 1 <= event.numerator <= 64 and 1 <= event.denominator <= 64:
        song.signatures.append((tick, event.numerator, event.denominator, track))
    else:
        song.left_out += 1


def _belongs(song: _Song, part: _Part, track: int) -> bool:
    """In a type 2 file each track is a piece of its own."""
    return song.kind != 2 or track == part.track


def _tempi(song: _Song, part: _Part) -> list[TempoChange]:
    # By time alone: of two at one tick the one that is said last holds.
    said = sorted(song.tempi, key=lambda one: one[0])
    return [TempoChange(tick / song.ticks_per_beat, bpm) for tick, bpm, track in said if _belongs(song, part, track)]


def _signatures(song: _Song, part: _Part) -> list[tuple[float, float]]:
    lengths: dict[float, float] = {0.0: 4.0}
    for tick, beats, unit, track in sorted(song.signatures, key=lambda one: one[0]):
        if _belongs(song, part, track):
            lengths[tick / song.ticks_per_beat] = beats * 4.0 / unit
    ordered = sorted(lengths.items())
    return [ordered[0]] + [now for before, now in pairwise(ordered) if now[1] != before[1]]


def _headings(song: _Song, part: _Part, bars: Sequence[Bar]) -> list[Heading]:
    texts = [text for text in song.texts if _SECTION.match(text[1].strip())]
    found = [marker for marker in song.markers or texts if _belongs(song, part, marker[2])]
    starts = [bar.beat for bar in bars] + [bars[-1].beat + bars[-1].length_beats]
    # A marker set a little early means the bar that follows; one after the last bar means none of them.
    if len(found) > max(_MARKERS_FEW, len(bars) / 2):
        return []  # chords or counts over nearly every bar: these name no sections
    return [
        Heading(max(1, bisect_right(starts, tick / song.ticks_per_beat + _EARLY_BEATS)), text.strip().strip("[]"))
        for tick, text, _ in sorted(found)
    ]


def _readable(text: str) -> str:
    """MIDI says nothing about encodings and mido reads Latin-1; most programs of today write UTF-8."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text
