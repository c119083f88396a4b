"""What is read from MIDI: pitches, beats, bars, tempo, segments, and which track."""

import mido
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.follow.bounds import TargetError
from dsp.follow.read import read_target, tracks_of
from tests.dsp.made_targets import (
    TICKS,
    marker,
    melody,
    midi_file,
    midi_track,
    note,
    program,
    signature,
    tempo,
)


def played(data: bytes, **chosen: object) -> list[tuple[float, float, int]]:
    target = read_target(data, "x.mid", **chosen)  # type: ignore[arg-type]
    return [(one.beat, one.duration_beats, one.midi) for one in target.notes]


def test_a_melody_with_a_tempo_map():
    data = midi_file([midi_track(tempo(0, 100), tempo(2 * TICKS, 50)), midi_track(*melody([40, 45, 50, 55]))])
    target = read_target(data)
    assert [one.midi for one in target.notes] == [40, 45, 50, 55]
    assert [target.at_s(one.beat) for one in target.notes] == pytest.approx([0.0, 0.6, 1.2, 2.4])
    assert [one.index for one in target.notes] == [0, 1, 2, 3]
    assert target.source == "midi"


def test_bars_follow_the_signatures_and_a_pickup_is_a_short_first_bar():
    data = midi_file([midi_track(signature(0, 1, 4), signature(TICKS, 3, 4), *melody([60] * 8))])
    target = read_target(data)
    assert [(bar.number, bar.beat, bar.length_beats) for bar in target.bars] == [
        (1, 0, 1),
        (2, 1, 3),
        (3, 4, 3),
        (4, 7, 3),
    ]
    assert [one.bar for one in target.notes] == [0, 1, 1, 1, 2, 2, 2, 3]


def test_a_signature_in_mid_bar_ends_the_bar_there():
    data = midi_file([midi_track(signature(0, 4, 4), signature(6 * TICKS, 6, 8), *melody([60] * 10))])
    assert [(bar.beat, bar.length_beats) for bar in read_target(data).bars] == [(0, 4), (4, 2), (6, 3), (9, 3)]


def test_markers_become_segments_and_a_name_said_twice_is_told_apart():
    marks = [marker(0, "Verse"), marker(8 * TICKS, "Chorus"), marker(16 * TICKS, "Verse"), marker(99 * TICKS, "End")]
    target = read_target(midi_file([midi_track(*marks), midi_track(*melody([60] * 20))]))
    assert [(s.name, s.first_bar, s.last_bar) for s in target.segments] == [
        ("Verse", 1, 2),
        ("Chorus", 3, 4),
        ("Verse 2", 5, 5),
    ]
    found = target.segment_at(4)
    assert found is not None
    assert found.name == "Chorus"


def test_texts_that_name_sections_serve_where_there_are_no_markers():
    texts = [marker(0, "Made by hand", "text"), marker(4 * TICKS, "[Solo]", "text")]
    target = read_target(midi_file([midi_track(*texts, *melody([60] * 8))]))
    assert [(s.name, s.first_bar, s.last_bar) for s in target.segments] == [("Solo", 2, 2)]


def test_chords_written_over_every_bar_are_no_sections():
    marks = [marker(4 * TICKS * bar, "C:maj") for bar in range(20)]
    assert read_target(midi_file([midi_track(*marks, *melody([60] * 80))])).segments == ()


def test_of_two_tempi_or_signatures_at_one_time_the_last_said_holds():
    said = [tempo(0, 200), tempo(0, 100), signature(0, 7, 8), signature(0, 3, 4)]
    target = read_target(midi_file([midi_track(*said, *melody([60] * 4))]))
    assert (target.tempi[0].bpm, target.bars[0].length_beats) == (pytest.approx(100), 3)


def test_a_marker_a_little_before_the_bar_line_means_the_bar_that_follows():
    target = read_target(midi_file([midi_track(marker(4 * TICKS - 20, "Solo"), *melody([60] * 8))]))
    assert target.segments[0].first_bar == 2


@pytest.mark.parametrize("kind", [0, 1])
def test_drums_are_no_target(kind: int):
    drums, lead = melody([36] * 8, channel=9), melody([64, 65])
    tracks = [midi_track(*drums, *lead)] if kind == 0 else [midi_track(*drums, name="Kit"), midi_track(*lead)]
    data = midi_file(tracks, kind)
    assert [midi for *_, midi in played(data)] == [64, 65]
    number = next(track.number for track in tracks_of(data) if track.drums)
    with pytest.raises(TargetError, match="is drums"):
        read_target(data, track=number)


def test_the_track_that_looks_like_a_guitar_is_chosen():
    piano = midi_track(program(0, 0), *melody([60] * 40), name="Piano")
    bass = midi_track(program(1, 33), *melody([40] * 50, channel=1), name="Bass guitar")
    guitar = midi_track(program(2, 29), *melody([52, 55], channel=2), name="Overdrive")
    data = midi_file([piano, bass, guitar])
    assert read_target(data).track == "Overdrive"
    assert [track.name for track in tracks_of(data)] == ["Piano", "Bass guitar", "Overdrive"]
    assert read_target(data, track="bass").track == "Bass guitar"
    assert read_target(data, track=1).track == read_target(data, track="1").track == "Piano"
    with pytest.raises(
        TargetError, match="there is no track 'Flute'; this file has: 1 Piano, 2 Bass guitar, 3 Overdrive"
    ):
        read_target(data, track="Flute")


def test_without_names_the_most_notes_in_a_guitars_range_are_chosen():
    high = midi_track(*melody([100] * 30))
    low = midi_track(*melody([45] * 5, channel=1))
    assert {midi for *_, midi in played(midi_file([high, low]))} == {45}


def test_the_strings_of_a_midi_guitar_are_one_part():
    strings = [
        event for channel in range(6) for event in melody([40 + 5 * channel], channel=channel, start=channel * 480)
    ]
    assert len(played(midi_file([midi_track(*strings)]))) == 6
    assert len(played(midi_file([midi_track(*strings)], kind=0))) == 6


def test_the_instruments_of_a_type_0_file_are_parts():
    data = midi_file([midi_track(program(0, 25), program(1, 40), *melody([52]), *melody([76] * 9, channel=1))], kind=0)
    assert [midi for *_, midi in played(data)] == [52]
    assert len(tracks_of(data)) == 2


def test_each_track_of_a_type_2_file_has_its_own_time():
    first = midi_track(tempo(0, 60), signature(0, 3, 4), *melody([50] * 4), name="one")
    second = midi_track(tempo(0, 90), *melody([60] * 4), name="two")
    target = read_target(midi_file([first, second], kind=2), track="two")
    assert (target.tempi[0].bpm, target.bars[0].length_beats, target.title) == (pytest.approx(90, abs=1e-3), 4, "two")


def test_a_string_struck_again_ends_its_last_note():
    data = midi_file([midi_track(*note(0, 960, 60), *note(480, 1440, 60))])
    assert played(data) == [(0, 1, 60), (1, 2, 60)]


def test_an_end_without_a_beginning_ends_nothing():
    stray = (0, mido.Message("note_off", note=60, velocity=0))
    assert played(midi_file([midi_track(stray, *note(480, 960, 60))])) == [(1, 1, 60)]


def test_notes_without_length_or_end_are_kept():
    unclosed = (960, mido.Message("note_on", note=64, velocity=80))
    by_velocity = [
        (0, mido.Message("note_on", note=50, velocity=9)),
        (240, mido.Message("note_on", note=50, velocity=0)),
    ]
    found = played(midi_file([midi_track(*by_velocity, *note(480, 480, 62), unclosed, *note(4800, 5000, 55))]))
    assert [(beat, midi) for beat, _, midi in found] == [(0, 50), (1, 62), (2, 64), (10, 55)]
    assert [duration for _, duration, _ in found][:3] == [0.5, 1 / 480, 4.0]


def test_the_time_of_what_is_left_out_is_not_lost():
    """mido itself forgets the time that passes before a meta event of a kind that it does not know."""
    strange = bytes((0x83, 0x60, 0xFF, 0x60, 2, 1, 2))  # 480 ticks later, an event that nobody knows
    bend = bytes((0x83, 0x60, 0xE0, 0, 64))
    sysex = bytes((0x83, 0x60, 0xF0, 3, 1, 2, 0xF7))
    body = strange + bend + sysex + bytes((0, 0x90, 60, 80, 0x83, 0x60, 60, 0, 0, 0xFF, 0x2F, 0))
    assert played(raw_midi(body)) == [(3, 1, 60)]


def raw_midi(*bodies: bytes, kind: int = 1, division: int = TICKS, count: int | None = None) -> bytes:
    head = b"MThd\0\0\0\6" + kind.to_bytes(2, "big") + (count or len(bodies)).to_bytes(2, "big")
    return head + division.to_bytes(2, "big") + b"".join(b"MTrk" + len(b).to_bytes(4, "big") + b for b in bodies)


NOTE = bytes((0, 0x90, 60, 80, 0x83, 0x60, 60, 0))  # with running status
END = bytes((0, 0xFF, 0x2F, 0))


def test_smpte_time_is_seconds():
    data = raw_midi(bytes((0x19, 0x90, 60, 80, 0x19, 60, 0)) + END, division=(256 - 25) << 8 | 2)
    target = read_target(data)
    assert target.at_s(target.notes[0].beat) == pytest.approx(0.5)


def test_foreign_chunks_are_skipped_and_a_riff_is_unwrapped():
    data = raw_midi(NOTE + END)
    strange = data[:14] + b"XFIH\0\0\0\2ab" + data[14:]
    assert played(strange) == [(0, 1, 60)]
    assert played(b"RIFF\0\0\0\0RMIDdata\0\0\0\0" + data) == [(0, 1, 60)]


def test_of_a_damaged_track_what_comes_before_the_damage_is_read_and_that_is_said():
    target = read_target(raw_midi(NOTE + bytes((0, 0x90, 0xF4, 1)) + NOTE + END))
    assert len(target.notes) == 1
    assert target.skipped == ("the track is damaged: what comes after the damage is left out",)
    cut = raw_midi(NOTE * 5 + END)[:-14]
    assert len(read_target(cut).notes) == 4


def test_impossible_tempi_and_signatures_are_left_out_and_that_is_said():
    body = bytes((0, 0xFF, 0x51, 3, 0, 0, 0, 0, 0xFF, 0x58, 2, 0, 0, 0, 0xFF, 0x58, 4, 4, 200, 1, 1))
    target = read_target(raw_midi(body + NOTE + END))
    assert target.skipped == ("impossible tempi or time signatures left out: 3",)
    assert (target.tempi[0].bpm, target.bars[0].length_beats) == (120, 4)


def test_titles_are_bounded_and_cannot_command_a_terminal():
    data = midi_file([midi_track(name="\x1b[2J Song\n" + "x" * 5000), midi_track(*melody([60]))])
    title = read_target(data).title
    assert title.startswith("[2J Song x")
    assert len(title) == 120


def test_names_in_utf_8_are_read():
    name = "Für Elise".encode().decode("latin-1")
    assert read_target(midi_file([midi_track(name=name), midi_track(*melody([60]))])).title == "Für Elise"


def test_without_a_title_the_name_of_the_file_serves():
    assert read_target(midi_file([midi_track(*melody([60]), name="Untitled")]), "a/b/My riff.mid").title == "My riff"
    assert read_target(midi_file([midi_track(), midi_track(*melody([60]))]), "a\\My riff.mid").title == "My riff"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"MThd", "ends before its first track"),
        (raw_midi(NOTE, kind=7), "header of this MIDI file is damaged"),
        (raw_midi(NOTE, division=0), "header of this MIDI file is damaged"),
        (raw_midi(NOTE, division=0xE700), "time of this MIDI file is damaged"),
        (raw_midi(NOTE, division=0x8080), "time of this MIDI file is damaged"),
        (raw_midi(), "no track that could be read"),
        (raw_midi(END), "no track of this file has notes that a guitar could play"),
        (raw_midi(bytes((0xFF, 0xFF, 0xFF, 0x7F)) + NOTE[1:] + END), "more than 5,000 bars"),
        (raw_midi((bytes((0xFF, 0xFF, 0xFF, 0x7F, 0xB0, 0, 0)) * 20) + NOTE + END), "more than 5,000 bars"),
    ],
)
def test_what_no_piece_can_be_is_refused(data: bytes, said: str):
    with pytest.raises(TargetError, match=said):
        read_target(data)


TIMES = st.integers(0, 4000)
NOTES = st.lists(st.tuples(TIMES, st.integers(1, 2000), st.integers(28, 88)), min_size=1, max_size=40)


@settings(max_examples=60, derandomize=True, deadline=None)
@given(NOTES, st.integers(1, 960))
def test_every_onset_of_every_file_is_found_exactly(notes: list[tuple[int, int, int]], ticks_per_beat: int):
    timed = [event for start, length, midi in notes for event in note(start, start + length, midi)]
    # At one tick ends come before beginnings, as every writer has it.
    timed.sort(key=lambda one: (one[0], one[1].type != "note_off"))
    target = read_target(midi_file([midi_track(*timed)], ticks_per_beat=ticks_per_beat))
    assert {(one.beat, one.midi) for one in target.notes} == {
        (start / ticks_per_beat, midi) for start, _, midi in notes
    }
    assert all(one.duration_beats > 0 for one in target.notes)
    for one in target.notes:
        bar = target.bars[one.bar]
        assert bar.beat <= one.beat < bar.beat + bar.length_beats
