"""The same lines on sound: strings plucked by formula, 8ths at 100 BPM, through the whole ear."""

import numpy as np
import pytest

from dsp.scores.session import summarise
from dsp.types import GridSet
from tests.dsp.made_logs import PENTATONIC, SETUP, gaussian, uniform
from tests.dsp.plucked import RATE_HZ, Played, hear, hum, log_of, take

STEP_S = 0.3
FIRST_S = 0.6
COUNT = 32
SECONDS = FIRST_S + COUNT * STEP_S + 0.3


def played(late_ms=lambda _: 0.0, midis=PENTATONIC, cents=0.0):
    return [
        Played(FIRST_S + i * STEP_S + late_ms(i) / 1000, midis[i % len(midis)] + cents / 100, 0.27)
        for i in range(COUNT)
    ]


def metrics(notes=None, added=None, click=True):
    sound = take(notes or played(), SECONDS)
    grid = [GridSet(0, round(FIRST_S * RATE_HZ), 100.0)] if click else []
    return summarise(SETUP, log_of(hear(sound if added is None else sound + added), *grid)).metrics


@pytest.fixture(scope="module")
def flawless():
    return metrics()


def test_flawless(flawless):
    assert flawless.quality >= 0.97
    assert flawless.pitch_accuracy >= 0.97
    assert flawless.timing_stability >= 0.97
    assert flawless.scale_conformity == 1.0
    assert abs(flawless.signed_ms) < 3.0
    assert not flawless.not_scored


def test_twenty_cents_out():
    assert metrics(played(cents=20.0)).pitch_accuracy <= 0.6


def test_half_of_the_notes_wrong():
    assert metrics(played(midis=(57, 58))).scale_conformity == pytest.approx(0.5, abs=0.04)


@pytest.mark.parametrize("click", [True, False])
def test_ten_and_forty_milliseconds(click):
    assert metrics(played(gaussian(10.0, 11)), click=click).timing_stability >= 0.9
    assert metrics(played(gaussian(40.0, 11)), click=click).timing_stability <= 0.5


def test_random_by_half_a_step():
    assert metrics(played(uniform(0.5, 3))).timing_stability <= 0.1


def test_swing():
    heard = metrics(played(lambda i: 100.0 if i % 2 else 0.0))
    assert heard.swing_ratio == pytest.approx(2.0, abs=0.15)
    assert heard.timing_stability >= 0.9


def test_hum_and_hiss(flawless):
    hiss = (np.random.default_rng(4).normal(size=int(SECONDS * RATE_HZ)) * 10 ** (-55 / 20)).astype(np.float32)
    assert flawless.noise_control - metrics(added=hum(SECONDS, 50.0, 10 ** (-43 / 20))).noise_control >= 0.5
    assert flawless.noise_control - metrics(added=hiss).noise_control >= 0.5
