"""Strums, arpeggios and double stops are what their truth says they are: which strings, when, and until when."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.takes.made_guitar import made_guitar
from tests.takes.measure import f0_curve_hz
from tests.takes.strings import RATE_HZ
from tests.takes.strummed import STOPS, arpeggios, changes, double_stops, repeated, with_melody
from tests.takes.voicings import ALL, CHORD_TONES, MOVABLE, OPEN, Voicing

SEED = 5


@given(voicing=st.sampled_from(ALL), share=st.floats(0, 1))
def test_every_voicing_sounds_its_chord_wherever_it_is_gripped(voicing: Voicing, share):
    fret = round(share * voicing.frets_max)
    tones = {(note - voicing.root - fret) % 12 for note in voicing.notes(fret)}
    wanted = set(CHORD_TONES[voicing.kind])
    assert tones == wanted or (("shell" in voicing.name or voicing.kind == "7") and tones == wanted - {7})
    assert len(voicing.notes(fret)) >= 2


def test_there_are_inversions_power_chords_and_every_kind():
    assert {voicing.kind for voicing in ALL} == set(CHORD_TONES)
    assert sum(min(v.notes()) % 12 != v.root for v in ALL) >= 6
    assert {len(v.notes()) for v in ALL if v.kind == "5"} == {2, 3}
    assert all(v.frets_max == 0 for v in OPEN)
    assert all(v.frets_max > 0 for v in MOVABLE)


def notes_within(take, chord):
    end = chord["onset"] + chord["strum_ms"] / 1000 + 1e-3
    return [n for n in take.notes if chord["onset"] - 1e-3 <= n["onset"] <= end and not n.get("melody")]


@pytest.mark.parametrize(
    "take",
    [
        changes("a", SEED, made_guitar(), "clean", 4),
        repeated("b", SEED, made_guitar(), "clean", 120.0),
        with_melody("c", SEED, made_guitar(), "clean", over=True),
        with_melody("d", SEED, made_guitar(), "clean", over=False),
    ],
    ids=lambda take: take.name,
)
def test_a_chords_strings_lie_in_its_strum_and_hold_only_its_tones(take):
    for chord in take.meta["chords"]:
        inside = notes_within(take, chord)
        tones = {(chord["root"] + step) % 12 for step in CHORD_TONES[chord["type"]]}
        assert len(inside) >= 2
        assert {note["note"] % 12 for note in inside} <= tones
        assert min(note["note"] for note in inside) % 12 == chord["bass"]
        assert min(note["onset"] for note in inside) == pytest.approx(chord["onset"], abs=1e-4)
    ends = [(a["offset"], b["onset"]) for a, b in pairwise(take.meta["chords"])]
    assert all(offset <= onset + 1e-9 for offset, onset in ends)


def test_a_string_that_is_struck_again_stops_what_it_sounded():
    take = repeated("b", SEED, made_guitar(), "clean", 120.0)
    for first, second in pairwise(sorted(take.notes, key=lambda n: (n["note"], n["onset"]))):
        if first["note"] == second["note"]:
            assert first["offset"] <= second["onset"] + 1e-3


def test_a_melody_over_a_chord_is_told_from_it_and_heard_in_the_sound():
    take = with_melody("c", SEED, made_guitar(), "clean", over=False)
    melody = [note for note in take.notes if note.get("melody")]
    assert len(melody) == 24
    for note in melody[:4]:
        centre = np.array([round((note["onset"] + 0.1) * RATE_HZ)])
        found_hz = f0_curve_hz(take.samples, RATE_HZ, note["f0_hz"], centre)[0]
        assert abs(1200 * np.log2(found_hz / note["f0_hz"])) < 6.0


def test_the_strings_of_an_arpeggio_come_one_by_one_and_ring_on():
    take = arpeggios("e", SEED, made_guitar(), "clean", 0.1)
    apart_s = [b["onset"] - a["onset"] for a, b in pairwise(take.notes)]
    assert min(apart_s) > 0.09
    assert sum(a["offset"] > b["onset"] + 0.05 for a, b in pairwise(take.notes)) > len(take.notes) / 2
    assert take.meta["chords"] == []


def test_double_stops_begin_together_and_only_a_fifth_is_a_chord():
    take = double_stops("f", SEED, made_guitar(), "clean", (4, 7, 9))
    for stop in take.meta["double_stops"]:
        pair = [n for n in take.notes if -1e-4 <= n["onset"] - stop["onset"] < 0.013]
        assert sorted(n["note"] for n in pair) == [stop["low"], stop["high"]]
        assert {n["stop"] for n in pair} == {STOPS[stop["high"] - stop["low"]]}
    fifths = [stop["onset"] for stop in take.meta["double_stops"] if stop["high"] - stop["low"] == 7]
    assert [chord["onset"] for chord in take.meta["chords"]] == fifths
    assert 0 < len(fifths) < len(take.meta["double_stops"])
