"""What should be played: notes on a time line of beats, with bars, tempo and named segments. Frozen data only.

Beats are quarter notes from the start of the piece, as printed: a repeated bar stands here once for each time that it
is to be played (``Bar.number`` is the printed one, so both passes of a repeat carry the same).
"""

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class TargetNote:
    """One note. ``index`` is its place in ``Target.notes``; notes with the same ``beat`` are struck together.

    ``midi``: sounding pitch, 0 to 127, the capo counted. ``duration_beats`` > 0, ties counted. ``bar``: index in
    ``Target.bars``. ``stroke``: picked, as against hammered, pulled off or slid to. ``bend_cents``: how far
    the string is to be bent from ``midi`` at most, where the file says so.
    """

    index: int
    beat: float
    duration_beats: float
    midi: int
    bar: int = 0
    stroke: bool = True
    bend_cents: float = 0.0


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar as it is played. ``number`` counts from 1 as printed; ``beat`` is where it begins."""

    number: int
    beat: float
    length_beats: float


@dataclass(frozen=True, slots=True)
class TempoChange:
    """From ``beat`` on, ``bpm`` quarter notes per minute (> 0)."""

    beat: float
    bpm: float


@dataclass(frozen=True, slots=True)
class Segment:
    """A named range of printed bars, both ends included: what a player means by "the chorus"."""

    name: str
    first_bar: int
    last_bar: int


@dataclass(frozen=True)
class Target:
    """A piece, or a part of one. ``notes`` are in order of beat, then pitch; ``tempi`` begins at beat 0 or before.

    ``source``: "midi", "guitar pro", "alphatex" or "notes". ``track``: which of the file's tracks this is.
    ``skipped``: lines for the player about what the file holds and this does not ("dead notes left out: 3").
    """

    title: str
    notes: tuple[TargetNote, ...]
    bars: tuple[Bar, ...] = ()
    tempi: tuple[TempoChange, ...] = (TempoChange(0.0, 120.0),)
    segments: tuple[Segment, ...] = ()
    source: str = "notes"
    track: str = ""
    skipped: tuple[str, ...] = ()

    def at_s(self, beat: float) -> float:
        """Seconds from beat 0 to this beat, by the piece's own tempo; before beat 0 it is negative."""
        beats, starts_s = self._tempo_starts
        place = max(0, bisect_right(beats, beat) - 1)
        return starts_s[place] + (beat - beats[place]) * 60.0 / self.tempi[place].bpm

    def segment_at(self, bar_number: int) -> Segment | None:
        """The narrowest segment that holds this printed bar; ``None`` where no segment does."""
        holding = [s for s in self.segments if s.first_bar <= bar_number <= s.last_bar]
        return min(holding, key=lambda s: s.last_bar - s.first_bar, default=None)

    @cached_property
    def _tempo_starts(self) -> tuple[list[float], list[float]]:
        beats = [tempo.beat for tempo in self.tempi]
        starts_s = [beats[0] * 60.0 / self.tempi[0].bpm]
        for before, after in pairwise(self.tempi):
            starts_s.append(starts_s[-1] + (after.beat - before.beat) * 60.0 / before.bpm)
        return beats, starts_s
