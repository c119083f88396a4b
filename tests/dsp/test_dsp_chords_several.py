"""One string or several: by the partials alone, whatever the pitch, the stiffness, and what rings from before."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dsp.chords.listener import LEFT, NEW, ONE
from dsp.chords.several import RATE_HZ, one_string, partials, strings

AFTER, BEFORE = 1_430, 1_430
SECONDS = (AFTER + BEFORE) / RATE_HZ


def string(midi, begin=BEFORE, stiffness=5e-5, brightness=1.2, count=AFTER + BEFORE):
    """One string at 12 kHz, silent until sample ``begin``."""
    at_s = np.arange(count - begin) / RATE_HZ
    f0_hz = 440.0 * 2.0 ** ((midi - 69) / 12)
    out = np.zeros(count)
    for k in range(1, 20):
        hz = f0_hz * k * np.sqrt((1 + stiffness * k * k) / (1 + stiffness))
        if hz < 2_400:
            out[begin:] += np.sin(2 * np.pi * hz * at_s + 0.7 * k * k) * np.exp(-at_s * (1 + 0.3 * k)) / k**brightness
    return out


def of(*sounds):
    total = sum(sounds) + np.random.default_rng(1).normal(size=AFTER + BEFORE) * 1e-4
    return strings(partials(total[BEFORE:].astype(np.float32), total[:BEFORE].astype(np.float32)))


def several(found):
    return all(one.share < ONE and one.left > LEFT for one in (found.of_all, found.of_new)) and found.new >= NEW


@settings(deadline=None)
@given(midi=st.floats(36.0, 80.0), stiffness=st.floats(1e-6, 2e-4), brightness=st.floats(0.5, 2.0))
def test_one_string_is_one(midi, stiffness, brightness):
    found = of(string(midi, stiffness=stiffness, brightness=brightness))
    assert found.of_all.share > ONE
    assert found.new > 0.9
    assert not several(found)


@settings(deadline=None)
@given(midi=st.integers(45, 68), step=st.sampled_from([3, 4, 5, 7, 8, 9]))
def test_two_are_several_even_where_they_share_partials(midi, step):
    assert several(of(string(midi), string(midi + step)))


@given(midi=st.integers(45, 64), steps=st.sampled_from([(4, 7), (3, 7), (7, 12), (5, 7), (4, 7, 10), (7, 12, 16)]))
@settings(deadline=None)
def test_a_chord_is_several_though_a_triad_lies_on_one_series(midi, steps):
    assert several(of(string(midi), *(string(midi + step) for step in steps)))


@given(midi=st.integers(47, 76), rings=st.integers(40, 70))
@settings(deadline=None)
def test_one_string_over_another_that_rings_is_one(midi, rings):
    assume(midi != rings)
    found = of(string(midi), 0.5 * string(rings, begin=0))
    assert found.of_new.share > ONE or found.of_all.share > ONE
    assert not several(found)


def test_silence_is_nothing():
    nothing = strings(partials(np.zeros(AFTER, np.float32), np.zeros(BEFORE, np.float32)))
    assert nothing.of_all.share == 1.0
    assert nothing.new == 0.0


def test_a_foreign_peak_is_what_is_left():
    series = np.arange(1.0, 7.0) * 110.0
    both = one_string(np.append(series, 300.0), np.append(np.ones(6), 0.5), 7.0)
    assert both.share == pytest.approx(6.0 / 6.5)
    assert both.left == pytest.approx(0.5)
