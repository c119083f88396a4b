"""Files that mean harm, or are merely broken: refused in one line, within bounds. Bounds are counted, not timed."""

import json
import random
import struct

import pytest
from guitarpro import models
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.follow import alphatex_words, bounds, gp_library, midi_thin
from dsp.follow.bounds import BYTES_MAX, TargetError
from dsp.follow.read import read_target, tracks_of
from tests.dsp.fuzzed_targets import cases, outcome, valid_files
from tests.dsp.made_tabs import file_of, song_of
from tests.dsp.made_targets import midi_file, midi_track, note

HUGE = struct.pack("<i", 2**31 - 1)
ONE = struct.pack("<i", 1)
# What a Guitar Pro 3 file of one note ends with: how many beats, then the beat.
TAIL_BYTES = 14


def refused(data: bytes, name: str = "") -> str:
    with pytest.raises(TargetError) as error:
        read_target(data, name)
    return str(error.value)


def counting(monkeypatch: pytest.MonkeyPatch, owner: object, name: str) -> list[int]:
    """How often a class of a library was made from now on."""
    made = [0]
    kind = getattr(owner, name)

    def make(*args: object, **kwargs: object) -> object:
        made[0] += 1
        return kind(*args, **kwargs)

    monkeypatch.setattr(owner, name, make)
    return made


@pytest.mark.parametrize(
    ("beat", "said"),
    [(bytes((0, 0, 0x40, 0x20, 1, 5)), "more beats than any has"), (bytes((0, 0, 0)), "more beats than any has")],
)
def test_a_bar_of_two_thousand_million_beats_is_left_soon(beat: bytes, said: str, monkeypatch: pytest.MonkeyPatch):
    beats = counting(monkeypatch, models, "Beat")
    data = file_of(song_of("4:0/1"), 3)[:-TAIL_BYTES] + HUGE + beat * 50_000
    assert said in refused(data)
    assert beats[0] <= gp_library.BEATS_IN_BAR_MAX + 1


def test_counts_of_notes_beats_and_reads_over_all_bars_are_bounded(monkeypatch: pytest.MonkeyPatch):
    data = file_of(song_of(*["16:0/1+0/2 16:1/1 16:-"] * 30))
    for name, allowed, said in [
        ("notes_left", 50, "more than 60,000 notes"),
        ("beats_left", 50, "more beats than any has"),
        ("reads_left", 500, "holds more than any piece does"),
    ]:
        with monkeypatch.context() as bounded:
            bounded.setattr(gp_library._Bounded, name, allowed)
            assert said in refused(data)
    assert len(read_target(data).notes) == 90


def test_headers_that_promise_too_much_are_not_believed():
    data = file_of(song_of("4:0/1"))
    place = data.index(ONE + ONE)  # bars, tracks
    assert "2,147,483,647 bars" in refused(data[:place] + HUGE + data[place + 4 :])
    assert "2,147,483,647 tracks" in refused(data[: place + 4] + HUGE + data[place + 8 :])
    assert "-1 bars" in refused(data[:place] + b"\xff" * 4 + data[place + 4 :])


def test_a_bend_of_a_million_points_is_not_drawn(monkeypatch: pytest.MonkeyPatch):
    song = song_of("4:0/1")
    points = [models.BendPoint(0, 0), models.BendPoint(12, 4)]
    song.tracks[0].measures[0].voices[0].beats[0].notes[0].effect.bend = models.BendEffect(
        models.BendType.bend, 0x01020304, points
    )
    data = file_of(song)
    torn = data.replace(struct.pack("<ii", 0x01020304, 2), struct.pack("<ii", 0x01020304, 1_000_000))
    assert torn != data
    assert "a bend of this Guitar Pro file is damaged" in refused(torn)


def test_a_bar_of_ties_does_not_search_the_piece(monkeypatch: pytest.MonkeyPatch):
    """The library looks through all bars before for the beginning of each tie; ours only adds to what sounds."""
    monkeypatch.setattr(models.Voice, "__eq__", lambda *_: pytest.fail("searched"))
    target = read_target(file_of(song_of("4:5/1 4:~/1 4:~/1", "1:~/1", "1:~/2"), 4))
    assert [(one.beat, one.duration_beats) for one in target.notes] == [(0, 8)]


def test_midi_events_are_walked_and_kept_within_bounds(monkeypatch: pytest.MonkeyPatch):
    data = midi_file([midi_track(*[event for step in range(100) for event in note(step, step + 1, 60)])])
    with monkeypatch.context() as bounded:
        bounded.setattr(midi_thin._Budget.__init__, "__defaults__", (50, 1000))
        assert "more than 500,000 events" in refused(data)
    with monkeypatch.context() as bounded:
        bounded.setattr(midi_thin._Budget.__init__, "__defaults__", (1000, 50))
        assert "more than 80,000 notes" in refused(data)


def test_every_format_is_bounded_in_notes(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bounds, "NOTES_MAX", 10)
    midi = midi_file([midi_track(*[event for step in range(11) for event in note(step, step + 1, 60)])])
    texts = [
        b"3.3 *11",
        b"\\ro 3.3 * 6 | \\rc 2 3.3",
        b"0.5 40\n" * 11,
        json.dumps([[n, 40] for n in range(11)]).encode(),
    ]
    for data in (midi, file_of(song_of("8:0/1+0/2 " * 6)), *texts):
        assert "more than 10 notes" in refused(data, "x.atex" if b"3.3" in data else "")


def test_what_mido_gets_is_only_what_is_needed():
    bends = b"".join(bytes((1, 0xE0, step % 128, 64)) for step in range(5000))
    body = bytes((0, 0x90, 60, 80)) + bends + bytes((0, 0x80, 60, 0))
    data = b"MThd\0\0\0\6\0\1\0\1\1\xe0MTrk" + struct.pack(">I", len(body)) + body
    assert len(midi_thin.thin(data).data) < 60
    assert read_target(data).notes[0].duration_beats == pytest.approx(5000 / 480)


def test_alphatex_is_parted_into_so_many_words_and_no_more(monkeypatch: pytest.MonkeyPatch):
    words = counting(monkeypatch, alphatex_words, "Word")
    monkeypatch.setattr(alphatex_words, "WORDS_MAX", 100)
    assert "words; give a shorter piece" in refused(b"3.3 " * 10_000, "x.atex")
    assert words[0] == 101


def test_json_is_counted_before_it_is_parsed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("json.loads", lambda *_, **__: pytest.fail("parsed"))
    for unit in (b"[],", b"{},", b'"a":', b"1,"):
        assert "holds more than any piece does" in refused(b"[" + unit * 1_250_000)


def test_large_and_empty_files():
    assert "larger than 10 MB" in refused(b"x" * (BYTES_MAX + 1))
    for nothing in (b"", b"\0" * 100, b" \r\n\t", b"\xef\xbb\xbf", b"\xff\xfe"):
        refused(nothing)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"RIFF\0\0\0\0WAVEfmt ", "this is a recording"),
        (b"fLaC\0\0\0\x22", "this is a recording"),
        (b"OggS\0\2", "this is a recording"),
        (b"ID3\4\0", "this is a recording"),
        (b"\x1f\x8b\x08\0", "packed (gzip); unpack it"),
        (b"%PDF-1.7", "this is a PDF"),
        (b"ptab\4\0", "Power Tab"),
        (b'<?xml version="1.0"?><score-partwise/>', "export it as MIDI"),
        (b"e|--0--2--3--|\nB|--1--1--0--|\n", "a tab drawn with letters"),
        (b"\x7fELF" + bytes(range(256)), "no file of notes that is known here"),
        (b"Dear all, here is the song.", "no text of notes that is known here"),
        ("Grüße, das Lied".encode("latin-1"), "no text of notes that is known here"),
        ("[[0, 40]".encode("utf-16"), "this is not JSON"),
    ],
)
def test_what_is_something_else_is_named(data: bytes, said: str):
    # Whatever the file is called: a name is no proof.
    for name in ("a.mid", "a.gp5", "a.json", ""):
        assert said in refused(data, name)


def test_a_wrong_name_does_not_matter():
    for kind, data in valid_files().items():
        if kind != "tex":
            assert read_target(data, "x.pdf").notes == read_target(data).notes
    assert read_target(valid_files()["tex"], "x.mid").source == "alphatex"


def test_all_valid_files_are_read():
    assert {kind: outcome(data, "") for kind, data in valid_files().items()} == dict.fromkeys(valid_files(), "read")


def test_torn_files_are_read_or_refused_and_nothing_else():
    said = [outcome(data, name) for name, data in cases(700, seed=1)]
    assert said.count("read") > 50
    assert len(set(said)) > 30


@settings(max_examples=300, derandomize=True, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(["", "x.atex", "x.mid", "x.json"]))
def test_random_bytes_are_refused(data: bytes, name: str):
    outcome(data, name)


STARTS = [b"MThd\0\0\0\6\0\1\0\1\1\xe0MTrk\0\0\0\x40", b"\x18FICHIER GUITAR PRO v3.00\0\0\0\0\0\0", b"[[", b"\\title "]


@settings(max_examples=300, derandomize=True, deadline=None)
@given(st.sampled_from(STARTS), st.binary(max_size=300))
def test_random_bytes_behind_a_good_beginning(start: bytes, data: bytes):
    outcome(start + data, "")


TEX_WORDS = (
    r"\ro \rc 3 \ae 2 ( ) { } | : . * - 3.3 0.6 4 8 r x.2 C4 {tu 3} {b (0 4)} \track \voice \ts \tempo 9 h d gr"
    r" // /* */ \jump DaCapo \simile simple"
)


@settings(max_examples=300, derandomize=True, deadline=None)
@given(st.lists(st.sampled_from(TEX_WORDS.split(" ")), max_size=40))
def test_words_of_alphatex_in_any_order(words: list[str]):
    outcome(" ".join(words).encode(), "x.atex")


KEYS = "notes bpm t onset_s midi note dur end_s bar segment segments name first_bar meta t0 title grid time_signature"
JSONS = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.sampled_from(["E2", 40, 0.5])
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.sampled_from(KEYS.split()),
            inner,
            max_size=5,
        ),
    ),
    max_leaves=20,
)


@settings(max_examples=150, derandomize=True, deadline=None)
@given(JSONS)
def test_any_json(content: object):
    outcome(json.dumps(content).encode(), "x.json")
    outcome(json.dumps({"notes": [content, [0.5, 40]]}).encode(), "")


def test_tracks_of_refuses_what_read_target_refuses():
    rng = random.Random(3)
    for data in (b"", b"PK\3\4", rng.randbytes(500), b"MThd"):
        with pytest.raises(TargetError):
            tracks_of(data)


def test_the_bounds_are_what_the_readme_may_say():
    assert (bounds.BYTES_MAX, bounds.NOTES_MAX, bounds.BARS_MAX) == (10_000_000, 50_000, 5_000)
