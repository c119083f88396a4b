"""Scales and names: which notes belong, however the player spells them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsp.theory.scales import KINDS, ROOTS, SCALE_TYPES, note_name, parse_scale, pitch_class, pitch_classes


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("A minor", ("A", "minor")),
        ("Bb major", ("A#", "major")),
        ("a#m", ("A#", "minor")),
        ("C", ("C", "major")),
        ("CM", ("C", "major")),
        ("Cm", ("C", "minor")),
        ("D Dorian", ("D", "dorian")),
        ("E♭ Harmonic Minor", ("D#", "harmonic minor")),
        ("F# minor pentatonic", ("F#", "minor")),
        ("Cb major", ("B", "major")),
        ("B# natural minor", ("C", "minor")),
        ("g whole-tone", ("G", "whole tone")),
        ("Bb", ("A#", "major")),
    ],
)
def test_a_scale_is_read_as_players_write_it(text, canonical):
    assert parse_scale(text) == canonical


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("H minor", "'H' is no note"),
        ("A doriann", "did you mean 'dorian'"),
        ("", "write a root and a kind"),
        ("A zzzzzz", "known are major"),
    ],
)
def test_what_is_no_scale_is_refused_with_a_suggestion(text, says):
    with pytest.raises(ValueError, match=says):
        parse_scale(text)


def test_the_type_is_one_of_two():
    with pytest.raises(ValueError, match="natural or pentatonic"):
        parse_scale("A minor", "pentatonik")


@given(st.sampled_from(ROOTS), st.sampled_from(sorted(KINDS)), st.sampled_from(SCALE_TYPES))
def test_every_scale_reads_itself_and_holds_its_root(root, kind, scale_type):
    assert parse_scale(f"{root} {kind}", scale_type) == (root, kind)
    classes = pitch_classes(root, kind, scale_type)
    assert ROOTS.index(root) in classes
    assert all(0 <= c < 12 for c in classes)


def test_the_family_has_its_48_scales():
    family = {
        (root, kind, scale_type): pitch_classes(root, kind, scale_type)
        for root in ROOTS
        for kind in ("major", "minor")
        for scale_type in SCALE_TYPES
    }
    assert len(family) == 48
    assert all(len(classes) == (5 if key[2] == "pentatonic" else 7) for key, classes in family.items())
    assert all(family[root, kind, "pentatonic"] < family[root, kind, "natural"] for root, kind, _ in family)


def test_known_scales():
    assert pitch_classes("A", "minor", "pentatonic") == {9, 0, 2, 4, 7}
    assert pitch_classes("C", "major") == {0, 2, 4, 5, 7, 9, 11}
    assert pitch_classes("E", "blues") == {4, 7, 9, 10, 11, 2}
    assert len(pitch_classes("C", "chromatic")) == 12


@given(st.integers(0, 127))
def test_a_name_says_its_pitch_class_and_octave(midi):
    name = note_name(midi)
    root = name.rstrip("-0123456789")
    assert pitch_class(root) == midi % 12
    assert int(name[len(root) :]) == midi // 12 - 1


def test_names_of_strings():
    assert [note_name(m) for m in (40, 45, 50, 55, 59, 64, 69)] == ["E2", "A2", "D3", "G3", "B3", "E4", "A4"]
