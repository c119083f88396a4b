"""A string sounds at the pitch that was asked for, bends as its curve says, and changes without a seam."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.takes.made_guitar import made_guitar
from tests.takes.measure import attack_index, f0_curve_hz, hz_of, settled_pitch
from tests.takes.played import string
from tests.takes.strings import RATE_HZ, bent, damped, joined, plucked


@settings(max_examples=25)
@given(midi=st.floats(35.0, 80.0))
def test_every_pitch_can_be_played_and_its_onset_is_where_the_voice_says(midi):
    voice = string(made_guitar(), midi)
    assert abs(1200 * np.log2(settled_pitch(voice.samples, RATE_HZ).f0_hz / hz_of(midi))) < 0.3
    assert attack_index(voice.samples, RATE_HZ) == pytest.approx(voice.lead, abs=1)
    assert np.abs(voice.samples).max() == pytest.approx(1.0, abs=0.05)


def test_a_damped_voice_lasts_as_long_as_was_asked_and_ends_in_silence():
    voice = damped(string(made_guitar(), 52), 0.4)
    assert voice.seconds == pytest.approx(0.4, abs=1 / RATE_HZ)
    assert abs(voice.samples[-1]) < 1e-3 < np.abs(voice.samples[-RATE_HZ // 10 : -RATE_HZ // 20]).max()


def test_a_bend_follows_its_curve_to_the_cent():
    def cents_at(at_s):
        return 200 * np.clip((at_s - 0.2) / 0.3, 0, 1)

    voice = bent(made_guitar().nearest(55), hz_of(55), cents_at, 1.0)
    at_s = np.arange(0.1, 0.9, 0.05)
    true_hz = hz_of(55) * 2.0 ** (cents_at(at_s) / 1200)
    centres = voice.lead + (at_s * RATE_HZ).astype(np.int64)
    found = [f0_curve_hz(voice.samples, RATE_HZ, near, centres[[i]])[0] for i, near in enumerate(true_hz)]
    # In the two corners the six periods that are looked at hold both slopes.
    away = np.abs(1200 * np.log2(np.array(found) / true_hz))
    assert np.median(away) < 0.3
    assert away.max() < 4.0
    assert voice.seconds == pytest.approx(1.0, abs=0.001)


def test_a_straight_bend_changes_nothing():
    straight = plucked(made_guitar().nearest(55), hz_of(55))
    same = bent(made_guitar().nearest(55), hz_of(55), np.zeros_like, 0.8)
    count = min(len(straight.samples), len(same.samples))
    assert np.abs(straight.samples[:count] - same.samples[:count]).max() < 5e-3


def test_a_hammer_on_changes_the_pitch_and_not_the_loudness():
    first, second = string(made_guitar(), 52), string(made_guitar(), 55)
    voice = joined(first, [(second, 0.3)], np.zeros(10))
    for at_s, midi in ((0.1, 52), (0.45, 55)):
        centre = np.array([voice.lead + round(at_s * RATE_HZ)])
        found = f0_curve_hz(voice.samples, RATE_HZ, hz_of(midi), centre)[0]
        assert abs(1200 * np.log2(found / hz_of(midi))) < 1.0

    def level(at_s):
        start = voice.lead + round(at_s * RATE_HZ)
        return 20 * np.log10(np.sqrt(np.mean(voice.samples[start : start + RATE_HZ // 40] ** 2)))

    assert level(0.31) == pytest.approx(level(0.27), abs=2.0)
    # No seam: nothing jumps more from sample to sample than the strings themselves do.
    steps = np.abs(np.diff(voice.samples))
    around = slice(voice.lead + round(0.29 * RATE_HZ), voice.lead + round(0.32 * RATE_HZ))
    assert steps[around].max() < 1.5 * steps[voice.lead + RATE_HZ // 10 : voice.lead + RATE_HZ // 5].max()
