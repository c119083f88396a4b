"""The round trip is found to the sample, or refused, and never wrong: whatever else sounds meanwhile."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp import chirp as chirps
from dsp.chirp import (
    CHIRP_SAMPLES,
    CHIRPS,
    DELAY_SAMPLES_MAX,
    MARGIN_SAMPLES,
    PERIOD_SAMPLES,
    WINDOW_SAMPLES,
    Echo,
    Refusal,
    RoundTrip,
    agree,
    chirp,
    find_echo,
    find_round_trip,
)

RATE_HZ = 48_000
FIRST = MARGIN_SAMPLES + 1_000
LENGTH = FIRST + CHIRPS * PERIOD_SAMPLES


def amplitude(level_db: float) -> float:
    return 10 ** (level_db / 20)


def recorded(delay_samples: float, gain: float = 1.0, others=0.0) -> np.ndarray:
    """All chirps, as they come back; ``others`` sounds beside them. A fractional delay is exact in the spectrum."""
    sent = np.zeros(LENGTH)
    for number in range(CHIRPS):
        at = FIRST + number * PERIOD_SAMPLES
        sent[at : at + CHIRP_SAMPLES] = chirp()
    back = np.roll(sent, int(delay_samples))
    if delay_samples != int(delay_samples):
        turn = np.exp(-2j * np.pi * np.fft.rfftfreq(LENGTH) * (delay_samples - int(delay_samples)))
        back = np.fft.irfft(np.fft.rfft(back) * turn, LENGTH)
    return (gain * back + others).astype(np.float32)


def hiss(level_dbfs: float, seed: int, length: int = WINDOW_SAMPLES) -> np.ndarray:
    return amplitude(level_dbfs) * np.random.default_rng(seed).standard_normal(length)


def hum(level_dbfs: float, mains_hz: float) -> np.ndarray:
    time_s = np.arange(WINDOW_SAMPLES) / RATE_HZ
    harmonics = (1, 3, 5, 7, 11, 13, 23, 35)
    return amplitude(level_dbfs) * sum(np.sin(2 * np.pi * mains_hz * h * time_s + h) / h for h in harmonics)


def plucks(level_dbfs: float, seed: int) -> np.ndarray:
    """Another guitar, that plays on: three notes a window, 16 partials each."""
    random, made = np.random.default_rng(seed), np.zeros(WINDOW_SAMPLES)
    for onset in range(int(random.integers(0, 12_000)), WINDOW_SAMPLES, 12_000):
        time_s = np.arange(WINDOW_SAMPLES - onset) / RATE_HZ
        f0_hz = 82.4 * 2 ** (random.integers(0, 36) / 12)
        for k in range(1, 17):
            phase = 2 * np.pi * f0_hz * k * time_s + random.uniform(0, 6)
            made[onset:] += np.exp(-time_s * (2 + k)) * np.sin(phase) / k
    return amplitude(level_dbfs) * made / max(1e-9, np.abs(made).max())


def window(delay: int, gain: float, others: np.ndarray) -> np.ndarray:
    """What ``find_echo`` is given: one chirp, and what sounds beside it."""
    made = np.array(others, np.float64)
    made[MARGIN_SAMPLES + delay :][:CHIRP_SAMPLES] += gain * chirp()
    return made.astype(np.float32)


def test_it_is_short_and_hurts_nobody():
    made = chirp()
    assert made.dtype == np.float32
    assert len(made) / RATE_HZ < 0.2
    assert np.abs(made).max() == pytest.approx(amplitude(-20), rel=0.01)
    assert np.abs(made[[0, -1]]).max() < 1e-4


@pytest.mark.parametrize("delay", [0, 1, 47, 523, 12_345, 23_999, 24_000])
@pytest.mark.parametrize("gain", [1.0, -1.0, 0.01])
def test_through_a_clean_cable_it_is_exact(delay, gain):
    found = find_round_trip(recorded(delay, gain), FIRST)
    assert isinstance(found, RoundTrip)
    assert found.latency_samples == pytest.approx(delay, abs=0.01)
    assert found.inverted == (gain < 0)
    assert found.gain_db == pytest.approx(20 * np.log10(abs(gain)), abs=0.1)
    assert found.spread_samples < 0.01
    assert found.confidence > 0.99
    assert found.echoes == CHIRPS


@pytest.mark.parametrize("part", [0.1, 0.25, 0.5, 0.7, 0.9])
def test_a_part_of_a_sample_shows(part):
    found = find_round_trip(recorded(523 + part), FIRST)
    assert isinstance(found, RoundTrip)
    assert found.latency_samples == pytest.approx(523 + part, abs=0.05)


ROOMS = st.builds(
    lambda hiss_dbfs, hum_dbfs, note_dbfs, mains_hz, seed: (
        hiss(hiss_dbfs, seed) + hum(hum_dbfs, mains_hz) + plucks(note_dbfs, seed)
    ),
    st.floats(-110, -45),
    st.floats(-110, -20),
    st.floats(-110, -12),
    st.sampled_from([50.0, 60.0]),
    st.integers(0, 999),
)
"""What else sounds: hiss, hum, and another guitar."""


@given(st.integers(0, DELAY_SAMPLES_MAX), st.floats(-60, 0), st.sampled_from([1, -1]), ROOMS)
@settings(max_examples=80)
def test_found_to_the_sample_or_refused_never_wrong(delay, gain_db, sign, room):
    found = find_echo(window(delay, sign * amplitude(gain_db), room))
    if isinstance(found, Echo):
        assert abs(found.delay_samples - delay) <= 1.0
        assert found.inverted == (sign < 0)


@given(st.integers(0, DELAY_SAMPLES_MAX), st.floats(-40, 0), st.floats(-110, -40), st.integers(0, 999))
@settings(max_examples=30)
def test_with_a_cable_that_is_one_it_is_always_found(delay, gain_db, hum_dbfs, seed):
    room = hiss(-75, seed) + hum(hum_dbfs, 50.0) + plucks(gain_db - 20, seed)
    found = find_echo(window(delay, amplitude(gain_db), room))
    assert isinstance(found, Echo)
    assert found.delay_samples == pytest.approx(delay, abs=0.5)


@pytest.mark.parametrize("tone_dbfs", [-6.5, -20])
def test_a_steady_tone_is_outvoted_however_loud(tone_dbfs):
    tone = amplitude(tone_dbfs) * np.sin(2 * np.pi * 1_000.3 * np.arange(WINDOW_SAMPLES) / RATE_HZ)
    found = find_echo(window(777, amplitude(-60), tone + hiss(-100, 1)))
    assert isinstance(found, Echo)
    assert found.delay_samples == pytest.approx(777, abs=0.1)
    assert found.votes > 0.9


@given(ROOMS)
@settings(max_examples=40)
def test_without_a_cable_there_is_no_number(room):
    assert find_echo(room.astype(np.float32)) in {Refusal.NO_CABLE, Refusal.CLIPPED}


def test_a_whole_measurement_in_a_noisy_room():
    found = find_round_trip(recorded(9_876, amplitude(-40), hiss(-75, 1, LENGTH)), FIRST)
    assert isinstance(found, RoundTrip)
    assert found.latency_samples == pytest.approx(9_876, abs=0.1)
    assert found.spread_samples < 0.5


@pytest.mark.parametrize("nothing", [np.zeros(LENGTH), np.full(LENGTH, 0.3), np.full(LENGTH, np.nan)])
def test_silence_dc_and_garbage_are_no_cable(nothing):
    assert find_round_trip(nothing.astype(np.float32), FIRST) is Refusal.NO_CABLE


def test_too_loud_is_refused():
    assert find_round_trip(np.clip(recorded(523, 30.0), -1, 1), FIRST) is Refusal.CLIPPED


@pytest.mark.parametrize("delay", [DELAY_SAMPLES_MAX + 60, PERIOD_SAMPLES, PERIOD_SAMPLES + 523])
def test_an_echo_that_comes_too_late_is_not_taken_for_the_next_one_s(delay):
    assert isinstance(find_round_trip(recorded(delay), FIRST), Refusal)


def test_two_ways_of_different_length_are_refused():
    both = recorded(523) + recorded(9_000, 0.8)
    assert find_round_trip(both, FIRST) is Refusal.NO_CABLE


def test_measurements_that_disagree_are_refused():
    slipped = recorded(523)
    slipped[FIRST + 2 * PERIOD_SAMPLES :] = recorded(523 + 48)[FIRST + 2 * PERIOD_SAMPLES :]
    assert find_round_trip(slipped, FIRST) is Refusal.UNSTEADY


def echo(delay_samples: float, *, inverted: bool = False) -> Echo:
    return Echo(delay_samples, 0.9, -1.0, inverted)


@pytest.mark.parametrize(
    ("found", "says"),
    [
        ([echo(10.0), echo(10.4), echo(10.9)], RoundTrip(10.4, pytest.approx(0.9), 0.9, -1.0, False, 3)),
        ([echo(-0.2), echo(-0.2), echo(-0.2)], RoundTrip(0.0, 0.0, 0.9, -1.0, False, 3)),
        ([echo(10.0), echo(10.4), echo(11.1)], Refusal.UNSTEADY),
        ([echo(10.0), echo(10.0), echo(10.0, inverted=True)], Refusal.UNSTEADY),
        ([Refusal.NO_CABLE, echo(10.0), echo(10.0)], Refusal.UNSTEADY),
        ([Refusal.NO_CABLE, Refusal.NO_CABLE, echo(10.0)], Refusal.NO_CABLE),
        ([echo(10.0), echo(10.0), Refusal.CLIPPED], Refusal.CLIPPED),
    ],
)
def test_what_all_of_them_say_together(found, says):
    assert agree(found) == says


@pytest.mark.parametrize("rate_hz", [44_100, 96_000, 16_000])
def test_at_other_rates_too(rate_hz):
    window = np.zeros(WINDOW_SAMPLES, np.float32)
    window[MARGIN_SAMPLES + 777 :][:CHIRP_SAMPLES] = chirp(rate_hz)
    found = find_echo(window, rate_hz)
    assert isinstance(found, Echo)
    assert found.delay_samples == pytest.approx(777, abs=0.01)


def test_a_window_of_another_length_is_a_mistake_of_ours():
    with pytest.raises(AssertionError, match="a window has"):
        find_echo(np.zeros(100, np.float32))


def test_the_chirp_is_shared_and_nobody_writes_on_it():
    assert chirps.chirp() is chirps.chirp()
    with pytest.raises(ValueError, match="read-only"):
        chirp()[0] = 1.0
