"""A session as text and as CSV: every note, every number with its unit, nothing that a spreadsheet misreads."""

import csv
import io

import pytest

from dsp.types import ChordStarted, LogEntry, SegmentStarted, SessionSetup
from pedal import rows
from pedal.export import COLUMNS, as_csv, as_text, note_name
from sync.records import SessionHeader, StoredSession
from tests.dsp.made_logs import note, played

F_MAJOR = SessionSetup(scale_root="F", scale_kind="major", scale_type="natural")


def whole(log: list[LogEntry], setup: SessionSetup | None = None) -> rows.Whole:
    stored = StoredSession(SessionHeader("id", "Ada", setup or SessionSetup(), "boot", 0), "open")
    return rows.whole(stored, log, running_id="id")


def test_every_note_is_a_line_of_the_table_and_reads_back() -> None:
    found = whole(played(64, late_ms=lambda i: 20.0 if i % 8 == 5 else 0.0))
    table = list(csv.DictReader(io.StringIO(as_csv(found.detail, found.notes))))
    assert len(table) == 64
    assert tuple(table[0]) == COLUMNS
    assert [row["name"] for row in table[:3]] == ["A3", "C4", "D4"]
    assert [float(row["signed_ms"]) for row in table[:6]] == pytest.approx([0, 0, 0, 0, 0, 20], abs=0.1)
    assert {row["in_scale"] for row in table} == {"1"}
    free = whole(played(8, click=False))
    assert {row["signed_ms"] for row in csv.DictReader(io.StringIO(as_csv(free.detail, free.notes)))} == {""}


def test_the_text_has_every_number_with_its_unit_and_says_what_was_not_scored() -> None:
    late = played(64, late_ms=lambda i: 20.0 if i % 8 == 5 else 0.0)
    found = whole([*late, ChordStarted(0, 1, 48_000 * 60, 48_000 * 61, 9, "m7", 9, 0.9, -14.0)])
    text = as_text(found.detail, found.notes)
    assert "    1.000 s  A3     +0.0 cents  +0 ms" in text
    assert "the & of 3        20 ms late (9 notes)" in text
    assert "beat 2            on the beat (8 notes)" in text
    assert "timing_stability" in text
    assert "coverage          tones_used 5, tones_in_scale 5" in text
    assert "chord Am7" in text
    empty = whole([SegmentStarted(0, 0)])
    assert "pitch_accuracy    not scored: no notes" in as_text(empty.detail, empty.notes)


def test_names_follow_the_key_and_a_wrong_note_is_told() -> None:
    log: list[LogEntry] = [SegmentStarted(0, 0), *note(1, 48_000, 70), *note(2, 96_000, 71)]
    found = whole(log, F_MAJOR)
    text = as_text(found.detail, found.notes)
    assert "Bb4" in text
    assert text.count("off the scale") == 1
    assert note_name(59, ["B#", *[""] * 10, "Cb"]) == "Cb4"
    assert note_name(60, ["B#", *[""] * 10, "Cb"]) == "B#3"
