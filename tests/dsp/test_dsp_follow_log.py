"""What a log may hold beside notes in order: a pitch known at a note's end, segments, a beat that goes on."""

from dataclasses import replace

import numpy as np
import pytest

from dsp.follow.follower import Follower
from dsp.follow.report import follow_json
from dsp.types import LogEntry, NoteEnded, NoteStarted, SegmentStarted
from tests.dsp.made_logs import note
from tests.dsp.made_performances import target_of

MIDIS = [57, 60, 62, 64, 67, 69, 67, 64, 62, 60, 57, 55, 52, 55, 57, 60] * 2
LICK = target_of(MIDIS)  # 8ths at 100
RATE_HZ = 48_000


def played(indices, from_s=1.0, segment=0, first_id=0):
    log: list[LogEntry] = []
    for number, index in enumerate(indices):
        for entry in note(first_id + number, round((from_s + 0.3 * number) * RATE_HZ), MIDIS[index]):
            assert isinstance(entry, NoteStarted | NoteEnded)
            log.append(replace(entry, segment=segment))
    return log


def test_the_pitch_that_a_note_ended_with_counts():
    log = [SegmentStarted(0, 0), *played(range(16))]
    log[9] = replace(log[9], midi=71)  # the first guess at the fifth note
    assert follow_json(LICK, log)["targets"][4]["state"] == "hit"
    log[9], log[10] = replace(log[9], midi=67), replace(log[10], midi=71)
    fifth = follow_json(LICK, log)["targets"][4]
    assert (fifth["state"], fifth["played_midi"]) == ("wrong", 71)


def test_a_clock_that_jumped_back_does_not_turn_time_around():
    """Boot times come from another clock than samples: a segment never begins before the newest note."""
    follower = Follower(LICK)
    first = [SegmentStarted(0, 10**9), *played(range(12))]
    second = [SegmentStarted(1, 2 * 10**9), *played(range(12, 24), 0.3, 1, 100)]
    for entry in first + second:
        follower.add(entry)
    assert follower.segment_starts_s == pytest.approx({0: 0.0, 1: 1.0 + 11 * 0.3})
    result = follow_json(LICK, first + second)
    assert [t["state"] for t in result["targets"][:24]] == ["hit"] * 24
    assert result["events"] == []


def test_two_strokes_after_going_back_in_the_beat_are_judged_by_the_line_before():
    """Two alone make no line, and what is played elsewhere after them is another."""
    midis = [int(m) for m in np.random.default_rng(11).permutation(np.arange(44, 76))]
    went = [*range(16), 8, 9, *range(24, 32)]
    log: list[LogEntry] = [SegmentStarted(0, 0)]
    for number, index in enumerate(went):
        log += note(number, round((1.0 + 0.3 * number + 0.1 * (number >= 18)) * RATE_HZ), midis[index])
    result = follow_json(target_of(midis), log)
    assert [event["kind"] for event in result["events"]] == ["repeat", "jump"]
    assert [result["targets"][i]["passes"][-1]["pass"] for i in (8, 9)] == [2, 2]
    assert [result["targets"][i]["signed_ms"] for i in (8, 9)] == pytest.approx([0.0, 0.0], abs=0.1)


@pytest.mark.parametrize("share", [0.25, 0.75])
def test_extras_between_the_notes_are_extras_and_nothing_else(share):
    log = [SegmentStarted(0, 0), *played(range(24))]
    at_s = 1.0 + 0.3 * (np.array([3, 9, 17]) + share)
    strays = [entry for n, at in enumerate(at_s) for entry in note(200 + n, round(at * RATE_HZ), 74)]
    onsets = sorted(log[1:] + strays, key=lambda e: getattr(e, "onset_sample", getattr(e, "offset_sample", 0)))
    result = follow_json(LICK, [log[0], *onsets])
    assert [(e["onset_s"], e["midi"]) for e in result["extras"]] == [(pytest.approx(at, abs=1e-4), 74) for at in at_s]
    assert result["summary"]["hits"] == 24


def test_when_it_was_known_counts_what_a_resampler_looked_ahead():
    log = [SegmentStarted(0, 0), *played(range(8)), *played(range(8, 16), 1.0 + 8 * 0.3 + 4.0, 0, 100)]
    plain, later = (follow_json(LICK, log, delay_s=delay_s)["events"] for delay_s in (0.0, 0.013))
    assert [event["kind"] for event in plain] == ["stop"]
    assert later[0]["decided_s"] == pytest.approx(plain[0]["decided_s"] + 0.013, abs=2e-6)
    assert later[0]["at_s"] == plain[0]["at_s"]
