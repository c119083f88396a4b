"""Guitarists made by chance: a hand on a neck that wanders over scales, and strings that slip while it does.

What the ear would report, as a session log; and which string each note was on, which no log says.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dsp.types import LogEntry, NoteEnded, NoteStarted, Resumed, SegmentStarted

RATE_HZ = 48_000
STANDARD = (40, 45, 50, 55, 59, 64)
STEPS = {"major": (0, 2, 4, 5, 7, 9, 11), "pentatonic": (0, 3, 5, 7, 10)}
# Hands as players have them: open chords' place, a box, a scale across the neck, and moving about.
STYLES = {"open": [0], "box": [5, 7, 8, 12], "major": [2, 4, 5, 7, 9], "moving": [0, 0, 2, 5, 5, 7, 8, 10, 12]}


@dataclass(frozen=True)
class Plucked:
    """A note as played: string 0 is the lowest."""

    at_s: float
    midi: int
    string: int
    fret: int


def places(position: int, kind: str, root: int) -> list[Plucked]:
    """The notes of a scale under a hand at ``position`` (0: at the nut), one place for each pitch, lowest first."""
    frets = range(5) if position == 0 else range(position, position + 5)
    found: dict[int, Plucked] = {}
    for string, low in enumerate(STANDARD):
        for fret in frets:
            place = found.get(low + fret)
            if (low + fret - root) % 12 in STEPS[kind] and (place is None or fret < place.fret):
                found[low + fret] = Plucked(0.0, low + fret, string, fret)
    return [found[midi] for midi in sorted(found)]


def wander(seed: int, count: int, style: str, step_s: float = 0.3) -> list[Plucked]:
    """``count`` notes: up and down the scale, now and then a leap; "moving" changes its place every 16 to 60 notes."""
    random = np.random.default_rng(seed)
    notes: list[Plucked] = []
    at_s, left, index, up = 1.0, 0, 0, 1
    position = int(random.choice(STYLES[style]))
    under: list[Plucked] = []
    while len(notes) < count:
        if left == 0:
            position = int(random.choice(STYLES[style])) if style == "moving" else position
            kind = "pentatonic" if style == "box" or (style == "moving" and random.random() < 0.5) else "major"
            root = int(random.choice([0, 2, 7])) if position == 0 else STANDARD[0] + position + (kind == "major")
            under = places(position, kind, root)
            index, left = int(random.integers(len(under))), int(random.integers(16, 60))
            at_s += float(random.choice([0.0, 2.0]))
        up = -up if random.random() < 0.12 else up
        index += up * int(random.choice([1, 1, 1, 1, 2, 0]) if random.random() < 0.93 else random.integers(3, 7))
        if not 0 <= index < len(under):
            up = 1 if index < 0 else -1
            index = min(max(0, index), len(under) - 1)
        place = under[index]
        notes.append(Plucked(at_s, place.midi, place.string, place.fret))
        at_s, left = at_s + step_s, left - 1
    return notes


def heard(
    notes: list[Plucked],
    seed: int,
    slip_cents: Callable[[int, float], float] = lambda string, at_s: 0.0,
    pressure_cents: float | None = None,
) -> list[LogEntry]:
    """The log of it. ``slip_cents``: what a string (0 to 5) has moved by a time.

    Every fret has its own error (standard deviation 2.5 cents), every string its own beginning (3 cents), fretted
    notes are 2 cents sharp, every note is off by the pressure of its finger (3 to 6 cents), 1 in 33 by 15.
    """
    random = np.random.default_rng(1_000_000 + seed)
    spread = random.uniform(3.0, 6.0) if pressure_cents is None else pressure_cents
    begins = random.normal(0.0, 3.0, 6)
    frets = random.normal(0.0, 2.5, (6, 30))
    frets[:, 0] = 0.0
    log: list[LogEntry] = [SegmentStarted(0, 10**9), Resumed(0, 0)]
    for number, note in enumerate(notes):
        off = begins[note.string] + frets[note.string, note.fret] + 2.0 * (note.fret > 0) + random.normal(0.0, spread)
        off += float(random.choice([-15.0, 15.0])) if random.random() < 0.03 else 0.0
        off += slip_cents(note.string, note.at_s)
        nearest = note.midi + int(np.floor(off / 100.0 + 0.5))
        cents = round(off - 100.0 * (nearest - note.midi), 2)
        level_dbfs = round(-16.0 + random.normal(0.0, 3.0), 2)
        onset = round(note.at_s * RATE_HZ)
        log.append(NoteStarted(0, number, onset, onset + 900, nearest, cents, 0.95, level_dbfs))
        log.append(NoteEnded(0, number, onset + int(random.choice([9_600, 12_000])), nearest, cents, 0.95, level_dbfs))
    return log
