"""A printed score, and what it asks to be played: repeats unfolded, ties joined, swing applied, places named.

Guitar Pro and AlphaTex say the same things in other words; both become ``WrittenBar``s, and this turns those into a
target. Times within a bar are fractions of a quarter note, so that a triplet is a third.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import zip_longest
from typing import Final

from dsp.follow.bounds import BEATS_MAX, TargetError, check_notes
from dsp.follow.building import About, Heading, Struck, build, segments_from
from dsp.follow.target import Bar, Target, TempoChange
from dsp.follow.unfold import Course, unfold

_SWUNG: Final = {8: Fraction(1, 2), 16: Fraction(1, 4)}


@dataclass(frozen=True, slots=True)
class WrittenNote:
    """One note of a beat. ``line``: string or voice within which ties and legato look for their partner.

    ``midi``: sounding pitch at its onset. ``tie``: continues what ``line`` plays (``midi`` means nothing then).
    ``leads_on``: the next note of ``line`` is hammered, pulled off or slid to. ``legato``: this one is, whatever came
    before.
    """

    line: int
    midi: int = 0
    tie: bool = False
    leads_on: bool = False
    legato: bool = False
    bend_cents: float = 0.0


@dataclass(frozen=True, slots=True)
class WrittenBeat:
    """Notes struck together; none in a rest. ``start``, ``duration``: quarter notes, ``start`` within the bar."""

    start: Fraction
    duration: Fraction
    notes: tuple[WrittenNote, ...] = ()


@dataclass(frozen=True, slots=True)
class WrittenBar:
    """``voices``: beats of each, in order. ``tempi``: (start within the bar, quarter notes per minute).

    ``swing``: 8 or 16 where notes of that length are played long and short, 2 to 1; else 0.
    """

    length: Fraction
    voices: tuple[tuple[WrittenBeat, ...], ...] = ()
    course: Course = field(default_factory=Course)
    tempi: tuple[tuple[Fraction, float], ...] = ()
    heading: str = ""
    swing: int = 0


def perform(bars: Sequence[WrittenBar], about: About, counted: Counter[str] | None = None) -> Target:
    """The target that this score is. ``counted``: what was left out, for ``Target.skipped``. Raises ``TargetError``."""
    counted = Counter() if counted is None else counted
    order = unfold([bar.course for bar in bars])
    played, starts = _lay_out(bars, order)
    struck = list(_struck(bars, order, starts, counted))
    headings = [Heading(number, bar.heading) for number, bar in enumerate(bars, 1) if bar.heading]
    said = replace(
        about,
        tempi=[*about.tempi, *_tempi(bars, order, starts, about.tempi)],
        segments=[*about.segments, *segments_from(headings, len(bars))],
        skipped=[*about.skipped, *(f"{what}: {count}" for what, count in sorted(counted.items()))],
    )
    return build(struck, played, said)


def _lay_out(bars: Sequence[WrittenBar], order: Sequence[int]) -> tuple[list[Bar], list[Fraction]]:
    played, starts, beat = [], [], Fraction(0)
    for place in order:
        played.append(Bar(place + 1, float(beat), float(bars[place].length)))
        starts.append(beat)
        beat += bars[place].length
        if beat > BEATS_MAX:
            raise TargetError("the bars of this piece are longer than any piece's; the file is damaged")
    return played, starts


@dataclass(slots=True)
class _Sounding:
    """The last note of a line: ties make it longer. ``place``: where in the list it stands."""

    place: int
    leads_on: bool


def _struck(
    bars: Sequence[WrittenBar], order: Sequence[int], starts: Sequence[Fraction], counted: Counter[str]
) -> Iterable[Struck]:
    struck: list[Struck] = []
    sounding: dict[tuple[int, int], _Sounding] = {}
    for place, bar_start in zip(order, starts, strict=True):
        for voice, beats in enumerate(bars[place].voices):
            for beat in _swung(beats, bars[place].swing):
                _play(struck, sounding, voice, replace(beat, start=bar_start + beat.start), counted)
                check_notes(len(struck))
    return struck


def _play(
    struck: list[Struck],
    sounding: dict[tuple[int, int], _Sounding],
    voice: int,
    beat: WrittenBeat,
    counted: Counter[str],
) -> None:
    for note in beat.notes:
        key = (voice, note.line)
        before = sounding.get(key)
        if note.tie:
            if before is None:
                counted["ties without a beginning left out"] += 1
                continue
            held = struck[before.place]
            ends = float(beat.start + beat.duration)
            struck[before.place] = replace(held, duration_beats=max(held.duration_beats, ends - held.beat))
            before.leads_on = note.leads_on
            continue
        slurred = note.legato or (before is not None and before.leads_on)
        struck.append(Struck(float(beat.start), float(beat.duration), note.midi, not slurred, note.bend_cents))
        sounding[key] = _Sounding(len(struck) - 1, note.leads_on)


def _swung(beats: Sequence[WrittenBeat], swing: int) -> Iterator[WrittenBeat]:
    """Pairs of equal notes on a beat as long and short. Only whole pairs: a triplet is one already."""
    unit = _SWUNG.get(swing)
    if unit is None:
        yield from beats
        return
    before: WrittenBeat | None = None
    for beat, following in zip_longest(beats, beats[1:]):
        on_beat = beat.duration == unit and beat.start % (2 * unit) == 0
        off_beat = beat.duration == unit and beat.start % (2 * unit) == unit
        if on_beat and following is not None and following.duration == unit:
            yield replace(beat, duration=unit * 4 / 3)
        elif off_beat and before is not None and before.duration == unit:
            yield replace(beat, start=beat.start + unit / 3, duration=unit * 2 / 3)
        else:
            yield beat
        before = beat


def _tempi(
    bars: Sequence[WrittenBar], order: Sequence[int], starts: Sequence[Fraction], first: Sequence[TempoChange]
) -> Iterator[TempoChange]:
    """What stands over a bar holds for it whenever it is played, also when a repeat comes back to it."""
    in_force: list[float] = []
    bpm = first[0].bpm if first else 120.0
    for bar in bars:
        in_force.append(bpm)
        bpm = bar.tempi[-1][1] if bar.tempi else bpm
    for place, start in zip(order, starts, strict=True):
        yield TempoChange(float(start), in_force[place])
        for offset, changed_bpm in bars[place].tempi:
            yield TempoChange(float(start + offset), changed_bpm)
