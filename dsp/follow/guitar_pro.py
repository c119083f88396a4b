"""Guitar Pro 3, 4 and 5 to targets: tuning, capo, repeats, ties, tuplets, bends, harmonics, directions.

Left out, and said: dead notes (no pitch), grace notes (no place in time that could be scored). A trill or a tremolo
is expected as its first stroke, a pinch harmonic at its fretted pitch.
"""

from collections import Counter, defaultdict
from fractions import Fraction
from typing import Any, Final

from guitarpro import models

from dsp.follow.bounds import BPM_MAX, BPM_MIN, TargetError, clean_text
from dsp.follow.building import About
from dsp.follow.gp_library import read_song
from dsp.follow.harmonics import TOUCHED, bent
from dsp.follow.score import WrittenBar, WrittenBeat, WrittenNote, perform
from dsp.follow.target import Target, TempoChange
from dsp.follow.tracks import TrackInfo, choose, info
from dsp.follow.unfold import Course, Jump, Sign

_BEND_CENTS: Final = 50.0  # of the library's unit, which it calls a semitone: a whole tone is 100 in the file, 4 there
_SIGNS: Final = {
    "Coda": Sign.CODA,
    "Double Coda": Sign.DOUBLE_CODA,
    "Segno": Sign.SEGNO,
    "Segno Segno": Sign.DOUBLE_SEGNO,
    "Fine": Sign.FINE,
}
_LEAVES: Final = {"Da Coda": Sign.CODA, "Da Double Coda": Sign.DOUBLE_CODA}
_JUMPS_TO: Final = {"Da Capo": None, "Da Segno Segno": Sign.DOUBLE_SEGNO, "Da Segno": Sign.SEGNO}
_UNTIL: Final = {"": None, "al Coda": Sign.CODA, "al Double Coda": Sign.DOUBLE_CODA, "al Fine": Sign.FINE}


class _Reading:
    """What the measures say, by track number and in order. Only counts and fractions are kept, not their objects."""

    def __init__(self) -> None:
        self.voices: dict[int, list[tuple[tuple[WrittenBeat, ...], ...]]] = defaultdict(list)
        self.pitches: dict[int, list[int]] = defaultdict(list)
        self.counted: dict[int, Counter[str]] = defaultdict(Counter)
        self.tempi: dict[int, list[tuple[Fraction, float]]] = defaultdict(list)  # by bar number

    def measure(self, measure: Any) -> None:
        track = measure.track.number
        self.voices[track].append(tuple(tuple(self._beats(measure, voice)) for voice in measure.voices))

    def _beats(self, measure: Any, voice: Any) -> list[WrittenBeat]:
        beats, start = [], Fraction(0)
        for beat in voice.beats:
            duration = _duration(beat)
            change = beat.effect.mixTableChange
            if change is not None and change.tempo is not None and BPM_MIN <= change.tempo.value <= BPM_MAX:
                self.tempi[measure.number].append((start, float(change.tempo.value)))
            notes = tuple(filter(None, (self._note(measure.track, note) for note in beat.notes)))
            beats.append(WrittenBeat(start, duration, notes))
            start += duration
        return beats

    def _note(self, track: Any, note: Any) -> WrittenNote | None:
        counted, effect = self.counted[track.number], note.effect
        leads_on = effect.hammer or models.SlideType.legatoSlideTo in effect.slides
        if note.type == models.NoteType.tie:
            return WrittenNote(note.string, tie=True, leads_on=leads_on)
        if note.type != models.NoteType.normal:
            counted["dead notes left out"] += note.type == models.NoteType.dead
            return None
        counted["grace notes left out"] += effect.grace is not None
        counted["trills expected as their first note"] += effect.trill is not None
        counted["tremolos expected as their first stroke"] += effect.tremoloPicking is not None
        midi = _sounding(track, note, counted)
        semitones, bend_cents = bent([point.value * _BEND_CENTS for point in effect.bend.points] if effect.bend else [])
        midi += semitones
        if not 0 <= midi <= 127:
            counted["notes beyond any pitch left out"] += 1
            return None
        self.pitches[track.number].append(midi)
        return WrittenNote(note.string, midi, leads_on=leads_on, bend_cents=bend_cents)


def _duration(beat: Any) -> Fraction:
    """In quarter notes. An empty beat takes no time: so the format marks a voice that says nothing."""
    said = beat.duration
    if beat.status == models.BeatStatus.empty:
        return Fraction(0)
    if not 1 <= said.value <= 256:
        raise TargetError("a note's length in this Guitar Pro file is damaged; save it again in Guitar Pro")
    dotted = Fraction(3, 2) if said.isDotted else Fraction(1)
    return Fraction(4, said.value) * dotted * Fraction(said.tuplet.times, said.tuplet.enters)


def _sounding(track: Any, note: Any, counted: Counter[str]) -> int:
    """MIDI number that is heard: of a fretted note, or of a harmonic."""
    open_string = track.strings[note.string - 1].value + track.offset
    fretted, harmonic = open_string + note.value, note.effect.harmonic
    match harmonic:
        case models.NaturalHarmonic():
            return int(open_string + TOUCHED.get(note.value, note.value))
        case models.TappedHarmonic():
            touched = 12 if harmonic.fret is None else harmonic.fret - note.value
            return int(fretted + TOUCHED.get(touched, 12))
        case models.ArtificialHarmonic():
            return int(fretted + _artificial(fretted - track.offset, harmonic))
        case models.PinchHarmonic():
            counted["pinch harmonics expected at their fretted pitch"] += 1
    return int(fretted)


def _artificial(midi: int, harmonic: Any) -> int:
    """Semitones above the fretted note ``midi``: to the pitch class that is said, in the octave that is said."""
    octave = harmonic.octave.value if harmonic.octave is not None else 1
    above = (harmonic.pitch.value - midi) % 12 if harmonic.pitch is not None else 0
    return int(above + 12 * octave)


def guitar_pro_tracks(data: bytes) -> list[TrackInfo]:
    """What there is to choose from. Raises ``TargetError``."""
    reading = _Reading()
    return _infos(read_song(data, reading.measure), reading)


def read_guitar_pro(data: bytes, track: str | int | None = None) -> Target:
    """The target in one track of a Guitar Pro 3, 4 or 5 file. Raises ``TargetError``."""
    reading = _Reading()
    song = read_song(data, reading.measure)
    chosen = choose(_infos(song, reading), track)
    voices = reading.voices[chosen.number]
    bars = [
        WrittenBar(
            length=_bar_length(header),
            voices=voices[place] if place < len(voices) else (),
            course=_course(header),
            tempi=tuple(sorted(reading.tempi[header.number], key=lambda one: one[0])),
            heading="" if header.marker is None else _text(header.marker.title),
            swing={"eighth": 8, "sixteenth": 16}.get(header.tripletFeel.name, 0),
        )
        for place, header in enumerate(song.measureHeaders)
    ]
    about = About(
        source="guitar pro",
        title=_text(song.title),
        track=chosen.name,
        tempi=[TempoChange(0.0, float(song.tempo) if BPM_MIN <= song.tempo <= BPM_MAX else 120.0)],
    )
    return perform(bars, about, +reading.counted[chosen.number])


def _infos(song: Any, reading: _Reading) -> list[TrackInfo]:
    return [
        info(
            track.number,
            _text(track.name),
            reading.pitches[track.number],
            track.channel.instrument if track.channel is not None else None,
            drums=track.isPercussionTrack,
        )
        for track in song.tracks
    ]


def _bar_length(header: Any) -> Fraction:
    beats, unit = header.timeSignature.numerator, header.timeSignature.denominator.value
    if not (1 <= beats <= 64 and 1 <= unit <= 64):
        raise TargetError(f"bar {header.number} has the time signature {beats}/{unit}; mend it in Guitar Pro")
    return Fraction(4 * beats, unit)


def _course(header: Any) -> Course:
    jump, leave_for = None, None
    if header.fromDirection is not None:
        name = header.fromDirection.name
        leave_for = _LEAVES.get(name)
        to = next((start for start in _JUMPS_TO if name.startswith(start)), None)
        if to is not None and leave_for is None:
            jump = Jump(_JUMPS_TO[to], _UNTIL.get(name.removeprefix(to).strip()))
    return Course(
        opens=header.isRepeatOpen,
        repeats=max(0, header.repeatClose),
        endings=max(0, header.repeatAlternative),
        sign=_SIGNS.get(header.direction.name) if header.direction is not None else None,
        jump=jump,
        leave_for=leave_for,
    )


def _text(text: str) -> str:
    """As the writer's Windows meant it: the Western code page, where it was that."""
    return clean_text(text.encode("latin-1", "replace").decode("cp1252", "replace"))
