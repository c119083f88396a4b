"""A stored session as the page gets it: on its own clock, in portions, with what the charts are drawn from."""

import json

import pytest

from dsp.replay import replay
from dsp.types import (
    ChordEnded,
    ChordStarted,
    Gap,
    GridSet,
    LogEntry,
    Mark,
    Paused,
    Resumed,
    SegmentStarted,
    SessionSetup,
)
from pedal import charts, rows
from sync.records import SessionHeader, StoredSession
from tests.dsp.made_logs import note, played
from webui.session_schemas import CHORDS_MAX, NOTES_MAX, SessionDetail

S_NS = 1_000_000_000
RATE_HZ = 48_000


def whole(log: list[LogEntry], setup: SessionSetup | None = None, start_ns: int = 0) -> rows.Whole:
    stored = StoredSession(SessionHeader("id", "Ada", setup or SessionSetup(), "boot", start_ns), "open")
    return rows.whole(stored, log, running_id="id")


def detail(log: list[LogEntry], setup: SessionSetup | None = None, start_ns: int = 0) -> SessionDetail:
    return whole(log, setup, start_ns).detail


def test_an_hour_of_sixteenths_comes_in_portions_that_hold_every_note_once() -> None:
    log: list[LogEntry] = [SegmentStarted(0, 0)]
    for i in range(2 * NOTES_MAX + 5):
        log += note(i, i * 4_800, 57 + i % 12)
    found = whole(log)
    first = found.detail
    assert (first.notes, len(first.timeline), first.notes_next) == (2 * NOTES_MAX + 5, NOTES_MAX, NOTES_MAX)
    notes, after = list(first.timeline), first.notes_next
    while after is not None:
        page = found.page(after)
        assert page.first == after
        notes += page.notes
        after = page.next
    assert tuple(notes) == found.notes
    assert found.page(10**7).notes == []
    assert len(first.model_dump_json()) < 600_000


def test_what_broke_off_is_told_from_what_runs_and_from_what_is_being_closed() -> None:
    left = StoredSession(SessionHeader("id", "Ada", SessionSetup(), "boot", 0), "open")
    assert rows.row(left, running_id=None).state == "interrupted"
    assert rows.row(left, running_id="id", closes=True).state == "open"
    assert rows.row(left, running_id=None, closes=True).state == "closed"
    assert rows.whole(left, [], running_id=None, closes=True).detail.state == "closed"


def test_a_beat_is_drawn_where_it_is_heard_and_a_click_ends_where_the_next_begins() -> None:
    log: list[LogEntry] = [
        SegmentStarted(0, 10 * S_NS, latency_samples=480),
        GridSet(0, RATE_HZ, 100.0),
        GridSet(0, 9 * RATE_HZ, 120.0, 3),
        *note(1, 12 * RATE_HZ, 57),
        GridSet(0, 20 * RATE_HZ, 0.0),
    ]
    first, second = detail(log, start_ns=10 * S_NS).clicks
    assert (first.from_s, first.to_s, first.bpm, first.beats_per_bar) == (1.01, 9.01, 100.0, 4)
    assert (second.from_s, second.to_s, second.bpm, second.beats_per_bar) == (9.01, 20.01, 120.0, 3)


def test_a_click_that_nobody_ended_lasts_as_long_as_the_playing() -> None:
    log: list[LogEntry] = [SegmentStarted(0, 0), GridSet(0, RATE_HZ, 100.0), *note(1, 5 * RATE_HZ, 57)]
    (click,) = detail(log).clicks
    assert click.to_s == pytest.approx(5.2)
    (silent,) = detail([SegmentStarted(0, 0), GridSet(0, RATE_HZ, 100.0)]).clicks
    assert silent.to_s == silent.from_s


def test_pauses_gaps_and_marks_stand_on_the_session_s_clock_over_segments() -> None:
    log: list[LogEntry] = [
        SegmentStarted(0, 100 * S_NS),
        Resumed(0, 0),
        Mark(0, RATE_HZ),
        Paused(0, 2 * RATE_HZ),
        Resumed(0, 5 * RATE_HZ),
        SegmentStarted(1, 110 * S_NS),
        Gap(1, 0, 1.5, "no sound"),
        Paused(1, RATE_HZ),
    ]
    found = detail(log, start_ns=100 * S_NS)
    assert [(p.from_s, p.to_s) for p in found.pauses] == [(2.0, 5.0)]
    assert [(g.at_s, g.lost_s, g.reason) for g in found.gaps] == [(10.0, 1.5, "no sound")]
    assert found.gaps_s == [10.0]
    assert found.marks_s == [1.0]


def test_chords_are_named_and_one_without_an_end_has_none_before_it_was_decided() -> None:
    log: list[LogEntry] = [
        SegmentStarted(0, 0),
        ChordStarted(0, 1, RATE_HZ, RATE_HZ + 12_000, 9, "m7", 9, 0.9, -14.0),
        ChordEnded(0, 1, 3 * RATE_HZ),
        ChordStarted(0, 2, 4 * RATE_HZ, 4 * RATE_HZ + 12_000, 0, "", 0, 0.8, -14.0),
    ]
    first, second = detail(log).chords
    assert (first.name, first.onset_s, first.offset_s) == ("Am7", 1.0, 3.0)
    assert (second.name, second.onset_s, second.offset_s) == ("C", 4.0, 4.25)


def test_no_more_chords_than_an_answer_may_hold() -> None:
    chord = ChordStarted(0, 1, 0, 12_000, 9, "m7", 9, 0.9, -14.0)
    record = replay([SegmentStarted(0, 0), *(ChordStarted(0, i, *list(_rest(chord))) for i in range(CHORDS_MAX + 2))])
    assert len(charts.chords(record, charts.SessionClock(0, record.segments))) == CHORDS_MAX


def _rest(chord: ChordStarted) -> tuple[int, int, int, str, int, float, float]:
    return chord.onset_sample, chord.decided_sample, chord.root, chord.kind, chord.bass, 0.9, -14.0


def test_what_was_measured_is_there_under_its_name() -> None:
    found = detail(played(64, late_ms=lambda i: 20.0 if i % 8 == 5 else 0.0), SessionSetup(tuning="standard"))
    worst = max(found.metrics.by_beat, key=lambda b: abs(b.signed_ms))
    assert (worst.position, worst.n) == ("3&", 8)
    assert worst.signed_ms > 15
    assert found.scale_tones.pitch_classes == [0, 2, 4, 7, 9]
    assert len(found.scale_tones.pitch_names) == 12
    assert found.neck.strings[0] == 40
    assert found.neck.notes == 64
    assert json.loads(found.model_dump_json())["session_id"] == "id"


def test_an_empty_session_has_empty_charts_and_says_why_nothing_was_scored() -> None:
    found = detail([SegmentStarted(0, 0)])
    assert (found.timeline, found.notes_next, found.clicks, found.chords) == ([], None, [], [])
    assert found.neck.notes == 0
    assert found.metrics.not_scored["pitch_accuracy"] == "no notes"


def test_an_open_session_is_scored_from_what_its_log_holds() -> None:
    log = played(32)
    assert detail(log).metrics.quality is not None
