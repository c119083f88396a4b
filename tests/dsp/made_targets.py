"""Files to read targets from, made here: no binary lies in the repository."""

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

import mido

TICKS = 480


def midi_file(tracks: Iterable[mido.MidiTrack], kind: int = 1, ticks_per_beat: int = TICKS) -> bytes:
    written = BytesIO()
    mido.MidiFile(type=kind, tracks=list(tracks), ticks_per_beat=ticks_per_beat).save(file=written)
    return written.getvalue()


def midi_track(*timed: tuple[int, Any], name: str = "") -> mido.MidiTrack:
    """A track of (absolute tick, message) in any order; those at one tick stay in theirs."""
    track = mido.MidiTrack()
    if name:
        track.append(mido.MetaMessage("track_name", name=name, time=0))
    before = 0
    for tick, message in sorted(timed, key=lambda one: one[0]):
        track.append(message.copy(time=tick - before))
        before = tick
    return track


def note(start: int, end: int, midi: int, channel: int = 0) -> list[tuple[int, Any]]:
    return [
        (start, mido.Message("note_on", note=midi, velocity=80, channel=channel)),
        (end, mido.Message("note_off", note=midi, velocity=0, channel=channel)),
    ]


def melody(pitches: Sequence[int], beats: float = 1.0, channel: int = 0, start: int = 0) -> list[tuple[int, Any]]:
    step = int(beats * TICKS)
    timed = []
    for place, midi in enumerate(pitches):
        timed += note(start + place * step, start + (place + 1) * step, midi, channel)
    return timed


def tempo(tick: int, bpm: float) -> tuple[int, Any]:
    return tick, mido.MetaMessage("set_tempo", tempo=round(60e6 / bpm))


def signature(tick: int, beats: int, unit: int) -> tuple[int, Any]:
    return tick, mido.MetaMessage("time_signature", numerator=beats, denominator=unit)


def marker(tick: int, text: str, kind: str = "marker") -> tuple[int, Any]:
    return tick, mido.MetaMessage(kind, text=text)


def program(channel: int, number: int) -> tuple[int, Any]:
    return 0, mido.Message("program_change", channel=channel, program=number)
