"""What is read from AlphaTex: the grammar as its documentation tells it, of today and of before version 1.7."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.follow.bounds import TargetError
from dsp.follow.read import read_target, tracks_of
from dsp.follow.target import Target


def tex(text: str, **chosen: object) -> Target:
    return read_target(text.encode(), "x.atex", **chosen)  # type: ignore[arg-type]


def beats(text: str) -> list[tuple[float, float, int]]:
    return [(note.beat, note.duration_beats, note.midi) for note in tex(text).notes]


def pitches(text: str) -> list[int]:
    return [note.midi for note in tex(text).notes]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("3.3.4 4.3 :8 5.3 0.6", [(0, 1, 58), (1, 1, 59), (2, 0.5, 60), (2.5, 0.5, 40)]),
        ("0.6.2 r.4 1.5.4", [(0, 2, 40), (3, 1, 46)]),
        (":4 C4 C#4 Ebb4 Dx5 Bb3", [(0, 1, 60), (1, 1, 61), (2, 1, 62), (3, 1, 76), (4, 1, 58)]),
        ("(0.3 0.4).2 (3.3 3.4)", [(0, 2, 50), (0, 2, 55), (2, 2, 53), (2, 2, 58)]),
        ("(C4 E4).8 C4.16 * 2", [(0, 0.5, 60), (0, 0.5, 64), (0.5, 0.25, 60), (0.75, 0.25, 60)]),
        ("3.3.4{d} 3.3.8 3.3.4{dd}", [(0, 1.5, 58), (1.5, 0.5, 58), (2, 1.75, 58)]),
        (
            ":8 {tu 3} 3.3 * 3 :4 5.3",
            [*[(pytest.approx(n / 3), pytest.approx(1 / 3), 58) for n in range(3)], (1, 1, 60)],
        ),
        (
            ":16 3.3{tu 5} 3.3{tu (5 4)} 3.3",
            [(0, 0.2, 58), (pytest.approx(0.2), 0.2, 58), (pytest.approx(0.4), 0.25, 58)],
        ),
        (
            ":8{tu 3} 3.3 3.3{tu 1} 3.3",
            [(0, pytest.approx(1 / 3), 58)]
            + [(pytest.approx(x), pytest.approx(y), 58) for x, y in [(1 / 3, 0.5), (5 / 6, 1 / 3)]],
        ),
        (":-2 3.3 | :1 3.3", [(0, 8, 58), (8, 4, 58)]),
        (":4 3.3{tu 0} 3.3{tu 65} 3.3{tu}", [(0, 1, 58), (1, 1, 58), (2, 1, 58)]),
        ("3.3.2 -.3 | -.3.4 5.3", [(0, 5, 58), (5, 1, 60)]),
        ("3.3.2 3.3{t}.4 3.3{-}", [(0, 4, 58)]),
        ("\\tuning piano . :2 a4 - | (a4 a3) (- a3)", [(0, 4, 69), (4, 2, 57), (4, 4, 69), (6, 2, 57)]),
        ("\\tuning none r.4 C4.8", [(1, 0.5, 60)]),
        ("\\tuning E4 B3 G3 D3 A2 E2 0.6.4", [(0, 1, 40)]),
        ("\\tuning piano E4.8 r C4", [(0, 0.5, 64), (1, 0.5, 60)]),
        ("// a remark\n3.3 /* and\none */ 5.3", [(0, 1, 58), (1, 1, 60)]),
        ("9.4{be (bend 0 0 15.6 1)}.4{dy mf instrument distortionguitar beam Down}", [(0, 1, 59)]),
    ],
)
def test_beats(text: str, found: list[tuple[float, float, int]]):
    assert beats(text) == found


def test_song_tags_in_the_old_way_with_points_and_in_the_new_way_without():
    old = '\\title "Etude No. 1" \\subtitle Sub \\tempo 90 \\capo 2 \\tuning E4 B3 G3 D3 A2 D2'
    old += "\n.\n:4 0.6 0.1 | \\ts 3 4 0.6"
    new = '\\title ("Etude No. 1" "%TITLE%" left) \\tempo (90 "Slow") \\capo 2\n\\tuning (E4 B3 G3 D3 A2 D2) {hide}'
    new += "\n0.6 0.1 | \\ts (3 4) 0.6"
    for text in (old, new):
        target = tex(text)
        assert (target.title, target.tempi[0].bpm, target.source) == ("Etude No. 1", 90, "alphatex")
        assert [note.midi for note in target.notes] == [40, 66, 40]
        assert [(bar.beat, bar.length_beats) for bar in target.bars] == [(0, 4), (4, 3)]


def test_a_tuning_in_the_octaves_of_old_is_read_as_a_guitar_and_that_is_said():
    target = tex("\\tuning e5 b4 g4 d4 a3 e3 . 0.6.4 0.1")
    assert [note.midi for note in target.notes] == [40, 64]
    assert target.skipped == ("tunings read an octave lower, as no guitar is tuned so high: 1",)


def test_repeats_and_endings_are_unfolded():
    target = tex("\\ro 1.3.1 | \\ae (1 2 3) 2.3 | \\ae 4 \\rc 4 3.3 | 4.3")
    assert [note.midi - 55 for note in target.notes] == [1, 2, 1, 2, 1, 2, 1, 3, 4]
    assert [bar.number for bar in target.bars] == [1, 2, 1, 2, 1, 2, 1, 3, 4]


def test_directions_are_followed():
    text = "1.3.1 | \\jump Segno 2.3 | \\jump DaCoda 3.3 | \\jump DalSegnoAlCoda 4.3 | \\jump Coda 5.3"
    assert [midi - 55 for midi in pitches(text)] == [1, 2, 3, 4, 2, 3, 5]
    assert [midi - 55 for midi in pitches("1.3.1 | \\jump Fine 2.3 | \\jump DaCapoAlFine 3.3")] == [1, 2, 3, 1, 2]


def test_sections_are_segments():
    target = tex('\\section Intro 1.1.1 | 1.1 | \\section "Chorus 01" 1.1 | \\section S Solo 1.1 |')
    assert [(s.name, s.first_bar, s.last_bar) for s in target.segments] == [
        ("Intro", 1, 2),
        ("Chorus 01", 3, 3),
        ("Solo", 4, 4),
    ]


def test_tempo_changes_at_bars_and_beats():
    target = tex("\\tempo 60 :4 1.1 1.1 1.1 1.1 | \\tempo 82.5 1.1 1.1 1.1{tempo 120} 1.1")
    assert [(tempo.beat, tempo.bpm) for tempo in target.tempi] == [(0, 60), (4, 82.5), (6, 120)]


def test_hammered_pulled_slid_and_tapped_notes_are_no_strokes():
    target = tex(":8 3.3{h} 5.3 3.3 5.3{sl} 7.3 7.3{ss} 5.3 15.2{lht}")
    assert [note.stroke for note in target.notes] == [True, False, True, True, False, True, True, False]


@pytest.mark.parametrize(
    ("effect", "midi", "cents"),
    [
        ("b (0 4)", 58, 200),
        ("b (0 1)", 58, 50),
        ("b (4 0)", 60, -200),
        ("be (bend 0 0 60 4)", 58, 200),
        ("be (prebend 0 4 60 4)", 60, 0),
    ],
)
def test_bends(effect: str, midi: int, cents: float):
    note = tex(f"3.3{{{effect}}}.4").notes[0]
    assert (note.midi, note.bend_cents) == (midi, cents)


@pytest.mark.parametrize(
    ("note", "midi"),
    [("12.1{nh}", 76), ("7.1{nh}", 83), ("3.1{ah 12}", 79), ("3.1{ah 7}", 86), ("3.1{th}", 79), ("3.1{ph}", 67)],
)
def test_harmonics(note: str, midi: int):
    assert pitches(note) == [midi]


def test_what_is_left_out_is_said():
    target = tex("\\transpose 2 \\frobnicate 3 3.3.4{gr} x.3 5.3{x} 5.3{foo} 5.3{tr 6 16} 5.3{tp 16} 5.3{ph}")
    assert [note.midi for note in target.notes] == [60] * 4
    assert target.skipped == (
        "\\transpose not applied: 1",
        "dead notes left out: 2",
        "effects {foo} not known and left out: 1",
        "grace notes left out: 1",
        "pinch harmonics expected at their fretted pitch: 1",
        "tags \\frobnicate not used: 1",
        "tremolos expected as their first stroke: 1",
        "trills expected as their first note: 1",
    )


def test_tracks_staves_and_voices():
    text = """
    \\track "Piano" "pno." {color "#FF0000"}
        \\staff {score} \\tuning piano \\instrument acousticgrandpiano
            c4 d4 e4 f4 | c4 d4 e4 f4
            \\voice c3.1 | c3
        \\staff {score} \\tuning piano \\clef F4 c2 c2 c2 c2
    \\track "Gitarre"
        \\staff {tabs} \\capo 5 1.2 3.2 0.1 1.1
    \\track "Kit" \\instrument percussion KickHit (KickHit RideBell) r
    """
    listed = [(track.number, track.name, track.notes, track.drums) for track in tracks_of(text.encode(), "x.tex")]
    assert listed == [
        (1, "Piano", 10, False),
        (2, "Piano staff 2", 4, False),
        (3, "Gitarre", 4, False),
        (4, "Kit", 0, True),
    ]
    assert [note.midi for note in tex(text).notes] == [65, 67, 69, 70]
    piano = tex(text, track="Piano")
    assert [(note.beat, note.midi) for note in piano.notes][:3] == [(0, 48), (0, 60), (1, 62)]
    assert len(piano.bars) == 2


def test_pickups_are_as_long_as_what_is_in_them_and_full_bars_grow():
    target = tex("\\ac 3.3.8 | 3.3.4 * 4 | 3.3 * 6 | 3.3")
    assert [(bar.beat, bar.length_beats) for bar in target.bars] == [(0, 0.5), (0.5, 4), (4.5, 6), (10.5, 4)]


def test_bars_that_repeat_bars():
    assert [
        midi - 55
        for midi in pitches("1.3.1 | \\simile simple | 2.3 | 3.3 | \\simile firstofdouble | \\simile secondofdouble |")
    ] == [1, 1, 2, 3, 2, 3]


def test_swing():
    found = [note.beat for note in tex("\\tf triplet-8th :8 1.1 1.1 1.1 1.1 | \\tf none 1.1 1.1").notes]
    assert found == pytest.approx([0, 2 / 3, 1, 5 / 3, 4, 4.5])


def test_quoted_texts_have_their_escapes():
    assert tex(r"""\title 'It\'s \u00e9\tso' 1.1""").title == "It's é so"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("3.3 4", r"line 1, column 5: '4' is a fret without a string; write it as 4\.3"),
        (":4 3.3\n  3.9", "line 2, column 5: '9' is no string; write a number from 1 to 6"),
        ("3.3.5", "line 1, column 5: 5 is no note value"),
        ("3.3.4 hello", "line 1, column 7: 'hello' is no note; write fret.string such as 3.3"),
        ("(3.3 4.3", "line 1, column 1: this chord never ends"),
        ("3.3{h", "line 1, column 4: these effects never end"),
        ("3.3{b (0 4}", "line 1, column 7: these values never end"),
        ('\\title "abc\n3.3', "line 1, column 8: a quoted text begins here and never ends"),
        ("3.3 /* so", "line 1, column 5: a comment begins here"),
        ("3.3 ; 4.3", "line 1, column 5: ';' is not understood here"),
        ("\\tempo 0 3.3", r"line 1, column 1: \\tempo has '0'; write a number from 3 to 1000"),
        ("\\tempo 3.3", "no track of this file has notes"),
        ("\\ts 0 0 3.3", r"\\ts has '0'; write a number from 1 to 64"),
        ("\\capo 2.3", r"\\capo has 'nothing'"),
        ("\\tuning x 3.3", r"\\tuning is pitches, the highest string first"),
        ("\\jump Moon 3.3", r"\\jump 'moon' is not known"),
        ("\\ro \\rc 999 3.3", r"\\rc has '999'"),
        ("\\tuning (G9 G9) 40.1", "'40' lies beyond any pitch"),
        ("777.1", "'777' is no fret"),
        ("3.3 * 99999", "no count of beats"),
        ("r.4 r r", "no track of this file has notes"),
        ('\\track "A" 3.3 \\foo (', "the values of .foo never end"),
        ("3.3 * 1000 " * 51, "more than 50,000 notes"),
        ("|" * 5001 + "3.3", "more than 5,000 bars"),
        ("\\ro 3.3.1 | \\rc 100 3.3 | " * 40, "more than 5,000 bars"),
        ("3.3 " * 200_001, "more than 400,000 words"),
        ("3.3 \\track " * 300, "more than 256 tracks"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, said: str):
    with pytest.raises(TargetError, match=said) as error:
        tex(text)
    assert "\n" not in str(error.value)


NOTES = st.lists(
    st.tuples(st.integers(0, 24), st.integers(1, 6), st.sampled_from([1, 2, 4, 8, 16, 32])), min_size=1, max_size=30
)
TUNING = (64, 59, 55, 50, 45, 40)


@settings(max_examples=60, derandomize=True, deadline=None)
@given(NOTES, st.integers(0, 7))
def test_every_note_comes_back_as_it_was_written(notes: list[tuple[int, int, int]], capo: int):
    text = f"\\capo {capo} " + " ".join(f"{fret}.{string}.{value}" for fret, string, value in notes)
    at, expected = 0.0, []
    for fret, string, value in notes:
        expected.append((at, 4 / value, TUNING[string - 1] + fret + capo))
        at += 4 / value
    assert beats(text) == expected
