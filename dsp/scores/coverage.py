"""How much of the scale and of the instrument was played: tones, register, strings. Beside the scores, in none."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from dsp.facts import ChordCount, Coverage, StringCount, ToneCount
from dsp.replay import SessionRecord
from dsp.strings.fingering import FRETS, Fingering
from dsp.theory.chord_kinds import KINDS
from dsp.theory.chord_names import chord_name
from dsp.theory.scales import pitch_class, pitch_classes
from dsp.theory.tunings import TUNINGS
from dsp.types import Note, SessionSetup

LOW_NOTES_MAX: Final = 2
"""More below the lowest string, and it is another guitar than the one that was assumed."""


def coverage(setup: SessionSetup, record: SessionRecord, notes: Sequence[Note]) -> Coverage:
    """Of single notes; what lies on which string is told only where it is sure."""
    belong = pitch_classes(setup.scale_root, setup.scale_kind, setup.scale_type)
    if not notes:
        return Coverage(tones_in_scale=len(belong))
    root = pitch_class(setup.scale_root)
    played = Counter(note.midi % 12 for note in notes)
    used = len(belong & played.keys())
    return Coverage(
        used,
        len(belong),
        used / len(belong),
        min(note.midi for note in notes),
        max(note.midi for note in notes),
        tuple(ToneCount(tone, tone in belong, played[tone]) for tone in sorted(played, key=lambda t: (t - root) % 12)),
        _strings(setup, record, notes),
        len(notes),
    )


def chord_count(setup: SessionSetup, record: SessionRecord) -> ChordCount:
    """Chords heard, how many of them lie in the scale with all their tones, and how often each."""
    belong = pitch_classes(setup.scale_root, setup.scale_kind, setup.scale_type)
    known = [chord for chord in record.chords if chord.kind in KINDS]
    inside = sum({c.bass, *((c.root + step) % 12 for step in KINDS[c.kind])} <= belong for c in known)
    names = Counter(chord_name(chord.root, chord.kind) for chord in known)
    return ChordCount(len(record.chords), inside, tuple(sorted(names.items())))


def _strings(setup: SessionSetup, record: SessionRecord, notes: Sequence[Note]) -> tuple[StringCount, ...]:
    open_midis = TUNINGS.get(setup.tuning, TUNINGS["any"])
    open_midis = open_midis if len(open_midis) > 1 else TUNINGS["standard"]
    if sum(note.midi < open_midis[0] for note in notes) > LOW_NOTES_MAX:
        return ()
    fingering, told, before_s = Fingering(open_midis), [], 0.0
    for note in notes:
        facts = record.segment(note.segment)
        at_s = facts.boottime_ns / 1e9 + note.onset_sample / facts.sample_rate_hz
        told += fingering.add(note.midi, at_s - before_s)
        before_s = at_s
    frets: dict[int, list[int]] = {}
    for note, number in zip(notes, told, strict=False):
        if number is not None and 0 <= note.midi - open_midis[number] <= FRETS:
            frets.setdefault(number, []).append(note.midi - open_midis[number])
    return tuple(
        StringCount(len(open_midis) - number, min(found), max(found), len(found))
        for number, found in sorted(frets.items())
    )
