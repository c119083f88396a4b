"""Following beside a click: at its tempo, at half or twice of it, while it changes, and where nobody follows it."""

import numpy as np
import pytest

from dsp.follow.follower import Follower
from dsp.follow.report import follow_json
from dsp.types import GridSet, LogEntry, SegmentStarted
from tests.dsp.made_logs import note
from tests.dsp.made_performances import target_of

MIDIS = [57, 60, 62, 64, 67, 69, 67, 64, 62, 60, 57, 55, 52, 55, 57, 60] * 4
LICK = target_of(MIDIS)  # 8ths at 100
RATE_HZ = 48_000
FIRST_S = 1.0
STEADY_S = FIRST_S + 0.3 * np.arange(64)


def followed(onsets_s, *grids, latency_samples=0):
    log: list[LogEntry] = [SegmentStarted(0, 0, latency_samples=latency_samples), *grids]
    for number, (at_s, midi) in enumerate(zip(onsets_s, MIDIS, strict=False)):
        log += note(number, round(at_s * RATE_HZ), midi)
    return follow_json(LICK, log)


def click(at_s, bpm):
    return GridSet(0, round(at_s * RATE_HZ), bpm)


def said_ms(result):
    return [t["signed_ms"] for t in result["targets"] if t["state"] == "hit"]


@pytest.mark.parametrize("times", [0.25, 0.5, 2 / 3, 1.0, 1.5, 2.0, 3.0, 4.0])
@pytest.mark.parametrize("late_s", [0.012, -0.018])
def test_to_a_click_of_half_or_twice_the_tempo_it_is_the_same(times, late_s):
    result = followed(STEADY_S + late_s, click(FIRST_S, 100.0 * times))
    assert said_ms(result) == pytest.approx([1000 * late_s] * 64, abs=0.05)
    assert result["summary"]["tempo_bpm"] == pytest.approx(100.0)


@pytest.mark.parametrize("bpm", [60.0, 83.0, 171.0])
def test_who_does_not_follow_the_click_is_measured_by_the_own_line(bpm):
    result = followed(STEADY_S, click(FIRST_S, bpm))
    assert said_ms(result) == pytest.approx([0.0] * 64, abs=0.05)
    assert result["summary"]["tempo_bpm"] == pytest.approx(100.0)


def test_a_click_that_gets_faster_in_mid_piece_is_followed():
    change_s = FIRST_S + 32 * 0.3
    onsets_s = np.concatenate([STEADY_S[:32], change_s + 0.25 * np.arange(32)]) + 0.015
    result = followed(onsets_s, click(FIRST_S, 100.0), click(change_s, 120.0))
    assert said_ms(result) == pytest.approx([15.0] * 64, abs=0.05)


def test_a_click_that_has_ended_or_not_begun_judges_nothing():
    drifting_s = STEADY_S + 0.015 + np.concatenate([np.zeros(32), 0.02 * np.arange(32)])
    ended = said_ms(followed(drifting_s, click(FIRST_S, 100.0), click(10.5, 0.0)))
    assert ended[:32] == pytest.approx([15.0] * 32, abs=0.05)
    assert np.abs(ended[32:]).max() < 1.0
    begun = said_ms(followed(STEADY_S + 0.015, click(10.6, 100.0)))
    assert begun == pytest.approx([0.0] * 31 + [15.0] * 33, abs=0.05)  # half a beat before it is the click's


def test_the_latency_does_not_push_a_note_over_into_the_next_click():
    """The last & before a faster click is heard a round trip later: less than half a beat from the new one's first."""
    change_s = FIRST_S + 32 * 0.3
    onsets_s = np.concatenate([STEADY_S[:32], change_s + 0.25 * np.arange(32)]) + 0.1
    result = followed(onsets_s, click(FIRST_S, 100.0), click(change_s, 120.0), latency_samples=4_800)
    assert said_ms(result) == pytest.approx([0.0] * 64, abs=0.05)


def test_a_few_strokes_that_fall_behind_a_click_are_behind_it():
    """Not in time with one and a half of its beats: that would have to fit clearly better."""
    result = followed(STEADY_S[:6] - 0.12, click(FIRST_S, 126.0))
    assert np.all(np.diff(said_ms(result)) > 50.0)
    assert result["summary"]["tempo_bpm"] == pytest.approx(126.0)


def test_four_strokes_do_not_say_that_a_click_runs_at_twice_the_tempo():
    assert said_ms(followed(STEADY_S[:4] + 0.012, click(FIRST_S, 200.0))) == pytest.approx([0.0] * 4, abs=0.05)


def test_a_piece_may_begin_on_any_beat_of_a_faster_click():
    late = followed(STEADY_S + 0.012, click(FIRST_S - 0.3, 200.0))
    assert said_ms(late) == pytest.approx([12.0] * 64, abs=0.05)


def test_a_click_tells_the_tempo_before_the_second_note():
    follower = Follower(LICK)
    for entry in (SegmentStarted(0, 0), click(FIRST_S, 56.0), note(0, RATE_HZ, MIDIS[0])[0]):
        follower.add(entry)
    assert follower.position().tempo_bpm == pytest.approx(56.0, rel=0.01)


def test_a_jittering_hand_keeps_the_plain_reading_of_the_click():
    late_ms = np.random.default_rng(3).normal(0.0, 30.0, 64)
    assert said_ms(followed(STEADY_S + late_ms / 1000, click(FIRST_S, 100.0))) == pytest.approx(list(late_ms), abs=0.05)


@pytest.mark.parametrize("count", [1, 2])
def test_one_or_two_strokes_tell_no_tempo(count):
    result = followed(STEADY_S[:count])
    assert result["summary"]["tempo_bpm"] is None
    assert [one["tempo_bpm"] for one in result["passes"]] == [None]
