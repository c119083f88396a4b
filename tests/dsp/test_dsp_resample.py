"""Other sample rates: the same sound on the same clock, and a delay that is what it says."""

import numpy as np
import pytest

from dsp.ear.resample import Resampler
from dsp.types import SAMPLE_RATE_HZ

RATES = [8_000, 11_025, 22_050, 44_100, 47_999, 88_200, 96_000, 192_000]


def sine(rate_hz, seconds=0.5, f_hz=440.0):
    return (0.5 * np.sin(2 * np.pi * f_hz * np.arange(int(seconds * rate_hz)) / rate_hz)).astype(np.float32)


def resample(samples, rate_hz, block=4_096):
    resampler = Resampler(rate_hz)
    parts = [resampler.process(samples[i : i + block]) for i in range(0, len(samples), block)]
    return np.concatenate(parts)


@pytest.mark.parametrize("rate_hz", RATES)
def test_a_sine_stays_itself_on_the_same_clock(rate_hz):
    out = resample(sine(rate_hz), rate_hz)
    wanted = 0.5 * np.sin(2 * np.pi * 440.0 * np.arange(len(out)) / SAMPLE_RATE_HZ)
    assert np.abs(out - wanted)[1_000:-1_000].max() < 1e-4


@pytest.mark.parametrize("rate_hz", RATES)
@pytest.mark.parametrize("block", [1_000, 77])
def test_blocks_do_not_matter(rate_hz, block):
    samples = sine(rate_hz, 0.2)
    assert np.array_equal(resample(samples, rate_hz, block), resample(samples, rate_hz))


@pytest.mark.parametrize("rate_hz", RATES)
def test_an_output_needs_no_input_beyond_the_stated_delay(rate_hz):
    resampler = Resampler(rate_hz)
    samples = sine(rate_hz, 0.3)
    cut = len(samples) // 2
    out = resampler.process(samples[:cut])
    known_s = cut / rate_hz - resampler.delay_s
    assert len(out) / SAMPLE_RATE_HZ == pytest.approx(known_s, abs=1.5 / SAMPLE_RATE_HZ)
    assert np.array_equal(out, resample(samples, rate_hz)[: len(out)])


def test_what_would_alias_is_gone():
    assert np.abs(resample(sine(96_000, f_hz=31_000.0), 96_000)[1_000:-1_000]).max() < 1e-4


def test_dc_stays_dc():
    out = resample(np.full(22_050, 0.25, np.float32), 22_050)
    assert np.allclose(out[2_000:-2_000], 0.25, atol=1e-6)


def test_nan_and_infinity_are_silence():
    samples = sine(44_100, 0.2)
    broken = samples.copy()
    broken[3_000], broken[4_000] = np.nan, np.inf
    samples[3_000] = samples[4_000] = 0.0
    assert np.array_equal(resample(broken, 44_100), resample(samples, 44_100))


def test_48_khz_is_handed_through():
    samples = sine(SAMPLE_RATE_HZ)
    assert Resampler(SAMPLE_RATE_HZ).process(samples) is samples
    assert Resampler(SAMPLE_RATE_HZ).delay_s == 0.0


@pytest.mark.parametrize("rate_hz", [0, -1, 3_999, 10**7])
def test_absurd_rates_are_refused(rate_hz):
    with pytest.raises(ValueError, match="convert the file"):
        Resampler(rate_hz)
