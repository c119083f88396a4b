"""The player's own pulse: which beat, how exactly, and none where there is none."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
    assert pulse_of(rhythm("sixteenths", 80.0, melody="one")).held.sure < 0.8
    assert pulse_of(rhythm("sixteenths", 80.0, melody="one", accent_db=6.0)).held.sure > 0.95


@pytest.mark.parametrize("seed", range(8))
def test_a_steady_tempo_is_exact(seed):
    """16 s of 8ths whose hand is uneven by 1 ms: the standard error of the slope is .003 %."""
    assert pulse_of(rhythm("eighths", 100.0, seed, 27, jitter_ms=1.0)).tempo_bpm == pytest.approx(100.0, rel=0.0003)


def test_two_slips_do_not_move_a_tempo():
    """Least squares would be .13 % off."""
    at_s = rhythm("eighths", 100.0, 1, 27, jitter_ms=1.0).onsets_s
    at_s[2] += 0.1
    at_s[-3] -= 0.1
    assert pulse_of(strokes(at_s)).tempo_bpm == pytest.approx(100.0, rel=0.0003)


def test_its_standard_error_is_true():
    z = []
    for seed in range(60):
        pulse = pulse_of(rhythm("eighths", 100.0, seed, 27, jitter_ms=6.0))
        z.append((pulse.tempo_bpm - 100.0) / pulse.held.se_bpm)
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


def test_two_stray_notes_in_a_long_line_are_strays():
    at_s = rhythm("eighths", 100.0, 0, 32, jitter_ms=2.0).onsets_s
    pulse = pulse_of(strokes(np.sort(np.append(at_s, [at_s[9] + 0.15, at_s[40] + 0.15]))))
    assert pulse.step_s == pytest.approx(0.3, rel=0.01)


def test_two_tempi_are_told_apart():
    fast = rhythm("eighths", 140.0, 1, 16)
    slow = rhythm("eighths", 92.0, 2, 32)
    later = strokes(fast.onsets_s + 60.0)
    pulses = find_pulses([slow, later])
    assert [round(pulse.tempo_bpm) for pulse in pulses] == [92, 140]


@pytest.mark.parametrize("drift", [-0.2, -0.05, 0.03, 0.1])
def test_a_tempo_that_moves_is_told_with_where_it_began_and_ended(drift):
    held = pulse_of(rhythm("eighths", 100.0, 3, 96, jitter_ms=5.0, accent_db=5.0, drift=drift)).held
    assert held.start_bpm == pytest.approx(100.0, rel=0.01)
    assert held.end_bpm == pytest.approx(100.0 / (1.0 + drift), rel=0.01)
    assert held.drift_bpm_per_min * drift < 0
    assert held.drift_percent == pytest.approx(100.0 / (1.0 + drift) - 100.0, abs=0.6)
    assert len(held.curve) >= 8
    assert abs(held.curve[0].bpm - held.start_bpm) < abs(held.curve[0].bpm - held.end_bpm)


def test_a_tempo_that_was_held_is_told_as_held_or_not_at_all():
    for seed in range(20):
        held = pulse_of(rhythm("eighths", 100.0, seed, 64, jitter_ms=8.0)).held
        assert held.drift_percent is None or abs(held.drift_percent) < 0.5


def test_a_hand_that_wanders_does_not_speed_up():
    """Errors that hang together look like a drift to a line; a few may, by chance."""
    sure = 0
    for seed in range(40):
        random = np.random.default_rng([seed, 9])
        off_s = np.zeros(64)
        for at in range(1, 64):
            off_s[at] = 0.85 * off_s[at - 1] + random.normal(0.0, 0.006)
        pulse = pulse_of(strokes(1.0 + 0.3 * np.arange(64) + off_s))
        drift, se = pulse.held.drift_bpm_per_min, pulse.held.drift_se_bpm_per_min
        sure += drift is not None and abs(drift) > 4.0 * se
    assert sure <= 4


def test_the_curve_has_at_most_sixty_points():
    assert 40 <= len(pulse_of(rhythm("sixteenths", 100.0, 0, 400, accent_db=5.0)).held.curve) <= 60


@pytest.mark.parametrize("bpm", [72.0, 100.0, 140.0, 196.0])
@pytest.mark.parametrize("ratio", [1.3, 1.5, 2.0, 2.5])
def test_swing_is_told_as_a_ratio(bpm, ratio):
    random = np.random.default_rng(round(bpm))
    beats = np.arange(32)
    places = np.sort(np.concatenate([beats, beats[random.random(32) < 0.8] + ratio / (1 + ratio)]))
    pulse = pulse_of(strokes(1.0 + 60.0 / bpm * places + random.normal(0.0, 0.005, len(places))))
    assert pulse.tempo_bpm == pytest.approx(bpm, rel=0.005)
    assert pulse.swing_ratio == pytest.approx(ratio, rel=0.06)
    assert np.std(pulse.errors_ms) < 7.0


@pytest.mark.parametrize("bpm", [84.0, 120.0])
def test_a_light_swing_that_begins_with_its_late_note_is_swing(bpm):
    random = np.random.default_rng(round(bpm))
    places = np.sort(np.concatenate([np.arange(1, 33), np.arange(32) + 1.3 / 2.3]))
    pulse = pulse_of(strokes(1.0 + 60.0 / bpm * places + random.normal(0.0, 0.004, len(places))))
    assert pulse.swing_ratio == pytest.approx(1.3, rel=0.06)


def test_straight_is_straight():
    for seed in range(12):
        assert pulse_of(rhythm("eighths", 110.0, seed, jitter_ms=12.0)).swing_ratio == 1.0


def test_the_place_in_the_beat_is_told_where_accents_tell_it():
    late = rhythm("eighths", 100.0, 1, 48, jitter_ms=4.0, accent_db=6.0)
    at_s = late.onsets_s + np.where(np.arange(len(late.onsets_s)) % 2 == 1, -0.012, 0.0)
    places = {place.place: place.signed_ms for place in pulse_of(strokes(at_s, late.levels_db, late.midis)).held.places}
    assert places["on"] == 0.0
    assert places["&"] == pytest.approx(-12.0, abs=2.5)


def test_the_place_in_the_beat_is_not_guessed():
    for seed in range(6):
        assert pulse_of(rhythm("eighths", 100.0, seed, 48, melody="one")).held.places == ()


def test_noodling_around_one_good_phrase_is_not_scored():
    random = np.random.default_rng(3)
    phrase = rhythm("eighths", 100.0, 0, 8)
    noodling = strokes(60.0 + np.cumsum(random.exponential(0.3, 90)))
    assert pulse_of(phrase) is not None
    assert pulse_of(phrase, noodling) is None


@pytest.mark.parametrize("shift_s", [0.0173, 11.0, 3600.0])
def test_when_it_was_played_does_not_matter(shift_s):
    here = rhythm("eighths and sixteenths", 92.0, 4)
    there = strokes(here.onsets_s + shift_s, here.levels_db, here.midis)
    a, b = pulse_of(here), pulse_of(there)
    assert b.tempo_bpm == pytest.approx(a.tempo_bpm, rel=1e-9)
    assert b.errors_ms == pytest.approx(a.errors_ms, abs=1e-6)


def test_the_clock_between_segments_is_counted_in_the_drift():
    """Two minutes apart in two runs of the card: the tempo moved slowly, not at once."""
    first, second = rhythm("eighths", 100.0, 1, 64, jitter_ms=3.0), rhythm("eighths", 104.0, 2, 64, jitter_ms=3.0)
    apart = [replace(first, segment=1), replace(second, segment=2, clock_s=120.0)]
    held = find_pulses(apart)[0].held
    assert held.drift_bpm_per_min == pytest.approx(2.0, abs=0.3)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.5, 2.0))
def test_playing_everything_slower_only_scales_the_tempo_of_the_step(seed, factor):
    here = rhythm("quarters and eighths", 110.0, seed, 24, jitter_ms=4.0)
    slower = strokes(here.onsets_s * factor, here.levels_db, here.midis)
    a, b = pulse_of(here), pulse_of(slower)
    assert b.errors_ms == pytest.approx(a.errors_ms * factor, abs=1e-6)
    assert b.step_s == pytest.approx(a.step_s * factor, rel=1e-9)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from([0.04, 0.1, 0.15, 0.3, 0.31, 0.6, 1.2, 2.4, 5.0]), min_size=1, max_size=80),
    st.lists(st.integers(40, 52), min_size=80, max_size=80),
)
def test_whatever_is_played_the_numbers_are_numbers(waits_s, midis):
    at_s = 1.0 + np.cumsum(waits_s)
    for pulse in find_pulses([strokes(at_s, -16.0, midis[: len(at_s)])]):
        told = [pulse.tempo_bpm, pulse.step_s, pulse.held.se_bpm, pulse.held.sure, *pulse.errors_ms]
        assert np.isfinite(told).all()
        assert 30.0 < pulse.tempo_bpm < 300.0
        assert 6 <= pulse.strokes <= len(at_s)
