"""Names follow the key: each letter once, the right pitch, the simpler signature, what the field writes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsp.theory.names import ROOTS, pitch_class, pretty
from dsp.theory.scale_kinds import KINDS
from dsp.theory.scales import SCALE_TYPES, read_scale, scale_of
from dsp.theory.spelling import scale_name, scale_notes, spelled, spelled_classes

own = st.sets(st.integers(1, 11), min_size=1).map(lambda steps: f"custom 0 {' '.join(map(str, sorted(steps)))}")
roots = st.sampled_from(ROOTS)
scales = st.tuples(roots, st.sampled_from(sorted(KINDS)) | own, st.sampled_from(SCALE_TYPES))


@pytest.mark.parametrize(
    ("scale", "notes"),
    [
        ("F major", "F G A Bb C D E"),
        ("F# major", "F# G# A# B C# D# E#"),
        ("A# major", "Bb C D Eb F G A"),
        ("C# major", "Db Eb F Gb Ab Bb C"),
        ("A# minor", "Bb C Db Eb F Gb Ab"),
        ("D# minor", "Eb F Gb Ab Bb Cb Db"),
        ("C# minor", "C# D# E F# G# A B"),
        ("A harmonic minor", "A B C D E F G#"),
        ("G# harmonic minor", "G# A# B C# D# E F##"),
        ("G# dorian", "G# A# B C# D# E# F#"),
        ("D# phrygian", "D# E F# G# A# B C#"),
        ("F# lydian", "Gb Ab Bb C Db Eb F"),
        ("E phrygian dominant", "E F G# A B C D"),
        ("C# hungarian minor", "C# D# E F## G# A B#"),
        ("B altered", "B C D Eb F G A"),
        ("G# minor pentatonic", "G# B C# D# F#"),
        ("C# major pentatonic", "Db Eb F Ab Bb"),
        ("A blues", "A C D Eb E G"),
        ("Bb blues", "Bb Db Eb E F Ab"),
        ("Eb blues", "Eb Gb Ab A Bb Db"),
        ("C whole tone", "C D E F# G# Bb"),
        ("C diminished", "C D Eb F Gb Ab A B"),
        ("G bebop dominant", "G A B C D E F F#"),
        ("C hirajoshi", "C D Eb G Ab"),
        ("C kumoi", "C D Eb G A"),
        ("C in-sen", "C Db F G Bb"),
        ("C iwato", "C Db F Gb Bb"),
        ("C egyptian", "C D F G Bb"),
        ("C prometheus", "C D E F# A Bb"),
        ("C tritone", "C Db E Gb G Bb"),
        ("C augmented", "C D# E G G# B"),
        ("C neapolitan minor", "C Db Eb F G Ab B"),
        ("C neapolitan major", "C Db Eb F G A B"),
        ("C hungarian major", "C D# E F# G A Bb"),
        ("C double harmonic", "C Db E F G Ab B"),
        ("C persian", "C Db E F Gb Ab B"),
        ("C enigmatic", "C Db E F# G# A# B"),
        ("C major blues", "C D Eb E G A"),
        ("C dominant diminished", "C Db D# E F# G A Bb"),
        ("C bebop major", "C D E F G G# A B"),
        ("C chromatic", "C C# D Eb E F F# G G# A Bb B"),
        ("A 1 b3 4 5 b7", "A C D E G"),
        ("Bb custom 0 4 7", "Bb D F"),
        ("C custom 0 1 4 6 8 9 11", "C Db E F# G# A B"),
    ],
)
def test_the_field_writes_it_so(scale, notes):
    read = read_scale(scale)
    assert " ".join(scale_notes(read.root, read.kind, read.scale_type)) == notes


def test_seven_notes_use_each_letter_once_on_every_root():
    for kind in [kind for kind, steps in KINDS.items() if len(steps) == 7]:
        for root in ROOTS:
            notes = scale_notes(root, kind)
            assert sorted(note[0] for note in notes) == list("ABCDEFG"), (root, kind)
            assert all(len(note) <= 3 for note in notes), (root, kind)


def test_other_numbers_of_notes_need_no_double_accidentals():
    for kind in [kind for kind, steps in KINDS.items() if len(steps) != 7]:
        for root in ROOTS:
            notes = scale_notes(root, kind)
            assert len(set(notes)) == len(notes), (root, kind)
            assert all(len(note) <= 2 for note in notes), (root, kind)


@given(scales)
def test_a_name_has_the_pitch_that_it_names(scale):
    names = spelled_classes(*scale)
    assert [pitch_class(name) for name in names] == list(range(12))
    assert {pitch_class(name) for name in scale_notes(*scale)} == scale_of(*scale).pitch_classes
    assert scale_notes(*scale)[0] == names[ROOTS.index(scale[0])]


def test_the_octave_is_that_of_the_letter():
    for kind in KINDS:
        for root in ROOTS:
            for midi in range(59, 73):
                name = spelled(midi, root, kind)
                letters = name.rstrip("-0123456789")
                shift = letters.count("#") - letters[1:].count("b")
                assert (int(name[len(letters) :]) + 1) * 12 + pitch_class(letters[0]) + shift == midi, (name, midi)


def test_c_flat_is_written_in_the_octave_above():
    assert spelled(59, "D#", "minor") == "Cb4"
    assert spelled(60, "C#", "harmonic minor") == "B#3"
    assert spelled(59, "C", "major") == "B3"


@given(scales)
def test_a_scale_is_read_back_from_the_name_that_is_shown(scale):
    assert read_scale(scale_name(*scale)) == scale_of(*scale)
    assert read_scale(pretty(scale_name(*scale).partition(" ")[0]) + " minor").root == scale[0]


@pytest.mark.parametrize(
    ("scale", "name"),
    [
        (("A#", "major", "natural"), "Bb major"),
        (("A", "minor", "pentatonic"), "A minor pentatonic"),
        (("D", "dorian", "pentatonic"), "D dorian"),
        (("C#", "major", "natural"), "Db major"),
        (("A", "custom 0 3 5 7 10", "natural"), "A 1 b3 4 5 b7"),
    ],
)
def test_what_the_player_reads(scale, name):
    assert scale_name(*scale) == name


def test_signs_as_they_are_printed():
    printed = {"Bb4": "B♭4", "F##": "F♯♯", "C": "C", "B": "B", "bb": "b♭", "A blues": "A blues", "C#m7b5": "C♯m7b5"}
    assert {name: pretty(name) for name in printed} == printed


def test_notes_outside_the_scale_are_those_of_the_chromatic_scale_on_its_root():
    assert spelled_classes("D", "minor")[1] == "C#"  # its leading tone, though the key has a flat
    assert spelled_classes("C", "major")[10] == "Bb"
    assert spelled_classes("F", "major")[6] == "F#"
