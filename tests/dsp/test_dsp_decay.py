"""A string that is held down is a note, one that is only let go is none, however loud or quiet either is."""

import numpy as np
import pytest

from dsp.ear.decay import Choked, ChokedStrokes, PlayedLevel, decay_db_per_s
from dsp.replay import replay
from dsp.types import NoteRetracted
from tests.dsp.plucked import RATE_HZ, Played, entries, f0_hz, hear, pluck, started, take

SECONDS = 2.4
RELEASES_S = (0.5, 1.0, 1.5, 2.0)


def dying(midi, db_per_s, seconds=0.2):
    at = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    tone = sum(np.sin(2 * np.pi * k * f0_hz(midi) * at + k) / k for k in range(1, 6))
    return (tone * 10.0 ** (-db_per_s * at / 20.0)).astype(np.float32)


def let_go(midi, db_per_s=330.0):
    """A finger leaves the string: it sounds, and the hand that still lies on it chokes it."""
    sound = dying(midi, db_per_s, 0.3)
    rise = np.minimum(1.0, np.arange(len(sound)) / 96.0)
    return sound * rise / np.abs(sound).max()


def releases(midi, peak, under=None):
    sound = take([], SECONDS) if under is None else under.copy()
    for at_s in RELEASES_S:
        start = round(at_s * RATE_HZ)
        one = peak * let_go(midi)
        sound[start : start + len(one)] += one[: len(sound) - start]
    return sound.astype(np.float32)


@pytest.mark.parametrize("midi", [36, 45, 52, 64, 76])
@pytest.mark.parametrize("db_per_s", [0.0, 60.0, 240.0, 700.0])
def test_the_decay_of_a_tone_is_measured(midi, db_per_s):
    assert decay_db_per_s(dying(midi, db_per_s)[:4_000], f0_hz(midi)) == pytest.approx(db_per_s, rel=0.02, abs=1.0)


def test_a_sound_that_grows_has_a_negative_decay():
    assert decay_db_per_s(dying(50, 200.0)[::-1], f0_hz(50)) == pytest.approx(-200.0, rel=0.02)


@pytest.mark.parametrize("sound", [np.zeros(0), np.ones(30), np.zeros(4_000)])
def test_nothing_and_silence_do_not_decay(sound):
    assert decay_db_per_s(sound.astype(np.float32), 110.0) == 0.0


def test_what_is_gone_at_once_decays_fast_and_finitely():
    gone = np.concatenate((np.ones(2_000), np.zeros(600))).astype(np.float32)
    assert 1_000.0 < decay_db_per_s(gone, 440.0) < 10_000.0


@pytest.mark.parametrize("peak", [0.1, 0.02])
@pytest.mark.parametrize("midi", [45, 57, 64, 74])
def test_a_string_that_is_let_go_is_no_note(midi, peak):
    heard = hear(releases(midi, peak))
    assert replay(entries(heard)).notes == ()
    told = {e.note_id: e.decided_sample for e in started(heard)}
    for taken_back in (e for e in heard if isinstance(e, NoteRetracted)):
        assert taken_back.retracted_sample - told[taken_back.note_id] <= 0.04 * RATE_HZ


@pytest.mark.parametrize("midi", [40, 45, 57, 64, 74])
def test_a_quiet_pluck_is_a_note(midi):
    quiet = 0.25 * 10.0 ** (-24.0 / 20.0)
    notes = replay(entries(hear(take([Played(at_s, midi, 0.25, quiet) for at_s in RELEASES_S], SECONDS)))).notes
    assert [n.midi for n in notes] == [midi] * len(RELEASES_S)


def test_releases_between_the_notes_are_none_and_the_notes_stay():
    played = [Played(at_s + 0.2, 52, 0.2) for at_s in RELEASES_S[:-1]]
    sound = releases(64, 0.03, under=take(played, SECONDS))
    assert [n.midi for n in replay(entries(hear(sound))).notes] == [52] * len(played)


def test_a_choked_note_as_loud_as_the_others_is_a_note():
    sound = take([Played(0.4 + 0.3 * i, 52, 0.28) for i in range(4)], SECONDS)
    start = round(1.7 * RATE_HZ)
    choked = 0.25 * pluck(52, 0.4) * 10.0 ** (-250.0 / 20.0 * np.arange(int(0.4 * RATE_HZ)) / RATE_HZ)
    sound[start : start + len(choked)] += choked.astype(np.float32)
    assert [n.midi for n in replay(entries(hear(sound))).notes] == [52] * 5


def test_before_the_first_note_no_level_is_usual():
    played = PlayedLevel()
    assert not played.is_usual(1.0, 10.0)
    played.learn(0.1)
    assert played.is_usual(0.011, 10.0)
    assert not played.is_usual(0.009, 10.0)


def test_a_player_who_turns_down_is_believed_after_a_few_notes():
    played = PlayedLevel()
    played.learn(1.0)
    for _ in range(5):
        assert not played.is_usual(0.02, 10.0)
        played.learn(0.02)
    for _ in range(5):
        played.learn(0.02)
    assert played.is_usual(0.02, 10.0)
    played.learn(1.0)
    assert not played.is_usual(0.02, 10.0)


def chugs(midi, apart_s, count, db_per_s=380.0, peak=0.2, under_s=SECONDS):
    """A palm lies on the string: struck again and again, and as often dead at once."""
    sound = take([], under_s)
    for order in range(count):
        start = round((0.3 + order * apart_s) * RATE_HZ)
        one = peak * let_go(midi, db_per_s)[: round(apart_s * RATE_HZ)]
        sound[start : start + len(one)] += one[: len(sound) - start]
    return sound.astype(np.float32)


@pytest.mark.parametrize("midi", [45, 50, 57])
@pytest.mark.parametrize("apart_s", [0.12, 0.2])
def test_muted_strokes_in_time_are_notes_from_the_fourth_on(midi, apart_s):
    notes = replay(entries(hear(chugs(midi, apart_s, 8)))).notes
    assert [n.midi for n in notes] == [midi] * 5


def test_three_muted_strokes_are_none():
    assert replay(entries(hear(chugs(50, 0.15, 3)))).notes == ()


@pytest.mark.parametrize(
    ("onsets_ms", "midis", "powers"),
    [
        ((0, 150, 300, 500), (50, 50, 50, 50), (1.0, 1.0, 1.0, 1.0)),
        ((0, 150, 300, 450), (50, 50, 53, 50), (1.0, 1.0, 1.0, 1.0)),
        ((0, 150, 300, 450), (50, 50, 50, 50), (1.0, 1.0, 0.2, 1.0)),
        ((0, 500, 1_000, 1_500), (50, 50, 50, 50), (1.0, 1.0, 1.0, 1.0)),
    ],
)
def test_strokes_that_died_out_of_time_or_unlike_were_not_played(onsets_ms, midis, powers):
    choked = ChokedStrokes()
    strokes = [Choked(48 * at, midi, power) for at, midi, power in zip(onsets_ms, midis, powers, strict=True)]
    assert not any(choked.add(stroke) for stroke in strokes)


def test_more_about_one_stroke_is_no_further_stroke():
    choked = ChokedStrokes()
    told = [choked.add(Choked(7_200 * (order // 3), 50.0, 1.0)) for order in range(12)]
    assert told == [False] * 9 + [True] * 3


def test_a_stroke_is_repeated_where_its_pitch_is_that_of_one_just_before():
    choked = ChokedStrokes()
    choked.add(Choked(0, 50.0, 1.0))
    assert not choked.is_repeated
    choked.add(Choked(9_000, 55.0, 1.0))
    assert not choked.is_repeated
    choked.add(Choked(18_000, 50.1, 1.0))
    assert choked.is_repeated
    choked.add(Choked(18_000 + 2 * RATE_HZ, 50.0, 1.0))
    assert not choked.is_repeated


def test_far_below_what_was_played_is_known_only_once_something_was_played():
    played = PlayedLevel()
    assert not played.is_far_above(1e-6, 15.0)
    played.learn(1.0)
    assert played.is_far_above(0.03, 15.0)
    assert not played.is_far_above(0.04, 15.0)
