"""Listening that begins while strings ring: what rings is not taken for noise, and the next note is heard."""

import numpy as np
import pytest

from dsp.ear.level import dbfs
from dsp.ear.noise import APERIODIC_MARGIN, NoiseFloor, aperiodic_power, aperiodic_samples
from dsp.pipeline import Pipeline, PipelineConfig
from dsp.replay import replay
from tests.dsp.plucked import RATE_HZ, Played, entries, f0_hz, hear, pluck, take

STEPS = (45, 52, 57, 60, 64, 62, 55, 50, 48, 47, 52, 59)
APART_S = 0.35
RUN = [Played(0.1 + APART_S * n, float(midi), APART_S + 0.01, 0.25) for n, midi in enumerate(STEPS)]
END_S = RUN[-1].onset_s + 0.4
HISS_DBFS = -58.0


def run():
    """No rest between its notes: while it lasts nothing quieter is heard than a string."""
    return take(RUN, END_S, noise=10 ** (HISS_DBFS / 20))


def cut_inside(note, into_s):
    at_s = RUN[note].onset_s + into_s
    return run()[int(at_s * RATE_HZ) :], at_s


def onsets_s(heard, since_s):
    return [(note.midi, note.onset_sample / RATE_HZ + since_s) for note in replay(entries(heard)).notes]


@pytest.mark.parametrize("into_s", [0.08, 0.15, 0.25])
@pytest.mark.parametrize("note", [0, 2, 4, 7])
def test_every_note_is_heard_from_the_next_one_on(note, into_s):
    sound, at_s = cut_inside(note, into_s)
    heard = onsets_s(hear(sound), at_s)
    assert [midi for midi, _ in heard] == list(STEPS[note + 1 :])
    for (_, onset_s), played in zip(heard, RUN[note + 1 :], strict=True):
        assert onset_s == pytest.approx(played.onset_s, abs=0.02)


@pytest.mark.parametrize("note", [1, 5])
def test_so_it_is_after_lost_samples(note):
    sound, _ = cut_inside(note, 0.15)
    ear = Pipeline(PipelineConfig())
    ear.process(run()[: int((RUN[note].onset_s - 0.1) * RATE_HZ)])
    ear.begin_segment(1)
    heard = ear.process(sound) + ear.finish()
    assert [e.midi for e in heard if type(e).__name__ == "NoteStarted"] == list(STEPS[note + 1 :])


def test_the_floor_is_soon_nearer_to_the_hiss_than_to_the_string():
    sound, _ = cut_inside(3, 0.15)
    ear = Pipeline(PipelineConfig())
    ear.process(sound[: int(0.15 * RATE_HZ)])
    ringing_dbfs = dbfs(float(np.mean(sound[: int(0.15 * RATE_HZ)] ** 2)))
    assert HISS_DBFS - 3.0 < ear.noise_dbfs < 0.5 * (HISS_DBFS + ringing_dbfs)


@pytest.mark.parametrize("hiss_dbfs", [-70.0, -50.0, -40.0])
@pytest.mark.parametrize("midi", [35, 45, 57, 69])
def test_what_a_period_does_not_repeat_holds_all_the_noise(midi, hiss_dbfs):
    hiss = np.random.default_rng(3).normal(size=RATE_HZ) * 10 ** (hiss_dbfs / 20)
    string = 0.2 * pluck(midi, 1.0)
    sound = (string + hiss).astype(np.float32)
    for end in range(RATE_HZ // 2, RATE_HZ - RATE_HZ // 10, 480):
        bound = aperiodic_power(sound[end - aperiodic_samples(f0_hz(midi)) : end], f0_hz(midi))
        assert bound > 10 ** (hiss_dbfs / 10)
        assert bound < APERIODIC_MARGIN * 4.0 * (10 ** (hiss_dbfs / 10) + 0.01 * float(np.mean(string[:end] ** 2)))


def test_only_what_is_far_too_much_is_believed_no_longer():
    floor = NoiseFloor()
    for _ in range(40):
        floor.update(np.full(128, 0.1, np.float32), 0.01, silent=True)
    assert floor.bound(0.009) == 1.0
    assert floor.power == pytest.approx(0.01)
    assert floor.bound(0.0001) == pytest.approx(0.01)
    assert floor.power == pytest.approx(0.0001)
    assert floor.noise_dbfs < -38.0
