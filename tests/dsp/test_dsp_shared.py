"""The ear on real recordings that lie beside the project, where they are: a few takes, and far from their limits."""

import json

import numpy as np
import pytest
import soundfile

from dsp.log import encode_all
from dsp.pipeline import PipelineConfig
from dsp.replay import replay
from dsp.tuning import Tuner
from dsp.types import NoteCorrected, NoteRetracted, NoteStarted
from tests.dsp.plucked import entries, hear

pytestmark = pytest.mark.rig("shared")
REPORTS = (NoteStarted, NoteCorrected, NoteRetracted)


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


def test_a_cut_file_says_the_same_up_to_the_cut(load):
    samples, _ = load("seq_13_cycfi_dev_pedal_72x4_hiss")
    samples = samples[: 4 * 48_000]
    whole = hear(samples)
    assert encode_all(entries(hear(samples, 1_000))) == encode_all(entries(whole))
    for cut in np.random.default_rng(1).integers(0, len(samples), 4):
        said = [e for e in hear(samples[:cut]) if isinstance(e, REPORTS)]
        assert said == [e for e in whole if isinstance(e, REPORTS) and at(e) <= cut]


def at(entry):
    return entry.retracted_sample if isinstance(entry, NoteRetracted) else entry.decided_sample


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
