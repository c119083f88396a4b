"""What `pedal analyze` prints, from a log."""

import json

import pytest

from dsp.report import analysis_json
from dsp.types import ChordEnded, ChordStarted, GridSet, NoteCorrected, NoteRetracted, NoteStarted, SegmentStarted
from tests.dsp.made_logs import SETUP, played
from tests.dsp.plucked import LICK, hear, log_of, take

NOTE_KEYS = {
    "onset_s",
    "offset_s",
    "midi",
    "cents",
    "confidence",
    "level_dbfs",
    "decided_s",
    "reports",
    "stroke",
    "slide",
    "bend_cents",
    "vibrato_hz",
}
DRIFT_KEYS = {"string", "name", "cents", "se_cents", "drift_cents", "drift_se_cents", "n"}
METRIC_KEYS = {
    "pitch_accuracy",
    "scale_conformity",
    "timing_stability",
    "noise_control",
    "quality",
    "tempo_bpm",
    "swing_ratio",
    "signed_ms",
    "by_beat",
    "metric_version",
}


def test_the_object_has_the_shape_of_the_command_line():
    result = analysis_json(played(), SETUP, rate_hz=44_100, real_time_factor=0.0123456)
    drift = {"tuning_drift", "tuning_drift_common_cents"}
    assert set(result) == {"notes", "retracted", "chords", "metrics", "summary", "engine"} | drift
    assert result["summary"]["notes"] == len(result["notes"])
    assert set(result["tuning_drift"][0]) == DRIFT_KEYS
    assert set(result["notes"][0]) >= NOTE_KEYS
    assert set(result["metrics"]) >= METRIC_KEYS
    assert result["engine"]["sample_rate_hz"] == 48_000
    assert result["engine"]["hop_samples"] == 128
    assert set(result["metrics"]["by_beat"][0]) == {"position", "signed_ms", "n"}
    json.dumps(result, allow_nan=False)


def test_a_chord_is_told_by_its_plain_name_with_its_bass_beside_it():
    chord = ChordStarted(0, 1, 48_000, 62_400, 1, "m7", 8, 0.87, -12.0)
    said = analysis_json([SegmentStarted(0, 0), chord, ChordEnded(0, 1, 96_000)], SETUP, delay_s=0.01)
    assert said["chords"] == [
        {
            "onset_s": 1.0,
            "offset_s": 2.0,
            "name": "C#m7",
            "root": 1,
            "bass": 8,
            "confidence": 0.87,
            "level_dbfs": -12.0,
            "decided_s": 1.31,
        }
    ]
    assert analysis_json([chord], SETUP)["chords"][0]["offset_s"] == 1.3


def test_reports_stand_in_order_and_decided_is_the_first_right_one():
    log = [
        SegmentStarted(0, 0),
        NoteStarted(0, 1, 48_000, 49_000, 69, 0.0, 0.9, -12.0),
        NoteCorrected(0, 1, 50_000, 57, 0.0, 0.9),
        NoteStarted(0, 2, 96_000, 97_000, 40, 0.0, 0.7, -30.0),
        NoteRetracted(0, 2, 98_000),
    ]
    result = analysis_json(log, SETUP, delay_s=0.5)
    (note,) = result["notes"]
    assert [r["midi"] for r in note["reports"]] == [69, 57]
    assert note["decided_s"] == pytest.approx(50_000 / 48_000 + 0.5, abs=1e-6)
    assert note["onset_s"] == 1.0
    assert note["offset_s"] >= note["onset_s"]
    (back,) = result["retracted"]
    assert (back["midi"], back["retracted_s"]) == (40, pytest.approx(98_000 / 48_000 + 0.5, abs=1e-6))


def test_a_played_take_scores_from_its_own_sound():
    sound = take(LICK, 3.2)
    grid = GridSet(0, round(0.4 * 48_000), 100.0)
    metrics = analysis_json(log_of(hear(sound), grid), SETUP)["metrics"]
    assert metrics["scale_conformity"] == 1.0
    assert metrics["pitch_accuracy"] >= 0.97
    assert metrics["timing_stability"] >= 0.9
    assert abs(metrics["signed_ms"]) < 4.0
    assert metrics["noise_control"] >= 0.97
    assert metrics["quality"] >= 0.97
