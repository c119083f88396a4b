"""The codec of the session log gives back exactly what went in, and refuses what it does not know."""

import math
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsp.log import decode, decode_all, encode, encode_all
from dsp.types import (
    ChordEnded,
    ChordStarted,
    Gap,
    GridSet,
    Mark,
    NoiseReading,
    NoteCorrected,
    NoteEnded,
    NoteRetracted,
    NoteStarted,
    Paused,
    Resumed,
    SegmentStarted,
)

KINDS = [
    ChordEnded,
    ChordStarted,
    Gap,
    GridSet,
    Mark,
    NoiseReading,
    NoteCorrected,
    NoteEnded,
    NoteRetracted,
    NoteStarted,
    Paused,
    Resumed,
    SegmentStarted,
]
VALUES = {
    int: st.integers(-(2**70), 2**70),
    float: st.floats(allow_nan=False, allow_infinity=False),
    str: st.text(),
    bool: st.booleans(),
    bool | None: st.none() | st.booleans(),
    float | None: st.none() | st.floats(allow_nan=False, allow_infinity=False),
}
ENTRIES = st.sampled_from(KINDS).flatmap(lambda kind: st.builds(kind, *(VALUES[f.type] for f in fields(kind))))


@given(ENTRIES)
def test_every_entry_comes_back_as_it_was(entry):
    line = encode(entry)
    again = decode(line)
    assert again == entry
    assert encode(again) == line


@given(ENTRIES)
def test_a_line_is_one_line_of_ascii(entry):
    line = encode(entry)
    assert line.isascii()
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")


@given(st.lists(ENTRIES, max_size=8))
def test_a_whole_log_comes_back_in_order(log):
    assert list(decode_all(encode_all(log))) == log


def test_a_note_costs_the_card_little():
    pair = [
        NoteStarted(3, 4711, 123_456_789, 123_457_800, 45, -3.21, 0.987, -14.25),
        NoteEnded(3, 4711, 123_467_890, 45, -3.21, 0.987, -14.25, False, 0.0, 5.87, -71.2, -80.1),
    ]
    assert len(encode_all(pair)) < 170


def test_a_chord_costs_the_card_little_and_is_one_word_and_its_end():
    pair = [ChordStarted(3, 77, 123_456_789, 123_470_000, 1, "m7", 8, 0.87, -14.25), ChordEnded(3, 77, 123_567_890)]
    assert encode_all(pair) == b'["chord",3,77,123456789,123470000,1,"m7",8,0.87,-14.25]\n["mute",3,77,123567890]\n'


def test_an_older_line_gets_the_defaults_of_newer_fields():
    assert decode(b'["on",0,1,100,200,45,0.0,0.9,-12.0]') == NoteStarted(
        0, 1, 100, 200, 45, 0.0, 0.9, -12.0, stroke=True
    )


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b'["verse",0,100,"second"]', "newer version: update"),
        (b'["mark",0,100,"verse"]', "more fields"),
        (b'["mark",0]', "cut short"),
        (b'["mark",0,1.5]', "whole number"),
        (b'["mark",true,1]', "segment cannot be True"),
        (b'["noise",0,1,NaN,0]', "finite"),
        (b'["noise",0,1,1e999,0]', "finite"),
        (b'["noise",0,1,"loud",0]', "cannot be 'loud'"),
        (b'["noise",0,1,[1],0]', "must be a number"),
        (b'["gap",0,1,0.5,7]', "reason cannot be 7"),
        (b'["on",0,1,100,200,45,0.0,0.9,-12.0,1]', "stroke cannot be 1"),
        (b'{"mark":0}', "not a log line"),
        (b"[]", "not a log line"),
        (b'["mark",0,1', "not a log line"),
        (b"\xff\xfe", "not a log line"),
    ],
)
def test_what_is_not_known_is_refused_with_one_clear_line(line, says):
    with pytest.raises(ValueError, match=says) as caught:
        decode(line)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_numbers_that_are_none_are_never_written(bad):
    with pytest.raises(ValueError, match="noise_dbfs must be finite"):
        encode(NoiseReading(0, 1, bad, 0.0))


def test_only_log_entries_are_written():
    with pytest.raises(TypeError, match="no log entry"):
        encode("mark")
