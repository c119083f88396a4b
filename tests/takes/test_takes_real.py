"""The notes in the repo: that each is what its table says, and that a rendering keeps what it was asked for."""

from pathlib import Path

import numpy as np
import pytest

from tests.takes import real
from tests.takes.measure import attack_index, hz_of
from tests.takes.stiff import first_partial_hz
from tests.takes.strings import RATE_HZ

GUITARS = pytest.mark.parametrize("guitar", ["jazz", "steel"])
BYTES_MAX = 1_500_000


def cents(found_hz, true_hz):
    return 1200 * np.log2(found_hz / true_hz)


@GUITARS
def test_a_recording_has_the_pitch_that_its_table_says(guitar):
    for source in real.library(guitar).notes:
        assert abs(cents(first_partial_hz(source.samples, source.rate_hz, source.f0_hz), source.f0_hz)) < 0.1


@GUITARS
@pytest.mark.parametrize(("midi", "off"), [(40, -20.0), (52, 0.0), (57, 4.0), (67, 20.0), (74, 0.0)])
def test_a_note_has_the_pitch_that_was_asked_for(guitar, midi, off):
    samples = real.render([real.Placed(0.2, midi, off, 0.0, 0.9)], guitar).astype(float)[RATE_HZ // 10 :]
    wanted_hz = hz_of(midi + off / 100)
    assert abs(cents(first_partial_hz(samples, RATE_HZ, wanted_hz), wanted_hz)) < 0.5


@GUITARS
def test_a_note_begins_where_it_was_asked_to(guitar):
    for midi in range(40, 75, 3):
        samples = real.render([real.Placed(0.25, midi)], guitar).astype(float)
        assert abs(attack_index(samples, RATE_HZ) - 0.25 * RATE_HZ) <= 5


@GUITARS
def test_a_range_without_holes(guitar):
    for midi in range(40, 77):
        assert abs(real.library(guitar).nearest(midi).midi - midi) <= 2.6


def test_levels_are_relative_and_exact():
    loud, soft = (real.render([real.Placed(0.1, 55, 0.0, level_db)]) for level_db in (0.0, -12.0))
    assert 20 * np.log10(np.abs(loud).max()) == pytest.approx(real.PEAK_DBFS, abs=0.01)
    assert np.allclose(soft, loud * 10 ** (-12 / 20), atol=1e-6)


def test_dirt_has_its_level():
    for dirty in (real.hum(RATE_HZ, -43.0), real.hiss(RATE_HZ, -55.0)):
        assert 20 * np.log10(np.sqrt(np.mean(dirty.astype(float) ** 2))) in (
            pytest.approx(-43.0, abs=0.01),
            pytest.approx(-55.0, abs=0.01),
        )
    assert 20 * np.log10(np.abs(real.bleed(RATE_HZ, [0.2, 0.7], -36.0)).max()) == pytest.approx(-36.0, abs=1.5)


def test_a_note_before_its_take_is_refused():
    with pytest.raises(ValueError, match="cannot begin before"):
        real.render([real.Placed(0.001, 55)])


def test_the_notes_are_small_and_say_whose_they_are():
    folder = Path(real.__file__).parent / "notes"
    assert sum(file.stat().st_size for file in folder.iterdir()) < BYTES_MAX
    assert "MIT" in (folder / "SOURCE.txt").read_text(encoding="utf-8")
