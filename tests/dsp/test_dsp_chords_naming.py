"""From struck pitches to a name: laws that hold for every kind, root and voicing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsp.chords.naming import name
from dsp.chords.struck import LOWEST_PITCH, PITCHES
from dsp.chords.vocabulary import KINDS
from dsp.theory import chord_kinds

SURE = 6.0


def odds_of(*midi, sure=SURE, silent=-SURE):
    odds = np.full(PITCHES, silent)
    odds[np.array(midi) - LOWEST_PITCH] = sure
    return odds


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.word or "major")
@pytest.mark.parametrize("root", range(40, 52))
def test_every_kind_is_told_on_every_root(kind, root):
    named = name(odds_of(*(root + step for step in kind.steps)), LOWEST_PITCH)
    assert (named.root, named.kind) == (root % 12, kind.word)


def test_kinds_are_words_of_the_theory_and_shares_are_priors():
    assert {kind.word for kind in KINDS} <= set(chord_kinds.KINDS)
    assert sum(kind.share for kind in KINDS) < 1.1
    for kind in KINDS:
        assert set(kind.spared) <= set(kind.steps) - {0}


@given(
    midi=st.sets(st.integers(40, 76), min_size=1, max_size=6),
    up=st.integers(-5, 11),
    sure=st.floats(1.0, 9.0),
)
def test_the_same_strings_higher_have_the_same_name_higher(midi, up, sure):
    here = name(odds_of(*midi, sure=sure, silent=-12.0), LOWEST_PITCH)
    there = name(odds_of(*(note + up for note in midi), sure=sure, silent=-12.0), LOWEST_PITCH)
    assert there.posterior == pytest.approx(here.posterior, abs=0.01)
    if (here.kind, here.steps) == (there.kind, there.steps):  # of equals, the first is taken
        assert there.root == (here.root + up) % 12 or here.posterior < 0.5


@pytest.mark.parametrize(
    ("midi", "root", "kind"),
    [
        ((40, 48, 52, 55, 60, 64), 0, ""),  # C/E
        ((43, 48, 52, 55, 60, 64), 0, ""),  # C/G
        ((42, 50, 57, 62, 66), 2, ""),  # D/F#
        ((45, 52, 57, 60, 64), 9, "m"),
        ((48, 52, 58, 60, 64), 0, "7"),  # C7 without its fifth
        ((45, 52, 55, 60, 64), 9, "m7"),  # and not C6
        ((48, 52, 57, 60, 67), 0, "6"),
        ((45, 50, 52, 57), 9, "sus4"),  # and not Dsus2
        ((40, 47, 52), 4, "5"),
    ],
)
def test_voicings_are_named_as_players_name_them(midi, root, kind):
    named = name(odds_of(*midi), LOWEST_PITCH)
    assert (named.root, named.kind) == (root, kind)


@pytest.mark.parametrize("midi", [(45,), (45, 57), (45, 48), (50, 55), (52, 68), (40, 52, 64)])
def test_fewer_than_a_chord_has_no_kind(midi):
    named = name(odds_of(*midi), LOWEST_PITCH)
    assert named.kind is None
    assert {(named.root + step) % 12 for step in named.steps} == {note % 12 for note in midi}


def test_nothing_known_is_not_told_surely():
    assert name(np.zeros(PITCHES), LOWEST_PITCH).posterior < 0.5
    assert np.isfinite(name(np.full(PITCHES, -40.0), LOWEST_PITCH).posterior)
    assert np.isfinite(name(np.full(PITCHES, 40.0), LOWEST_PITCH).posterior)
