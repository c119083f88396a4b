"""Scales: which notes belong, however the player writes them. Laws of music hold for all kinds on all roots."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsp.theory.scale_kinds import ALIASES, FORMULAS, KINDS, PENTATONIC, SYNONYMS
from dsp.theory.scales import ROOTS, SCALE_TYPES, Scale, note_name, pitch_class, pitch_classes, read_scale, scale_of

roots = st.sampled_from(ROOTS)
kinds = st.sampled_from(sorted(KINDS))
types = st.sampled_from(SCALE_TYPES)
own_steps = st.sets(st.integers(1, 11), min_size=1).map(lambda steps: [0, *sorted(steps)])

# The seven modes of a scale, each beginning one note higher.
MODES = (
    ("major", "dorian", "phrygian", "lydian", "mixolydian", "minor", "locrian"),
    ("ionian", "dorian", "phrygian", "lydian", "mixolydian", "aeolian", "locrian"),
    (
        *("melodic minor", "dorian b2", "lydian augmented", "lydian dominant", "mixolydian b6", "locrian #2"),
        "altered",
    ),
    (
        *("harmonic minor", "locrian #6", "ionian #5", "dorian #4", "phrygian dominant", "lydian #2"),
        "ultralocrian",
    ),
    (
        *("harmonic major", "dorian b5", "phrygian b4", "lydian b3", "mixolydian b2", "lydian augmented #2"),
        "locrian bb7",
    ),
)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("A minor", Scale("A", "minor")),
        ("C minor", Scale("C", "minor")),
        ("Bb major", Scale("A#", "major")),
        ("B♭-dur", Scale("A#", "major")),
        ("B flat Major", Scale("A#", "major")),
        ("a#m", Scale("A#", "minor")),
        ("A#m", Scale("A#", "minor")),
        ("C", Scale("C", "major")),
        ("CM", Scale("C", "major")),
        ("Cm", Scale("C", "minor")),
        ("C minor scale", Scale("C", "minor")),
        ("D Dorian", Scale("D", "dorian")),
        ("E♭ Harmonic Minor", Scale("D#", "harmonic minor")),
        ("f# harmonic minor", Scale("F#", "harmonic minor")),
        ("F# minor pentatonic", Scale("F#", "minor", "pentatonic")),
        ("Eb maj pentatonic", Scale("D#", "major", "pentatonic")),
        ("C dominant pentatonic", Scale("C", "dominant pentatonic")),
        ("Cb major", Scale("B", "major")),
        ("B# natural minor", Scale("C", "minor")),
        ("g whole-tone", Scale("G", "whole tone")),
        ("Am pent", Scale("A", "minor", "pentatonic")),
        ("E half-whole diminished", Scale("E", "dominant diminished")),
        ("G insen", Scale("G", "in-sen")),
        ("A Custom 0 3 5 7 10", Scale("A", "custom 0 3 5 7 10")),
        ("A 1 b3 4 5 b7", Scale("A", "custom 0 3 5 7 10")),
        ("E custom: 1, ♭2, 11, 5", Scale("E", "custom 0 1 5 7")),
        ("a moll", Scale("A", "minor")),
        ("h-moll", Scale("B", "minor")),
        ("B dur", Scale("A#", "major")),
        ("B major", Scale("B", "major")),
        ("es moll", Scale("D#", "minor")),
        ("Fis-dur", Scale("F#", "major")),
        ("do mayor", Scale("C", "major")),
        ("sib maggiore", Scale("A#", "major")),
        ("Fa# menor", Scale("F#", "minor")),
        ("mi bémol majeur", Scale("D#", "major")),
    ],
)
def test_a_scale_is_read_as_players_write_it(text, canonical):
    assert read_scale(text) == canonical


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("H minor", "'H' is no note"),
        ("A doriann", "did you mean A dorian"),
        ("", "write a root and a kind"),
        (" - ", "write a root and a kind"),
        ("A zzzzzz", "try major"),
        ("A klingon", "try major"),
        ("dorian", "'dorian' has no root; write it with one, such as A dorian"),
        ("D dorian pentatonic", "dorian has no pentatonic form"),
        ("C7", "no scale is called '7'"),
        ("A custom", "holds its root"),
        ("A custom 3 5", "holds its root"),
        ("A custom 0", "2 to 12 tones"),
        ("A custom 0 12", "2 to 12 tones"),
        ("A custom 0 13", "semitones are 0 to 11"),
        ("A 1 b3 15", "degrees are 1 to 14"),
        ("A 1 b3 klingon", "did you mean|try major"),
        ("A custom 1 b3 klingon", "degrees are 1 to 14"),
        ("A custom 0 ³", "degrees are 1 to 14"),
        ("A" * 10_000, r"'A{24}\.\.\.' is no scale"),
        ("A minor\0", "is no scale"),
        ("A \x1b[31m", "is no scale"),
        ("A minor\nB minor", "is no scale"),
        ("A 😀", "no scale is called"),
    ],
)
def test_what_is_no_scale_is_refused_in_one_short_line_with_a_suggestion(text, says):
    with pytest.raises(ValueError, match=says) as refused:
        read_scale(text)
    assert len(str(refused.value)) < 130
    assert str(refused.value).isprintable()


@given(st.text(max_size=200) | st.text("AbB#♭ custom0123457majin-orhxy", max_size=40).map("A".__add__))
def test_no_text_does_more_than_be_refused(text):
    refusal = None
    try:
        scale = read_scale(text)
    except ValueError as error:
        refusal = str(error)
    if refusal is None:
        assert read_scale(f"{scale.root} {scale.kind}", scale.scale_type) == scale
        assert min(scale.steps) == 0
    else:
        assert len(refusal) < 130
        assert refusal.isprintable()


def test_the_type_is_one_of_two():
    with pytest.raises(ValueError, match="natural or pentatonic"):
        read_scale("A minor", "pentatonik")


def test_there_are_many_kinds_and_all_steps_are_sane():
    assert len(KINDS) >= 40
    for kind, steps in KINDS.items():
        assert steps[0] == 0, kind
        assert list(steps) == sorted(set(steps)), kind
        assert len(steps) == len(FORMULAS[kind]), kind
        assert steps[-1] < 12, kind


def test_no_two_kinds_are_the_same_unless_declared():
    same = {
        frozenset(pair) for pair in combinations([*KINDS, "-major", "-minor"], 2) if _steps(pair[0]) == _steps(pair[1])
    }
    assert same == {frozenset(pair) for pair in SYNONYMS.items()}


def _steps(name: str) -> tuple[int, ...]:
    return tuple(d.step for d in PENTATONIC[name[1:]]) if name.startswith("-") else KINDS[name]


def test_every_alias_leads_to_a_kind_and_hides_none():
    assert set(ALIASES.values()) <= set(KINDS)
    assert not set(ALIASES) & set(KINDS)


def test_every_scale_reads_itself_on_every_root_in_both_spellings():
    flats = {"C#": "Db", "D#": "Eb", "F#": "Gb", "G#": "Ab", "A#": "Bb"}
    for root in ROOTS:
        for name in {root, flats.get(root, root), root.replace("#", "♯"), root.lower()}:
            for kind in KINDS:
                assert read_scale(f"{name} {kind}") == Scale(root, kind)
                assert read_scale(f"{name} {kind.title()}") == Scale(root, kind)


@given(roots, own_steps)
def test_a_custom_scale_keeps_its_text_and_its_tones(root, steps):
    text = "custom " + " ".join(map(str, steps))
    scale = read_scale(f"{root} {text}")
    assert scale == Scale(root, text)
    assert scale.steps == tuple(steps)
    assert scale_of(root, scale.kind, "pentatonic") == scale
    assert len(text) <= 40


@given(own_steps, st.randoms(use_true_random=False))
def test_the_order_and_octave_of_its_tones_do_not_matter(steps, order):
    degrees = ["1", "b2", "2", "b3", "3", "4", "#4", "5", "b6", "6", "b7", "7"]
    high = {"2": "9", "b2": "b9", "4": "11", "#4": "#11", "6": "13", "b6": "b13"}
    words = [order.choice([degrees[step], high.get(degrees[step], degrees[step])]) for step in steps]
    order.shuffle(words)
    assert scale_of("E", " ".join(words)).steps == tuple(steps)


@given(roots, kinds, types, st.integers(0, 11))
def test_a_scale_on_a_higher_root_is_the_same_scale_higher(root, kind, scale_type, up):
    higher = ROOTS[(ROOTS.index(root) + up) % 12]
    assert pitch_classes(higher, kind, scale_type) == {(c + up) % 12 for c in pitch_classes(root, kind, scale_type)}


@pytest.mark.parametrize("modes", MODES)
@pytest.mark.parametrize("root", ROOTS)
def test_a_mode_has_the_notes_of_its_parent(modes, root):
    for place, mode in enumerate(modes):
        tonic = ROOTS[(ROOTS.index(root) + KINDS[modes[0]][place]) % 12]
        assert pitch_classes(tonic, mode) == pitch_classes(root, modes[0]), mode


def test_d_dorian_has_the_notes_of_c_major():
    assert pitch_classes("D", "dorian") == pitch_classes("C", "major")


def test_the_family_has_its_48_scales():
    family = {
        (root, kind, scale_type): pitch_classes(root, kind, scale_type)
        for root in ROOTS
        for kind in ("major", "minor")
        for scale_type in SCALE_TYPES
    }
    assert len(family) == 48
    steps = {
        ("major", "natural"): {0, 2, 4, 5, 7, 9, 11},
        ("minor", "natural"): {0, 2, 3, 5, 7, 8, 10},
        ("major", "pentatonic"): {0, 2, 4, 7, 9},
        ("minor", "pentatonic"): {0, 3, 5, 7, 10},
    }
    for (root, kind, scale_type), classes in family.items():
        assert classes == {(ROOTS.index(root) + step) % 12 for step in steps[kind, scale_type]}


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


@pytest.mark.parametrize("kind", ["custom", "custom 0 3 5 7 10", "blues", "Dorian", "aeolian dominant", "minor"])
def test_a_kind_without_a_root_is_told_so(kind):
    """The first letter of most of these is a note: "orian" would be no help."""
    with pytest.raises(ValueError, match=f"^'{kind}' has no root; write it with one, such as A ") as refused:
        read_scale(kind)
    assert read_scale(str(refused.value).partition("such as ")[2]).root == "A"


def test_mi_is_a_root_as_well():
    assert read_scale("mi") == read_scale("E major")
