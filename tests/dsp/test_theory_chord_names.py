"""Chords by name: every kind on every root over every bass is written and read back; others are refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsp.theory.chord_kinds import FORMULAS, KINDS
from dsp.theory.chord_names import MAJOR_ROOTS, MINOR_ROOTS, Chord, chord_name, parse_chord
from dsp.theory.names import pitch_class

kinds = st.sampled_from(sorted(KINDS))
roots = st.integers(0, 11)


def test_there_are_many_kinds_and_each_is_another_set_of_tones() -> None:
    assert len(KINDS) >= 36
    assert len(set(KINDS.values())) == len(KINDS)
    assert len({kind.lower() for kind in KINDS}) == len(KINDS)


@pytest.mark.parametrize(
    ("name", "tones"),
    [
        *(("C", "C E G"), ("Cm", "C Eb G"), ("C5", "C G"), ("Csus4", "C F G"), ("Csus2", "C D G")),
        *(("Cdim", "C Eb Gb"), ("Caug", "C E G#"), ("C6", "C E G A"), ("Cm6", "C Eb G A"), ("C6/9", "C E G A D")),
        *(("C7", "C E G Bb"), ("Cm7", "C Eb G Bb"), ("Cmaj7", "C E G B"), ("CmMaj7", "C Eb G B")),
        *(("Cdim7", "C Eb Gb A"), ("Cm7b5", "C Eb Gb Bb"), ("Caug7", "C E G# Bb"), ("C7b5", "C E Gb Bb")),
        *(("C7sus4", "C F G Bb"), ("C9", "C E G Bb D"), ("Cm9", "C Eb G Bb D"), ("Cmaj9", "C E G B D")),
        *(("Cadd9", "C E G D"), ("C11", "C E G Bb D F"), ("Cm11", "C Eb G Bb D F"), ("C13", "C E G Bb D A")),
        *(("C7b9", "C E G Bb Db"), ("C7#9", "C E G Bb D#"), ("C7b13", "C E G Bb Ab"), ("C7#11", "C E G Bb F#")),
        *(("Cmaj7#11", "C E G B F#"), ("C7#5#9", "C E G# Bb D#"), ("C9sus4", "C F G Bb D"), ("C13b9", "C E G Bb Db A")),
    ],
)
def test_the_tones_of_a_chord(name, tones) -> None:
    assert parse_chord(name).pitch_classes == {pitch_class(tone) for tone in tones.split()}


def test_no_tone_of_a_kind_stands_twice_and_the_root_is_always_there() -> None:
    for kind, steps in KINDS.items():
        assert len(steps) == len(FORMULAS[kind]), kind
        assert steps[0] == 0, kind


def test_names_of_all_kinds_over_all_basses_read_themselves() -> None:
    for kind in KINDS:
        for root in range(12):
            for bass in (None, *range(12)):
                name = chord_name(root, kind, bass)
                assert name.isascii()
                assert parse_chord(name) == Chord(root, kind, None if bass == root else bass), name


@given(kinds, roots, st.none() | roots, st.integers(0, 11))
def test_a_transposed_chord_has_the_transposed_tones(kind, root, bass, up) -> None:
    lower, higher = Chord(root, kind, bass), Chord((root + up) % 12, kind, bass)
    assert higher.pitch_classes == {(tone + up) % 12 for tone in lower.pitch_classes}
    assert Chord(root, kind, None).pitch_classes == lower.pitch_classes


@given(kinds, roots, roots)
def test_a_chord_is_named_by_its_own_root_and_bass(kind, root, bass) -> None:
    head, _, low = chord_name(root, kind, bass).removeprefix(chord_name(root, kind)).rpartition("/")
    assert head == ""
    assert (pitch_class(low) if low else root) == bass


@pytest.mark.parametrize(
    ("text", "name"),
    [
        *((text, "Cmaj7") for text in ("CM7", "Cmaj7", "CΔ7", "C△", "Cj7", "CMA7", "C major7", "c:maj7", "C(maj7)")),
        *((text, "Cm7") for text in ("C-7", "Cmin7", "CMI7", "Cm7", "c minor 7", "C−7")),
        *((text, "CmMaj7") for text in ("CmM7", "Cm(maj7)", "C-Δ7", "Cm/maj7", "Cminmaj7", "CmMa7", "Cmj7")),
        *((text, "Cm7b5") for text in ("Cø", "Cø7", "Cm7-5", "Cmin7(b5)", "C-7♭5", "C half dim", "C half-diminished")),
        *((text, "Cdim7") for text in ("C°7", "Co7", "Cdim7")),
        *((text, "Caug7") for text in ("C7#5", "C+7", "C7+", "C7+5", "Caug7", "C7(♯5)")),
        *((text, "C6/9") for text in ("C69", "C6/9", "C6add9", "Cmaj6/9")),
        *((text, "C7sus4") for text in ("C7sus", "C7sus4", "Csus7")),
        *((text, "C7b5#9") for text in ("C7#9b5", "C7(b5,#9)", "C7-5+9")),
        ("C+", "Caug"),
        ("C°", "Cdim"),
        ("Csus", "Csus4"),
        ("C2", "Csus2"),
        ("CM", "C"),
        ("Cm", "Cm"),
        ("A min", "Am"),
        ("am", "Am"),
        ("bb", "Bb"),
        ("A#", "Bb"),
        ("Dbm7", "C#m7"),
        ("C#", "Db"),
        ("Bbm7b5", "Bbm7b5"),
        ("F#m/E", "F#m/E"),
        ("G♭/B♭", "F#/A#"),
        ("C6/9/E", "C6/9/E"),
        ("F/F", "F"),
        ("Dsus4/C", "Dsus4/C"),
        ("E5", "E5"),
        ("Bb5", "Bb5"),
        ("Calt", "C7#5#9"),
    ],
)
def test_a_chord_is_read_as_players_write_it(text, name) -> None:
    assert parse_chord(text).name == name


def test_case_tells_major_from_minor() -> None:
    assert parse_chord("CM7") != parse_chord("Cm7")
    assert parse_chord("CM9").kind == "maj9"
    assert parse_chord("Cm9").kind == "m9"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "write a root and a kind"),
        ("H7", "'H7' is no note"),
        ("Cmajj7", "did you mean Cmaj7"),
        ("bbm7b55", "did you mean Bbm7b5"),
        ("Cqwe", "try m7"),
        ("C\0", "'C.' is no chord"),
        ("C7\n", "^$"),
        ("C" * 10_000, r"'C{24}\.\.\.' is no chord"),
        ("C😀7", "did you mean C7"),
        ("C/H", "is no chord"),
        ("C/", "try m7"),
    ],
)
def test_what_is_no_chord_is_refused_in_one_short_line(text, says) -> None:
    if says == "^$":  # the end of a line at the end of a line is not the player's fault
        assert parse_chord(text).name == "C7"
        return
    with pytest.raises(ValueError, match=says) as refused:
        parse_chord(text)
    assert len(str(refused.value)) < 120
    assert str(refused.value).isprintable()


@given(st.text(max_size=200) | st.text("CAbGm#M7aj59+-ø°Δ/() sudi", max_size=20).map("C".__add__))
def test_no_text_does_more_than_be_refused(text) -> None:
    refusal = None
    try:
        chord = parse_chord(text)
    except ValueError as error:
        refusal = str(error)
    if refusal is None:
        assert parse_chord(chord.name) == chord
    else:
        assert len(refusal) < 120
        assert refusal.isprintable()


def test_an_unknown_kind_is_no_name() -> None:
    with pytest.raises(ValueError, match="did you mean Dm7"):
        chord_name(2, "min7")


def test_roots_have_the_simpler_key_signature() -> None:
    """On the circle of fifths no root with more than six accidentals is taken where another has fewer."""
    sharps = {"C": 0, "G": 1, "D": 2, "A": 3, "E": 4, "B": 5, "F": -1}
    for names, as_major in ((MAJOR_ROOTS, 0), (MINOR_ROOTS, -3)):
        for pitch, name in enumerate(names):
            assert pitch_class(name) == pitch
            signature = sharps[name[0]] + 7 * (name[1:].count("#") - name[1:].count("b")) + as_major
            assert abs(signature) <= 6, name
