"""Timing: signed, per beat, per segment, and only where there is something to be on time with."""

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.rhythm.timing import spread_ms, stability
from dsp.scores.session import summarise
from dsp.types import ChordStarted, GridSet, NoteStarted, SegmentStarted
from tests.dsp.made_logs import FIRST_SAMPLE, RATE_HZ, SETUP, gaussian, note, played, uniform


def metrics(log):
    return summarise(SETUP, log).metrics


@pytest.mark.parametrize("bias_ms", [-25.0, 0.0, 18.0])
def test_always_early_is_steady_and_said(bias_ms):
    heard = metrics(played(late_ms=lambda _: bias_ms))
    assert heard.signed_ms == pytest.approx(bias_ms, abs=0.05)
    assert heard.timing_stability > 0.99


def test_each_place_in_the_bar_has_its_own_error():
    heard = metrics(played(count=64, late_ms=lambda i: -22.0 if i % 8 == 5 else 0.0))
    places = {e.position: e for e in heard.by_beat}
    assert list(places) == ["1", "1&", "2", "2&", "3", "3&", "4", "4&"]
    assert places["3&"].signed_ms == pytest.approx(-22.0, abs=0.05)
    assert places["3&"].n == 8
    assert places["2"].signed_ms == pytest.approx(0.0, abs=0.05)


def test_who_is_early_on_the_one_is_not_late_on_the_four():
    """An early stroke lies in the beat before the one that it belongs to; the first of all lies before the click."""
    heard = metrics(played(count=64, late_ms=lambda i: -30.0 if i % 8 == 0 else 0.0))
    places = {e.position: e for e in heard.by_beat}
    assert places["1"].signed_ms == pytest.approx(-30.0, abs=0.05)
    assert {e.n for e in places.values()} == {8}
    assert max(abs(e.signed_ms) for name, e in places.items() if name != "1") < 0.05


def test_positions_come_in_the_order_of_the_bar():
    log = [SegmentStarted(0, 0), GridSet(0, FIRST_SAMPLE, 150.0, beats_per_bar=12)]
    for i in range(48):
        log += note(i, FIRST_SAMPLE + i * 19_200, 57)
    assert [e.position for e in metrics(log).by_beat] == [str(beat) for beat in range(1, 13)]


def test_swing_is_told_where_only_one_of_two_clicks_was_swung_to():
    """Quarters tell no swing, whichever comes first and whichever is longer."""
    beat, change = 28_800, FIRST_SAMPLE + 40 * 28_800
    quarters = [n for i in range(40) for n in note(i, FIRST_SAMPLE + i * beat, 57)]
    swung = [n for i in range(24) for n in note(100 + i, change + i // 2 * 24_000 + 16_000 * (i % 2), 57)]
    grids = GridSet(0, FIRST_SAMPLE, 100.0), GridSet(0, change, 120.0)
    assert metrics([SegmentStarted(0, 0), grids[0], *quarters, grids[1], *swung]).swing_ratio == pytest.approx(2.0)


def test_sixteenths_against_a_click_of_eighths_are_no_error():
    log = [SegmentStarted(0, 0), GridSet(0, FIRST_SAMPLE, 100.0)]
    for i in range(40):
        log += note(i, FIRST_SAMPLE + i * 7_200, 57)
    heard = metrics(log)
    assert heard.timing_stability > 0.98
    assert {e.position for e in heard.by_beat} >= {"1e", "1a", "2e"}


def test_triplets_are_triplets():
    log = [SegmentStarted(0, 0), GridSet(0, FIRST_SAMPLE, 100.0)]
    for i in range(36):
        log += note(i, FIRST_SAMPLE + i * 9_600, 57)
    heard = metrics(log)
    assert heard.timing_stability > 0.98
    assert "2.2" in {e.position for e in heard.by_beat}
    assert heard.swing_ratio is None


def test_the_measured_latency_is_taken_out():
    log = played(late_ms=lambda _: 12.0)
    log[0] = SegmentStarted(0, 0, latency_samples=round(0.012 * RATE_HZ))
    assert metrics(log).signed_ms == pytest.approx(0.0, abs=0.05)


def test_the_latency_does_not_push_a_note_over_into_the_next_tempo():
    """The last & before a new tempo is heard a round trip later: less than half a beat from the new one's first."""
    latency, half = 4_800, 14_400
    change = FIRST_SAMPLE + 16 * half
    log = [SegmentStarted(0, 0, latency_samples=latency), GridSet(0, FIRST_SAMPLE, 100.0), GridSet(0, change, 150.0)]
    for i in range(32):
        log += note(i, latency + (FIRST_SAMPLE + i * half if i < 16 else change + (i - 16) * 9_600), 57)
    heard = metrics(log)
    assert heard.signed_ms == pytest.approx(0.0, abs=0.05)
    assert {e.position: e.n for e in heard.by_beat}["4&"] == 4
    assert max(abs(e.signed_ms) for e in heard.by_beat) < 0.05
    assert heard.timing_stability > 0.99


def test_drifting_away_from_the_click_is_not_steady():
    assert metrics(played(late_ms=lambda i: 12.0 * i)).timing_stability < 0.1


def test_nothing_is_assumed_about_the_time_between_segments():
    first = played(count=16)
    second = [SegmentStarted(1, 99)]
    for i in range(16):
        second += [NoteStarted(1, 100 + i, 7_777 + i * 14_400, 9_000 + i * 14_400, 57, 0.0, 0.99, -14.0)]
    heard = metrics([*first, *second])
    assert heard.timing_stability > 0.99  # judged against the click alone, which the second segment does not have
    assert sum(e.n for e in heard.by_beat) == 16


def test_a_click_that_ended_judges_no_more():
    log = played(count=32)
    middle = FIRST_SAMPLE + 15 * 14_400 + 7_200
    log.insert(2, GridSet(0, middle, 0.0))
    assert sum(e.n for e in metrics(log).by_beat) == 16


def test_a_tempo_change_is_followed():
    log = [SegmentStarted(0, 0), GridSet(0, FIRST_SAMPLE, 100.0)]
    for i in range(16):
        log += note(i, FIRST_SAMPLE + i * 14_400, 57)
    second = FIRST_SAMPLE + 16 * 14_400
    log.append(GridSet(0, second, 120.0))
    for i in range(16):
        log += note(100 + i, second + i * 12_000, 57)
    assert metrics(log).timing_stability > 0.99


def test_the_strings_of_a_strum_are_one_event():
    log = [SegmentStarted(0, 0), GridSet(0, FIRST_SAMPLE, 100.0)]
    for i in range(16):
        for string in range(4):
            log += note(10 * i + string, FIRST_SAMPLE + i * 14_400 + string * 300, 57 + string)
    heard = metrics(log)
    assert sum(e.n for e in heard.by_beat) == 16
    assert heard.timing_stability > 0.99


@pytest.mark.parametrize("bpm", [52.0, 76.0, 100.0, 139.0])
def test_the_own_pulse_finds_its_tempo(bpm):
    log = [SegmentStarted(0, 0)]
    human = gaussian(6.0, 2)
    for i in range(40):
        log += note(i, FIRST_SAMPLE + round((i * 60.0 / bpm + human(i) / 1000) * RATE_HZ), 57)
    assert metrics(log).tempo_bpm == pytest.approx(bpm, rel=0.01)


def test_a_tempo_that_breathes_is_still_a_pulse():
    log = [SegmentStarted(0, 0)]
    at_s = 1.0
    for i in range(120):
        log += note(i, round(at_s * RATE_HZ), 57)
        at_s += 0.3 * (1.0 + 0.03 * np.sin(i / 40.0))
    assert metrics(log).timing_stability > 0.9


def test_quarters_and_eighths_share_one_pulse():
    log = [SegmentStarted(0, 0)]
    at = 0
    for i, steps in enumerate([2, 1, 1, 2, 2, 1, 1, 4] * 4):
        log += note(i, FIRST_SAMPLE + at * 14_400, 57)
        at += steps
    heard = metrics(log)
    assert heard.timing_stability > 0.99
    assert heard.tempo_bpm == pytest.approx(100.0, rel=0.01)


def test_too_few_notes_are_not_scored():
    heard = metrics(played(count=3, click=False))
    assert heard.timing_stability is None
    assert heard.not_scored["timing_stability"] == "too few notes"


@given(st.lists(st.floats(-200, 200), min_size=1, max_size=60), st.floats(-500, 500))
def test_a_spread_does_not_depend_on_the_bias(errors, bias):
    shifted = spread_ms(np.array(errors) + bias)
    assert shifted == pytest.approx(spread_ms(np.array(errors)), abs=1e-6)


@given(st.floats(0, 400), st.floats(0, 400), st.floats(0, 1))
def test_a_wider_spread_never_scores_more(a, b, strictness):
    narrow, wide = sorted((a, b))
    assert 0.0 <= stability(wide, 300.0, strictness) <= stability(narrow, 300.0, strictness) <= 1.0


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 40))
def test_one_slip_is_one_slip(seed, where):
    human = gaussian(8.0, seed)
    slipped = metrics(played(count=48, late_ms=lambda i: human(i) + (120.0 if i == where else 0.0)))
    assert slipped.timing_stability > metrics(played(count=48, late_ms=human)).timing_stability - 0.12


def steady(bpm, per_beat, sd_ms, seed, beats=16, grid=True):
    random = np.random.default_rng(seed)
    step = 60.0 / bpm / per_beat
    log = [SegmentStarted(0, 0), *([GridSet(0, FIRST_SAMPLE, float(bpm))] if grid else [])]
    for i in range(beats * per_beat):
        log += note(i, FIRST_SAMPLE + round((i * step + random.normal(0.0, sd_ms / 1000.0)) * RATE_HZ), 57)
    return log


def stabilities(sd_ms, strictness, grid, bpm=100, per_beat=2):
    setup = replace(SETUP, strictness=strictness)
    scores = [
        summarise(setup, steady(bpm, per_beat, sd_ms, seed, 24, grid)).metrics.timing_stability for seed in range(4)
    ]
    return float(np.mean([0.0 if score is None else score for score in scores]))


@pytest.mark.parametrize("grid", [True, False], ids=["click", "own pulse"])
def test_more_jitter_never_scores_better_and_strictness_never_helps(grid):
    table = np.array([[stabilities(sd, strict, grid) for sd in (2, 8, 16, 30, 45)] for strict in (0.0, 0.5, 1.0)])
    assert (np.diff(table, axis=1) < 0).all()
    assert (np.diff(table, axis=0) <= 1e-9).all()
    assert table[:, 0].min() > 0.97


@pytest.mark.parametrize("bpm", [60, 100, 140, 180])
@pytest.mark.parametrize("per_beat", [1, 2, 3, 4])
def test_five_milliseconds_are_steady_at_every_tempo(bpm, per_beat):
    assert stabilities(5.0, 0.5, True, bpm, per_beat) > 0.9
    assert stabilities(5.0, 0.5, False, bpm, per_beat) > 0.9


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.floats(-40, 40))
def test_a_shift_changes_the_bias_and_nothing_else(seed, shift_ms):
    human = gaussian(8.0, seed)
    here, there = metrics(played(late_ms=human)), metrics(played(late_ms=lambda i: human(i) + shift_ms))
    assert there.signed_ms - here.signed_ms == pytest.approx(shift_ms, abs=0.05)
    assert there.timing_stability == pytest.approx(here.timing_stability, abs=2e-3)
    assert [e.position for e in there.by_beat] == [e.position for e in here.by_beat]


@pytest.mark.parametrize(
    ("per_beat", "names"), [(1, ["1", "2", "3", "4"]), (4, ["1", "1e", "1&", "1a"]), (3, ["1", "1.2", "1.3"])]
)
def test_places_have_the_names_that_musicians_count(per_beat, names):
    places = [e.position for e in metrics(steady(100, per_beat, 3.0, 1)).by_beat]
    assert [p for p in places if per_beat == 1 or p.startswith("1")] == names


@pytest.mark.parametrize("ratio", [1.3, 1.5, 2.0, 2.5])
def test_swing_against_a_click_is_a_place_even_when_always_late(ratio):
    late_ms = 600.0 * ratio / (1.0 + ratio) - 300.0
    human = gaussian(6.0, 4)
    heard = metrics(played(late_ms=lambda i: 15.0 + human(i) + (late_ms if i % 2 else 0.0)))
    assert heard.swing_ratio == pytest.approx(ratio, rel=0.06)
    assert heard.signed_ms == pytest.approx(15.0, abs=3.0)
    assert heard.timing_stability > 0.9


def test_a_pause_in_the_click_begins_the_bar_anew():
    second = FIRST_SAMPLE + 40 * 14_400 + 5_000
    log = [SegmentStarted(0, 0), GridSet(0, FIRST_SAMPLE, 100.0)]
    for i in range(16):
        log += note(i, FIRST_SAMPLE + i * 14_400 + (960 if i % 8 == 2 else 0), 57)
    log += [GridSet(0, FIRST_SAMPLE + 16 * 14_400, 0.0), GridSet(0, second, 100.0)]
    for i in range(16):
        log += note(100 + i, second + i * 14_400 + (960 if i % 8 == 2 else 0), 57)
    places = {e.position: e for e in metrics(log).by_beat}
    assert places["2"].signed_ms == pytest.approx(20.0, abs=0.1)
    assert places["2"].n == 4
    assert max(abs(e.signed_ms) for name, e in places.items() if name != "2") < 0.1


def test_a_slow_strum_that_is_a_chord_is_one_stroke_at_its_own_onset():
    log = [SegmentStarted(0, 0), GridSet(0, FIRST_SAMPLE, 100.0)]
    for i in range(12):
        at = FIRST_SAMPLE + i * 28_800
        log += [NoteStarted(0, 10 * i + s, at + s * 2_000, at + 9_000, 52 + 5 * s, 0, 0.99, -14) for s in range(4)]
        log.append(ChordStarted(0, i, at, at + 15_000, 4, "min", 4, 0.95, -10.0))
    heard = metrics(log)
    assert sum(e.n for e in heard.by_beat) == 12
    assert heard.signed_ms == pytest.approx(0.0, abs=0.05)


def test_what_was_left_out_is_said():
    lost = uniform(0.5, 2)
    told = metrics(played(count=48, late_ms=lambda i: lost(i) if i >= 24 else 0.0)).not_scored["tempo"]
    assert re.fullmatch(r"\d of 48 strokes were not near any beat", told)
    assert "tempo" not in metrics(played(count=48)).not_scored
    free = played(count=24, click=False)
    free.append(GridSet(0, FIRST_SAMPLE + 12 * 14_400, 100.0))
    assert metrics(free).not_scored["tempo"] == "11 of 24 strokes were played without the click"


def test_the_same_log_gives_the_same_numbers_to_the_bit():
    log = played(count=60, late_ms=gaussian(9.0, 8), click=False)
    first, second = metrics(log), metrics(list(log))
    assert first == second
    assert first.tempo.curve
