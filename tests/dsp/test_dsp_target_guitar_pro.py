"""What is read from Guitar Pro 3, 4 and 5, in files written by the library itself."""

import pytest
from guitarpro import models

from dsp.follow.bounds import TargetError
from dsp.follow.read import read_target, tracks_of
from dsp.follow.target import Target
from tests.dsp.made_tabs import add_track, file_of, first_note, song_of


def beats(target: Target) -> list[tuple[float, float, int]]:
    return [(note.beat, note.duration_beats, note.midi) for note in target.notes]


def pitches(song: object, version: int = 5) -> list[int]:
    return [note.midi for note in read_target(file_of(song, version)).notes]


@pytest.mark.parametrize("version", [3, 4, 5])
def test_notes_rests_dots_triplets_and_chords(version: int):
    song = song_of("4.:5/1 8:0/6 8t:3/3 8t:4/3 8t:5/3 4:-", "2:0/6+2/5 2:12/1")
    song.title, song.tempo = "Etude", 90
    target = read_target(file_of(song, version))
    assert (target.title, target.source, target.track, target.tempi[0].bpm) == ("Etude", "guitar pro", "Guitar", 90)
    third = pytest.approx(1 / 3)
    assert beats(target) == [
        (0, 1.5, 69),
        (1.5, 0.5, 40),
        (2, third, 58),
        (pytest.approx(2 + 1 / 3), third, 59),
        (pytest.approx(2 + 2 / 3), third, 60),
        (4, 2, 40),
        (4, 2, 47),
        (6, 2, 76),
    ]
    assert [note.bar for note in target.notes] == [0] * 5 + [1] * 3


@pytest.mark.parametrize("version", [3, 4, 5])
def test_tuning_and_capo(version: int):
    assert pitches(song_of("4:0/6 4:3/1", tuning=(62, 57, 55, 50, 45, 38), capo=2), version) == [40, 67]
    assert pitches(song_of("4:0/7", tuning=(64, 59, 55, 50, 45, 40, 35)), version) == [35]


@pytest.mark.parametrize("version", [3, 4, 5])
def test_a_tie_makes_its_note_longer_also_over_the_bar_line(version: int):
    song = song_of("2:5/1 2:7/2+8/1", "2:~/2+~/1 4:~/2 4:0/1")
    assert beats(read_target(file_of(song, version))) == [(0, 2, 69), (2, 5, 66), (2, 4, 72), (7, 1, 64)]


def test_a_tie_without_a_beginning_is_left_out_and_that_is_said():
    target = read_target(file_of(song_of("4:~/1 4:3/2")))
    assert (len(target.notes), target.skipped) == (1, ("ties without a beginning left out: 1",))


@pytest.mark.parametrize("version", [4, 5])
def test_what_is_hammered_pulled_or_slid_to_is_no_stroke(version: int):
    song = song_of("8:5/1h 8:7/1h 8:5/1 8:5/1 8:3/2s 8:5/2 8:5/3 8:7/2")
    strokes = [note.stroke for note in read_target(file_of(song, version)).notes]
    assert strokes == [True, False, False, True, True, False, True, True]


def test_what_is_hammered_from_a_tied_note_is_no_stroke():
    target = read_target(file_of(song_of("4:5/1 4:~/1h 4:7/1 4:7/1", "4:5/1h 4:~/1 4:7/1")))
    assert [note.stroke for note in target.notes] == [True, False, True, True, True]


def test_dead_and_grace_notes_are_left_out_and_that_is_said():
    song = song_of("4:x/1 4:5/1 4:x/2+3/3 4:7/1")
    song.tracks[0].measures[0].voices[0].beats[1].notes[0].effect.grace = models.GraceEffect(fret=3)
    target = read_target(file_of(song))
    assert beats(target) == [(1, 1, 69), (2, 1, 58), (3, 1, 71)]
    assert target.skipped == ("dead notes left out: 2", "grace notes left out: 1")


@pytest.mark.parametrize("version", [3, 4, 5])
@pytest.mark.parametrize(
    ("values", "midi", "cents"),
    [([0, 2, 4, 4], 69, 200), ([0, 1], 69, 50), ([0, 4, 0], 69, 200), ([4, 4], 71, 0), ([4, 2, 0], 71, -200)],
)
def test_bends(version: int, values: list[int], midi: int, cents: float):
    song = song_of("4:5/1")
    points = [models.BendPoint(position, value) for position, value in enumerate(values)]
    first_note(song).effect.bend = models.BendEffect(models.BendType.bend, 100, points)
    note = read_target(file_of(song, version)).notes[0]
    assert (note.midi, note.bend_cents) == (midi, cents)


@pytest.mark.parametrize("version", [4, 5])
@pytest.mark.parametrize(
    ("fret", "harmonic", "midi"),
    [
        (12, models.NaturalHarmonic(), 64 + 12),
        (7, models.NaturalHarmonic(), 64 + 19),
        (5, models.NaturalHarmonic(), 64 + 24),
        (3, models.TappedHarmonic(15), 67 + 12),
        (3, models.ArtificialHarmonic(models.PitchClass(7), models.Octave.ottava), 67 + 12),
        (3, models.ArtificialHarmonic(models.PitchClass(2), models.Octave.ottava), 67 + 19),
        (3, models.ArtificialHarmonic(models.PitchClass(7), models.Octave.quindicesima), 67 + 24),
        (3, models.PinchHarmonic(), 67),
        (3, models.SemiHarmonic(), 67),
    ],
)
def test_harmonics_sound_where_they_sound(version: int, fret: int, harmonic: object, midi: int):
    song = song_of(f"4:{fret}/1")
    first_note(song).effect.harmonic = harmonic
    assert pitches(song, version) == [midi]


def test_tempo_changes_hold_where_they_are_printed():
    song = song_of("4:0/1 4:0/1 4:0/1 4:0/1", "4:0/1 4:0/1 4:0/1 4:0/1")
    song.tempo = 60
    song.measureHeaders[0].isRepeatOpen, song.measureHeaders[1].repeatClose = True, 1
    beat = song.tracks[0].measures[1].voices[0].beats[2]
    beat.effect.mixTableChange = models.MixTableChange(tempo=models.MixTableItem(120))
    target = read_target(file_of(song))
    assert [(tempo.beat, tempo.bpm) for tempo in target.tempi] == [(0, 60), (6, 120), (8, 60), (14, 120)]
    assert target.at_s(16) == pytest.approx(6 + 1 + 6 + 1)


def test_bars_have_their_time_signatures():
    song = song_of("4:0/1 4:0/1 4:0/1", "8:0/1 8:0/1 8:0/1 8:0/1 8:0/1 8:0/1")
    for header, (count, unit) in zip(song.measureHeaders, [(3, 4), (6, 8)], strict=True):
        header.timeSignature = models.TimeSignature(count, models.Duration(unit))
    assert [(bar.beat, bar.length_beats) for bar in read_target(file_of(song)).bars] == [(0, 3), (3, 3)]


def test_markers_become_segments_of_printed_bars():
    song = song_of(*["1:0/1"] * 5)
    for place, name in [(0, "Intro"), (2, "Chorus")]:
        song.measureHeaders[place].marker = models.Marker(name)
    song.measureHeaders[2].isRepeatOpen, song.measureHeaders[3].repeatClose = True, 2
    target = read_target(file_of(song))
    assert [(s.name, s.first_bar, s.last_bar) for s in target.segments] == [("Intro", 1, 2), ("Chorus", 3, 5)]
    assert [bar.number for bar in target.bars] == [1, 2, 3, 4, 3, 4, 3, 4, 5]


def test_swing_is_played_as_it_is_meant():
    song = song_of("8:0/1 8:1/1 8t:2/1 8t:3/1 8t:4/1 4:5/1 8:6/1 8:7/1")
    song.measureHeaders[0].tripletFeel = models.TripletFeel.eighth
    found = [note.beat for note in read_target(file_of(song)).notes]
    assert found == pytest.approx([0, 2 / 3, 1, 4 / 3, 5 / 3, 2, 3, 3 + 2 / 3])


def test_both_voices_are_played_and_one_note_twice_is_one():
    target = read_target(file_of(song_of("4:0/6 4:2/6 2:- // 1:0/6+0/1")))
    assert beats(target) == [(0, 4, 40), (0, 4, 64), (1, 1, 42)]


def test_tracks_are_listed_and_chosen():
    song = song_of("4:0/6")
    add_track(song, "4:0/1 4:0/2", name="Bass", tuning=(43, 38, 33, 28))
    add_track(song, "4:0/1", name="Kit").isPercussionTrack = True
    listed = [(track.number, track.name, track.notes, track.drums) for track in tracks_of(file_of(song))]
    assert listed == [(1, "Guitar", 1, False), (2, "Bass", 2, False), (3, "Kit", 1, True)]
    assert [note.midi for note in read_target(file_of(song), track=2).notes] == [43, 38]
    assert read_target(file_of(song)).track == "Guitar"


def test_a_title_in_the_windows_code_page_and_one_in_none():
    song = song_of("4:0/1")
    song.title = "L’été"
    assert read_target(file_of(song)).title == "L’été"
    torn = file_of(song).replace(b"\x92", b"\x81")
    assert read_target(torn).title == "L�été"


def test_directions_of_guitar_pro_5_are_followed():
    song = song_of(*["1:0/1"] * 6)
    headers = song.measureHeaders
    headers[1].direction = models.DirectionSign("Segno")
    headers[2].fromDirection = models.DirectionSign("Da Coda")
    headers[4].fromDirection = models.DirectionSign("Da Segno al Coda")
    headers[5].direction = models.DirectionSign("Coda")
    assert [bar.number for bar in read_target(file_of(song)).bars] == [1, 2, 3, 4, 5, 2, 3, 6]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\x18FICHIER GUITAR PRO v2.21" + b"\0" * 90, "save it as Guitar Pro 5"),
        (b"\x18FICHIER GUITAR PRO v5.10" + b"\0" * 9, "damaged; open it in Guitar Pro"),
        (b"\x18FICHIER GUITAR PRO v3.00", "damaged; open it in Guitar Pro"),
        (b"BCFZ" + b"\0" * 90, "Guitar Pro 6 file, which is not read"),
        (b"PK\3\4" + b"\0" * 26 + b"Content/score.gpif", "Guitar Pro 7 or 8 file, which is not read"),
        (b"PK\3\4" + b"\0" * 99, "packed \\(zip\\); unpack it"),
    ],
)
def test_what_is_not_read_is_said_with_what_to_do(data: bytes, said: str):
    with pytest.raises(TargetError, match=said):
        read_target(data)
