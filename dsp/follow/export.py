"""A target as a MIDI file: to hear it, to print it elsewhere, and to prove that reading loses nothing.

Repeats stay unfolded. Beats that are no multiples of a 10080th are rounded to one; a bar whose length no time
signature tells keeps that of the bar before it.
"""

from io import BytesIO
from itertools import pairwise
from typing import Any, Final

import mido

from dsp.follow.target import Target

TICKS_PER_BEAT: Final = 10_080  # 2⁵·3²·5·7: thirds, fifths, sevenths and 128ths of a beat are whole
_GUITAR: Final = 25
_VELOCITY: Final = 90


def to_midi(target: Target) -> bytes:
    """A type 1 file: tempo, bars and segments in the first track, the notes in the second. Beats begin at 0 or after.

    Notes before beat 0 (there are none in any target that ``read_target`` gives) would begin at 0.
    """
    conductor = [(0, mido.MetaMessage("track_name", name=_latin(target.title)))]
    conductor += [(_tick(tempo.beat), _tempo(tempo.bpm)) for tempo in target.tempi]
    conductor += _signatures(target) + _markers(target)
    guitar = [(0, mido.MetaMessage("track_name", name=_latin(target.track or "Guitar")))]
    guitar += [(0, mido.Message("program_change", program=_GUITAR)), *_notes(target)]
    file = mido.MidiFile(type=1, ticks_per_beat=TICKS_PER_BEAT, tracks=[_track(conductor), _track(guitar)])
    written = BytesIO()
    file.save(file=written)
    return written.getvalue()


def _tick(beat: float) -> int:
    return max(0, round(beat * TICKS_PER_BEAT))


def _tempo(bpm: float) -> Any:
    return mido.MetaMessage("set_tempo", tempo=min(0xFFFFFF, round(60e6 / bpm)))


def _latin(text: str) -> str:
    # MIDI has no encoding of its own; UTF-8 is what most programs of today read and write.
    return text.encode("utf-8").decode("latin-1")


def _signatures(target: Target) -> list[tuple[int, Any]]:
    found, before = [], 0.0
    for bar in target.bars:
        if bar.length_beats != before:
            unit = next((one for one in (4, 8, 16, 32) if (bar.length_beats * one / 4).is_integer()), 0)
            count = int(bar.length_beats * unit / 4)
            if 1 <= count <= 64:
                message = mido.MetaMessage("time_signature", numerator=count, denominator=unit)
                found.append((_tick(bar.beat), message))
                before = bar.length_beats
    return found


def _markers(target: Target) -> list[tuple[int, Any]]:
    """Each segment where its first bar is first played."""
    first: dict[int, float] = {}
    for bar in target.bars:
        first.setdefault(bar.number, bar.beat)
    found = [(first[segment.first_bar], segment.name) for segment in target.segments if segment.first_bar in first]
    return [(_tick(beat), mido.MetaMessage("marker", text=_latin(name))) for beat, name in sorted(found)]


def _notes(target: Target) -> list[tuple[int, Any]]:
    """Starts and ends; at one tick ends come first, so that a note struck again is struck."""
    by_pitch: dict[int, list[tuple[int, int]]] = {}
    for note in target.notes:
        start = _tick(note.beat)
        by_pitch.setdefault(note.midi, []).append((start, max(start + 1, _tick(note.beat + note.duration_beats))))
    events: list[tuple[int, int, int]] = []
    for midi, spans in by_pitch.items():
        starts = [start for start, _ in spans] + [spans[-1][1] + 1]
        for (start, end), (_, following) in zip(spans, pairwise(starts), strict=True):
            events += [(start, 1, midi), (max(start + 1, min(end, following)), 0, midi)]
    messages = ("note_off", "note_on")
    return [
        (tick, mido.Message(messages[begins], note=midi, velocity=_VELOCITY * begins))
        for tick, begins, midi in sorted(events)
    ]


def _track(timed: list[tuple[int, Any]]) -> Any:
    track, before = mido.MidiTrack(), 0
    for tick, message in sorted(timed, key=lambda one: one[0]):
        track.append(message.copy(time=tick - before))
        before = tick
    return track
