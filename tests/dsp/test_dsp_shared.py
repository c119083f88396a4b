"""The ear on real recordings that lie beside the project, where they are: a few takes, and far from their limits."""

import json

import numpy as np
import pytest
import soundfile

from dsp.pipeline import PipelineConfig
from dsp.replay import replay
from dsp.report import analysis_json
from dsp.tuning import Tuner
from dsp.types import ChordStarted, NoiseReading, NoteStarted, SessionSetup
from pedal.hearing import hear as hear_file
from tests.bench.causal import listen, log_bytes, reports
from tests.bench.chord_scoring import ChordScore
from tests.dsp.plucked import entries, hear

pytestmark = pytest.mark.rig("shared")


@pytest.fixture
def load(shared_audio):
    def of(name):
        samples, rate_hz = soundfile.read(shared_audio / f"dev/{name}.flac", dtype="float32")
        assert rate_hz == 48_000
        return samples, json.loads((shared_audio / f"dev/{name}.json").read_text())

    return of


def f_score(truth, notes):
    """Share of matched notes (50 ms, nearest semitone), each matched once."""
    free = list(notes)
    hits = 0
    for true in truth:
        near = [n for n in free if abs(n.onset_sample / 48_000 - true["onset"]) < 0.05 and n.midi == true["note"]]
        if near:
            free.remove(near[0])
            hits += 1
    return 2 * hits / (len(truth) + len(notes))


@pytest.mark.parametrize(
    "name", ["seq_04_emily_repeat_108x2_hum50", "seq_08_green_major2oct_160x2_quiet", "time_02_emily_120x2_j5"]
)
def test_notes_of_real_guitars(load, name):
    samples, truth = load(name)
    assert f_score(truth["notes"], replay(entries(hear(samples))).notes) >= 0.95


@pytest.mark.parametrize("name", ["noise_00_hiss", "noise_01_hum50", "noise_02_hum60", "noise_09_pops"])
def test_no_notes_where_there_are_none(load, name):
    samples, _ = load(name)
    assert not [e for e in hear(samples) if isinstance(e, NoteStarted)]


@pytest.mark.parametrize("name", ["chord_00_emily_clean", "chord_01_green_hiss", "chord_02_spanish_hum50"])
def test_chords_of_real_guitars(load, name):
    """Every root, most types, no note off them, within 400 ms."""
    samples, truth = load(name)
    score = ChordScore()
    score.add(name, "chord", truth, analysis_json(entries(hear(samples)), SessionSetup()))
    assert (score.true, score.roots, score.off_notes, score.false) == (8, 8, 0, {})
    assert score.exact >= 7
    assert max(score.late_ms) <= 400.0


@pytest.mark.parametrize(
    "name", ["seq_14_emily_minpent_84x2_clean", "legato_03_emily_110", "low_01_spanish_root36_110"]
)
def test_no_chord_where_one_string_at_a_time_is_played(load, name):
    samples, _ = load(name)
    assert not [e for e in hear(samples) if isinstance(e, ChordStarted)]


KINDS = ["seq", "legato", "bend", "low", "time", "chord", "noise", "tuner", "tunerdiff", "tunersynth", "silver"]
FIRST = 2 * 48_000


@pytest.mark.parametrize("kind", KINDS)
def test_a_cut_file_says_the_same_up_to_the_cut(load, shared_audio, kind):
    """Every file once, somewhere in its first seconds; ``make bench`` cuts each 50 times, anywhere."""
    manifest = json.loads((shared_audio / "dev/manifest.json").read_text())
    names = [entry["file"] for entry in manifest if entry["kind"] == kind]
    assert names
    random = np.random.default_rng(KINDS.index(kind))
    for name in names:
        samples = load(name)[0][:FIRST]
        whole, cut = listen(samples, 128), int(random.integers(24_000, len(samples)))
        said = listen(samples[:cut], int(random.integers(32, 4_097)))
        assert reports(said, FIRST) == reports(whole, cut), f"{name} cut at {cut}"


@pytest.mark.parametrize("block", [1, 7, 64, 127, 128, 129, 441, 1_024, 4_096])
def test_blocks_of_any_size_give_the_same_bytes(load, block):
    for name in ("seq_16_green_blues_108x2_dirty", "legato_02_green_70"):
        samples = load(name)[0][:FIRST]
        assert log_bytes(listen(samples, block)) == log_bytes(listen(samples, 128))


def test_twice_the_same_file_the_same_bytes(shared_audio):
    def said():
        heard = hear_file(shared_audio / "dev/low_01_spanish_root36_110.flac", PipelineConfig())
        return json.dumps(analysis_json(heard.entries, SessionSetup()))

    assert said() == said()


HUM = ["seq_04_emily_repeat_108x2_hum50", "seq_10_spanish_chromatic_100x3_hum60", "low_01_spanish_root36_110"]
HISS = ["seq_05_green_thirds_120x4_hiss", "low_02_emily_root37_140"]


@pytest.mark.parametrize("name", [*HUM, *HISS])
def test_every_note_tells_of_the_noise_under_it(load, name):
    """The files begin with nearly half a second of their noise alone: its level is known."""
    samples, truth = load(name)
    silence = samples[: int((truth["notes"][0]["onset"] - 0.02) * 48_000)]
    known_dbfs = 10 * np.log10(np.mean(silence.astype(np.float64) ** 2))
    notes = replay(entries(hear(samples))).notes
    assert len(notes) >= 15
    for note in notes:
        assert note.noise_dbfs == pytest.approx(known_dbfs, abs=1.5)
        assert note.hum_dbfs == pytest.approx(known_dbfs, abs=1.5) if name in HUM else note.hum_dbfs < known_dbfs - 15


@pytest.mark.parametrize("name", ["noise_00_hiss", "noise_01_hum50", "noise_02_hum60"])
def test_noise_alone_is_read_every_second(load, name):
    samples, _ = load(name)
    known_dbfs = 10 * np.log10(np.mean(samples.astype(np.float64) ** 2))
    readings = [e for e in hear(samples) if isinstance(e, NoiseReading)]
    assert len(readings) == len(samples) // 48_000
    assert all(reading.noise_dbfs == pytest.approx(known_dbfs, abs=1.0) for reading in readings)
    share_db = readings[-1].hum_dbfs - readings[-1].noise_dbfs
    assert share_db > -0.5 if "hum" in name else share_db < -15


def test_the_tuner_on_strings_of_known_pitch(load):
    samples, truth = load("tunersynth_00")
    readings = Tuner(PipelineConfig()).process(samples)
    for note in truth["notes"]:
        steady = [
            1200 * np.log2(r.f0_hz / note["f0_hz"])
            for r in readings
            if r.f0_hz and note["onset"] + 0.4 < r.sample / 48_000 < note["onset"] + 1.4
        ]
        assert abs(np.median(steady)) < 0.1
