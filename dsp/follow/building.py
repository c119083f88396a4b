"""From what a format says to a ``Target``: order, bars, unique names of segments. The last gate of every parser.

Parsers hand over notes in any order; here each gets its bar and its index, and what no piece can be is refused once
for all formats.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import inf

from dsp.follow.bounds import (
    BEATS_MAX,
    BPM_MAX,
    BPM_MIN,
    SEGMENTS_MAX,
    TEMPI_MAX,
    TargetError,
    check_bars,
    check_notes,
    clean_text,
    finite,
)
from dsp.follow.target import Bar, Segment, Target, TargetNote, TempoChange

DURATION_MIN_BEATS = 1.0 / 1024.0
SKIPPED_MAX = 20  # lines of a stranger's own making must not fill a screen
EPSILON_BEATS = 1e-6  # two ways to compute one bar line may differ in the last bits; that is no bar of its own


@dataclass(frozen=True, slots=True)
class Struck:
    """A note as a parser found it: when (beats), how long (beats), which (MIDI), picked or not, bent how far."""

    beat: float
    duration_beats: float
    midi: int
    stroke: bool = True
    bend_cents: float = 0.0


@dataclass(frozen=True, slots=True)
class Heading:
    """A marker: from this printed bar on, until the next one, the piece is called ``name``."""

    bar_number: int
    name: str


@dataclass(frozen=True, slots=True)
class About:
    """What a file says beside its notes; texts as they stand there."""

    source: str
    title: str = ""
    track: str = ""
    tempi: Sequence[TempoChange] = ()
    segments: Sequence[Segment] = ()
    skipped: Sequence[str] = ()


def build(struck: Iterable[Struck], bars: Sequence[Bar], about: About) -> Target:
    """A checked ``Target``; ``struck`` in any order, ``bars`` in theirs. Raises ``TargetError``."""
    check_bars(len(bars))
    notes = _in_order(struck, bars)
    if not notes:
        raise TargetError("there is not one note in it that a guitar could play; choose another track or file")
    return Target(
        title=clean_text(about.title),
        notes=notes,
        bars=tuple(bars),
        tempi=tempo_map(about.tempi),
        segments=tuple(_unique(about.segments[:SEGMENTS_MAX])),
        source=about.source,
        track=clean_text(about.track),
        skipped=tuple(clean_text(line) for line in about.skipped[:SKIPPED_MAX] if line),
    )


def _in_order(struck: Iterable[Struck], bars: Sequence[Bar]) -> tuple[TargetNote, ...]:
    starts = [bar.beat for bar in bars]
    # Two voices on one string, or two tracks of a doubled part: the ear hears one note, and so it is one target.
    kept: dict[tuple[float, int], Struck] = {}
    for note in struck:
        _check(note)
        twin = kept.get((note.beat, note.midi))
        if twin is None or note.duration_beats > twin.duration_beats:
            kept[note.beat, note.midi] = note
        check_notes(len(kept))
    ordered = sorted(kept.values(), key=lambda note: (note.beat, note.midi))
    return tuple(
        TargetNote(
            index=index,
            beat=note.beat,
            duration_beats=max(note.duration_beats, DURATION_MIN_BEATS),
            midi=note.midi,
            bar=max(0, bisect_right(starts, note.beat) - 1),
            stroke=note.stroke,
            bend_cents=note.bend_cents,
        )
        for index, note in enumerate(ordered)
    )


def _check(note: Struck) -> None:
    if not (finite(note.beat) and finite(note.duration_beats) and abs(note.beat) <= BEATS_MAX):
        raise TargetError("a note lies beyond any piece's end; the file is damaged, or has its times in another unit")
    if not 0 <= note.midi <= 127:
        raise TargetError(f"a note has the pitch {note.midi}; MIDI numbers go from 0 to 127")


def tempo_map(tempi: Iterable[TempoChange]) -> tuple[TempoChange, ...]:
    """In order, one per beat (the last said wins), without repetition; begins at beat 0 or before, 120 where unsaid."""
    at: dict[float, float] = {}
    for tempo in tempi:
        if finite(tempo.beat) and BPM_MIN <= tempo.bpm <= BPM_MAX:
            at[tempo.beat] = tempo.bpm
        if len(at) > TEMPI_MAX:
            raise TargetError(f"this changes its tempo more than {TEMPI_MAX:,} times; give it with a steady tempo")
    if not at or min(at) > 0.0:
        at[0.0] = 120.0
    ordered = [TempoChange(beat, at[beat]) for beat in sorted(at)]
    return (ordered[0], *(after for before, after in pairwise(ordered) if after.bpm != before.bpm))


def bars_of(signatures: Sequence[tuple[float, float]], end_beat: float) -> list[Bar]:
    """Bars until ``end_beat`` (at least one). ``signatures``: (beat from which, length of a bar in beats), in order.

    A signature in mid-bar ends that bar there: so a pickup is a short first bar, counted as bar 1.
    """
    bars: list[Bar] = []
    for (beat, length_beats), following_beat in zip(signatures, [*(s[0] for s in signatures[1:]), inf], strict=True):
        stop = min(following_beat, end_beat)
        check_bars(len(bars) + (stop - beat) / length_beats - 1)
        place = 0
        while beat + place * length_beats < stop - EPSILON_BEATS or (not bars and following_beat == inf):
            start = beat + place * length_beats
            whole = start + length_beats <= following_beat + EPSILON_BEATS
            bars.append(Bar(len(bars) + 1, start, length_beats if whole else following_beat - start))
            place += 1
    return bars


def segments_from(headings: Iterable[Heading], last_bar: int) -> list[Segment]:
    """Each heading's range runs to the bar before the next one; two at one bar: the later said wins."""
    at = {heading.bar_number: clean_text(heading.name) for heading in headings}
    named = sorted((bar, name) for bar, name in at.items() if name and bar <= last_bar)
    ends = [bar - 1 for bar, _ in named[1:]] + [last_bar]
    return [Segment(name, bar, end) for (bar, name), end in zip(named, ends, strict=False)]


def _unique(segments: Sequence[Segment]) -> list[Segment]:
    """The second "Chorus" becomes "Chorus 2", so that a name says which bars were practised."""
    taken: set[str] = set()
    made = []
    for segment in segments:
        base = clean_text(segment.name) or "part"
        name, count = base, 1
        while name in taken:
            count += 1
            name = f"{base} {count}"
        taken.add(name)
        made.append(replace(segment, name=name))
    return made
