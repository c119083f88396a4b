"""What is read from note lists, in the many shapes that strangers' tools write."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.follow.bounds import NOTES_MAX, TargetError
from dsp.follow.pitches import midi_named
from dsp.follow.read import read_target, tracks_of
from dsp.follow.target import Target

NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")


def told(target: Target) -> list[tuple[float, float, int]]:
    """Onset and duration in seconds, rounded to a nanosecond, and pitch."""
    ends = [target.at_s(note.beat + note.duration_beats) - target.at_s(note.beat) for note in target.notes]
    return [
        (round(target.at_s(n.beat), 9), round(length_s, 9), n.midi)
        for n, length_s in zip(target.notes, ends, strict=True)
    ]


def given_json(content: object) -> Target:
    return read_target(json.dumps(content).encode(), "list.json")


@pytest.mark.parametrize(
    "content",
    [
        [[0.5, 40, 0.25], [1.0, 47]],
        {"notes": [[0.5, "E2", 0.25], [1.0, "B2"]]},
        [{"onset_s": 0.5, "midi": 40, "duration_s": 0.25}, {"onset_s": 1.0, "midi": 47.02}],
        {"bpm": 90, "notes": [{"time": 0.5, "pitch": "E2", "end_s": 0.75}, {"time": "1.0", "pitch": "47"}]},
        {"tempo_bpm": 120, "notes": [{"beat": 1, "note": "e2", "duration_beats": 0.5}, {"beat": 2, "note": "Cb3"}]},
        {"tempo": 120, "notes": [{"beats": 1, "note": 40, "duration": 0.5}, {"beats": 2, "note": 47}]},
        {"notes": [{"start": 1.0, "midi_note": 47}, {"start": 0.5, "midi_note": 40, "offset": 0.75}]},
        {"notes": [{"onset_ms": 500, "midi": 40, "dur": 0.25}, {"onset_ms": 1000, "f0_hz": 123.4708}]},
        {"meta": {"bpm": 140}, "notes": [{"onset_s": 0.512, "grid": 0.5, "midi": 40.1, "offset": 0.75}, [1.0, 47]]},
    ],
)
def test_one_list_in_many_words(content: object):
    first, second = told(given_json(content))
    assert (first, second[::2]) == ((0.5, 0.25, 40), (1.0, 47))


@pytest.mark.parametrize(
    "text",
    [
        "0.5 E2 0.25\n1.0 B2\n",
        "# onset pitch duration\n\n0.5\t40\t0.25\r\n1.0\t47\n",
        "onset_s,midi,duration_s\n0.5,40,0.25\n1.0,47,\n",
        "Midi Note;Start;End\n40;0,5;0,75\n47;1,0;\n",
        "0.5\t0.75\tE2\n1.0\t1.5\tB2\n",
        "0,5;0,75;40\n1,0;1,5;47\n",
        '"time","note","dur"\n"0.5","E2","0.25"\n"1.0","B2",""',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_one_table_in_many_forms(text: str, encoding: str):
    first, second = told(read_target(text.encode(encoding), "notes.txt"))
    assert (first, second[::2]) == ((0.5, 0.25, 40), (1.0, 47))


@pytest.mark.parametrize(
    "text", ["0.5 E2 0.4\n1.5 B2 0.4", "0.5 0.9 E2\n1.5 1.9 B2", "0.5 40 0.4\n1.5 47 0.4", "0.5 40\n1.5 47"]
)
def test_frets_and_strings_are_not_mistaken_for_tables_nor_tables_for_them(text: str):
    assert [(onset_s, midi) for onset_s, _, midi in told(read_target(text.encode()))] == [(0.5, 40), (1.5, 47)]
    assert read_target(b"3.3 4.3 5.3 0.6").source == "alphatex"
    assert read_target(b"\\title X 3.3 4.3", "x.txt").source == "alphatex"


def test_seconds_without_a_tempo_are_kept_exactly():
    target = given_json([[0.1 * step, 60] for step in range(1, 50)])
    assert [target.at_s(note.beat) for note in target.notes] == [0.1 * step for step in range(1, 50)]
    assert [(bar.number, bar.beat) for bar in target.bars] == [(1, 0.0)]


def test_a_tempo_makes_bars():
    target = given_json({"bpm": 120, "time_signature": "3/4", "notes": [[0.5 * step, 60] for step in range(7)]})
    assert [(bar.number, bar.beat, bar.length_beats) for bar in target.bars] == [(1, 0, 3), (2, 3, 3), (3, 6, 3)]
    assert [note.bar for note in target.notes] == [0, 0, 0, 1, 1, 1, 2]


def test_where_bar_1_begins_may_be_said():
    target = given_json({"meta": {"bpm": 60, "t0": 0.6}, "notes": [[0.6 + step, 60] for step in range(5)]})
    assert [bar.beat for bar in target.bars] == pytest.approx([0.6, 4.6])


def test_bars_that_the_notes_name_are_kept_and_a_repeat_carries_its_number_twice():
    notes = [{"t": step, "midi": 60, "bar": bar} for step, bar in enumerate([1, 1, 2, 2, 1, 1, 2, 2, 3])]
    target = given_json({"notes": notes})
    assert [(bar.number, bar.beat) for bar in target.bars] == [(1, 0), (2, 2), (1, 4), (2, 6), (3, 8)]


def test_segments_are_ranges_or_names_of_notes():
    ranges = [{"name": "Riff", "first_bar": 1, "last_bar": 2}, {"name": "Riff", "first_bar": 3}]
    target = given_json({"bpm": 60, "segments": ranges, "notes": [[step, 60] for step in range(12)]})
    assert [(s.name, s.first_bar, s.last_bar) for s in target.segments] == [("Riff", 1, 2), ("Riff 2", 3, 3)]
    notes = [{"t": step, "midi": 60, "section": "A" if step < 4 else "B"} for step in range(12)]
    named = given_json({"bpm": 60, "notes": notes})
    assert [(s.name, s.first_bar, s.last_bar) for s in named.segments] == [("A", 1, 1), ("B", 2, 3)]


def test_a_duration_that_is_not_said_lasts_until_the_next_onset_a_beat_at_most():
    target = given_json([[0.0, 60], [0.0, 64], [0.4, 62], [9.0, 65, -1.0]])
    assert [note.duration_beats for note in target.notes] == pytest.approx([0.4, 0.4, 1.0, 1.0])


def test_the_title_is_said_or_the_name_of_the_file():
    assert read_target(b'{"title": "Air", "notes": [[0, 60]]}', "x.json").title == "Air"
    assert read_target(b"[[0, 60]]", "/a/take 3.json").title == "take 3"
    assert [track.name for track in tracks_of(b"[[0, 60]]", "riff.json")] == ["riff"]


@pytest.mark.parametrize("midi", range(128))
def test_every_pitch_has_a_name(midi: int):
    assert midi_named(f"{NAMES[midi % 12]}{midi // 12 - 1}") == midi


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the file is empty"),
        (" \n\t ", "the file is empty"),
        ("{", "not JSON: line 1, column 2"),
        ("{}", "this JSON is no note list"),
        ('{"notes": 3}', "this JSON is no note list"),
        ("[]", "not one note"),
        ("[[1]]", "note 1 has 1 values"),
        ('["x"]', r"note 1 is 'x'; write"),
        ("[[0, 40], [NaN, 40]]", "NaN is not a number"),
        ("[[-Infinity, 40]]", "-Infinity is not a number"),
        ("[[1e308, 40]]", "note 1 has the onset '1e\\+308'"),
        ("[[1e999, 40]]", "note 1 has the onset 'inf'"),
        ("[[-1, 40]]", "note 1 has the onset '-1'; write seconds from 0"),
        ("[[true, 40]]", "note 1 has the onset 'True'"),
        ("[[0, 128]]", "note 1 has the pitch 128; MIDI numbers go from 0 to 127"),
        ("[[0, 1e999]]", "note 1 has the pitch inf"),
        ('[[0, "H#x"]]', "note 1 has the pitch 'H#x'; write a MIDI number"),
        ('[{"midi": 40}]', "note 1 has no onset"),
        ('[{"t": 0}]', "note 1 has no pitch"),
        ('[{"t": 0, "f0_hz": 0}]', "note 1 has no pitch"),
        ('{"bpm": 0, "notes": [[0, 40]]}', "the tempo is '0'; write one from 3 to 1000"),
        ('{"bpm": "fast", "notes": [[0, 40]]}', "the tempo is 'fast'"),
        ('{"time_signature": "0/0", "notes": [[0, 40]]}', "the time signature is '0/0'; write one such as 4/4"),
        ('{"time_signature": [4], "notes": [[0, 40]]}', "the time signature is"),
        ('{"beats_per_bar": -3, "notes": [[0, 40]]}', "a bar has '-3' beats"),
        ('{"segments": [{"name": "A"}], "notes": [[0, 40]]}', "segment 1 is not"),
        ('{"segments": 5, "notes": [[0, 40]]}', "segments are a list"),
        ('[{"t": 0, "midi": 40, "bar": -3}]', "note 1 is in bar '-3'"),
        ("[" * 100_000, "nested deeper|more than any piece"),
        ("[" * 300_000, "holds more than any piece"),
        ("[[" + "9" * 5000 + ", 40]]", "thousands of digits"),
        ("0.5 E2\n0.7 fish\n", "note 2 has the pitch 'fish'"),
        ("0.5 E2\nhello\n", "line 2 is no note: 'hello'"),
        ("onset,midi\n", "not one note in this table"),
        ('{"bpm": 1000, "beats_per_bar": 0.25, "notes": [[36000, 40]]}', "more than 5,000 bars"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_line(text: str, said: str):
    with pytest.raises(TargetError, match=said) as error:
        read_target(text.encode(), "x.json")
    assert "\n" not in str(error.value)


def test_more_notes_than_a_piece_has_are_refused():
    with pytest.raises(TargetError, match="more than 50,000 notes"):
        read_target(json.dumps([[0.001 * step, 40] for step in range(NOTES_MAX + 1)]).encode())
    with pytest.raises(TargetError, match="more than 50,000 notes"):
        read_target(b"0.5 40\n" * (NOTES_MAX + 2))
    with pytest.raises(TargetError, match="more than 200,000 lines"):
        read_target(b"0.5 40\n" + b"\n" * 200_001)


NOTES = st.lists(
    st.tuples(st.floats(0, 3000), st.integers(0, 127), st.floats(0.01, 10)),
    min_size=1,
    max_size=30,
    unique_by=lambda n: n[0],
)


@settings(max_examples=80, derandomize=True, deadline=None)
@given(NOTES, st.one_of(st.none(), st.floats(20, 300)))
def test_every_note_comes_back_as_it_was_given(notes: list[tuple[float, int, float]], bpm: float | None):
    target = given_json({"notes": notes, **({} if bpm is None else {"bpm": bpm})})
    back = [(target.at_s(n.beat), n.midi) for n in target.notes]
    ordered = sorted(notes)
    assert [midi for _, midi in back] == [midi for _, midi, _ in ordered]
    assert [onset_s for onset_s, _ in back] == pytest.approx([onset_s for onset_s, _, _ in ordered], abs=1e-9)
