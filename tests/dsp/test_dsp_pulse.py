"""The player's own pulse: which beat, how exactly, and none where there is none."""

import numpy as np
import pytest

from dsp.rhythm.pulse import find_pulses
from tests.dsp.made_rhythms import rhythm, strokes


def pulse_of(*stretches):
    pulses = find_pulses(stretches)
    return pulses[0] if pulses else None


@pytest.mark.parametrize(
    ("name", "bpm"),
    [
        ("quarters", 70.0),
        ("quarters", 120.0),
        ("eighths", 100.0),
        ("eighths", 126.0),
        ("sixteenths", 80.0),
        ("sixteenths", 180.0),
        ("quarters and eighths", 92.0),
        ("dotted eighth and sixteenth", 88.0),
        ("shuffle", 132.0),
        ("six eight", 66.0),
    ],
)
def test_the_beat_that_a_musician_taps_is_found_without_accents(name, bpm):
    assert pulse_of(rhythm(name, bpm)).tempo_bpm == pytest.approx(bpm, rel=0.004)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    ("name", "bpm"),
    [
        ("triplets", 90.0),
        ("triplets", 60.0),
        ("sixteenths", 60.0),
        ("sixteenths", 110.0),
        ("eighths", 152.0),
        ("quarters", 72.0),
        ("eighths and sixteenths", 84.0),
        ("syncopated", 118.0),
    ],
)
def test_accents_say_where_the_beat_is(name, bpm, seed):
    assert pulse_of(rhythm(name, bpm, seed, accent_db=5.0)).tempo_bpm == pytest.approx(bpm, rel=0.004)


def test_figures_of_three_are_triplets():
    assert pulse_of(rhythm("triplets", 90.0, melody="figures of 3")).tempo_bpm == pytest.approx(90.0, rel=0.004)
    assert pulse_of(rhythm("eighths", 135.0, melody="figures of 4")).tempo_bpm == pytest.approx(135.0, rel=0.004)


def test_even_strokes_alone_leave_the_octave_open_and_accents_do_not():
    assert pulse_of(rhythm("sixteenths", 80.0, melody="one")).sure < 0.8
    assert pulse_of(rhythm("sixteenths", 80.0, melody="one", accent_db=6.0)).sure > 0.95


@pytest.mark.parametrize("seed", range(8))
def test_a_steady_tempo_is_exact(seed):
    """16 s of 8ths whose hand is uneven by 1 ms: the standard error of the slope is .003 %."""
    assert pulse_of(rhythm("eighths", 100.0, seed, 27, jitter_ms=1.0)).tempo_bpm == pytest.approx(100.0, rel=0.0003)


def test_its_standard_error_is_true():
    z = []
    for seed in range(60):
        pulse = pulse_of(rhythm("eighths", 100.0, seed, 27, jitter_ms=6.0))
        z.append((pulse.tempo_bpm - 100.0) / pulse.tempo_se_bpm)
    assert 0.75 < np.std(z) < 1.3


def test_random_onsets_have_no_pulse():
    random = np.random.default_rng(5)
    found = sum(pulse_of(strokes(np.sort(random.uniform(0, 20, 60)))) is not None for _ in range(60))
    assert found <= 1


def test_a_stray_note_does_not_halve_the_step():
    stretch = rhythm("eighths", 84.0, 0, 10, jitter_ms=2.0)
    at_s = np.sort(np.append(stretch.onsets_s, stretch.onsets_s[5] + 0.12))
    pulse = pulse_of(strokes(at_s))
    assert pulse.tempo_bpm == pytest.approx(84.0, rel=0.01)


def test_two_tempi_are_told_apart():
    fast = rhythm("eighths", 140.0, 1, 16)
    slow = rhythm("eighths", 92.0, 2, 32)
    later = strokes(fast.onsets_s + 60.0)
    pulses = find_pulses([slow, later])
    assert [round(pulse.tempo_bpm) for pulse in pulses] == [92, 140]
