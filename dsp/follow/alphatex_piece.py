"""What an AlphaTex text says, before anything is unfolded: staves with their bars, and what holds for all staves."""

from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction

from dsp.follow.alphatex_beats import Beat, BeatRules, Strings
from dsp.follow.bounds import BPM_MAX, BPM_MIN, TRACKS_MAX, TargetError, check_bars, check_notes
from dsp.follow.score import WrittenBeat
from dsp.follow.unfold import Course


@dataclass(slots=True)
class Frame:
    """What holds for a bar in all staves; ``None``: as in the bar before. ``pickup``: as long as what is in it."""

    signature: Fraction | None = None
    course: Course = field(default_factory=Course)
    tempi: list[tuple[Fraction, float]] = field(default_factory=list)
    heading: str = ""
    swing: int | None = None
    pickup: bool = False


@dataclass(slots=True)
class TexBar:
    """A bar of one voice. ``simile``: it repeats bars before it."""

    beats: list[WrittenBeat] = field(default_factory=list)
    simile: str = ""


@dataclass(slots=True)
class Staff:
    """One staff: what there is to choose from. ``voices``: bars of each. ``counted``: what was left out."""

    name: str
    strings: Strings = field(default_factory=Strings)
    program: int | None = None
    tuned: bool = False
    voices: list[list[TexBar]] = field(default_factory=lambda: [[TexBar()]])
    counted: Counter[str] = field(default_factory=Counter)

    @property
    def has_beats(self) -> bool:
        """Whether anything was written on it."""
        return any(bar.beats for voice in self.voices for bar in voice)

    @property
    def pitches(self) -> list[int]:
        """MIDI numbers of its notes as written, ties not counted."""
        every = (note for voice in self.voices for bar in voice for beat in bar.beats for note in beat.notes)
        return [note.midi for note in every if not note.tie]


class Piece:
    """All of it, and the place at which is being written: staff, voice, bar."""

    def __init__(self) -> None:
        self.title, self.bpm = "", 120.0
        self.staves = [Staff("")]
        self.frames: list[Frame] = []
        self.rules = BeatRules()
        self.bar_wise = False
        self._place = 0
        self._track_name = ""
        self._written = 0

    @property
    def staff(self) -> Staff:
        """The staff at hand."""
        return self.staves[-1]

    @property
    def frame(self) -> Frame:
        """What holds for the bar at hand."""
        while len(self.frames) <= self._place:
            self.frames.append(Frame())
        return self.frames[self._place]

    @property
    def bar(self) -> TexBar:
        """The bar at hand, in the voice at hand."""
        voice = self.staff.voices[-1]
        while len(voice) <= self._place:
            voice.append(TexBar())
        return voice[self._place]

    @property
    def at_start(self) -> bool:
        """Whether the first bar is at hand."""
        return self._place == 0

    def next_bar(self) -> None:
        """Goes on behind a bar line."""
        self._place += 1
        check_bars(self._place)

    def add(self, beat: Beat) -> None:
        """Writes a beat as often as it says. Raises ``TargetError`` beyond the bounds."""
        start = self.bar.beats[-1].start + self.bar.beats[-1].duration if self.bar.beats else Fraction(0)
        if beat.bpm is not None and BPM_MIN <= beat.bpm <= BPM_MAX:
            self.frame.tempi.append((start, beat.bpm))
        self._written += beat.times * max(1, len(beat.notes))
        check_notes(self._written)
        if not beat.duration:
            return
        for _ in range(beat.times):
            self.bar.beats.append(WrittenBeat(start, beat.duration, beat.notes))
            start += beat.duration

    def begin_track(self, name: str) -> None:
        """Goes on in a new track; the first one named is the one that was there already."""
        self._track_name = name
        if len(self.staves) == 1 and not self.staff.has_beats and not self.staff.name:
            self.staff.name = name
            self._place = 0
        else:
            self._begin_staff(name)

    def begin_staff(self) -> None:
        """Goes on in a new staff of the same track, unless nothing was written in the one at hand."""
        if self.staff.has_beats:
            self._begin_staff(f"{self._track_name} staff {len(self.staves) + 1}".strip())

    def _begin_staff(self, name: str) -> None:
        self.staves.append(Staff(name))
        if len(self.staves) > TRACKS_MAX:
            raise TargetError(f"this AlphaTex has more than {TRACKS_MAX} tracks; give the guitar's alone")
        self._place, self.rules = 0, BeatRules()

    def begin_voice(self) -> None:
        """Goes on in a new voice, unless nothing was written in the one at hand: from bar 1, or from this bar."""
        if any(bar.beats for bar in self.staff.voices[-1]):
            self.staff.voices.append([TexBar()])
        if len(self.staff.voices) > TRACKS_MAX:
            raise TargetError(f"a staff of this AlphaTex has more than {TRACKS_MAX} voices; give one")
        if not self.bar_wise:
            self._place = 0
