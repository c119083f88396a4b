"""Chords in the live ear: named in time, one stroke, nothing foreign beside them, and what is no chord is none."""

from functools import cache

import numpy as np
import pytest

from dsp.chords.listener import Verdict
from dsp.chords.recognise import ChordGuess
from dsp.log import encode_all
from dsp.pipeline import Pipeline, PipelineConfig
from dsp.replay import replay
from dsp.scores.metrics import CONFIDENT
from dsp.strums import is_chord, is_double_stop
from dsp.theory.chord_kinds import KINDS
from dsp.types import SAMPLE_RATE_HZ, ChordEnded, ChordStarted, NoteCorrected, NoteEnded, NoteRetracted, NoteStarted
from tests.dsp.plucked import Played, hear, log_of, take
from tests.takes.made_guitar import made_guitar
from tests.takes.played import chords
from tests.takes.strummed import arpeggios, changes, double_stops, repeated, with_melody

SEED = 5
WORDS = {"maj": "", "min": "m"}
TAKES = {
    "strums": lambda: chords("a", SEED, made_guitar(), "clean", ("maj", "m7", "5", "min", "sus4", "7")),
    "changes": lambda: changes("b", SEED, made_guitar(), "hiss", 6),
    "8ths": lambda: repeated("r", SEED, made_guitar(), "clean", 110.0),
    "melody": lambda: with_melody("m", SEED, made_guitar(), "clean", over=True),
    "stops": lambda: double_stops("d", SEED, made_guitar(), "clean", (3, 5, 9)),
    "arpeggio": lambda: arpeggios("p", SEED, made_guitar(), "clean", 0.15),
}


@cache
def played(name):
    made = TAKES[name]()
    return made, made.samples.astype(np.float32)


@cache
def heard(name):
    return tuple(log_of(hear(played(name)[1])))


def true_chords(name):
    return [(c["onset"], c["root"], WORDS.get(c["type"], c["type"])) for c in played(name)[0].meta["chords"]]


@pytest.mark.parametrize("name", ["strums", "changes"])
def test_every_chord_is_named_begins_with_its_first_string_and_is_decided_in_time(name):
    record = replay(heard(name))
    wanted = true_chords(name)
    assert [(c.root, c.kind) for c in record.chords] == [(root, kind) for _, root, kind in wanted]
    for chord, (onset_s, _, _) in zip(record.chords, wanted, strict=True):
        assert chord.onset_sample / SAMPLE_RATE_HZ == pytest.approx(onset_s, abs=0.012)
        assert chord.decided_sample / SAMPLE_RATE_HZ - onset_s < 0.4
        assert 0.5 <= chord.confidence <= 1.0
        assert -40.0 < chord.level_dbfs < 0.0


@pytest.mark.parametrize("name", ["strums", "changes", "8ths"])
def test_no_note_is_left_that_is_no_tone_of_its_chord(name):
    record = replay(heard(name))
    for chord in record.chords:
        tones = {(chord.root + step) % 12 for step in KINDS[chord.kind]}
        own = [n for n in record.notes if n.chord_id == chord.chord_id]
        during = [n for n in record.notes if chord.onset_sample <= n.onset_sample < (chord.offset_sample or 0)]
        assert {n.midi % 12 for n in (*own, *during)} <= tones


def test_a_chord_that_is_struck_again_is_another_chord():
    """Four bars of 8ths, up and down, over strings that ring on."""
    record, wanted = replay(heard("8ths")), true_chords("8ths")
    assert [(c.root, c.kind) for c in record.chords] == [(root, kind) for _, root, kind in wanted]
    for chord, (onset_s, _, _) in zip(record.chords, wanted, strict=True):
        assert chord.onset_sample / SAMPLE_RATE_HZ == pytest.approx(onset_s, abs=0.04)


def test_a_chord_ends_before_the_next_begins_and_notes_of_it_with_it():
    record = replay(heard("changes"))
    for chord, following in zip(record.chords, record.chords[1:], strict=False):
        assert chord.offset_sample is not None
        assert chord.onset_sample < chord.offset_sample <= following.onset_sample
    assert all(note.offset_sample is not None for note in record.notes)


def test_a_melody_over_a_chord_that_rings_is_heard_whatever_its_pitch():
    made, _ = played("melody")
    record = replay(heard("melody"))
    melody = [n for n in made.notes if n.get("melody")]
    alone = [(n.onset_sample / SAMPLE_RATE_HZ, n.midi) for n in record.notes if n.chord_id is None]
    found = [any(abs(at - n["onset"]) < 0.05 and midi == n["note"] for at, midi in alone) for n in melody]
    assert sum(found) >= 0.9 * len(melody)
    names = [(c.root, c.kind) for c in record.chords]
    assert len(set(names) & {(root, kind) for _, root, kind in true_chords("melody")}) >= 5
    ends = [c.offset_sample / SAMPLE_RATE_HZ for c in record.chords if c.offset_sample is not None]
    assert all(min(abs(end - n["onset"]) for n in melody) < 0.05 for end in ends)


def test_strings_that_are_heard_again_when_a_note_over_them_dies_are_no_notes():
    strings = [Played(0.3 + 0.012 * at, midi, 4.0, 0.12) for at, midi in enumerate((50, 57, 62, 66))]
    sound = take([*strings, Played(1.2, 69, 0.3, 0.3)], 2.2)
    record = replay(log_of(hear(sound)))
    assert [(c.root, c.kind) for c in record.chords] == [(2, "")]
    assert [n.midi for n in record.notes if n.chord_id is None] == [69]


def test_an_arpeggio_is_no_chord_however_it_rings():
    assert played("arpeggio")[0].meta["chords"] == []
    assert not [e for e in heard("arpeggio") if isinstance(e, ChordStarted)]


def test_both_strings_of_a_double_stop_are_notes_that_begin_together():
    made, _ = played("stops")
    record = replay(heard("stops"))
    assert record.chords == ()
    found = 0
    for stop in made.meta["double_stops"]:
        near = [n for n in record.notes if abs(n.onset_sample / SAMPLE_RATE_HZ - stop["onset"]) < 0.03]
        found += {stop["low"], stop["high"]} <= {n.midi for n in near}
    assert found >= 0.75 * len(made.meta["double_stops"])


def test_a_string_whose_cents_nobody_measured_is_judged_by_nobody():
    sound = take([Played(0.3, 52, 1.0), Played(0.3, 56, 1.0)], 1.5)
    notes = replay(log_of(hear(sound))).notes
    assert {n.midi for n in notes} == {52, 56}
    assert len({n.onset_sample for n in notes}) == 1
    late = [n for n in notes if n.decided_sample - n.onset_sample > SAMPLE_RATE_HZ // 5]
    assert late
    assert all(n.confidence < CONFIDENT for n in late)


def test_a_fourth_is_two_strings_and_no_chord_of_the_upper_one_but_a_fifth_is():
    def both(low, high):
        sound = take([Played(0.3, low, 1.0), Played(0.3, high, 1.0)], 1.5)
        return [(e.root, e.kind) for e in hear(sound) if isinstance(e, ChordStarted)]

    assert both(52, 59) == [(4, "5")]
    assert both(52, 57) == []


def verdict(what, kind, tones, bass=None, confidence=0.9, spread_ms=5):
    root = None if kind is None else tones[0] % 12
    guess = ChordGuess(root, kind, tones[0] % 12 if bass is None else bass, tones, confidence, what)
    return Verdict(0, 14_400, guess, again=False, spread_samples=48 * spread_ms)


@pytest.mark.parametrize(
    ("said", "chord", "both"),
    [
        (verdict("chord", "m", (45, 52, 60)), True, False),
        (verdict("chord", "m", (45, 52, 60), confidence=0.3), False, False),
        (verdict("chord", "m", (45, 48)), False, False),
        (verdict("chord", "5", (45, 52)), True, False),
        (verdict("chord", "5", (45, 52), confidence=0.45), False, False),
        (verdict("chord", "5", (45, 52), spread_ms=100), False, False),
        (verdict("chord", "5", (45, 52, 57), spread_ms=100), True, False),
        (verdict("chord", "5", (45, 50), bass=2), False, True),
        (verdict("double stop", None, (45, 49)), False, True),
        (verdict("double stop", None, (45, 46)), False, False),
        (verdict("double stop", None, (45, 49), confidence=0.4), False, False),
        (verdict("double stop", None, (45, 49), spread_ms=40), False, False),
        (verdict("double stop", None, (45, 49, 61)), False, False),
        (verdict("note", None, (45,)), False, False),
        (verdict("none", None, (45, 49)), False, False),
    ],
)
def test_what_is_told_as_a_chord_and_what_as_two_notes(said, chord, both):
    assert is_chord(said) is chord
    assert is_double_stop(said) is both


@pytest.mark.parametrize("midi", [40, 47, 55, 64, 76])
def test_one_string_is_no_chord_however_low_or_high(midi):
    sound = take([Played(0.3, midi, 0.8), Played(1.1, midi + 2, 0.8)], 2.2)
    assert not [e for e in hear(sound) if isinstance(e, ChordStarted)]


@pytest.mark.parametrize("name", ["strums", "melody", "stops"])
def test_nothing_is_known_of_a_chord_before_it_sounds(name):
    samples = played(name)[1]
    reports = (ChordStarted, NoteStarted, NoteCorrected, NoteRetracted)

    def known(log, until):
        said = [e for e in log if isinstance(e, reports)]
        at = [e.retracted_sample if isinstance(e, NoteRetracted) else e.decided_sample for e in said]
        return [e for e, sample in zip(said, at, strict=True) if sample <= until]

    for cut in np.random.default_rng(3).integers(20_000, len(samples), 6).tolist():
        assert known(log_of(hear(samples[:cut], 96)), cut) == known(heard(name), cut)


def test_it_does_not_matter_how_the_sound_is_cut_into_blocks():
    samples = played("changes")[1][: 4 * SAMPLE_RATE_HZ]
    assert encode_all(log_of(hear(samples, 1_000))) == encode_all(log_of(hear(samples, 77)))


@pytest.mark.parametrize("name", sorted(TAKES))
def test_what_is_begun_is_ended_once_and_only_then(name):
    open_chords, open_notes = set(), set()
    for entry in heard(name):
        match entry:
            case ChordStarted():
                open_chords.add(entry.chord_id)
                assert len(open_chords) == 1
            case ChordEnded():
                open_chords.remove(entry.chord_id)
            case NoteStarted():
                open_notes.add(entry.note_id)
            case NoteEnded():
                open_notes.remove(entry.note_id)
            case NoteRetracted():
                open_notes.discard(entry.note_id)
    assert not open_chords
    assert not open_notes


def test_a_chord_that_rings_is_not_learnt_as_noise():
    notes = [Played(1.0 + 0.01 * i, midi, 6.0, 0.1) for i, midi in enumerate((40, 47, 52, 56, 59, 64))]
    ear = Pipeline(PipelineConfig())
    ear.process(take(notes, 6.0))
    assert ear.noise_dbfs < -80.0


def test_ids_go_on_in_the_next_segment():
    sound = played("strums")[1][: 2 * SAMPLE_RATE_HZ]
    ear = Pipeline(PipelineConfig())
    first = [e for e in ear.process(sound) if isinstance(e, ChordStarted)]
    closed = ear.begin_segment(1)
    second = [e for e in ear.process(sound) if isinstance(e, ChordStarted)]
    assert [e.chord_id for e in first + second] == list(range(len(first) + len(second)))
    assert {e.segment for e in second} == {1}
    assert len([e for e in closed if isinstance(e, ChordEnded)]) <= 1
