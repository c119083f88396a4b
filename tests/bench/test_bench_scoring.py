"""The scorer of the benchmark: what it counts, and that it agrees with the one beside the shared recordings."""

import importlib.util
import json
import math

import numpy as np
import pytest

from dsp.pipeline import PipelineConfig
from dsp.report import analysis_json
from dsp.types import SessionSetup
from pedal.hearing import hear
from tests.bench.hear import by_pedal, by_peer, measure
from tests.bench.peers import HOP, NoteRule, PitchFrame, peers
from tests.bench.scoring import Score, stood_wrong
from tests.bench.truth import RATE_HZ, takes, truth_folder

MIDIS = [40, 45, 52, 57, 64]


def true_note(at, midi):
    onset = 0.5 + 0.5 * at
    return {"onset": onset, "offset": onset + 0.4, "midi": float(midi), "f0_hz": 440.0 * 2.0 ** ((midi - 69) / 12)}


TRUTH = {"duration": 4.0, "notes": [true_note(at, midi) for at, midi in enumerate(MIDIS)], "meta": {}}


def heard(late_s=0.02, **changes):
    notes = [
        {"onset_s": n["onset"] + 0.001, "offset_s": n["offset"], "midi": round(n["midi"]), "cents": 3.0}
        | {"decided_s": n["onset"] + late_s}
        for n in TRUTH["notes"]
    ]
    return {"notes": notes, "retracted": []} | changes


def scored(said, kind="seq"):
    score = Score()
    score.add("take", kind, TRUTH, said)
    return score


def test_all_right_is_one_and_its_latency_is_what_it_took():
    score = scored(heard())
    assert score.all_notes.f1 == score.onsets.f1 == 1.0
    assert score.latencies_ms["E2"] == [pytest.approx(20.0)]
    assert sum(len(late) for late in score.latencies_ms.values()) == 5
    assert np.mean(score.onset_errors_ms) == pytest.approx(1.0)


CHORDS = {
    "duration": 4.0,
    "notes": [],
    "meta": {
        "chords": [
            {"onset": 0.5, "offset": 1.9, "root": 9, "type": "min"},
            {"onset": 2.0, "offset": 3.4, "root": 2, "type": "7"},
        ]
    },
}


def test_chords_are_counted_by_root_by_type_by_what_is_off_them_and_by_how_late():
    said = {
        "chords": [
            {"onset_s": 0.51, "offset_s": 1.9, "name": "Am", "decided_s": 0.8},
            {"onset_s": 2.1, "offset_s": 3.0, "name": "D", "decided_s": 2.35},
            {"onset_s": 3.1, "offset_s": 3.3, "name": "G5", "decided_s": 3.4},
        ],
        "notes": [{"onset_s": at, "midi": midi} for at, midi in ((0.5, 45), (0.46, 46), (1.95, 46), (2.2, 48))],
        "retracted": [],
    }
    score = Score()
    score.add("take", "chord", CHORDS, said)
    score.add("other", "seq", TRUTH, heard(chords=[{"onset_s": 1.0, "name": "C", "decided_s": 1.3}]))
    chords = score.chords
    assert (chords.true, chords.roots, chords.exact, chords.off_notes) == (2, 2, 1, 1)
    assert chords.false == {"take": 1, "other": 1}
    assert chords.late_ms == [pytest.approx(300.0), pytest.approx(350.0)]


def test_a_chord_that_was_not_heard_is_late_for_ever():
    score = Score()
    score.add("take", "chord", CHORDS, {"chords": [], "notes": [], "retracted": []})
    assert (score.chords.true, score.chords.roots) == (2, 0)
    assert score.chords.late_ms == [math.inf, math.inf]


def test_an_octave_too_high_is_a_miss_an_extra_and_an_octave_error():
    said = heard()
    said["notes"][0]["midi"] += 12
    score = scored(said)
    assert (score.all_notes.true, score.all_notes.reported, score.all_notes.found) == (5, 5, 4)
    assert score.octave_errors == 1
    assert score.latencies_ms["E2"] == [math.inf]


def test_sixty_ms_or_sixty_cents_away_is_not_found():
    for change in ({"onset_s": TRUTH["notes"][2]["onset"] + 0.06}, {"cents": 60.0}):
        said = heard()
        said["notes"][2] |= change
        assert scored(said).all_notes.found == 4


def test_only_what_stood_wrong_for_40_ms_counts():
    def said(first_s):
        return {"midi": 40, "reports": [{"decided_s": 1.0, "midi": 52}, {"decided_s": 1.0 + first_s, "midi": 40}]}

    def gone(after_s):
        return {"decided_s": 1.0, "retracted_s": 1.0 + after_s}

    assert stood_wrong({"notes": [said(0.039)], "retracted": [gone(0.039)]}) == 0
    assert stood_wrong({"notes": [said(0.041)], "retracted": [gone(0.041)]}) == 2
    assert scored(heard(retracted=[gone(0.1)])).all_notes.reported == 6


def test_every_note_is_false_where_there_is_none():
    score = scored(heard(), "noise")
    assert score.false_notes == {"take": 5}
    assert score.noise_s == 4.0
    assert math.isnan(score.all_notes.f1)


def tone_frames(rule, f0_hz, from_s, to_s, level_dbfs=-20.0):
    for at in range(int(from_s * RATE_HZ), int(to_s * RATE_HZ), HOP):
        rule.frame(PitchFrame(f0_hz, at / RATE_HZ, at / RATE_HZ + 0.02, level_dbfs))


def test_the_peers_rule_wants_40_ms_of_one_semitone():
    rule = NoteRule(HOP / RATE_HZ)
    tone_frames(rule, 110.0, 0.0, 0.3)
    tone_frames(rule, 220.0, 0.3, 0.32)
    tone_frames(rule, 165.0, 0.32, 0.6)
    tone_frames(rule, 0.0, 0.6, 0.7)
    first, second = rule.finish()
    assert (first["midi"], second["midi"]) == (45, 52)
    assert first["decided_s"] == pytest.approx(0.057, abs=0.006)
    assert second["onset_s"] == pytest.approx(0.32, abs=0.006)


def test_an_attack_from_outside_parts_two_notes_of_one_pitch():
    rule = NoteRule(HOP / RATE_HZ, own_onsets=True)
    tone_frames(rule, 110.0, 0.0, 0.3)
    rule.attack(0.29)
    tone_frames(rule, 110.0, 0.3, 0.6)
    assert [note["onset_s"] for note in rule.finish()] == [0.0, 0.29]


def test_the_table_of_the_projects_own_takes(tmp_path, monkeypatch):
    monkeypatch.delenv("PEDAL_TRUTH", raising=False)
    rows = {name: (value, goal) for name, value, goal, _ in measure(tmp_path)}
    assert float(rows["note F1, all"][0]) >= 0.98
    assert "yinfft" in rows["note F1, all"][1]
    assert "false notes in hum, hiss, pops" not in rows


def test_a_folder_without_takes_is_said(tmp_path):
    with pytest.raises(FileNotFoundError, match="no NAME"):
        takes(tmp_path)


@pytest.mark.rig("shared")
@pytest.mark.parametrize("peer", ["yinfft", "the same, 2 frames"])
def test_both_scorers_agree(shared_audio, tmp_path, peer):
    spec = importlib.util.spec_from_file_location("shared_score", shared_audio / "score.py")
    theirs = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(theirs)
    score, few = Score(), {}
    for take in takes(shared_audio / "dev"):
        few.setdefault(take.kind, []).append(take)
    chosen = [take for kind in few.values() for take in kind[:2]]
    for take in chosen:
        said, readings = by_peer(take, peers()[peer])[:2]
        score.add(take.name, take.kind, take.truth, said, readings)
        for name, value in ((take.name, said), (f"{take.name}.tune", {"readings": readings})):
            (tmp_path / f"{name}.json").write_text(json.dumps(value))
    agree(score, theirs.score(few_truths(shared_audio / "dev", tmp_path / "truth", chosen), tmp_path))


def few_truths(folder, into, chosen):
    into.mkdir()
    for take in chosen:
        (into / f"{take.name}.json").symlink_to(folder / f"{take.name}.json")
    (into / "manifest.json").write_text(json.dumps([{"file": take.name, "kind": take.kind} for take in chosen]))
    return into


def agree(score, theirs):
    counts = {kind: [c.true, c.reported, c.found] for kind, c in score.notes.items()}
    assert counts == theirs["notes_true_reported_hit"]
    assert round(score.onsets.f1, 4) == theirs["onset"]["f1"]
    assert round(float(np.std(score.onset_errors_ms)), 2) == theirs["onset"]["std_ms"]
    assert round(100 * score.octave_errors / score.heard_onsets, 2) == theirs["octave_error_percent"]
    assert score.false_notes == theirs["false_notes"]
    assert round(max(score.jitter_errors_ms), 2) == theirs["jitter_std_error_ms"]["max"]
    for kind, errors in score.tuner_cents.items():
        assert round(max(errors), 3) == theirs["tuner_cents"][kind]["max"]
    for ours, other in zip(sorted(score.latencies_ms), sorted(theirs["latency_ms"]), strict=True):
        median_ms = float(np.percentile(score.latencies_ms[ours], 50, method="higher"))
        assert round(median_ms, 1) == theirs["latency_ms"][other]["median"]


def test_what_the_bench_hears_is_what_the_command_says(monkeypatch):
    monkeypatch.delenv("PEDAL_TRUTH", raising=False)
    (take,) = takes(truth_folder())
    heard = hear(take.audio, PipelineConfig())
    said, _, cpu_s = by_pedal(take)
    assert said == analysis_json(heard.entries, SessionSetup())
    assert 0.0 < cpu_s < take.truth["duration"]


def test_the_takes_that_ship_have_exact_truth(monkeypatch):
    monkeypatch.delenv("PEDAL_TRUTH", raising=False)
    assert [take.name for take in takes(truth_folder())] == ["demo"]
