"""A target out of the house and back: as MIDI, in words, and with segments given by hand."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.follow.bounds import TargetError
from dsp.follow.building import About, Struck, bars_of, build
from dsp.follow.describe import describe
from dsp.follow.export import to_midi
from dsp.follow.read import read_target, tracks_of
from dsp.follow.segments import parse_segments, with_segments
from dsp.follow.target import Segment, Target, TempoChange
from dsp.theory.scales import note_name

GOLDEN = Path(__file__).parent / "golden_target.txt"
PIECE = r"""
\title "The winding stair" \tempo 96 \ts 3 4 \tuning E4 B3 G3 D3 A2 D2
\section Intro \ac :8 0.4 2.4
| \section Verse \ro 3.4.4{h} 5.4.8 0.3 2.3{b (0 4)} -.3
| \ae 1 \rc 2 :4 (0.6 0.5 0.4) r :8{tu 3} 0.3 2.3 3.3
| \ae 2 :4 (2.6 0.5).2 5.4
| \section Chorus \ts 4 4 \tempo 120 \ro 3.3.4{sl} 5.3 5.2 x.2 | \rc 3 5.2.1{nh}
| \section End \jump Fine 0.6.1
"""


def as_text(target: Target) -> str:
    """Every bar as it is played, for a person to read beside the tab."""
    lines = [f"{target.title}: {len(target.notes)} notes, {len(target.bars)} bars"]
    for place, bar in enumerate(target.bars):
        segment = target.segment_at(bar.number)
        notes = [note for note in target.notes if note.bar == place]
        said = [
            f"{note.beat - bar.beat:.4g}:{note_name(note.midi)}{'' if note.stroke else '('}"
            f"{f'^{note.bend_cents:g}' if note.bend_cents else ''} {note.duration_beats:.4g}"
            for note in notes
        ]
        name = segment.name if segment else "-"
        lines.append(f"{target.at_s(bar.beat):7.3f} s  bar {bar.number} {name:7s} | {', '.join(said)}")
    return "\n".join([*lines, *target.skipped, ""])


def test_a_piece_unfolded_is_what_a_person_would_play():
    assert as_text(read_target(PIECE.encode(), "x.atex")) == GOLDEN.read_text(encoding="utf-8")


def test_a_target_in_words():
    data = PIECE.encode()
    assert describe(read_target(data, "x.atex"), tracks_of(data, "x.atex")).splitlines() == [
        "The winding stair (alphatex)",
        "* 1: track 1, 20 notes",
        "bars: 7, 12 as played; 0:22 at its own tempo",
        "notes: 32, D2 to B5",
        "tempo: 96, then 120 quarter notes per minute",
        "segment: Intro, bars 1 to 1",
        "segment: Verse, bars 2 to 4",
        "segment: Chorus, bars 5 to 6",
        "segment: End, bars 7 to 7",
        "note: dead notes left out: 1",
    ]


BEATS = st.integers(0, 480).map(lambda n: n / 12)
NOTES = st.lists(
    st.builds(Struck, beat=BEATS, duration_beats=st.integers(1, 48).map(lambda n: n / 12), midi=st.integers(28, 88)),
    min_size=1,
    max_size=40,
    unique_by=lambda note: (note.beat, note.midi),
)


@settings(max_examples=80, derandomize=True, deadline=None)
@given(NOTES, st.sampled_from([2.0, 3.0, 3.5, 4.0]), st.integers(20, 300))
def test_what_is_written_as_midi_is_read_again(notes: list[Struck], bar_beats: float, bpm: int):
    end_beat = max(note.beat + note.duration_beats for note in notes)
    about = About("notes", "Étude", "Gitarre", [TempoChange(0.0, bpm)], [Segment("Solo", 1, 1)])
    first = build(notes, bars_of([(0.0, bar_beats)], end_beat), about)
    again = read_target(to_midi(first), "x.mid")
    assert [(n.beat, n.midi, n.bar) for n in again.notes] == [(n.beat, n.midi, n.bar) for n in first.notes]
    assert (again.title, again.track) == ("Étude", "Gitarre")
    assert [(bar.beat, bar.length_beats) for bar in again.bars][: len(again.bars)] == [
        (bar.beat, bar.length_beats) for bar in first.bars[: len(again.bars)]
    ]
    assert again.tempi[0].bpm == pytest.approx(bpm, rel=1e-5)
    assert again.segments[0].name == "Solo"
    by_pitch = {note.midi: note for note in first.notes}
    if len(by_pitch) == len(first.notes):  # where nothing is struck again, the lengths are the same too
        assert [n.duration_beats for n in again.notes] == pytest.approx([n.duration_beats for n in first.notes])


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("Chorus=17-24", [("Chorus", 17, 24)]),
        (" Chorus = 17 - 24 , Solo=30", [("Chorus", 17, 24), ("Solo", 30, 30)]),
        ("A=1..2\nB=3 to 4;C=5–6", [("A", 1, 2), ("B", 3, 4), ("C", 5, 6)]),
        ("", []),
    ],
)
def test_segments_given_by_hand(text: str, segments: list[tuple[str, int, int]]):
    assert [(s.name, s.first_bar, s.last_bar) for s in parse_segments(text)] == segments


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Chorus", "'Chorus' names no bars; write a name and a range such as Chorus=17-24"),
        ("=3", "names no bars"),
        ("A=x", "names no bars"),
        ("A=9-3", "ends before it begins"),
        ("A=" + " " * 90_000, "names no bars"),
        ("A=1," * 600, "more than 500 segments"),
    ],
)
def test_segments_that_cannot_be(text: str, said: str):
    with pytest.raises(TargetError, match=said):
        parse_segments(text)


def test_segments_by_hand_go_before_those_of_the_file_and_must_lie_in_the_piece():
    target = read_target(PIECE.encode(), "x.atex")
    named = with_segments(target, parse_segments("Verse=3, Turn=2-4"))
    assert [s.name for s in named.segments] == ["Verse", "Turn", "Intro", "Chorus", "End"]
    assert named.segments[0].first_bar == 3
    with pytest.raises(TargetError, match="Solo is bars 30 to 31, but this piece has bars 1 to 7"):
        with_segments(target, parse_segments("Solo=30-31"))
