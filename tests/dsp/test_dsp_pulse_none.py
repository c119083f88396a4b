"""No pulse, no score: how seldom chance makes one, how uneven a hand may be, and what is said instead."""

import numpy as np
import pytest

from dsp.rhythm.pulse import find_pulses
from dsp.scores.session import summarise
from dsp.types import SegmentStarted
from tests.dsp.made_logs import RATE_HZ, SETUP, note
from tests.dsp.made_rhythms import strokes

STEP_S = 0.3


def evenly(random, count):
    return random.uniform(0.0, STEP_S * count, count)


def waiting(random, count):
    return np.cumsum(random.exponential(STEP_S, count))


def rubato(random, count):
    return np.cumsum(0.35 * np.exp(random.normal(0.0, 0.35, count)))


def half_a_step(random, count):
    return STEP_S * np.arange(count) + random.uniform(-0.5, 0.5, count) * STEP_S


def single_notes(random, count):
    return np.cumsum(random.uniform(2.0, 6.0, count))


def found(onsets, count, tries):
    """How many of so many players of this kind are told to have a pulse."""
    total = 0
    for seed in range(tries):
        at_s = np.sort(onsets(np.random.default_rng([seed, count]), count))
        total += bool(find_pulses([strokes(1.0 + at_s[np.diff(at_s, prepend=-1.0) > 0.035])]))
    return total


@pytest.mark.parametrize("count", [8, 12, 24, 60])
@pytest.mark.parametrize("onsets", [evenly, waiting, rubato, half_a_step, single_notes])
def test_chance_seldom_makes_a_pulse(onsets, count):
    assert found(onsets, count, 120) <= 3


@pytest.mark.parametrize(
    ("percent", "least", "most"), [(10, 40, 40), (20, 40, 40), (25, 38, 40), (35, 0, 6), (40, 0, 2), (50, 0, 0)]
)
def test_how_uneven_a_hand_may_be(percent, least, most):
    """Onsets anywhere within so many percent of a step, to both sides."""

    def uneven(random, count):
        return STEP_S * (np.arange(count) + random.uniform(-percent, percent, count) / 100.0)

    assert least <= found(uneven, 64, 40) <= most


def test_a_hand_that_scatters_by_a_fifth_of_a_step_keeps_no_time():
    """One such player in five is let through; without a bound of its own on unevenness it would be most."""

    def scattered(random, count):
        return STEP_S * (np.arange(count) + random.normal(0.0, 0.185, count))

    assert found(scattered, 200, 30) <= 6


def test_fewer_than_six_strokes_are_too_few():
    for count in range(1, 6):
        assert not find_pulses([strokes(1.0 + STEP_S * np.arange(count))])


def heard(at_s):
    log = [SegmentStarted(0, 0)]
    for number, one_s in enumerate(at_s):
        log += note(number, round(RATE_HZ * (1.0 + one_s)), 57)
    return summarise(SETUP, log).metrics


def timing_reason(at_s):
    return heard(at_s).not_scored["timing_stability"]


def paused(random, count):
    """Phrases of eight, scattered, with three seconds between: too short to be meant as a run."""
    return half_a_step(random, count) + 3.0 * (np.arange(count) // 8)


def test_a_run_that_is_scattered_scores_as_anywhere_in_a_step():
    for onsets in (half_a_step, rubato):
        said = heard(onsets(np.random.default_rng(1), 40))
        assert said.timing_stability == pytest.approx(0.034, abs=0.002)
        assert said.not_scored["tempo"] == "no steady pulse"
        assert said.tempo_bpm is None


def flowing(random, count):
    return np.cumsum(0.35 * np.exp(0.5 * np.cumsum(random.normal(0.0, 0.15, count))))


def test_a_rubato_is_let_be():
    said = [heard(flowing(np.random.default_rng(seed), 40)).timing_stability for seed in range(20)]
    assert sum(one is not None and one <= 0.1 for one in said) <= 1


def test_strokes_by_chance_and_short_phrases_are_not_meant_to_be_steady():
    for onsets in (waiting, paused, single_notes):
        said = heard(onsets(np.random.default_rng(2), 40))
        assert said.timing_stability is None
        assert said.not_scored["timing_stability"] == "no steady pulse"


def test_a_run_is_twenty_strokes():
    assert heard(half_a_step(np.random.default_rng(3), 20)).timing_stability is not None
    assert heard(half_a_step(np.random.default_rng(3), 19)).timing_stability is None


def test_what_is_said_instead():
    assert timing_reason(STEP_S * np.arange(5)) == "too few notes"
    assert timing_reason(waiting(np.random.default_rng(0), 40)) == "no steady pulse"
    assert timing_reason(single_notes(np.random.default_rng(0), 12)) == "no steady pulse"
