"""The running sums under the looks at a pitch: they must be what summing all anew gives, to the last bit, for ever."""

import numpy as np
import pytest

from dsp.ear.lagged import BLOCK, LAG_MIN, LONG_TERMS, MOMENT, QUICK_TERMS_MIN, WHOLE, Lagged, Unfollowed

LAG_MAX = 203
LAGS = range(LAG_MIN, LAG_MAX + 1)


def followed(samples):
    """``samples`` in blocks, oldest first, and the same as the sums see them: newest first, in whole steps."""
    lagged = Lagged(LAG_MAX)
    for start in range(0, len(samples), BLOCK):
        lagged.follow(samples[start : start + BLOCK])
    return lagged, np.rint(samples[::-1].astype(np.float64) * WHOLE) / WHOLE


def quick_terms(lag):
    return max(lag, QUICK_TERMS_MIN)


def products(seen, terms_of):
    return [float(np.dot(seen[: terms_of(lag)], seen[lag : lag + terms_of(lag)])) for lag in LAGS]


def energies(seen, terms_of):
    squares = seen**2
    return [squares[: terms_of(lag)].sum() + squares[lag : lag + terms_of(lag)].sum() for lag in LAGS]


def noise(blocks, gain, seed=1):
    return (gain * np.random.default_rng(seed).uniform(-1.0, 1.0, blocks * BLOCK)).astype(np.float32)


@pytest.mark.parametrize("blocks", [1, 7, 40])
def test_sums_that_are_followed_are_those_made_anew(blocks):
    lagged, seen = followed(noise(blocks, 0.3))
    seen = np.concatenate((seen, np.zeros(1_000)))
    assert lagged.quick.tolist() == products(seen, quick_terms)
    assert lagged.long.tolist() == products(seen, lambda _: LONG_TERMS)
    assert lagged.energies.quick() == pytest.approx(energies(seen, quick_terms), rel=1e-12)
    assert lagged.energies.long() == pytest.approx(energies(seen, lambda _: LONG_TERMS), rel=1e-12)


def test_nothing_of_a_loud_hour_is_left_behind():
    loud, quiet = noise(3_000, 0.4), noise(40, 1e-4, seed=2)
    after_loud, _ = followed(np.concatenate((loud, quiet)))
    fresh, _ = followed(quiet)
    assert np.array_equal(after_loud.quick, fresh.quick)
    assert np.array_equal(after_loud.long, fresh.long)


def test_after_clipping_less_is_left_than_any_card_can_tell():
    lagged, _ = followed(np.concatenate((noise(3_000, 4.0), np.zeros(40 * BLOCK, np.float32))))
    assert np.abs(lagged.quick).max() < 1e-11
    assert np.abs(lagged.long).max() < 1e-11


def test_what_is_asked_for_now_and_then_gives_the_same():
    lagged, seen = followed(noise(40, 0.3))
    anew = Unfollowed(LAG_MAX)
    quick = anew.fill(seen[: len(anew.newest_first)])
    assert quick == pytest.approx(lagged.quick, abs=1e-5)
    assert anew.energies.quick() == pytest.approx(lagged.energies.quick(), rel=1e-6)


def test_the_loudest_moment_is_found():
    samples = np.full(20 * BLOCK, 0.01, np.float32)
    samples[-3 * MOMENT : -2 * MOMENT] = 0.5
    lagged, _ = followed(samples)
    assert lagged.energies.loudest() == pytest.approx(0.25, rel=1e-6)
    assert followed(samples[: 10 * BLOCK])[0].energies.loudest() == pytest.approx(1e-4, rel=1e-3)
