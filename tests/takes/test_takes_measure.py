"""What is measured of a recording is what was put into it: pitch, movement of the pitch, beginning."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.dsp.plucked import pluck
from tests.takes.made_guitar import SILENCE_S, recorded
from tests.takes.measure import attack_db, attack_index, f0_curve_hz, hz_of, settled_pitch
from tests.takes.strings import RATE_HZ


@given(midi=st.floats(34.0, 84.0))
def test_a_strings_pitch_is_found_whatever_it_is(midi):
    pitch = settled_pitch(pluck(midi, 0.7, stiffness=1e-9), RATE_HZ)
    assert abs(1200 * np.log2(pitch.f0_hz / hz_of(midi))) < 0.2
    assert pitch.wander_cents < 1.0


def test_a_stiff_string_is_named_within_a_cent_of_its_first_partial():
    pitch = settled_pitch(pluck(45.0, 0.7, stiffness=6e-5), RATE_HZ)
    assert 0.0 < 1200 * np.log2(pitch.f0_hz / hz_of(45.0)) < 1.0


def test_a_string_without_its_first_partial_keeps_its_name():
    at_s = np.arange(RATE_HZ) / RATE_HZ
    sound = sum(np.sin(2 * np.pi * 110.0 * k * at_s) * np.exp(-at_s * k) / k for k in (2, 3, 4, 5))
    assert settled_pitch(np.asarray(sound), RATE_HZ).f0_hz == pytest.approx(110.0, abs=0.02)


@pytest.mark.parametrize("cents", [5.0, 20.0])
def test_a_pitch_that_falls_is_seen_to_fall_by_so_much(cents):
    at_s = np.arange(RATE_HZ) / RATE_HZ
    f0_hz = 196.0 * 2.0 ** (cents / 1200 * (1 - np.clip((at_s - 0.06) / 0.34, 0, 1)))
    turns = np.cumsum(f0_hz) / RATE_HZ
    sound = sum(np.sin(2 * np.pi * k * turns) / k for k in range(1, 7)) * np.exp(-at_s)
    assert settled_pitch(np.asarray(sound), RATE_HZ).wander_cents == pytest.approx(cents, rel=0.15)


def test_the_curve_of_a_glide_is_followed():
    at_s = np.arange(RATE_HZ) / RATE_HZ
    f0_hz = 220.0 * 2.0 ** (at_s * 100 / 1200)
    centres = np.arange(RATE_HZ // 10, RATE_HZ * 9 // 10, RATE_HZ // 20)
    found = f0_curve_hz(np.sin(2 * np.pi * np.cumsum(f0_hz) / RATE_HZ), RATE_HZ, 226.0, centres)
    assert np.abs(1200 * np.log2(found / f0_hz[centres])).max() < 0.2


def test_silence_has_no_pitch():
    with pytest.raises(ValueError, match="nothing in it repeats"):
        settled_pitch(np.zeros(RATE_HZ), RATE_HZ)


def ramp(before_db, rise_s=0.002, gap_s=0.004):
    """10 ms of silence, a touch of 1 ms at ``before_db``, a gap, and then a tone that rises to 1."""
    at_s = np.arange(round(0.2 * RATE_HZ)) / RATE_HZ
    tone = np.sin(2 * np.pi * 3000 * at_s) * np.minimum(1.0, at_s / rise_s)
    touch = np.sin(2 * np.pi * 3000 * at_s[: RATE_HZ // 1000]) * 10 ** (before_db / 20)
    silence, gap = np.zeros(RATE_HZ // 100), np.zeros(round(gap_s * RATE_HZ))
    return np.concatenate([silence, touch, gap, tone]), len(silence), len(silence) + len(touch) + len(gap)


def test_a_finger_that_only_touches_the_string_is_not_its_onset():
    sound, touch, tone = ramp(before_db=-25.0)
    assert touch + RATE_HZ // 1000 < attack_index(sound, RATE_HZ) < tone + RATE_HZ // 1000


def test_a_loud_first_touch_is_the_onset():
    sound, touch, _ = ramp(before_db=-12.0)
    assert abs(attack_index(sound, RATE_HZ) - touch) < 0.0005 * RATE_HZ


@given(silent_s=st.floats(0.001, 0.25))
def test_silence_before_a_note_moves_its_onset_and_nothing_else(silent_s):
    silent = round(silent_s * RATE_HZ)
    sound = recorded(52).samples
    assert attack_index(np.concatenate([np.zeros(silent), sound]), RATE_HZ) == attack_index(sound, RATE_HZ) + silent


def test_the_envelope_is_at_the_threshold_where_the_onset_is():
    sound = recorded(52).samples
    onset = attack_index(sound, RATE_HZ)
    level_db = attack_db(sound, RATE_HZ)
    assert level_db[onset - 1] < -30.0 <= level_db[onset]
    assert onset / RATE_HZ == pytest.approx(SILENCE_S, abs=0.0008)
