"""Strings that ring on under the next note: how loud, which are seen, and what they cost."""

from dataclasses import replace

import numpy as np
import pytest

from dsp.ear.let_ring import LEAST_DB, WINDOW_SAMPLES, ringing_db
from dsp.replay import replay
from dsp.scores.noise import noise_control
from dsp.types import NoiseReading, NoteEnded
from tests.dsp.heard_takes import hear, notes
from tests.dsp.plucked import pluck
from tests.takes import real
from tests.takes.measure import hz_of

LOW_RATE_HZ = 12_000


def string(midi, level_db=0.0):
    at_s = np.arange(WINDOW_SAMPLES) / LOW_RATE_HZ
    partials = [np.sin(2 * np.pi * k * hz_of(midi) * at_s + k) / k for k in range(1, 12)]
    return 0.1 * 10 ** (level_db / 20) * np.sum(partials, axis=0)


@pytest.mark.parametrize("level_db", [0.0, -10.0, -20.0])
@pytest.mark.parametrize(("under", "left"), [(57, 60), (64, 62), (50, 57), (69, 67)])
def test_its_level(under, left, level_db):
    both = string(under) + string(left, level_db)
    assert ringing_db(both, hz_of(under), hz_of(left), LOW_RATE_HZ) == pytest.approx(level_db, abs=4.0)


@pytest.mark.parametrize(("under", "left"), [(57, 60), (64, 62), (50, 57), (69, 67)])
def test_a_string_that_was_let_go_is_not_heard(under, left):
    hiss = np.random.default_rng(1).normal(0.0, 0.003, WINDOW_SAMPLES)
    assert ringing_db(string(under) + hiss, hz_of(under), hz_of(left), LOW_RATE_HZ) <= -40.0
    assert ringing_db(string(under), hz_of(under), hz_of(left), LOW_RATE_HZ) == LEAST_DB


def test_an_octave_below_is_not_seen():
    assert ringing_db(string(45) + string(57), hz_of(45), hz_of(57), LOW_RATE_HZ) is None


def test_silence_rings_not():
    assert ringing_db(np.zeros(WINDOW_SAMPLES), 110.0, 147.0, LOW_RATE_HZ) is None


@pytest.mark.parametrize("guitar", ["jazz", "steel"])
def test_real_strings(guitar):
    def heard(held_s):
        log = replay(hear(real.render(notes(20, midis=(57, 59, 60, 62), held_s=held_s), guitar)))
        return [note.ringing_db for note in log.notes if note.ringing_db is not None], log

    damped, log = heard(0.28)
    assert len(damped) >= 15
    assert max(damped) < -30.0
    assert noise_control(log.noise, log.notes) >= 0.99
    ringing, log = heard(0.62)
    assert len(ringing) >= 4
    assert np.median(ringing) > -25.0


def reading(ringing_db):
    (note,) = replay([*pluck_log(ringing_db)]).notes
    return noise_control([NoiseReading(0, 1, -95.0, -120.0)], [note] * 4)


def pluck_log(ringing_db):
    started, ended = (e for e in hear(pluck_take()) if hasattr(e, "level_dbfs") and hasattr(e, "note_id"))
    assert isinstance(ended, NoteEnded)
    return started, replace(ended, noise_dbfs=-95.0, hum_dbfs=-120.0, ringing_db=ringing_db)


def pluck_take():
    return np.concatenate([np.zeros(24_000), pluck(57, 0.4), np.zeros(24_000)]).astype(np.float32)


def test_it_costs_half_at_the_most():
    assert reading(None) == reading(-60.0) == reading(-24.0) == 1.0
    assert reading(-16.0) == pytest.approx((1 + 4 * 0.75) / 5)
    assert reading(0.0) == reading(-8.0) == pytest.approx((1 + 4 * 0.5) / 5)
