"""How far a note is from its semitone: what is tuned is the first partial; a stiff string's period lies above it."""

from types import SimpleNamespace

import numpy as np
import pytest

from dsp.ear.intonation import MS, WINDOWS, Intonation
from dsp.replay import replay
from tests.dsp.plucked import RATE_HZ, SUNG_ONSET_S, entries, f0_hz, hear, pluck, sung

ONSET = RATE_HZ // 2


def heard(*notes, seconds=1.4):
    """Notes as the ear tells them, each given as (onset_s, midi, length_s, stiffness)."""
    sound = np.random.default_rng(9).normal(size=int(seconds * RATE_HZ)) * 1e-5
    for onset_s, midi, length_s, stiffness in notes:
        one = 0.25 * pluck(midi, length_s, stiffness)
        start = round(onset_s * RATE_HZ)
        sound[start : start + len(one)] += one
    return replay(entries(hear(sound.astype(np.float32)))).notes


@pytest.mark.parametrize("midi", [40.1, 45.0, 52.93, 59.0, 64.05])
@pytest.mark.parametrize("length_s", [0.16, 0.26, 0.6])
def test_a_stiff_string_is_told_by_its_first_partial(midi, length_s):
    (note,) = heard((0.5, midi, length_s, 2e-4))
    assert note.midi + note.cents / 100 == pytest.approx(midi, abs=0.012)


@pytest.mark.parametrize("midi", [57.0, 62.1, 69.0])
def test_a_fast_note_is_told_by_it_nearly_as_well(midi):
    (note,) = heard((0.5, midi, 0.085, 2e-4))
    assert note.midi + note.cents / 100 == pytest.approx(midi, abs=0.03)


def test_a_low_note_too_short_for_that_is_told_by_its_period():
    (note,) = heard((0.5, 45.0, 0.075, 2e-4))
    assert note.midi == 45
    assert 0.5 < note.cents < 15.0


def test_a_note_that_is_left_early_keeps_what_was_measured_before():
    first, second = heard((0.5, 52.1, 0.195, 2e-4), (0.693, 57.0, 0.5, 2e-4))
    assert first.midi + first.cents / 100 == pytest.approx(52.1, abs=0.012)
    assert second.midi + second.cents / 100 == pytest.approx(57.0, abs=0.012)


@pytest.mark.parametrize("depth", [0.3, 0.2])
def test_a_vibrato_is_told_by_the_middle_of_its_curve(depth):
    (note,) = replay(entries(hear(sung(lambda s: 64.0 + depth * np.sin(2 * np.pi * 5.5 * s))))).notes
    assert note.vibrato_hz > 0.0
    assert abs(note.cents) < 5.0
    assert note.onset_sample / RATE_HZ == pytest.approx(SUNG_ONSET_S, abs=0.01)


# --- one note's measurements alone


def full(*cents):
    """Windows measured one after the other, so far from 45."""
    return Intonation([(ONSET + stop, 45.0 + c / 100) for (_, stop), c in zip(WINDOWS, cents, strict=False)])


def test_the_latest_window_that_lies_in_the_note_counts():
    intonation = full(-1.0, -2.0, -3.0, -4.0, -5.0, -6.0)
    assert intonation.pitch(45.0, ONSET + 500 * MS) == pytest.approx(44.94)
    assert intonation.pitch(45.0, ONSET + 199 * MS) == pytest.approx(44.95)
    assert intonation.pitch(45.0, ONSET + 49 * MS) == 45.0


@pytest.mark.parametrize("cents", [-26.0, 8.0, 100.0])
def test_what_is_too_far_from_the_period_is_another_strings(cents):
    assert full(-5.0, cents).pitch(45.0, ONSET + RATE_HZ) == pytest.approx(44.95)
    assert full(cents).pitch(45.0, ONSET + RATE_HZ) == 45.0


def asked_of(length_min):
    """Windows that one held note is measured in, where only those of enough samples tell its partials apart."""
    asked, intonation = [], Intonation()

    def first_partial_hz(rough_hz, start, stop):
        asked.append((start - ONSET, stop - ONSET))
        return rough_hz if stop - start >= length_min else None

    for sample in range(ONSET, ONSET + RATE_HZ, 128):
        before = len(asked)
        hop = SimpleNamespace(
            sample=sample, first_partial_hz=first_partial_hz, refined_hz=lambda f: f, midi=lambda _: 45.0
        )
        intonation.hear(hop, ONSET, f0_hz(45))
        assert all(ONSET + stop <= sample for _, stop in asked[before:])
    return asked


def test_each_window_is_measured_once_and_only_when_it_is_full():
    assert asked_of(RATE_HZ) == list(WINDOWS)


def test_of_windows_that_begin_together_one_is_enough():
    starts = [start for start, _ in asked_of(0)]
    assert starts == sorted({start for start, _ in WINDOWS})
