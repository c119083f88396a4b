"""The session's curve: stretches of equal length on the practice clock, each scored by itself."""

import pytest

from dsp.replay import replay
from dsp.scores.curve import POINTS_MAX, curve, practised_at_s
from dsp.scores.session import summarise
from dsp.types import NoiseReading, Paused, Resumed, SegmentStarted
from tests.dsp.made_logs import RATE_HZ, SETUP, note, played


def test_a_session_that_gets_better():
    entries = played(count=130, midis=(57,))
    entries += [e for i in range(70) for e in note(500 + i, 48_000 * 40 + i * 14_400, 58, cents=30.0)]
    points = summarise(SETUP, entries).curve.points
    assert [point.at_s for point in points] == [0.0, 10.0, 20.0, 30.0, 40.0, 50.0]
    assert points[0].scale_conformity == 1.0
    assert points[-2].scale_conformity == 0.0
    assert points[0].pitch_accuracy > 0.97
    assert points[-2].pitch_accuracy < 0.5
    assert points[0].tempo_bpm == pytest.approx(100.0)
    assert sum(point.notes for point in points) == 200


def test_the_curve_is_bounded_and_whole():
    for minutes in (1, 8, 9, 61):
        count = int(minutes * 60 / 0.6)
        entries = [SegmentStarted(0, 0)]
        entries += [e for i in range(count) for e in note(i, i * 28_800, 57)]
        session = summarise(SETUP, entries)
        points = session.curve.points
        assert 1 <= len(points) <= POINTS_MAX
        assert len({point.seconds for point in points[:-1]}) <= 1
        assert points[-1].at_s + points[-1].seconds == pytest.approx(session.duration_s)
        assert sum(point.notes for point in points) == session.notes


def test_pauses_and_other_segments_are_on_the_practice_clock():
    entries = [
        SegmentStarted(0, 0),
        Resumed(0, 2 * RATE_HZ),
        *note(0, 3 * RATE_HZ, 57),
        Paused(0, 12 * RATE_HZ),
        Resumed(0, 100 * RATE_HZ),
        *note(1, 101 * RATE_HZ, 57),
        NoiseReading(0, 103 * RATE_HZ, -90.0, -120.0),
        SegmentStarted(1, 1),
        *note(2, RATE_HZ, 57)[:0],
        NoiseReading(1, 4 * RATE_HZ, -90.0, -120.0),
        Paused(1, 5 * RATE_HZ),
    ]
    record = replay(entries)
    assert record.practised_s == 18.0
    assert practised_at_s(record, 0, 3 * RATE_HZ) == 1.0
    assert practised_at_s(record, 0, 50 * RATE_HZ) == 10.0
    assert practised_at_s(record, 0, 101 * RATE_HZ) == 11.0
    assert practised_at_s(record, 1, 4 * RATE_HZ) == 17.0
    assert practised_at_s(record, 9, 4 * RATE_HZ) == 0.0
    assert [(p.at_s, p.seconds, p.notes) for p in curve(SETUP, record).points] == [(0.0, 10.0, 1), (10.0, 8.0, 1)]


def test_nothing_has_no_curve():
    assert summarise(SETUP, []).curve.points == ()
    assert summarise(SETUP, [SegmentStarted(0, 0)]).curve.points == ()
