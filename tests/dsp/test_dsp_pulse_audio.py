"""The pulse on real strings through the whole ear, without a click: tempo, beat, swing, and none."""

import numpy as np
import pytest

from dsp.scores.session import summarise
from tests.dsp.heard_takes import FIRST_S, LICK, hear
from tests.dsp.made_logs import SETUP
from tests.takes import real


def played(at_s, guitar="jazz", level_db=None, held_s=0.25):
    notes = [
        real.Placed(float(one_s), LICK[i % len(LICK)], 0.0, 0.0 if level_db is None else float(level_db[i]), held_s)
        for i, one_s in enumerate(at_s)
    ]
    return summarise(SETUP, hear(real.render(notes, guitar), grid=False)).metrics


def uneven(count, sd_s, seed):
    return np.random.default_rng(seed).normal(0.0, sd_s, count)


@pytest.mark.parametrize("guitar", ["jazz", "steel"])
def test_a_steady_tempo_is_exact(guitar):
    """16 s of 8ths by a hand uneven by 1 ms: .03 % is five standard errors."""
    heard = played(FIRST_S + 0.3 * np.arange(53) + uneven(53, 0.001, 1), guitar)
    assert heard.tempo_bpm == pytest.approx(100.0, rel=0.0003)
    assert heard.tempo.se_bpm < 0.02
    assert abs(heard.tempo.drift_percent) < 0.2
    assert heard.timing_stability >= 0.99


@pytest.mark.parametrize(("bpm", "per_beat"), [(70, 1), (130, 2), (90, 3), (80, 4), (120, 4)])
def test_accents_say_which_beat(bpm, per_beat):
    step_s = 60.0 / bpm / per_beat
    i = np.arange(round(12.0 / step_s))
    accents_db = 6.0 * (i % per_beat == 0) - 6.0
    heard = played(FIRST_S + step_s * i + uneven(len(i), 0.004, 2), level_db=accents_db, held_s=0.9 * step_s)
    assert heard.tempo_bpm == pytest.approx(bpm, rel=0.002)


@pytest.mark.parametrize("ratio", [1.3, 1.5, 2.0])
def test_swing_is_measured(ratio):
    i = np.arange(32)
    at_s = FIRST_S + 0.6 * (i // 2) + (i % 2) * 0.6 * ratio / (1.0 + ratio)
    heard = played(at_s + uneven(32, 0.005, 3))
    assert heard.swing_ratio == pytest.approx(ratio, rel=0.06)
    assert heard.tempo_bpm == pytest.approx(100.0, rel=0.003)
    assert heard.timing_stability >= 0.95


def test_random_by_half_a_step_has_no_pulse():
    offsets = np.random.default_rng(4).uniform(-0.15, 0.15, 32)
    heard = played(np.sort(FIRST_S + 0.3 + 0.3 * np.arange(32) + offsets))
    assert heard.tempo_bpm is None
    assert heard.not_scored["tempo"] == "no steady pulse"
    assert heard.timing_stability <= 0.1
