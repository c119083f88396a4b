"""Known noise is read back: in every second, and under every note, with its hum and without."""

import numpy as np
import pytest

from dsp.ear.noise import NoiseFloor
from dsp.replay import replay
from dsp.types import NoiseReading
from tests.dsp.noisy import COIL, RECTIFIER, coloured, gain, line, steps
from tests.dsp.plucked import RATE_HZ, Played, entries, hear, take

RANDOM = np.random.default_rng
HOP = 128


def readings(sound):
    return [e for e in hear(sound.astype(np.float32)) if isinstance(e, NoiseReading)]


def level_db(sound, since_s=0.0):
    return 10 * np.log10(np.mean(sound[int(since_s * RATE_HZ) :] ** 2))


@pytest.mark.parametrize("slope", [0.5, 0.0, -0.5])
@pytest.mark.parametrize("noise_db", [-75.0, -60.0, -45.0])
def test_hiss_of_any_colour_is_read_at_its_level_and_holds_no_hum(noise_db, slope):
    found = readings(coloured(RANDOM(4), noise_db, slope))
    assert len(found) == 7
    for reading in found:
        assert reading.noise_dbfs == pytest.approx(noise_db, abs=1.0)
        assert reading.hum_dbfs < noise_db - 10


@pytest.mark.parametrize(
    "multiples", [{k: 1 / k for k in range(1, 9)}, COIL, RECTIFIER], ids=["hum", "coil", "rectifier"]
)
@pytest.mark.parametrize("mains_hz", [50.0, 60.0])
def test_hum_is_read_at_its_level_beside_hiss(mains_hz, multiples):
    """48 dB below full scale of hum, 54 of hiss: 47 together."""
    sound = line(RANDOM(5), mains_hz, -48, multiples) + coloured(RANDOM(6), -54)
    for reading in readings(sound)[1:]:
        assert reading.noise_dbfs == pytest.approx(-47.0, abs=1.0)
        assert reading.hum_dbfs == pytest.approx(-48.0, abs=1.0)


def test_notes_tell_of_the_noise_under_them():
    sound = line(RANDOM(5), 60.0, -50) + coloured(RANDOM(6), -56)
    notes = [Played(1.0 + 0.5 * n, 45.0 + n, 0.45) for n in range(8)]
    heard = replay(entries(hear((sound + take(notes, 7.0, noise=0.0)).astype(np.float32)))).notes
    assert len(heard) == len(notes)
    for note in heard:
        assert note.noise_dbfs == pytest.approx(-49.0, abs=1.0)
        assert note.hum_dbfs == pytest.approx(-50.0, abs=1.0)


def test_hiss_that_was_turned_down_is_forgotten_within_a_tenth_of_a_second():
    sound = coloured(RANDOM(7), -40) * steps({0.0: 1.0, 2.0: gain(-25)})
    floor = NoiseFloor()
    read_db = []
    for start in range(0, 3 * RATE_HZ, HOP):
        window = sound[max(0, start + HOP - 768) : start + HOP]
        floor.update(sound[start : start + HOP].astype(np.float32), float(np.mean(window**2)), silent=True)
        read_db.append(floor.noise_dbfs)
    assert read_db[int(1.95 * RATE_HZ) // HOP] == pytest.approx(-40.0, abs=0.5)
    assert read_db[int(2.1 * RATE_HZ) // HOP] == pytest.approx(-65.0, abs=1.0)
