"""The demo take in the repository: its truth is true, and its builder builds the same again."""

import importlib.util
import json
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from hardware.wav import read_audio

ROOT = Path(__file__).resolve().parents[2]
TAKES = ROOT / "pedal/takes"
PENTATONIC = {9, 0, 2, 4, 7}  # A C D E G


@pytest.fixture(scope="module")
def take():
    return read_audio(TAKES / "demo.flac").samples[:, 0]


@pytest.fixture(scope="module")
def truth():
    return json.loads((TAKES / "demo.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def builder():
    spec = importlib.util.spec_from_file_location("build_take", ROOT / "tests/bench/build_take.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["build_take"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["build_take"]


def rms_dbfs(samples) -> float:
    return 10 * np.log10(np.mean(np.square(samples, dtype=float)) + 1e-12)


def first_partial_hz(samples, near_hz: float) -> float:
    """Peak of a zero-padded spectrum within a semitone: a way of its own, not the builder's."""
    spectrum = np.abs(np.fft.rfft(samples * np.blackman(len(samples)), 1 << 18))
    low, high = (round(near_hz * 2.0 ** (s / 12) * (1 << 18) / 48_000) for s in (-1, 1))
    return (low + int(np.argmax(spectrum[low:high]))) * 48_000 / (1 << 18)


def test_the_file_is_what_its_truth_says(take, truth):
    info = soundfile.info(TAKES / "demo.flac")
    assert (info.samplerate, info.channels) == (48_000, 1) == (truth["sr"], 1)
    assert len(take) == truth["duration"] * 48_000
    assert 30 <= truth["duration"] <= 60
    assert (TAKES / "demo.flac").stat().st_size < 2_000_000
    assert 0.2 < np.abs(take).max() < 0.5


def test_every_note_begins_where_the_truth_says(take, truth):
    for note in truth["notes"]:
        onset = round(note["onset"] * 48_000)
        before, after = rms_dbfs(take[onset - 120 : onset - 12]), rms_dbfs(take[onset : onset + 240])
        assert after > before + 15, note


def test_onsets_are_where_the_envelope_passes_30_db_below_the_attack(take, truth):
    for note in truth["notes"]:
        onset = round(note["onset"] * 48_000)
        part = take[onset - 120 : onset + 2400].astype(float)
        envelope = np.sqrt(np.convolve(part**2, np.ones(24) / 24, "same"))[24:]  # 0.5 ms, centred
        passed = int(np.argmax(envelope >= envelope.max() * 10 ** (-30 / 20))) + 24 - 120
        assert abs(passed) <= 3, note


def test_every_note_has_the_pitch_that_the_truth_says(take, truth):
    errors = []
    for note in truth["notes"]:
        onset, offset = round(note["onset"] * 48_000), round(note["offset"] * 48_000)
        part = take[onset + 1000 : offset - 1400]
        errors.append(1200 * np.log2(first_partial_hz(part, note["f0_hz"]) / note["f0_hz"]))
        assert note["f0_hz"] == pytest.approx(440 * 2 ** ((note["midi"] - 69) / 12), abs=1e-3)
        assert note["midi"] == pytest.approx(note["note"] + note["cents"] / 100, abs=1e-3)
    assert np.abs(errors).max() < 6
    assert abs(np.median(errors)) < 1


def test_a_player_and_not_a_machine(truth):
    notes = truth["notes"]
    deviations = np.array([note["dev_ms"] for note in notes])
    assert 3 < deviations.std() < 9
    assert np.abs(deviations).max() < 15
    assert 3 <= sum(note["wrong"] for note in notes) <= 8
    assert 3 <= sum(abs(note["cents"]) > 15 for note in notes) <= 8
    assert all((note["note"] % 12 in PENTATONIC) != note["wrong"] for note in notes)
    assert len(notes) > 80


def test_notes_follow_one_another(truth):
    for this, following in zip(truth["notes"], truth["notes"][1:], strict=False):
        assert this["onset"] < this["offset"] < following["onset"]


def test_the_room_is_quiet_but_not_dead(take):
    assert -84 < rms_dbfs(take[:40_000]) < -72


def pluck(f0_hz: float, rate_hz: int = 44_100) -> np.ndarray:
    time_s = np.arange(2 * rate_hz) / rate_hz
    partials = [np.sin(2 * np.pi * k * f0_hz * time_s) / k * np.exp(-k * time_s) for k in range(1, 6)]
    return 0.4 * np.concatenate((np.zeros(200), np.sum(partials, axis=0)))


@pytest.fixture
def package(tmp_path):
    """A package of plucks, each a few cents beside its name."""
    for index, (name, midi) in enumerate([("E2", 40), ("A2", 45), ("Ds3", 51), ("A3", 57)]):
        f0_hz = 440 * 2 ** ((midi + 0.05 * index - 69) / 12)
        soundfile.write(tmp_path / f"{name}.wav", pluck(f0_hz), 44_100, subtype="PCM_24")
    return tmp_path


def test_builds_the_same_again_and_in_tune(builder, package, monkeypatch):
    monkeypatch.setattr(builder, "PHRASES", "A2 C3 D#3! - . E3+20 A3 -")
    samples, notes = builder.build(package)
    again, _ = builder.build(package)
    assert np.array_equal(samples, again)
    assert [(n["note"], n["wrong"]) for n in notes] == [(45, False), (48, False), (51, True), (52, False), (57, False)]
    for note in notes:
        onset, offset = round(note["onset"] * 48_000), round(note["offset"] * 48_000)
        heard = first_partial_hz(samples[onset + 500 : offset - 1400], note["f0_hz"])
        assert abs(1200 * np.log2(heard / note["f0_hz"])) < 3


def test_measures_a_pitch_to_a_tenth_of_a_cent(builder):
    for f0_hz in (82.0, 110.9, 246.1, 523.0):
        assert abs(1200 * np.log2(builder.measured_f0_hz(pluck(f0_hz), 44_100) / f0_hz)) < 0.1


def test_refuses_a_source_that_lies_about_its_pitch(builder, tmp_path):
    soundfile.write(tmp_path / "A2.wav", pluck(116.5), 44_100)
    with pytest.raises(ValueError, match=r"A2.wav sounds \+\d+ cents off"):
        builder.load_sources(tmp_path)


def test_refuses_a_folder_without_notes(builder, tmp_path):
    with pytest.raises(ValueError, match="holds no WAV"):
        builder.load_sources(tmp_path)
