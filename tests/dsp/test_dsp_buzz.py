"""What the mains or a phone do is no note; what strings do is, though they lie beside it."""

import numpy as np
import pytest

from dsp.ear.buzz import FALLS_TURNED, REACH, is_buzz
from dsp.replay import replay
from tests.bench.noises import wrong
from tests.dsp.noisy import COIL, HISS, HUM, KNOCKS, ODD_ONLY, PLAIN, PLAYED, RECTIFIER, SITUATIONS, line
from tests.dsp.plucked import RATE_HZ, Played, entries, f0_hz, hear, hum, pluck, take

RANDOM = np.random.default_rng


def low(sound, end_s=0.5):
    """At 12 kHz, as the ear has it; what is made here holds nothing above."""
    return sound[::4][: int(end_s * RATE_HZ / 4)][-REACH:].astype(np.float32)


def situation(name):
    return next(one for one in SITUATIONS if one.name == name)


@pytest.mark.parametrize("multiples", [PLAIN, COIL, RECTIFIER, ODD_ONLY, {1: 1.0}])
@pytest.mark.parametrize("mains_hz", [49.9, 50.0, 59.9, 60.0])
def test_the_mains_is_a_machine_whatever_it_is_made_of(mains_hz, multiples):
    assert is_buzz(low(line(RANDOM(1), mains_hz, -40, multiples)), mains_hz * 2)


@pytest.mark.parametrize("midi", [34, 35, 38, 40, 43, 45, 47, 50, 52, 55, 59, 64, 65, 76])
def test_strings_in_tune_are_none(midi):
    """F4 repeats itself seven times in a period of 50 Hz to four cents, E5 eleven times in one of 60."""
    assert not any(is_buzz(low(0.2 * pluck(midi, 1.0), end_s), f0_hz(midi)) for end_s in np.arange(0.06, 0.6, 0.01))


@pytest.mark.parametrize("hz", [61.7, 98.0, 110.0, 146.8, 220.0])
def test_not_even_a_pure_tone_in_tune_is_one(hz):
    assert not is_buzz(low(0.1 * np.sin(2 * np.pi * hz * np.arange(RATE_HZ) / RATE_HZ)), hz)


def test_what_fades_is_one_only_where_hum_is_known():
    sound = line(RANDOM(1), 60.0, -40) * np.exp(-np.arange(7 * RATE_HZ) / RATE_HZ / 0.1)
    assert not is_buzz(low(sound), 60.0)
    assert is_buzz(low(sound), 60.0, falls=FALLS_TURNED)


def test_silence_and_hiss_are_none():
    assert not is_buzz(np.zeros(REACH, np.float32), 60.0)
    assert not is_buzz(RANDOM(2).normal(size=REACH).astype(np.float32), 60.0)


SWITCHED = [
    "hum switched on, 60 Hz",
    "hum turns over, 60 Hz",
    "lost samples in hum, 60 Hz",
    "loud hum turns slowly, 60 Hz",
    "a single coil, turning, 60 Hz",
    "a dimmer, switched on, 50 Hz",
    "a rectifier, switched on, 50 Hz",
    "hum and a volume pot, 60 Hz",
    "hum wanders, 50 Hz",
    "brown hiss",
    "a card that begins to hiss",
]


@pytest.mark.parametrize("name", SWITCHED)
def test_nothing_that_is_switched_or_turned_plays_a_note(name):
    assert wrong(situation(name), seed=1) == 0


@pytest.mark.parametrize(
    "name", ["quiet notes in hum, 60 Hz", "quiet notes and a single coil, 50 Hz", "quiet notes after hiss falls"]
)
def test_quiet_notes_over_it_are_heard(name):
    assert wrong(situation(name), seed=1) == 0


def test_a_phone_plays_hardly_a_note():
    """A burst of less than 30 ms is too short to be known; with no watch it is one note for each burst, fifteen."""
    assert wrong(situation("a phone"), seed=0) <= 1


def test_the_first_note_after_hum_came_is_heard_at_once():
    """B1 beside 60 Hz, 0.3 s after the amplifier was switched on: nothing has been learnt yet."""
    sound = take([Played(1.0, 35.0, 1.0, 0.1)], 2.5) + np.where(np.arange(2.5 * RATE_HZ) < 0.7 * RATE_HZ, 0, 1) * hum(
        2.5, 60.0, 10 ** (-45 / 20)
    )
    notes = replay(entries(hear(sound.astype(np.float32)))).notes
    assert [note.midi for note in notes] == [35]
    assert (notes[0].decided_sample - notes[0].onset_sample) / RATE_HZ < 0.045


def test_hum_that_is_left_when_a_note_ends_is_none():
    """It came under the note, so nobody has heard it alone."""
    sound = take([Played(0.5, 52.0, 1.5)], 4.0) + np.where(np.arange(4 * RATE_HZ) < RATE_HZ, 0, 1) * hum(
        4.0, 60.0, 0.01
    )
    assert [note.midi for note in replay(entries(hear(sound.astype(np.float32)))).notes] == [52]


def test_every_situation_is_the_same_each_time_and_made_once():
    names = [one.name for one in (*HUM, *HISS, *KNOCKS, *PLAYED)]
    assert len(set(names)) == len(names)
    one = situation("a phone")
    assert np.array_equal(one.samples(0), one.samples(0))
    assert not np.array_equal(one.samples(0), one.samples(1))


def test_a_string_exactly_on_the_hum_is_still_a_note():
    """60.0 Hz itself, B1 nearly a quarter tone flat: it fades and is stiff, and hum does not."""
    sound = take([Played(0.6, 34.51, 1.5, 0.2)], 2.5) + hum(2.5, 60.0, 10 ** (-50 / 20))
    assert f0_hz(34.51) == pytest.approx(60.0, abs=0.05)
    assert [note.midi for note in replay(entries(hear(sound.astype(np.float32)))).notes] in ([34], [35])
