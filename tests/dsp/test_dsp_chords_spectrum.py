"""What a strum looks like: cells where the strings are, however the guitar is tuned."""

import numpy as np
import pytest

from dsp.chords.spectrum import CELLS, CELLS_PER_SEMITONE, LOWEST_MIDI, RATE_HZ, look_at
from tests.dsp.struck_chords import NOTHING_BEFORE, strum


def sine(midi, seconds=0.3, level=0.1, a4_hz=440.0):
    hz = a4_hz * 2 ** ((midi - 69) / 12)
    return (level * np.sin(2 * np.pi * hz * np.arange(round(seconds * RATE_HZ)) / RATE_HZ)).astype(np.float32)


@pytest.mark.parametrize("midi", [45, 52, 64, 77, 88])
@pytest.mark.parametrize("a4_hz", [432.0, 440.0, 446.0])
def test_a_tone_is_loudest_in_its_own_cell(midi, a4_hz):
    look = look_at(sine(midi, a4_hz=a4_hz), NOTHING_BEFORE, a4_hz)
    # A pure tone has no partials to tell its tuning by but itself and its window's side lobes: 4 cents.
    assert int(look.whole.argmax()) == (midi - LOWEST_MIDI) * CELLS_PER_SEMITONE
    assert look.level_db == pytest.approx(-20.0, abs=0.5)
    assert look.tuning_cents == pytest.approx(0.0, abs=4.0)


@pytest.mark.parametrize("cents", [-30.0, -12.0, 0.0, 8.0, 25.0])
def test_a_detuned_guitar_is_in_tune_with_itself(cents):
    look = look_at(strum([note + cents / 100 for note in (45, 52, 57, 61, 64)]), NOTHING_BEFORE, 440.0)
    tuned = look_at(strum([45, 52, 57, 61, 64]), NOTHING_BEFORE, 440.0)
    # Stiff strings pull their upper partials up: the same few cents in both.
    assert look.tuning_cents - tuned.tuning_cents == pytest.approx(cents, abs=2.0)
    assert abs(tuned.tuning_cents) < 5.0


def test_what_rang_before_is_kept_apart_from_what_is_struck():
    look = look_at(sine(64), sine(57), 440.0)
    new, old = ((midi - LOWEST_MIDI) * CELLS_PER_SEMITONE for midi in (64, 57))
    assert look.whole[new] > 3.0 > look.before[new]
    assert look.before[old] > 3.0 > look.whole[old]


@pytest.mark.parametrize("count", [0, 1, 2, 3, 100, 1_199, 4_080])
def test_any_length_gives_finite_cells(count):
    noise = np.random.default_rng(1).normal(size=count).astype(np.float32)
    for look in (look_at(noise, NOTHING_BEFORE[:count], 440.0), look_at(noise[:0], noise, 440.0)):
        for cells in (look.whole, look.late, look.before):
            assert cells.shape == (CELLS,)
            assert np.isfinite(cells).all()
            assert (cells >= 0.0).all()


def test_loudness_changes_nothing_but_the_level():
    loud = look_at(sine(50, level=0.5), sine(60, level=0.2), 440.0)
    soft = look_at(sine(50, level=0.05), sine(60, level=0.02), 440.0)
    np.testing.assert_allclose(loud.whole, soft.whole, atol=0.02)
    assert loud.level_db - soft.level_db == pytest.approx(20.0, abs=0.01)
