"""From a stored session to the row that the server is told."""

import math
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsp.theory.scales import KINDS, Scale, read_scale
from dsp.types import SessionSetup
from sync.errors import Rejected
from sync.payload import ROOTS, SESSION_COLUMNS, NotYet, scale_chosen, session_row, utc_label
from sync.records import StoredSession
from tests.sync.samples import END, METRICS, SUMMARY, header

CLOSED = StoredSession(header("01a1f7b3-db7c-7e1d-bea2-a7edd5fae7d9"), "closed", END, SUMMARY)


def with_metrics(**changes) -> StoredSession:
    return replace(CLOSED, summary=replace(SUMMARY, metrics=replace(METRICS, **changes)))


def test_the_row_is_the_documented_one() -> None:
    assert session_row(CLOSED, "user-1") == {
        "session_id": "01a1f7b3-db7c-7e1d-bea2-a7edd5fae7d9",
        "user_id": "user-1",
        "start_timestamp": "2026-11-20T06:30:31",
        "end_timestamp": "2026-11-20T06:31:40",
        "scale_chosen": "A Minor",
        "scale_type": "pentatonic",
        "pitch_accuracy": 0.91,
        "scale_conformity": 0.8,
        "timing_stability": None,
        "noise_control": 0.7,
        "total_notes_played": 40,
        "correct_notes_played": 35,
        "bad_notes_played": 5,
        "unique_notes_used": 7,
        "duration_seconds": 61,
        "strictness": 0.5,
        "sensitivity": 0.5,
        "ambient_lighting_used": False,
        "device_type": "portable",
    }


def test_integers_are_integers() -> None:
    row = session_row(CLOSED, "user-1")
    for name in ("total_notes_played", "correct_notes_played", "bad_notes_played", "unique_notes_used"):
        assert type(row[name]) is int
    assert type(row["duration_seconds"]) is int


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf, 1.01, -0.01])
@pytest.mark.parametrize("name", ["pitch_accuracy", "scale_conformity", "timing_stability", "noise_control"])
def test_scores_that_are_none_are_refused(name: str, bad: float) -> None:
    with pytest.raises(Rejected, match=name):
        session_row(with_metrics(**{name: bad}), "user-1")


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_duration_that_is_no_number_is_refused(bad: float) -> None:
    with pytest.raises(Rejected, match="duration"):
        session_row(replace(CLOSED, summary=replace(SUMMARY, duration_s=bad)), "user-1")


def test_a_session_without_a_known_time_waits_for_the_clock() -> None:
    with pytest.raises(NotYet, match="clock"):
        session_row(replace(CLOSED, header=header(start_wall=None)), "user-1")
    with pytest.raises(NotYet, match="open"):
        session_row(StoredSession(header(), "open"), "user-1")


def test_an_end_without_a_known_time_is_no_reason_to_wait() -> None:
    assert session_row(replace(CLOSED, end=replace(END, end_wall=None)), "user-1")["end_timestamp"] is None


@given(st.datetimes(min_value=datetime(1971, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.timezones()))
def test_every_offset_is_taken_out_and_none_is_sent(moment: datetime) -> None:
    label = utc_label(moment.isoformat())
    assert "+" not in label
    assert "Z" not in label
    assert datetime.fromisoformat(label + "+00:00") == moment.astimezone(UTC)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(Rejected, match="zone"):
        utc_label("2026-11-20T06:30:31")


@pytest.mark.parametrize(
    ("root", "kind", "name"),
    [
        ("A", "minor", "A Minor"),
        ("C#", "major", "C# Major"),
        ("F#", "harmonic_minor", "F# Harmonic Minor"),
        ("D", "dorian", "D Dorian"),
        ("A#", "lydian augmented #2", "A# Lydian Augmented #2"),
        ("E", "dorian b2", "E Dorian b2"),
        ("G", "in-sen", "G In-sen"),
        ("A", "custom 0 3 5 7 10", "A Custom 0 3 5 7 10"),
    ],
)
def test_scales_have_their_canonical_names(root: str, kind: str, name: str) -> None:
    assert scale_chosen(root, kind) == name


def test_what_the_server_is_told_is_read_as_the_same_scale() -> None:
    """A plan may send a scale back to the pedal; every one must come home."""
    for root in ROOTS:
        for kind in (*KINDS, "custom 0 3 5 7 10", "custom 0 1 2 3 4 5 6 7 8 9 10 11"):
            assert read_scale(scale_chosen(root, kind)) == Scale(root, kind)


@pytest.mark.parametrize(
    ("kind", "told"),
    [("minor", "pentatonic"), ("major", "pentatonic"), ("dorian", "natural"), ("custom 0 7", "natural")],
)
def test_only_the_familys_own_kinds_are_pentatonic(kind: str, told: str) -> None:
    setup = SessionSetup(scale_root="A", scale_kind=kind, scale_type="pentatonic")
    assert session_row(replace(CLOSED, header=header(setup=setup)), "user-1")["scale_type"] == told


@pytest.mark.parametrize(("root", "kind"), [("Bb", "minor"), ("H", "minor"), ("a", "minor"), ("", "major"), ("A", "")])
def test_what_is_no_canonical_scale_is_refused(root: str, kind: str) -> None:
    with pytest.raises(Rejected, match="no scale"):
        session_row(replace(CLOSED, header=header(setup=SessionSetup(scale_root=root, scale_kind=kind))), "user-1")


def test_there_are_twelve_roots_and_every_column_once() -> None:
    assert len(set(ROOTS)) == 12
    names = [column.name for column in SESSION_COLUMNS]
    assert len(set(names)) == len(names) == 19
