"""The small parts of the ear, one by one: channel, history, level, noise, onset, pitch, evidence, curve, tunings."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsp.ear.channel import ChannelChooser
from dsp.ear.curve import curve_numbers
from dsp.ear.evidence import Evidence
from dsp.ear.history import History
from dsp.ear.level import HighPass, LevelMeter, dbfs
from dsp.ear.noise import HUM_WINDOW, hum_share
from dsp.ear.onset import OnsetDetector
from dsp.ear.pitch import Look, PitchTracker
from dsp.theory.tunings import TUNINGS, f0_min_hz, strings
from tests.dsp.plucked import RATE_HZ, f0_hz, hum, pluck

HOP = 128


# --- which input


def stereo(left, right):
    return np.stack([left, right], axis=1).astype(np.float32)


def choose(block, sizes=HOP, **how):
    chooser = ChannelChooser(block.shape[1], **how)
    out = [chooser.process(block[i : i + sizes]) for i in range(0, len(block), sizes)]
    return chooser.chosen, np.concatenate(out)


def test_the_channel_with_the_guitar_is_found_and_heard_from_its_first_tenth_of_a_second():
    rng = np.random.default_rng(0)
    guitar = 0.3 * pluck(45, 1.0)
    block = stereo(1e-4 * rng.normal(size=len(guitar)), guitar)
    chosen, out = choose(block)
    assert chosen == 1
    assert np.array_equal(out[4_800:], block[4_800:, 1])


def test_a_short_knock_on_the_other_input_takes_nothing_over():
    guitar = 0.2 * pluck(45, 2.0)
    knock = np.zeros(len(guitar))
    knock[40_000:40_480] = 0.9
    assert choose(stereo(guitar, knock))[0] == 0


def test_a_little_louder_is_not_enough():
    one = 0.2 * pluck(45, 1.0)
    assert choose(stereo(one, 2.0 * one))[0] == 0


def test_silence_chooses_nothing_new():
    assert choose(np.zeros((RATE_HZ, 4), np.float32))[0] == 0


@given(st.integers(1, 700))
def test_the_choice_does_not_depend_on_the_blocks(size):
    rng = np.random.default_rng(5)
    block = stereo(1e-3 * rng.normal(size=12_000), 0.2 * rng.normal(size=12_000))
    assert np.array_equal(choose(block, size)[1], choose(block, 4_096)[1])


def test_a_channel_named_by_the_player_stays():
    block = stereo(np.zeros(4_800), np.ones(4_800))
    chosen, out = choose(block, fixed=0)
    assert chosen == 0
    assert not out.any()


@pytest.mark.parametrize(("channels", "fixed", "says"), [(0, None, "1 to 4"), (5, None, "1 to 4"), (2, 2, "channel 3")])
def test_impossible_channels_are_refused(channels, fixed, says):
    with pytest.raises(ValueError, match=says):
        ChannelChooser(channels, fixed)


# --- history and level


@given(st.lists(st.integers(0, 50), max_size=40))
def test_a_history_ends_with_the_newest(sizes):
    history, all_of_it = History(50), np.zeros(50, np.float32)
    for index, size in enumerate(sizes):
        part = np.full(size, index, np.float32)
        history.push(part)
        all_of_it = np.concatenate((all_of_it, part))
    assert np.array_equal(history.newest(50), all_of_it[-50:])


def test_levels_are_those_of_a_sine():
    meter = LevelMeter()
    sine = (0.5 * np.sin(2 * np.pi * 375 * np.arange(1_280) / RATE_HZ)).astype(np.float32)
    for start in range(0, len(sine), HOP):
        meter.update(sine[start : start + HOP])
    assert meter.level_dbfs == pytest.approx(-9.03, abs=0.05)
    assert meter.peak_dbfs == pytest.approx(-6.02, abs=0.05)


def test_silence_is_minus_120():
    assert dbfs(0.0) == -120.0


def test_dc_is_gone_and_a_low_string_is_not():
    highpass = HighPass(RATE_HZ)
    at = np.arange(RATE_HZ) / RATE_HZ
    string = (0.3 * np.sin(2 * np.pi * 61.7 * at)).astype(np.float32)
    out = np.concatenate([highpass((string + 0.5)[i : i + HOP].astype(np.float32)) for i in range(0, RATE_HZ, HOP)])
    plain = HighPass(RATE_HZ)
    assert (
        np.abs(out - np.concatenate([plain(string[i : i + HOP]) for i in range(0, RATE_HZ, HOP)]))[9_600:].max() < 1e-4
    )
    assert np.abs(out[RATE_HZ // 2 :]).max() == pytest.approx(0.3, rel=0.05)


# --- noise


@pytest.mark.parametrize("mains_hz", [50.0, 60.0, 49.95, 60.04])
def test_hum_is_nearly_all_of_hum(mains_hz):
    window = np.hanning(HUM_WINDOW)
    assert hum_share((hum(0.2, mains_hz, 0.01)[:HUM_WINDOW] * window).astype(np.float32)) > 0.9


def test_hiss_and_silence_hold_no_hum():
    window = np.hanning(HUM_WINDOW)
    hiss = np.random.default_rng(3).normal(size=HUM_WINDOW) * window
    assert hum_share(hiss.astype(np.float32)) < 0.05
    assert hum_share(np.zeros(HUM_WINDOW, np.float32)) == 0.0


# --- onset


def test_flux_rises_at_a_stroke_and_nowhere_else():
    sound = np.zeros(RATE_HZ, np.float32)
    sound[24_000:] += (0.3 * pluck(50, 0.5)).astype(np.float32)
    detector = OnsetDetector()
    flux = np.array([detector.update(sound[i : i + HOP]) for i in range(0, RATE_HZ, HOP)])
    stroke = 24_000 // HOP
    assert flux[stroke : stroke + 6].max() > 1.0
    assert flux[:stroke].max() == 0.0
    assert flux[stroke + 30 :].max() < 0.1


def test_learnt_hiss_flickers_less():
    hiss = (3e-3 * np.random.default_rng(6).normal(size=RATE_HZ)).astype(np.float32)
    deaf, learnt = OnsetDetector(), OnsetDetector()
    plain, after = [], []
    for start in range(0, RATE_HZ, HOP):
        plain.append(deaf.update(hiss[start : start + HOP]))
        after.append(learnt.update(hiss[start : start + HOP]))
        learnt.learn_noise(0.05)
    assert np.mean(after[200:]) < 0.6 * np.mean(plain[200:])


# --- pitch


def look_at(sound, kind="quick"):
    tracker = PitchTracker(f0_min_hz("any"))
    for start in range(0, len(sound) - HOP, HOP):
        tracker.update(sound[start : start + HOP])
    return tracker, getattr(tracker, kind)()


@pytest.mark.parametrize("kind", ["quick", "long"])
@pytest.mark.parametrize("midi", [35, 40, 45, 50, 55, 59, 64, 76, 86])
def test_every_string_and_fret_is_read_at_its_pitch(midi, kind):
    tracker, look = look_at((0.3 * pluck(midi, 0.4, stiffness=0.0))[:9_600].astype(np.float32), kind)
    assert look.clarity > 0.9
    assert 12 * np.log2(look.f0_hz / f0_hz(midi)) == pytest.approx(0.0, abs=0.12)
    assert 1200 * np.log2(tracker.refined_hz(look.f0_hz) / f0_hz(midi)) == pytest.approx(0.0, abs=3.0)


def test_a_quick_look_needs_two_periods_only():
    _, low = look_at((0.3 * pluck(40, 0.4))[:9_600].astype(np.float32))
    _, high = look_at((0.3 * pluck(64, 0.4))[:9_600].astype(np.float32))
    assert low.span_samples < 2.2 * RATE_HZ / f0_hz(40)
    assert high.span_samples < 2.6 * RATE_HZ / f0_hz(64)


def test_silence_and_hiss_have_no_clear_pitch():
    assert look_at(np.zeros(9_600, np.float32))[1] is None
    _, look = look_at((0.1 * np.random.default_rng(8).normal(size=9_600)).astype(np.float32), "long")
    assert look is None or look.clarity < 0.8


# --- evidence


def test_two_clear_looks_outweigh_a_slip():
    evidence = Evidence()
    evidence.add(52.0, Look(164.8, 0.9, 600), 1_000)
    evidence.add(64.0, Look(329.6, 0.9, 300), 1_128)
    rival = evidence.add(52.1, Look(165.7, 0.9, 600), 1_256)
    assert rival.looks == 2
    assert rival.midi == 52.1
    assert rival.weight > 0.36


def test_doubtful_looks_say_nothing_and_old_ones_are_forgotten():
    evidence = Evidence()
    assert evidence.add(52.0, Look(164.8, 0.6, 600), 1_000) is None
    evidence.add(52.0, Look(164.8, 0.9, 600), 1_000)
    assert evidence.add(52.0, Look(164.8, 0.9, 600), 9_000).looks == 1
    evidence.clear()
    assert evidence.add(52.0, Look(164.8, 0.9, 600), 9_100).looks == 1


# --- the curve of a note


def curve(pitches, every_s=0.01):
    return [(round((0.04 + i * every_s) * RATE_HZ), float(p)) for i, p in enumerate(pitches)]


def test_a_straight_note_is_its_median():
    numbers = curve_numbers(curve([57.1, 57.1, 57.12, 57.08, 57.1, 57.9, 57.1]), 0, 0.0)
    assert numbers.pitch == pytest.approx(57.1, abs=0.01)
    assert (numbers.bend_cents, numbers.vibrato_hz) == (0.0, 0.0)


@pytest.mark.parametrize("cents", [300.0, 200.0, 100.0, -60.0])
def test_a_bend_is_measured_from_its_fret(cents):
    bent = np.concatenate(
        (np.full(20, 59.0), 59.0 + cents / 100 * np.linspace(0, 1, 25), np.full(20, 59 + cents / 100))
    )
    numbers = curve_numbers(curve(bent), 0, 0.0)
    assert numbers.pitch == pytest.approx(59.0, abs=0.1)
    assert numbers.bend_cents == pytest.approx(cents, abs=10)


@pytest.mark.parametrize("rate_hz", [4.5, 6.0, 7.5])
def test_a_vibrato_is_measured_by_its_rate(rate_hz):
    at = np.arange(120) * 0.01
    numbers = curve_numbers(curve(64.0 + 0.25 * np.sin(2 * np.pi * rate_hz * at)), 0, 0.0)
    assert numbers.vibrato_hz == pytest.approx(rate_hz, rel=0.1)
    assert numbers.pitch == pytest.approx(64.0, abs=0.05)
    assert numbers.bend_cents == 0.0


def test_without_a_curve_the_first_report_stands():
    assert curve_numbers([], 0, 52.3).pitch == 52.3


# --- tunings


@pytest.mark.parametrize("name", sorted(TUNINGS))
def test_every_tuning_is_heard_down_to_60_cents_below_its_lowest_string(name):
    assert 1200 * np.log2(f0_hz(strings(name)[0]) / f0_min_hz(name)) == pytest.approx(60.0)


def test_tunings_are_read_as_players_write_them():
    assert strings("Drop-D") == strings("drop_d") == strings("drop d")
    with pytest.raises(ValueError, match="did you mean 'standard'"):
        strings("standart")
