"""The object beside the row: its schema, its size, and that it says what was stored."""

import json
import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.facts import Bends, BendTarget, ChordCount, Coverage, Curve, CurvePoint, Dynamics, StringCount, ToneCount
from dsp.types import BeatError, Metrics, SessionSetup, Summary
from sync.details import BYTES_MAX, CURVES, encoded, session_details
from sync.errors import Rejected
from sync.payload import DEPLOYED_COLUMNS, NotYet, session_row
from sync.records import StoredSession
from tests.sync.samples import END, METRICS, SUMMARY, header

ID = "01a1f7b3-db7c-7e1d-bea2-a7edd5fae7d9"
CLOSED = StoredSession(header(ID), "closed", END, SUMMARY)

NUMBER = (int, float)
SCHEMA = {
    "details_version": int,
    "metric_version": int,
    "mode": str,
    "ended_by": str,
    "scale": dict,
    "tuning": str,
    "a4_hz": NUMBER,
    "duration_s": NUMBER,
    "unique_notes": int,
    "strokes": int,
    "marks": int,
    "gaps": int,
    "noise_control": NUMBER,
    "quality": NUMBER,
    "tempo_bpm": NUMBER,
    "swing_ratio": NUMBER,
    "signed_ms": NUMBER,
    "by_beat": list,
    "tempo": dict,
    "dynamics": dict,
    "picking": dict,
    "bends": dict,
    "vibrato": dict,
    "coverage": dict,
    "chords": dict,
    "curve": dict,
    "not_scored": dict,
}
REQUIRED = {"details_version", "metric_version", "mode", "scale", "tuning", "a4_hz", "duration_s", "unique_notes"}


def with_summary(summary: Summary, **setup: str) -> StoredSession:
    return replace(CLOSED, header=header(ID, setup=SessionSetup(**setup)), summary=summary)


def valid(details: dict) -> None:
    """As the table's reader may rely on it."""
    assert details.keys() <= SCHEMA.keys()
    assert details.keys() >= REQUIRED
    for name, value in details.items():
        assert isinstance(value, SCHEMA[name]), name
        assert not isinstance(value, bool), name
    for position, signed_ms, count in details.get("by_beat", ()):
        assert isinstance(position, str)
        assert math.isfinite(signed_ms)
        assert count >= 0
    curve = details.get("curve", {})
    assert curve.keys() <= {"every_s", *CURVES}
    assert len({len(values) for name, values in curve.items() if name != "every_s"}) <= 1
    assert json.loads(encoded(details)) == details
    assert len(encoded(details)) <= BYTES_MAX


def test_a_small_session() -> None:
    details = session_details(CLOSED)
    valid(details)
    assert details["by_beat"] == [["1", -3.5, 12], ["1&", 22.0, 11]]
    assert details["not_scored"] == {"timing_stability": "too few notes"}
    assert details["scale"] == {"root": "A", "kind": "minor", "type": "pentatonic"}
    assert "tempo_bpm" not in details
    assert "curve" not in details


@pytest.mark.parametrize("mode", ["practice", "click", "trainer", "plan", "jam", "tuner", "slow", "performance"])
@pytest.mark.parametrize("kind", ["minor", "dorian", "whole tone", "chromatic"])
def test_every_mode_and_scale_has_its_details(mode: str, kind: str) -> None:
    details = session_details(with_summary(SUMMARY, mode=mode, scale_kind=kind))
    valid(details)
    assert (details["mode"], details["scale"]["kind"]) == (mode, kind)


SCORE = st.none() | st.floats(0.0, 1.0)
ANY = st.none() | st.floats(-1e6, 1e6)
POINT = st.builds(CurvePoint, st.floats(0, 1e5), st.floats(0, 600), st.integers(0, 9_999), *[SCORE] * 5, *[ANY] * 3)
POSITIONS = st.builds(BeatError, st.text("12345678.&ea", min_size=1, max_size=4), st.floats(-1e3, 1e3), st.integers(0))
SUMMARIES = st.builds(
    Summary,
    st.floats(0, 1e6),
    *[st.integers(0, 10**6)] * 6,
    st.builds(
        Metrics,
        *[SCORE] * 5,
        *[ANY] * 3,
        st.lists(POSITIONS, max_size=72).map(tuple),
        st.dictionaries(st.text(max_size=20), st.text(max_size=80), max_size=12),
        dynamics=st.builds(Dynamics, SCORE, *[ANY] * 4, st.integers(0)),
        bends=st.builds(
            Bends, ANY, ANY, SCORE, st.lists(st.builds(BendTarget, st.integers(), ANY, st.integers()), max_size=40)
        ),
    ),
    strokes=st.integers(0),
    coverage=st.builds(
        Coverage,
        tones=st.lists(st.builds(ToneCount, st.integers(0, 11), st.booleans(), st.integers(0)), max_size=12).map(tuple),
        strings=st.lists(st.builds(StringCount, *[st.integers(0, 99)] * 4), max_size=8).map(tuple),
    ),
    chords=st.builds(
        ChordCount,
        st.integers(0),
        st.integers(0),
        st.lists(st.tuples(st.text(max_size=12), st.integers(0)), max_size=600).map(tuple),
    ),
    curve=st.builds(Curve, st.lists(POINT, max_size=48).map(tuple)),
)


@settings(max_examples=80, deadline=None)
@given(SUMMARIES)
def test_whatever_was_stored_fits_and_reads(summary: Summary) -> None:
    valid(session_details(with_summary(summary)))


def test_what_matters_least_goes_first() -> None:
    many = tuple((f"C{number}", 1) for number in range(2_000))
    points = tuple(CurvePoint(10.0 * i, 10.0, 30, *[0.912] * 5, 100.02, -3.41, -14.22) for i in range(48))
    details = session_details(with_summary(replace(SUMMARY, chords=ChordCount(9, 9, many), curve=Curve(points))))
    assert "names" not in details["chords"]
    assert len(details["curve"]["quality"]) == 48
    assert details["chords"]["n"] == 9


def test_a_curve_keeps_the_place_of_what_was_not_scored() -> None:
    points = (CurvePoint(0.0, 10.0, 3), CurvePoint(10.0, 10.0, 20, quality=0.9))
    assert session_details(with_summary(replace(SUMMARY, curve=Curve(points))))["curve"]["quality"] == [None, 0.9]


def test_no_number_that_is_none() -> None:
    with pytest.raises(Rejected, match="quality is nan"):
        session_details(with_summary(replace(SUMMARY, metrics=replace(METRICS, quality=math.nan))))


def test_an_open_session_has_none_yet() -> None:
    with pytest.raises(NotYet):
        session_details(StoredSession(header(), "open"))


def test_the_deployed_dialect() -> None:
    row = session_row(with_summary(replace(SUMMARY, coverage=Coverage(tones_in_scale=5))), "user-1", DEPLOYED_COLUMNS)
    assert row["total_inscale_notes"] == 5
    assert row["duration_seconds"] == 61.4
    assert row["ambient_light_option"] is False
    assert not row.keys() & {"noise_control", "device_type", "unique_notes_used", "ambient_lighting_used"}
    assert session_row(CLOSED, "user-1", DEPLOYED_COLUMNS)["total_inscale_notes"] is None
