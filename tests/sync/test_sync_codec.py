"""Summaries on disk: what was written comes back the same, and what an older pedal wrote still reads."""

from dataclasses import replace

from dsp.facts import Bends, BendTarget, ChordCount, Coverage, Curve, CurvePoint, Dynamics, StringCount, ToneCount
from dsp.types import Metrics, Summary
from sync import codec
from tests.sync.samples import METRICS, SUMMARY

VERSION_1 = """{"duration_s":61.4,"notes":40,"correct_notes":35,"wrong_notes":5,"unique_notes":7,"marks":1,"gaps":0,
"metrics":{"pitch_accuracy":0.91,"scale_conformity":0.8,"timing_stability":null,"noise_control":0.7,"quality":0.85,
"tempo_bpm":100.0,"swing_ratio":null,"signed_ms":-3.25,
"by_beat":[{"position":"1","signed_ms":-3.5,"n":12},{"position":"1&","signed_ms":22.0,"n":11}],
"not_scored":{"timing_stability":"too few notes"},"metric_version":1}}"""

FULL = replace(
    SUMMARY,
    metrics=replace(
        METRICS,
        dynamics=Dynamics(0.9, 1.5, -16.0, 6.0, None, 30),
        bends=Bends(-12.0, 5.0, 0.5, (BendTarget(1, -4.0, 3), BendTarget(2, -20.0, 3)), 6),
    ),
    strokes=38,
    coverage=Coverage(4, 5, 0.8, 45, 69, (ToneCount(9, True, 20),), (StringCount(1, 0, 5, 9),), 40),
    chords=ChordCount(3, 2, (("Am", 2), ("B", 1))),
    curve=Curve((CurvePoint(0.0, 10.0, 12, 0.9), CurvePoint(10.0, 10.0, 0))),
)


def test_what_was_written_comes_back_the_same():
    for summary in (SUMMARY, FULL):
        assert codec.summary_from_json(codec.to_json(summary)) == summary


def test_a_summary_of_version_1_still_reads():
    summary = codec.summary_from_json(VERSION_1)
    assert summary.metrics.metric_version == 1
    assert summary.metrics.by_beat == METRICS.by_beat
    assert summary.metrics.signed_ms == -3.25
    assert summary == Summary(
        61.4, 40, 35, 5, 7, 1, 0, replace(METRICS, tempo_bpm=100.0, signed_ms=-3.25, metric_version=1)
    )
    assert summary.metrics.dynamics == Metrics().dynamics


def test_keys_that_only_a_newer_pedal_knows_are_passed_over():
    text = codec.to_json(FULL)
    newer = text.replace('"spread_db":', '"colour":[1,{"a":2}],"spread_db":')
    newer = newer.replace('"strokes":', '"mood":7,"strokes":')
    assert len(newer) > len(text)
    assert codec.summary_from_json(newer) == FULL
