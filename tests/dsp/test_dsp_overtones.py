"""A period that fits is not always the note's: false basses are seen through, real ones stay."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsp.ear.attack import Attack
from dsp.ear.evidence import Evidence
from dsp.ear.hop import Hop
from dsp.ear.overtones import RATE_HZ, WINDOW_MAX, Partials, spectral_peaks
from dsp.ear.pitch import Look
from dsp.ear.wave import likeness
from dsp.replay import replay
from tests.dsp.plucked import Played, entries, f0_hz, hear, pluck, take


def string(f0, partials=range(1, 9), seconds=WINDOW_MAX / RATE_HZ, phase=0.7):
    at = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    heard = [k for k in partials if k * f0 < 2_500.0]
    return sum(np.sin(2 * np.pi * k * f0 * at + phase * k) / k for k in heard).astype(np.float32)


def cents(heard_hz, true_hz):
    return abs(1200 * np.log2(heard_hz / true_hz))


def test_peaks_are_where_the_partials_are():
    peaks_hz, amplitudes = spectral_peaks(string(300.0, range(1, 5)))
    assert peaks_hz == pytest.approx([300.0, 600.0, 900.0, 1_200.0], abs=2.0)
    assert np.all(np.diff(amplitudes) < 0.0)


@pytest.mark.parametrize("step", [2, 3, 4, 5])
@pytest.mark.parametrize("f0", [310.0, 330.0, 440.0])
def test_a_bass_without_partials_of_its_own_is_none(step, f0):
    assert cents(Partials(string(f0)).without_false_bass(f0 / step), f0) < 15.0


@given(st.floats(40.0, 76.0))
def test_a_real_string_is_left_where_it_is(midi):
    f0 = f0_hz(midi)
    assert Partials(string(f0)).without_false_bass(f0) == f0


def test_a_bass_with_a_weak_first_partial_stays():
    f0 = 110.0
    assert Partials(string(f0, range(2, 12))).without_false_bass(f0) == f0


def test_one_foreign_tone_makes_no_bass():
    low = string(330.0) + 0.9 * string(475.0, (1,))
    assert cents(Partials(low).without_false_bass(66.0), 330.0) < 20.0
    assert cents(Partials(low).without_false_bass(165.0), 330.0) < 20.0


def test_two_strings_a_third_apart_make_no_bass():
    low = string(350.0) + 0.6 * string(280.0)
    assert Partials(low).without_false_bass(70.0) == 70.0
    assert cents(Partials(low, ringing_hz=280.0).without_false_bass(70.0), 350.0) < 15.0


def test_a_low_note_after_a_high_one_keeps_its_partials():
    f0 = 98.0
    assert Partials(string(f0), ringing_hz=196.0).without_false_bass(f0) == f0


def test_partials_too_close_to_tell_say_nothing():
    assert Partials(string(330.0, seconds=0.03)).without_false_bass(66.0) == 66.0


def test_silence_says_nothing():
    assert Partials(np.zeros(WINDOW_MAX, np.float32)).without_false_bass(82.0) == 82.0


def test_looks_that_agree_and_are_clear_need_no_second_opinion():
    def asked(*_):
        raise AssertionError("nobody should have asked")

    clear = Look(220.0, 0.995, 600, 0.995, 220.0)
    before = (lambda f: f, lambda *_: Attack(0, 0.0), lambda _: 0.1)
    after = (lambda: None, lambda *_: 0.0, lambda _: 0.0, lambda *_: None)
    hop = Hop(128, 440.0, 0.0, clear, lambda: clear, 1e-3, 1e-9, 1e-11, *before, asked, *after)
    hop.hear_overtones(0, None)
    assert hop.quick == clear
    hop.quick = Look(110.0, 0.995, 600, 0.995, 110.0)
    with pytest.raises(AssertionError, match="nobody"):
        hop.hear_overtones(0, None)


def test_a_long_look_is_made_once_and_only_if_it_is_asked_for():
    asked = []
    unused = (lambda _: 0.0,) * 8
    hop = Hop(128, 440.0, 0.0, None, lambda: asked.append(1), 1e-3, 1e-9, 1e-11, *unused)
    assert not asked
    assert hop.long is None
    assert hop.long is None
    assert asked == [1]
    hop.long = Look(110.0, 0.9, 600)
    assert hop.long.f0_hz == 110.0


def test_a_note_under_which_another_string_sings_along_is_heard_as_itself():
    along = take([Played(0.4, 70.3, 0.12, 0.1)], 1.2)
    notes = replay(entries(hear(take([Played(0.4, 64, 0.6)], 1.2) + along))).notes
    assert [n.midi for n in notes] == [64]


def test_the_best_of_the_evidence_is_what_most_looks_spoke_for():
    evidence = Evidence()
    assert evidence.best() is None
    for sample, midi in enumerate((45.0, 36.0, 36.0, 57.0)):
        evidence.add(midi, Look(f0_hz(midi), 0.9, 600), 128 * sample)
    best = evidence.best()
    assert best is not None
    assert (best.midi, best.looks) == (36.0, 2)


# --- the same vibration


def ringing(seconds=0.12, midi=52):
    return (0.2 * pluck(midi, 1.0)[10_000 : 10_000 + int(seconds * 48_000)]).astype(np.float32)


def test_a_string_that_rings_on_is_like_itself():
    assert likeness(ringing(), f0_hz(52), 1_000) > 0.95


def test_noise_for_a_moment_does_not_change_the_string():
    sound = ringing()
    sound[-1_400:-1_000] += 0.1 * np.random.default_rng(1).normal(size=400).astype(np.float32)
    assert likeness(sound, f0_hz(52), 1_500) > 0.95


def test_a_stroke_makes_another_vibration():
    sound = ringing()
    sound[-1_000:] = (0.2 * pluck(52, 1.0)[:1_000]).astype(np.float32)
    assert likeness(sound, f0_hz(52), 1_100) < 0.7


@pytest.mark.parametrize("sound", [np.zeros(6_000), np.ones(500)])
def test_too_little_is_like_nothing(sound):
    assert likeness(sound.astype(np.float32), 110.0, 600) == 0.0
