"""The one sentence: each kind of fact can be the most telling one, small ones are not told, and every one fits."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsp.facts import Bends, ChordCount, Coverage, Dynamics, Picking, PlaceError, TempoHeld
from dsp.types import BeatError, Metrics, Summary
from pedal.canvas import SMALLEST, WIDTH, _font
from pedal.telling import place, telling

CALM = Metrics(0.95, 1.0, 0.95, 0.95, 0.96, 100.0, signed_ms=2.0)
PLAIN = Summary(187.0, 212, 200, 0, 11, 0, 0, CALM)


def with_metrics(**facts: Any) -> Summary:
    return replace(PLAIN, metrics=replace(CALM, **facts))


@pytest.mark.parametrize(
    ("summary", "sentence"),
    [
        (PLAIN, "212 notes in 3:07"),
        (replace(PLAIN, notes=0), "no notes heard"),
        (replace(PLAIN, notes=0, chords=ChordCount(3)), "3 chords heard"),
        (replace(PLAIN, notes=0, chords=ChordCount(1)), "1 chord heard"),
        (replace(PLAIN, notes=20, chords=ChordCount(8)), "8 chords in 3:07"),
        (replace(PLAIN, notes=24, chords=ChordCount(8)), "24 notes in 3:07"),
        (replace(PLAIN, correct_notes=180, wrong_notes=20), "20 of 200 off the scale"),
        (with_metrics(signed_ms=-18.0), "18 ms early on average"),
        (with_metrics(by_beat=(BeatError("2", 1.0, 9), BeatError("3&", -22.4, 9))), "the & of 3 is 22 ms early"),
        (with_metrics(by_beat=(BeatError("2", 25.0, 9), BeatError("3", 1.0, 9))), "beat 2 is 25 ms late"),
        (
            with_metrics(tempo=TempoHeld(places=(PlaceError("&", 14.0, 30), PlaceError("e", -3.0, 9)))),
            "the & is 14 ms late",
        ),
        (with_metrics(tempo=TempoHeld(places=(PlaceError(".2", -14.0, 30),))), "part 2 is 14 ms early"),
        (with_metrics(tempo=TempoHeld(96.2, 104.4, 8.5, 2.0, 90)), "rushed: 96 to 104 bpm"),
        (with_metrics(tempo=TempoHeld(104.0, 96.0, -7.7, 2.0, 90)), "dragged: 104 to 96 bpm"),
        (with_metrics(picking=Picking(14.0, 3.0, n=80)), "2nd strokes 14 ms late"),
        (with_metrics(bends=Bends(-30.2, 9.0, 0.1, n=8)), "bends 30 cents short"),
        (with_metrics(bends=Bends(24.0, 9.0, 0.1, n=8)), "bends 24 cents too high"),
        (with_metrics(dynamics=Dynamics(0.3, 6.2, n=80)), "strokes uneven by 6 dB"),
        (replace(PLAIN, coverage=Coverage(4, 7, 4 / 7, n=80)), "4 of 7 scale tones used"),
    ],
)
def test_the_most_telling_fact(summary: Summary, sentence: str) -> None:
    assert telling(summary) == sentence


@pytest.mark.parametrize(
    "facts",
    [
        {"by_beat": (BeatError("2", 1.0, 9), BeatError("3&", -80.0, 3))},  # too few notes there
        {"by_beat": (BeatError("3&", -80.0, 9),)},  # nothing to stand out from
        {"picking": Picking(14.0, 8.0, n=80)},  # not sure
        {"picking": Picking(14.0, 1.0, n=8)},
        {"tempo": TempoHeld(places=(PlaceError("&", 40.0, 3),))},
        {"bends": Bends(-60.0, 9.0, 0.1, n=2)},
        {"tempo": TempoHeld(96.0, 120.0, 25.0, 2.0, 4)},
        {"dynamics": Dynamics(0.3, 9.0, n=4)},
    ],
)
def test_what_was_not_measured_well_is_not_told(facts: dict[str, Any]) -> None:
    assert telling(with_metrics(**facts)) == "212 notes in 3:07"


def test_always_early_is_told_as_a_whole_and_not_as_one_place() -> None:
    every = tuple(BeatError(position, -20.0 - i, 9) for i, position in enumerate(("1", "1&", "2", "2&")))
    assert telling(with_metrics(signed_ms=-21.0, by_beat=every)) == "21 ms early on average"


def test_who_does_not_look_at_a_score_does_not_hear_of_it() -> None:
    late = with_metrics(signed_ms=40.0, bends=Bends(-30.0, 9.0, 0.1, n=8))
    assert telling(late) == "40 ms late on average"
    assert telling(late, frozenset({"pitch_accuracy"})) == "bends 30 cents short"
    assert telling(late, frozenset({"scale_conformity"})) == "212 notes in 3:07"


@pytest.mark.parametrize(
    ("position", "words"),
    [
        ("1", "beat 1"),
        ("3&", "the & of 3"),
        ("2e", "the e of 2"),
        ("4a", "the a of 4"),
        ("12&", "the & of 12"),
        ("1.2", "1, part 2"),
    ],
)
def test_places_in_words(position: str, words: str) -> None:
    assert place(position) == words


positions = st.sampled_from(["1", "1&", "2e", "4a", "12&", "3.2", "16.6"])
ms = st.floats(-400, 400)
facts = st.builds(
    replace,
    st.just(CALM),
    signed_ms=st.none() | ms,
    by_beat=st.lists(st.builds(BeatError, positions, ms, st.integers(0, 999)), max_size=8).map(tuple),
    bends=st.builds(Bends, st.none() | st.floats(-400, 400), n=st.integers(0, 99)),
    picking=st.builds(Picking, st.none() | ms, st.none() | st.floats(0, 50), n=st.integers(0, 9999)),
    tempo=st.builds(
        TempoHeld, st.floats(20, 400), st.floats(20, 400), st.none() | st.floats(-90, 90), n=st.integers(0, 99)
    ),
    dynamics=st.builds(Dynamics, st.none(), st.none() | st.floats(0, 60), n=st.integers(0, 99)),
)
coverages = st.builds(
    Coverage, st.integers(0, 12), st.integers(1, 12), st.none() | st.floats(0, 1), n=st.integers(0, 9999)
)
summaries = st.builds(
    Summary,
    st.floats(0, 36_000),
    *[st.integers(0, 9_999)] * 6,
    facts,
    coverage=coverages,
    chords=st.builds(ChordCount, st.integers(0, 9_999)),
)


@given(summaries)
def test_every_sentence_is_one_line_that_fits_the_display_and_the_same_each_time(summary: Summary) -> None:
    said = telling(summary)
    assert said == telling(summary)
    assert said.isascii()
    assert "\n" not in said
    assert _font(SMALLEST).getlength(said) <= WIDTH, said
