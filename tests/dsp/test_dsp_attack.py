"""When an attack began: the finder, what it is shown, and its weights."""

import runpy

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.ear.attack import (
    BEFORE,
    CHANNELS,
    RATE_HZ,
    STEP,
    STEPS,
    AttackFinder,
    Layer,
    learnt_layers,
    run_layers,
    unpredicted,
    views,
)
from tests.attack.writing import write_layers
from tests.dsp.plucked import hum, pluck

FINDER = AttackFinder()
ONSET = 5_000
NOTICED = ONSET + 170
HEARD = 8_192


def struck(midi, gain=0.2, under=None):
    """A note that begins at ``ONSET`` over what sounds before."""
    samples = np.zeros(HEARD) if under is None else under.copy()
    samples[ONSET:] += gain * pluck(midi, 1.0)[: HEARD - ONSET]
    return samples.astype(np.float32)


def hiss(level_db, seed=2):
    return 10 ** (level_db / 20) * np.random.default_rng(seed).normal(size=HEARD)


def off_ms(samples, rough=NOTICED, **how):
    return (FINDER.find(samples, rough, **how).at - ONSET) * 1000 / RATE_HZ


@pytest.mark.parametrize("midi", [38, 45, 52, 64, 76])
def test_an_attack_is_found_to_a_millisecond(midi):
    assert off_ms(struck(midi)) == pytest.approx(0.0, abs=1.0)


@pytest.mark.parametrize("level_db", [-80.0, -65.0, -50.0])
@pytest.mark.parametrize("midi", [40, 50, 60])
def test_hiss_does_not_hide_it(midi, level_db):
    assert off_ms(struck(midi, under=hiss(level_db))) == pytest.approx(0.0, abs=2.0)


def test_hum_does_not_hide_it():
    assert off_ms(struck(52, under=hum(1.0, 50.0, 0.01)[:HEARD])) == pytest.approx(0.0, abs=2.0)


@pytest.mark.parametrize("ringing", [45, 51, 64])
def test_a_string_that_rings_does_not_hide_it(ringing):
    under = 0.1 * pluck(ringing, 1.0)[20_000 : 20_000 + HEARD]
    assert off_ms(struck(52, under=under)) == pytest.approx(0.0, abs=2.0)


@settings(deadline=None, max_examples=30)
@given(gain_db=st.floats(-40.0, 0.0), late=st.integers(60, 330))
def test_neither_loudness_nor_the_flux_moves_it(gain_db, late):
    # Every input hisses a little; it is as far down as the guitar.
    samples = struck(52, under=hiss(-65.0)) * np.float32(10 ** (gain_db / 20))
    assert off_ms(samples, ONSET + late) == pytest.approx(0.0, abs=1.0)


def test_a_guess_finds_it_too_and_is_sure():
    attack = FINDER.find(struck(52, under=hiss(-60.0)), ONSET - 300, noticed=False)
    assert attack.at == pytest.approx(ONSET, abs=48)
    assert attack.sureness > 0.7


def test_it_is_less_sure_where_nothing_begins():
    nothing = [FINDER.find(hiss(-30.0, seed).astype(np.float32), NOTICED, noticed=False) for seed in range(5)]
    assert max(attack.sureness for attack in nothing) < FINDER.find(struck(52), NOTICED, noticed=False).sureness


def test_what_comes_after_the_view_changes_nothing():
    longer = np.concatenate([struck(52), np.ones(500, np.float32)])
    shorter = struck(52)[: ONSET + 3_000]
    assert FINDER.find(shorter, NOTICED) == FINDER.find(longer[: ONSET + 3_000], NOTICED)


def test_views_are_silent_about_what_was_not_heard_yet():
    now = NOTICED + 400
    seen = views(struck(52)[:now], NOTICED)
    assert seen.shape == (STEPS, CHANNELS)
    known = seen[:, -1] == 1.0
    assert known.sum() == pytest.approx((BEFORE + 400) / STEP, abs=2)
    assert not seen[~known].any()
    assert not views(np.zeros(HEARD, np.float32), NOTICED)[:, :-1].any()


@settings(deadline=None, max_examples=25)
@given(length=st.integers(1, 6_000), data=st.data())
def test_any_samples_and_any_place_have_an_answer_among_them(length, data):
    rough = data.draw(st.integers(0, length - 1))
    samples = np.random.default_rng(length).normal(size=length).astype(np.float32)
    attack = FINDER.find(samples, rough, noticed=data.draw(st.booleans()))
    assert 0 <= attack.at < length
    assert 0.0 < attack.sureness <= 1.0


@pytest.mark.parametrize("midi", [40, 47, 55])
def test_a_string_that_rings_is_foreseen_and_an_attack_is_not(midi):
    ringing = 0.2 * pluck(midi, 1.0)[20_000:24_000]
    left = unpredicted(ringing, 2_000)
    assert np.std(left[2_100:]) < 0.03 * np.std(ringing[2_100:])
    disturbed = ringing.copy()
    disturbed[3_000:] += 0.02 * pluck(midi + 7, 1.0)[:1_000]
    assert np.abs(unpredicted(disturbed, 2_000)[3_000:]).max() > 5.0 * np.abs(left[2_100:]).max()


@pytest.mark.parametrize("begin", [1, 20, 32, 1_500])
def test_what_is_not_foreseen_can_be_asked_for_from_anywhere_on(begin):
    sound = struck(47, under=hiss(-60.0)).astype(np.float64)
    assert unpredicted(sound, 2_000, begin) == pytest.approx(unpredicted(sound, 2_000)[begin:], abs=1e-12)


def test_too_little_past_foresees_nothing():
    samples = np.arange(300.0)
    assert np.array_equal(unpredicted(samples, 100), samples)
    assert not unpredicted(np.zeros(3_000), 2_000).any()


def test_a_layer_is_a_convolution():
    rng = np.random.default_rng(1)
    seen = rng.normal(size=(40, 2)).astype(np.float32)
    layer = Layer(rng.normal(size=(5, 2, 3)).astype(np.float32), rng.normal(size=3).astype(np.float32), 2)
    at = 17
    by_hand = sum(seen[at + 2 * (tap - 2)] @ layer.weights[tap] for tap in range(5)) + layer.bias
    assert run_layers((layer,), seen)[at] == pytest.approx(by_hand, rel=1e-4)
    assert run_layers((layer, Layer(np.eye(3, dtype=np.float32)[None], np.zeros(3, np.float32), 1)), seen).min() == 0.0


def test_weights_survive_their_module(tmp_path):
    layers = learnt_layers()
    write_layers(layers, "a test", tmp_path / "weights.py")
    rows = runpy.run_path(str(tmp_path / "weights.py"))["LAYERS"]
    for mine, theirs in zip(layers, learnt_layers(rows), strict=True):
        assert np.array_equal(mine.weights, theirs.weights)
        assert np.array_equal(mine.bias, theirs.bias)
        assert mine.dilation == theirs.dilation


def test_weights_of_another_ear_are_refused():
    odd = Layer(np.ones((1, 3, 1), np.float32), np.zeros(1, np.float32), 1)
    with pytest.raises(ValueError, match="install the pedal again"):
        AttackFinder((odd,))
