"""Coverage: tones, register and strings; chords and their place in the scale."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.facts import ToneCount
from dsp.replay import replay
from dsp.scores.session import summarise
from dsp.theory.scales import ROOTS
from dsp.types import ChordStarted, NoteStarted, SegmentStarted, SessionSetup
from tests.dsp.made_logs import PENTATONIC, SETUP, note, played
from tests.dsp.made_players import heard, wander


def covered(midis, setup=SETUP, count=64):
    return summarise(setup, played(count=count, midis=midis)).coverage


def test_a_melody_on_root_and_fifth_covers_two_of_five():
    found = covered((57, 64))
    assert (found.tones_used, found.tones_in_scale, found.share) == (2, 5, 0.4)
    assert (found.lowest_midi, found.highest_midi, found.n) == (57, 64, 64)
    assert found.tones == (ToneCount(9, True, 32), ToneCount(4, True, 32))


def test_wrong_notes_are_counted_but_cover_nothing():
    found = covered((57, 58, 59))
    assert found.share == 0.2
    assert [tone.in_scale for tone in found.tones] == [True, False, False]


def test_the_whole_scale_is_one():
    assert covered((57, 60, 62, 64, 67)).share == 1.0


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(45, 76), min_size=4, max_size=40), st.integers(0, 11), st.randoms(use_true_random=False))
def test_transposed_or_shuffled_it_is_the_same(midis, shift, random):
    plain = covered(midis, count=len(midis))
    moved = SessionSetup(scale_root=ROOTS[(9 + shift) % 12])
    higher = covered([midi + shift for midi in midis], moved, len(midis))
    assert (higher.tones_used, higher.share, higher.n) == (plain.tones_used, plain.share, plain.n)
    assert [(t.in_scale, t.n) for t in higher.tones] == [(t.in_scale, t.n) for t in plain.tones]
    shuffled = random.sample(midis, len(midis))
    assert covered(shuffled, count=len(midis)).tones == plain.tones


def test_strings_and_frets_of_a_hand_that_stays():
    walked = wander(3, 200, "box")
    found = summarise(SETUP, heard(walked, 3)).coverage
    assert sum(string.n for string in found.strings) > 100
    frets = [note.fret for note in walked]
    for string in found.strings:
        assert 1 <= string.string <= 6
        assert min(frets) - 1 <= string.lowest_fret <= string.highest_fret <= max(frets) + 1


def test_another_guitar_is_not_guessed_at():
    assert covered((33, 35, 36, 38), count=64).strings == ()


def test_nothing_played_covers_nothing():
    found = summarise(SETUP, []).coverage
    assert (found.tones_in_scale, found.share, found.tones) == (5, None, ())


def test_a_bass_off_the_scale_takes_the_chord_out_of_it():
    log = [SegmentStarted(0, 0)]
    for i, bass in enumerate((9, 0, 8)):
        log.append(ChordStarted(0, i, 48_000 * (i + 1), 48_000 * (i + 1) + 14_000, 9, "m", bass, 0.9, -14.0))
    found = summarise(SETUP, log).chords
    assert (found.n, found.in_scale) == (3, 2)


def strummed(kinds, setup=SETUP):
    entries = [SegmentStarted(0, 1_000)]
    for i, (root, kind, midis) in enumerate(kinds):
        sample = 48_000 * (i + 1)
        for string, midi in enumerate(midis):
            entries += note(10 * i + string, sample + 500 * string, midi)
        entries.append(ChordStarted(0, i, sample, sample + 14_000, root, kind, root, 0.9, -14.0))
    return summarise(setup, entries)


def test_chords_are_counted_and_their_strings_are_no_wrong_notes():
    session = strummed([(9, "m", (45, 52, 57, 60)), (4, "", (40, 47, 52, 56)), (9, "m", (45, 52, 57, 60))] * 3)
    assert session.notes == 36
    assert (session.correct_notes, session.wrong_notes) == (0, 0)
    assert session.strokes == 9
    assert (session.chords.n, session.chords.in_scale) == (9, 6)
    assert session.chords.names == (("Am", 6), ("E", 3))
    assert session.metrics.scale_conformity is None
    assert session.metrics.not_scored["pitch_accuracy"] == "only chords"
    assert session.coverage.n == 0


def test_single_notes_beside_chords_are_judged():
    entries = played(count=12, midis=PENTATONIC)
    for string, midi in enumerate((40, 47, 52, 56)):
        entries += note(500 + string, 6_000_000 + 500 * string, midi)
    entries.append(ChordStarted(0, 0, 6_000_000, 6_014_000, 4, "", 4, 0.9, -14.0))
    session = summarise(SETUP, entries)
    assert session.metrics.scale_conformity == 1.0
    assert (session.correct_notes, session.wrong_notes, session.notes) == (12, 0, 16)


def test_a_kind_that_only_a_newer_pedal_knows_is_counted_and_not_judged():
    session = strummed([(9, "m19", (45, 52, 57))])
    assert (session.chords.n, session.chords.in_scale, session.chords.names) == (1, 0, ())


def test_unsure_notes_cover_nothing():
    unsure = [SegmentStarted(0, 0), NoteStarted(0, 1, 48_000, 49_000, 57, 0.0, 0.2, -14.0)]
    assert len(replay(unsure).notes) == 1
    assert summarise(SETUP, unsure).coverage.n == 0


@pytest.mark.parametrize("tuning", ["standard", "drop d", "any", "a tuning of tomorrow"])
def test_every_tuning_is_survived(tuning):
    assert summarise(SessionSetup(tuning=tuning), played(count=64)).coverage.n == 64
