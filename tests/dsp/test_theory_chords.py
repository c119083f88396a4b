"""Chords among tones and in scales: what sounds finds its name back, however it is turned."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsp.theory.chord_kinds import KINDS
from dsp.theory.chord_names import Chord, parse_chord
from dsp.theory.chords import belongs, chords_in, chords_of, name_in
from dsp.theory.names import ROOTS
from dsp.theory.scale_kinds import KINDS as SCALE_KINDS
from dsp.theory.scales import read_scale, scale_of

chords = st.builds(Chord, st.integers(0, 11), st.sampled_from(sorted(KINDS)))


def named(tones: str, bass: str = "") -> list[str]:
    classes = [parse_chord(tone).root for tone in tones.split()]
    return [chord.name for chord in chords_of(classes, parse_chord(bass).root if bass else None)]


def test_every_chord_is_found_in_every_inversion():
    for kind, steps in KINDS.items():
        for root in range(12):
            chord = Chord(root, kind)
            for step in steps:
                bass = (root + step) % 12
                assert Chord(root, kind, None if bass == root else bass) in chords_of(chord.pitch_classes, bass), chord


@given(chords)
def test_a_chord_over_its_root_is_called_so_or_more_usually(chord):
    first = chords_of(chord.pitch_classes, chord.root)[0]
    assert first.pitch_classes == chord.pitch_classes
    assert first == chord or chord.kind in {"7sus2", "m7#5", "add11", "madd11", "sus2sus4", "7b9sus4", "m6/9", "m9b5"}


@given(chords, st.integers(1, 11), st.data())
def test_transposed_tones_are_the_transposed_chords(chord, up, data):
    bass = data.draw(st.sampled_from(sorted(chord.pitch_classes)))
    higher = {(tone + up) % 12 for tone in chord.pitch_classes}
    lower = chords_of(chord.pitch_classes, bass)
    lifted = {Chord((c.root + up) % 12, c.kind, None if c.bass is None else (c.bass + up) % 12) for c in lower}
    assert set(chords_of(higher, (bass + up) % 12)) == lifted


@given(st.sets(st.integers(0, 11)), st.data())
def test_whatever_sounds_the_answer_is_made_of_it(tones, data):
    bass = data.draw(st.none() | st.sampled_from(sorted(tones))) if tones else None
    found = chords_of(tones, bass)
    assert len(set(found)) == len(found)
    for chord in found:
        assert tones <= chord.pitch_classes | ({bass} if bass is not None else set())
        assert chord.pitch_classes - tones <= {(chord.root + 7) % 12}


@pytest.mark.parametrize(
    ("tones", "bass", "first"),
    [
        ("C E G", "C", "C"),
        ("C E G", "E", "C/E"),
        ("C E G A", "C", "C6"),
        ("C E G A", "A", "Am7"),
        ("C E G A", "E", "Am7/E"),
        ("A C E G", "", "Am7"),
        ("C F G", "C", "Csus4"),
        ("C F G", "F", "Fsus2"),
        ("C Eb G A", "A", "Am7b5"),
        ("C Eb G A", "C", "Cm6"),
        ("C Eb Gb A", "Eb", "Ebdim7"),
        ("C E G#", "E", "Eaug"),
        ("E B", "E", "E5"),
        ("G F A C", "G", "F/G"),
        ("C E Bb", "C", "C7"),
        ("C Eb Ab Bb", "C", "Abadd9/C"),
        ("B Eb F# A", "B", "B7"),
        ("E G# D G", "E", "E7#9"),
    ],
)
def test_the_bass_decides_between_names_of_the_same_tones(tones, bass, first):
    assert named(tones, bass)[0] == first


def test_twins_are_all_told():
    assert {"C6", "Am7/C"} <= set(named("C E G A", "C"))


@pytest.mark.parametrize("tones", ["", "C", "C C#", "C E", "C C# D D# E F"])
def test_what_is_no_chord_has_no_name(tones):
    assert named(tones) == []


@pytest.mark.parametrize(
    ("scale", "names"),
    [
        ("C major", "C Dm Em F G Am Bdim Cmaj7 Dm7 Em7 Fmaj7 G7 Am7 Bm7b5"),
        ("Bb major", "Bb Cm Dm Eb F Gm Adim Bbmaj7 Cm7 Dm7 Ebmaj7 F7 Gm7 Am7b5"),
        ("A harmonic minor", "Am Bdim Caug Dm E F G#dim AmMaj7 Bm7b5 Cmaj7#5 Dm7 E7 Fmaj7 G#dim7"),
        ("B major", "B C#m D#m E F# G#m A#dim Bmaj7 C#m7 D#m7 Emaj7 F#7 G#m7 A#m7b5"),
        ("A minor pentatonic", "Am C"),
        ("C whole tone", "Caug Daug Eaug F#aug G#aug Bbaug"),
        ("C custom 0 4 7", "C"),
    ],
)
def test_the_chords_of_a_scale_are_named_as_it_is_spelled(scale, names):
    read = read_scale(scale)
    found = chords_in(read.root, read.kind, read.scale_type)
    assert " ".join(name_in(chord, read) for chord in found) == names


@given(st.sampled_from(ROOTS), st.sampled_from(sorted(SCALE_KINDS)), st.integers(0, 11))
def test_the_chords_of_a_scale_belong_to_it_and_move_with_it(root, kind, up):
    scale = scale_of(root, kind)
    found = chords_in(root, kind)
    assert all(belongs(chord, scale) for chord in found)
    assert all(parse_chord(name_in(chord, scale)) == chord for chord in found)
    higher = chords_in(ROOTS[(ROOTS.index(root) + up) % 12], kind)
    assert [(Chord((c.root + up) % 12, c.kind)) for c in found] == list(higher)


def test_a_foreign_bass_does_not_belong():
    scale = scale_of("C", "major")
    assert belongs(parse_chord("C/E"), scale)
    assert not belongs(parse_chord("C/Bb"), scale)
    assert not belongs(parse_chord("D"), scale)
