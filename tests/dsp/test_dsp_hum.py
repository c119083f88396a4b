"""Mains hum is taken out, strings are not: not even those that lie on it."""

import numpy as np
import pytest

from dsp.ear.hum import HumRemover
from dsp.pipeline import Pipeline, PipelineConfig
from dsp.replay import replay
from dsp.types import NoiseReading, NoteEnded, NoteStarted
from tests.dsp.noisy import dimmer
from tests.dsp.plucked import RATE_HZ, Played, entries, hear, hum, pluck, take

HOP = 128
HUM_RMS = 10 ** (-43 / 20)


def hiss(seconds, rms=10 ** (-70 / 20)):
    return (np.random.default_rng(3).normal(size=int(seconds * RATE_HZ)) * rms).astype(np.float32)


def removed(sound, silent_s=0.5, remover=None):
    """What is left, hop by hop; the first ``silent_s`` (or any given stretches) hold no note."""
    remover = remover or HumRemover()
    stretches = silent_s if isinstance(silent_s, list) else [(0.0, silent_s)]
    out = []
    for start in range(0, len(sound) - HOP + 1, HOP):
        out.append(remover.remove(sound[start : start + HOP]))
        remover.learn(silent=any(a <= start / RATE_HZ and (start + HOP) / RATE_HZ <= b for a, b in stretches))
    return np.concatenate(out), remover


def db(sound, from_s, to_s):
    part = sound[int(from_s * RATE_HZ) : int(to_s * RATE_HZ)].astype(np.float64)
    return 10 * np.log10(np.mean(part**2) + 1e-20)


def wandering(seconds, mains_hz, seed):
    """Hum of a grid that wanders as grids do, some mHz per root second."""
    random = np.random.default_rng(seed)
    away_hz = 0.02 * random.normal() + np.cumsum(random.normal(size=int(seconds * RATE_HZ))) * 0.003 / RATE_HZ**0.5
    turns = np.cumsum(mains_hz + away_hz) / RATE_HZ
    sound = sum(np.sin(2 * np.pi * (k * turns + random.random())) / k for k in (1, 2, 3, 5, 7))
    return (HUM_RMS * sound / np.sqrt(np.mean(sound**2))).astype(np.float32)


@pytest.mark.parametrize("mains_hz", [50.0, 60.0, 49.93, 60.07])
def test_hum_is_known_after_a_third_of_a_second_and_stays_out(mains_hz):
    left, remover = removed(hum(4.0, mains_hz, HUM_RMS) + hiss(4.0))
    assert remover.mains_hz == pytest.approx(mains_hz, abs=0.005)
    assert db(left, 0.35, 0.5) < -68
    assert db(left, 3.0, 4.0) < -66


@pytest.mark.parametrize("seed", range(4))
def test_a_wandering_grid_is_followed_and_hum_is_never_added(seed):
    left, _ = removed(wandering(30.0, 50.0 + 10.0 * (seed % 2), seed) + hiss(30.0))
    assert max(db(left, at, at + 0.5) for at in np.arange(0.5, 29.0, 0.5)) < -50


@pytest.mark.parametrize("midi", [34.51, 35.0, 46.51, 58.5])
def test_a_string_on_the_hum_or_beside_it_is_left_whole(midi):
    """34.51 is 60.0 Hz itself, 35 is B1, 46.51 is 120 Hz."""
    note = np.concatenate((np.zeros(RATE_HZ // 2), 0.1 * pluck(midi, 3.0))).astype(np.float32)
    left, _ = removed(note + hum(3.5, 60.0, HUM_RMS))
    assert db(left - note[: len(left)], 0.5, 3.4) < -43 - 12


def test_where_there_is_no_hum_the_very_same_samples_come_out():
    note = np.concatenate((np.zeros(RATE_HZ // 2), pluck(45.0, 2.0), np.zeros(RATE_HZ))).astype(np.float32)
    for sound in (note, hiss(3.0, 0.01), np.zeros(RATE_HZ, np.float32)):
        left, remover = removed(sound, [(0.0, 0.5), (2.6, 4.0)])
        assert np.array_equal(left, sound[: len(left)])
        assert remover.mains_hz is None


def test_a_string_that_rings_on_in_silence_is_no_hum():
    """G2 is 2 Hz beside the second multiple of 50; the note machine may call its tail silence."""
    left, remover = removed((0.01 * pluck(43.0, 3.0)).astype(np.float32), 3.0)
    assert remover.mains_hz is None
    assert db(left, 0.0, 3.0) == pytest.approx(db(0.01 * pluck(43.0, 3.0), 0.0, 3.0), abs=0.1)


def test_hum_that_is_switched_off_is_not_put_in():
    sound = hum(3.0, 50.0, HUM_RMS) + hiss(3.0)
    sound[2 * RATE_HZ :] = hiss(1.0)
    left, remover = removed(sound, 3.0)
    assert remover.mains_hz is None
    assert db(left, 2.3, 3.0) < -69


def test_a_knock_does_not_bring_the_hum_back():
    sound = hum(3.0, 60.0, HUM_RMS) + hiss(3.0)
    sound[RATE_HZ : RATE_HZ + 1_500] += hiss(1.0, 0.2)[:1_500]
    left, remover = removed(sound, 3.0)
    assert remover.mains_hz is not None
    assert db(left, 1.05, 3.0) < -60


def test_lost_samples_lose_the_phase_and_the_ear_is_told_of_the_hum():
    sound = hum(1.0, 50.0, HUM_RMS)
    _, remover = removed(sound, 1.0)
    assert remover.left_power < 0.01 * HUM_RMS**2
    remover.new_segment()
    assert remover.left_power == pytest.approx(HUM_RMS**2, rel=0.1)
    assert remover.remove(sound[:HOP]) is not None
    left, _ = removed(sound[500:], 1.0, remover)
    assert remover.mains_hz == pytest.approx(50.0, abs=0.01)
    assert db(left, 0.4, 1.0) < -60


LOW = [Played(0.6 + 0.5 * n, midi, 0.45) for n, midi in enumerate([35.0, 36.0, 38.0, 35.0, 40.0, 35.0])]


@pytest.mark.parametrize("mains_hz", [50.0, 60.0])
def test_low_notes_over_hum_are_heard_and_the_reading_tells_of_the_hum(mains_hz):
    sound = take(LOW, 4.5) + hum(4.5, mains_hz, HUM_RMS)
    heard = entries(hear(sound))
    assert [note.midi for note in replay(heard).notes] == [int(n.midi) for n in LOW]
    for entry in heard:
        if isinstance(entry, NoteEnded | NoiseReading):
            assert entry.hum_dbfs == pytest.approx(-43.0, abs=1.0)
            assert entry.noise_dbfs == pytest.approx(-43.0, abs=1.0)


QUIET = [Played(0.6 + 0.5 * n, midi, 0.45, 0.012) for n, midi in enumerate([45.0, 48.0, 50.0, 52.0, 57.0, 45.0])]


def test_notes_that_are_quieter_than_the_hum_are_heard():
    sound = take(QUIET, 4.5) + hum(4.5, 50.0, 10 ** (-38 / 20))
    assert db(take(QUIET, 4.5), 0.6, 3.5) < -45
    notes = replay(entries(hear(sound))).notes
    assert [note.midi for note in notes] == [int(n.midi) for n in QUIET]
    assert all(note.hum_dbfs == pytest.approx(-38.0, abs=1.0) for note in notes)


def test_hum_that_comes_back_after_a_long_time_without_a_pause_is_no_note():
    """The phase is lost under a chord that lasts; the ear must not take the hum for what comes next."""
    sound = wandering(30.0, 60.0, 9) + hiss(30.0)
    chord = sum(0.1 * pluck(midi, 24.0)[: 24 * RATE_HZ] for midi in (34.7, 46.6, 53.4, 58.7))
    sound[RATE_HZ : RATE_HZ + len(chord)] += chord.astype(np.float32)
    heard = [e for e in hear(sound) if isinstance(e, NoteStarted)]
    assert [e for e in heard if e.onset_sample > 25.2 * RATE_HZ] == []


@pytest.mark.parametrize("mains_hz", [50.0, 60.0])
def test_a_guitar_that_is_plugged_in_is_known_as_hum_within_half_a_second(mains_hz):
    sound = hum(6.0, mains_hz, 10 ** (-40 / 20)) + hiss(6.0)
    sound[: 2 * RATE_HZ] = hiss(2.0)
    onsets = [e.onset_sample / RATE_HZ for e in hear(sound) if isinstance(e, NoteStarted)]
    assert [onset for onset in onsets if not 1.9 < onset < 2.5] == []


@pytest.mark.parametrize("mains_hz", [50.0, 60.0])
def test_a_player_who_turns_around_makes_no_note(mains_hz):
    """The hum of a coil falls, and comes back the other way round."""
    swing = np.interp(
        np.arange(6 * RATE_HZ) / RATE_HZ, [0.0, 2.0, 2.5, 4.0, 4.4, 6.0], [1.0, 1.0, -1.0, -1.0, 0.5, 0.5]
    )
    sound = hum(6.0, mains_hz, 10 ** (-40 / 20)) * swing + hiss(6.0)
    assert [e for e in hear(sound.astype(np.float32)) if isinstance(e, NoteStarted)] == []


@pytest.mark.parametrize("midi", [34.51, 46.51, 53.51])
def test_the_first_string_of_all_is_no_hum_though_it_lies_on_it(midi):
    """No silence has been heard before: 60, 120 and 180 Hz, held for two seconds."""
    note = (0.2 * pluck(midi, 2.5)).astype(np.float32)
    left, remover = removed(note, 0.0)
    assert np.array_equal(left, note[: len(left)])
    assert remover.mains_hz is None


def test_hum_is_no_note_where_samples_were_lost_again_and_again():
    ear, sound = Pipeline(PipelineConfig()), hum(6.0, 60.0, 0.02)
    heard = []
    for segment, start in enumerate(range(0, len(sound) - 30_000, 30_000)):
        heard += ear.process(sound[start + 37 * segment : start + 30_000])
        heard += ear.begin_segment(segment + 1)
    assert [e for e in heard if isinstance(e, NoteStarted)] == []


DIMMED = [Played(1.0 + 0.5 * n, midi, 0.45, 0.012) for n, midi in enumerate([45.0, 50.0, 52.0, 57.0])]


@pytest.mark.parametrize("mains_hz", [50.0, 60.0])
def test_a_dimmer_clicks_far_above_the_first_multiples(mains_hz):
    sound = dimmer(np.random.default_rng(3), mains_hz, -45).astype(np.float32)[: 4 * RATE_HZ]
    left, _ = removed(sound + hiss(4.0), 4.0)
    assert db(left, 1.0, 4.0) < -45 - 10


def test_hum_that_is_never_alone_is_found_under_the_notes():
    """The player does not stop once: no tenth of a second without a note."""
    notes = [Played(0.1 + 0.3 * n, midi, 0.32, 0.05) for n, midi in enumerate([45.0, 48.0, 52.0, 50.0] * 4)]
    left, remover = removed(take(notes, 5.0) + hum(5.0, 50.0, HUM_RMS), [])
    assert remover.mains_hz == pytest.approx(50.0, abs=0.1)
    assert db(left - take(notes, 5.0)[: len(left)], 3.0, 4.8) < -43 - 10


@pytest.mark.parametrize("hz", [100.0, 120.0, 150.0, 98.0, 61.7])
def test_a_string_that_is_held_is_no_hum_under_notes(hz):
    """It fades, or has not two multiples without a common divisor."""
    note = (0.3 * pluck(69 + 12 * np.log2(hz / 440), 4.0)).astype(np.float32)
    left, remover = removed(note, [])
    assert remover.mains_hz is None
    assert np.array_equal(left, note[: len(left)])


def test_a_grid_that_wanders_fast_is_followed_while_it_can_be_heard():
    at = np.arange(10 * RATE_HZ) / RATE_HZ
    turns = np.cumsum(50.0 + 0.2 * np.sin(2 * np.pi * 0.1 * at)) / RATE_HZ
    sound = HUM_RMS * np.sqrt(2) * (np.sin(2 * np.pi * turns) + 0.3 * np.sin(2 * np.pi * 3 * turns))
    left, _ = removed(sound.astype(np.float32) + hiss(10.0), 10.0)
    assert db(left, 3.0, 10.0) < -43 - 15
