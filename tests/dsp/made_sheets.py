"""Targets as the files that players have: a MIDI file, a Guitar Pro 5 file, a note list."""

import io
import json
from collections.abc import Callable

import guitarpro
import mido

from dsp.follow.target import Target
from tests.dsp.made_performances import target_of

TICKS = 480
HIGHEST = 71  # what is played wrongly must still be within the reach of the recorded notes
OPEN_STRINGS = (64, 59, 55, 50, 45, 40)


def shortened(target: Target, notes: int = 64) -> Target:
    """The first notes of it, by octaves within what the guitar in the repo can play."""
    kept = target.notes[:notes]
    return target_of([_within(n.midi) for n in kept], [n.duration_beats for n in kept], target.tempi[0].bpm)


def _within(midi: int) -> int:
    return midi - 12 if midi > HIGHEST else midi + 12 if midi < OPEN_STRINGS[-1] else midi


def as_list(target: Target) -> bytes:
    notes = [{"beat": n.beat, "duration_beats": n.duration_beats, "midi": n.midi} for n in target.notes]
    return json.dumps({"title": target.title, "bpm": target.tempi[0].bpm, "notes": notes}).encode()


def as_midi(target: Target) -> bytes:
    song = mido.MidiFile(ticks_per_beat=TICKS)
    track = mido.MidiTrack()
    song.tracks.append(track)
    track.append(mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(target.tempi[0].bpm)))
    track.append(mido.Message("program_change", program=27))
    events = [(round(n.beat * TICKS), 1, n.midi) for n in target.notes]
    events += [(round((n.beat + 0.95 * n.duration_beats) * TICKS), 0, n.midi) for n in target.notes]
    now = 0
    for at, on, midi in sorted(events):
        track.append(mido.Message("note_on" if on else "note_off", note=midi, velocity=90 * on, time=at - now))
        now = at
    out = io.BytesIO()
    song.save(file=out)
    return out.getvalue()


def as_guitar_pro(target: Target) -> bytes:
    """Guitar Pro 5; 8ths and 16ths only, each note on the lowest string that has it."""
    song = guitarpro.Song(tempo=round(target.tempi[0].bpm))
    track = song.tracks[0]
    track.measures.clear()
    song.measureHeaders.clear()
    for number in range(len(target.bars)):
        header = guitarpro.MeasureHeader(number=number + 1, start=960 + number * 4 * 960)
        song.measureHeaders.append(header)
        measure = guitarpro.Measure(track, header)
        track.measures.append(measure)
        voice = measure.voices[0]
        for note in (n for n in target.notes if n.bar == number):
            voice.beats.append(_beat(voice, note.midi, note.duration_beats))
    out = io.BytesIO()
    guitarpro.write(song, out, version=(5, 1, 0))
    return out.getvalue()


def _beat(voice: guitarpro.Voice, midi: int, duration_beats: float) -> guitarpro.Beat:
    whole = {0.25: (16, False), 0.5: (8, False), 0.75: (8, True), 1.0: (4, False), 1.5: (4, True), 2.0: (2, False)}
    value, dotted = whole[duration_beats]
    beat = guitarpro.Beat(
        voice, duration=guitarpro.Duration(value, isDotted=dotted), status=guitarpro.BeatStatus.normal
    )
    string = next(n for n, open_midi in reversed(list(enumerate(OPEN_STRINGS, 1))) if open_midi <= midi)
    beat.notes.append(
        guitarpro.Note(beat, value=midi - OPEN_STRINGS[string - 1], string=string, type=guitarpro.NoteType.normal)
    )
    return beat


WRITERS: dict[str, Callable[[Target], bytes]] = {".mid": as_midi, ".gp5": as_guitar_pro, ".json": as_list}
