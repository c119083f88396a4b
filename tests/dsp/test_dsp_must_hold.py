"""The lines that product.md says must hold: strictness .5, 8ths at 100 BPM, on logs made by hand."""

import numpy as np
import pytest

from dsp.scores.session import summarise
from tests.dsp.made_logs import PENTATONIC, SCORES, SETUP, gaussian, played, uniform

SEEDS = range(12)
CLICK_OR_PULSE = pytest.mark.parametrize("click", [True, False], ids=["click", "own pulse"])


def metrics(**how):
    return summarise(SETUP, played(**how)).metrics


@pytest.mark.parametrize("cents", [0.0, 2.0, -4.0])
def test_in_tune_is_accurate(cents):
    assert metrics(cents=cents).pitch_accuracy >= 0.97


@pytest.mark.parametrize("cents", [20.0, -20.0, 35.0])
def test_twenty_cents_out_is_not(cents):
    assert metrics(cents=cents).pitch_accuracy <= 0.6


def test_a_melody_on_root_and_fifth_conforms():
    assert metrics(midis=(57, 64)).scale_conformity == 1.0


def test_half_wrong_is_half():
    assert metrics(midis=(57, 58)).scale_conformity == 0.5


@CLICK_OR_PULSE
def test_ten_milliseconds_are_steady(click):
    scores = [metrics(late_ms=gaussian(10.0, seed), click=click).timing_stability for seed in SEEDS]
    assert min(scores) >= 0.9


@CLICK_OR_PULSE
def test_forty_milliseconds_are_not(click):
    scores = [metrics(late_ms=gaussian(40.0, seed), click=click).timing_stability for seed in SEEDS]
    assert max(scores) <= 0.5


def test_random_by_half_a_step_scores_nothing():
    scores = [metrics(late_ms=uniform(0.5, seed)).timing_stability for seed in SEEDS]
    assert max(scores) <= 0.1


def test_random_without_a_click_has_no_pulse_and_scores_nothing():
    for seed in SEEDS:
        heard = metrics(late_ms=uniform(0.5, seed), click=False)
        assert heard.tempo_bpm is None
        assert heard.not_scored["tempo"] == "no steady pulse"
        assert heard.timing_stability <= 0.1


@CLICK_OR_PULSE
def test_swing_is_swing_and_no_error(click):
    human = gaussian(5.0, 3)
    heard = metrics(late_ms=lambda i: (100.0 if i % 2 else 0.0) + human(i), click=click)
    assert heard.swing_ratio == pytest.approx(2.0, abs=0.15)
    assert heard.timing_stability >= 0.9
    assert heard.tempo_bpm == pytest.approx(100.0, rel=0.01)


def test_straight_is_straight():
    assert metrics(late_ms=gaussian(8.0, 1)).swing_ratio == 1.0


# Levels as the shared takes have them: notes peak at −14 dBFS, hiss lies at −55, hum at −43.
def test_hum_and_hiss_cost_at_least_half():
    clean = metrics(noise=(-95.0, -120.0)).noise_control
    assert clean >= 0.97
    assert clean - metrics(noise=(-43.0, -43.5)).noise_control >= 0.5
    assert clean - metrics(noise=(-55.0, -90.0)).noise_control >= 0.5


def test_silence_is_not_noise():
    assert metrics(noise=(-120.0, -120.0)).noise_control == 1.0


def test_flawless_is_flawless_within_seconds():
    heard = metrics(count=14)  # 4 s
    assert heard.quality >= 0.97
    assert not SCORES & heard.not_scored.keys()


@pytest.mark.parametrize(
    "flaw",
    [
        {"midis": (57, 58)},
        {"cents": 25.0},
        {"late_ms": gaussian(40.0, 5)},
        {"noise": (-43.0, -43.5)},
    ],
)
def test_every_flaw_costs_quality(flaw):
    assert metrics(**flaw).quality < metrics().quality - 0.1


def test_wrong_notes_cost_more_the_stricter_the_player_is():
    def quality(strictness):
        setup = type(SETUP)(strictness=strictness)
        return summarise(setup, played(midis=(*PENTATONIC, 58))).metrics.quality

    assert quality(0.0) > quality(0.5) > quality(1.0)


def test_a_score_that_cannot_fail_is_worth_nothing():
    rng = np.random.default_rng(0)
    worst = metrics(late_ms=uniform(0.5, 1), midis=(58, 59, 61), cents=float(rng.uniform(40, 49)), noise=(-30, -31))
    assert worst.quality < 0.1
