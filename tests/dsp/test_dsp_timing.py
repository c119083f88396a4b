"""Timing: signed, per beat, per segment, and only where there is something to be on time with."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.rhythm.timing import spread_ms, stability
from dsp.scores.session import summarise
from dsp.types import GridSet, NoteStarted, SegmentStarted
from tests.dsp.made_logs import FIRST_SAMPLE, RATE_HZ, SETUP, gaussian, note, played


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
    assert sorted(places) == ["1", "1&", "2", "2&", "3", "3&", "4", "4&"]
    assert places["3&"].signed_ms == pytest.approx(-22.0, abs=0.05)
    assert places["3&"].n == 8
    assert places["2"].signed_ms == pytest.approx(0.0, abs=0.05)


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
