"""What is played is what its name says: licks lie in their scale, shapes hold their chord and nothing else."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.takes.phrases import SCALES, SHAPES, chord, lick
from tests.takes.program import LOWS, SEQS

# Of the scorer beside the shared recordings.
CHORD_TONES = {
    "maj": (0, 4, 7),
    "min": (0, 3, 7),
    "7": (0, 4, 7, 10),
    "m7": (0, 3, 7, 10),
    "maj7": (0, 4, 7, 11),
    "5": (0, 7),
    "sus4": (0, 5, 7),
}
LOWEST, HIGHEST = 36, 84


@given(shape=st.sampled_from(sorted(SHAPES)), kind=st.sampled_from(sorted(CHORD_TONES)), fret=st.integers(0, 12))
def test_a_shape_sounds_its_chord_and_its_root_is_lowest(shape, kind, fret):
    notes = chord(shape, kind, fret)
    assert {(note - notes[0]) % 12 for note in notes} == set(CHORD_TONES[kind])
    assert notes == sorted(notes)


@pytest.mark.parametrize("name", ["majpent", "dorian", "mixolydian"])
def test_a_scale_is_walked_up_and_down(name):
    notes = lick(name, 45)
    assert {(note - 45) % 12 for note in notes} == set(SCALES[name])
    assert notes == notes[::-1]
    assert max(notes) - min(notes) == 24


def test_repeats_repeat_and_chromatic_moves_by_semitones():
    assert all(len(set(lick("repeat", 45)[at : at + 4])) == 1 for at in range(0, 32, 4))
    chromatic = lick("chromatic", 45)
    assert {abs(a - b) for a, b in pairwise(chromatic)} == {1}


def test_every_take_can_be_played_on_a_guitar():
    for what in SEQS:
        notes = lick(what.lick, what.root)
        assert min(notes) >= LOWEST, what
        assert max(notes) <= HIGHEST, what


def test_every_kind_of_trouble_is_there():
    assert {what.cond for what in SEQS} == {"clean", "hiss", "hum50", "hum60", "dirty", "quiet"}
    assert {what.style for what in SEQS} == {"normal", "ring", "stacc", "letring"}
    assert {what.sub for what in SEQS} == {2, 3, 4}
    assert min(what.bpm for what in SEQS) == 60
    assert max(what.bpm for what in SEQS) == 180
    assert min(what.root for what in LOWS) == 35
