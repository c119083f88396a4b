"""Which string a note was on: what a hand shows, and where nobody can know."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsp.strings.fingering import BLOCK, CONTEXT, Fingering
from dsp.theory.tunings import TUNINGS
from tests.dsp.made_players import STANDARD, STYLES, wander


def told(notes):
    fingering, at_s, found = Fingering(STANDARD), 0.0, []
    for note in notes:
        found += fingering.add(note.midi, note.at_s - at_s)
        at_s = note.at_s
    return found


@pytest.mark.parametrize(("style", "right", "share"), [("open", 1.0, 0.6), ("box", 1.0, 0.5), ("major", 0.99, 0.5)])
def test_a_hand_that_stays_shows_its_strings(style, right, share):
    hits = sure = count = 0
    for seed in range(12):
        notes = wander(seed, 400, style)
        found = told(notes)
        known = [(f, n.string) for f, n in zip(found, notes, strict=False) if f is not None]
        hits += sum(f == true for f, true in known)
        sure += len(known)
        count += len(found)
    assert hits / sure >= right
    assert sure / count >= share


def test_a_hand_that_moves_about_is_seldom_taken_for_another():
    hits = sure = 0
    for seed in range(12):
        notes = wander(seed, 600, "moving")
        known = [(f, n.string) for f, n in zip(told(notes), notes, strict=False) if f is not None]
        hits += sum(f == true for f, true in known)
        sure += len(known)
    assert hits / sure >= 0.96


def test_what_lies_in_two_places_alike_is_not_known():
    """One octave of A minor pentatonic: at the nut, or four strings of the fifth fret's box; nothing tells which."""
    fingering = Fingering(STANDARD)
    found = []
    for midi in (45, 48, 50, 52, 55, 57, 55, 52, 50, 48) * 12:
        found += fingering.add(midi, 0.3)
    assert sum(f is None for f in found) > 0.95 * len(found)


def test_the_lowest_notes_are_on_the_lowest_string():
    fingering, found = Fingering(STANDARD), []
    for midi in (40, 41, 43, 40, 42, 44) * 10:
        found += fingering.add(midi, 0.3)
    assert set(found) == {0}


def test_a_pitch_that_the_strings_do_not_have_is_not_known_and_does_not_disturb():
    fingering, found = Fingering(STANDARD), []
    for midi in (40, 20, 43, 120, 41) * 10:
        found += fingering.add(midi, 0.3)
    assert found[:10] == [0, None, 0, None, 0] * 2


@given(st.lists(st.tuples(st.integers(0, 127), st.floats(0, 1e6)), max_size=80), st.sampled_from(sorted(TUNINGS)))
def test_any_notes_on_any_guitar_are_told_in_order_and_in_blocks(notes, tuning):
    fingering = Fingering(TUNINGS[tuning])
    count = 0
    for number, (midi, gap_s) in enumerate(notes, 1):
        found = fingering.add(midi, gap_s)
        count += len(found)
        assert len(found) in {0, BLOCK}
        assert number - count < BLOCK + CONTEXT
        assert all(f is None or 0 <= midi - low <= 24 for f in found for low in [TUNINGS[tuning][f or 0]]) or found
        assert np.isfinite(fingering._belief).all()


def test_styles_are_what_they_say():
    assert {note.fret for note in wander(1, 200, "open")} <= set(range(5))
    assert set(STYLES) == {"open", "box", "major", "moving"}
