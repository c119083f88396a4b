"""Early and late against a click, in ms; early is negative.

A part is what was played under one click. Which of the click's beats it began on is a whole number, the same for all
of its strokes. Many practise to a click at half or twice the tempo (the piece's, in the hand): which it is, is the same
for everything that was played under that click. Who does not follow the click at all is not early or late by it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from typing import Final

import numpy as np

from dsp.follow.line import spread_s
from dsp.follow.passes import Followed
from dsp.follow.steps import Floats, Steps
from dsp.follow.verdicts import NoteFollowed
from dsp.types import SAMPLE_RATE_HZ, GridSet

Strokes = Sequence[NoteFollowed]

# The click's beats to one of the piece's. The first is meant unless another fits clearly better.
RATIOS: Final = (
    Fraction(1),
    *(Fraction(a, b) for a, b in ((1, 2), (2, 1), (1, 4), (4, 1), (1, 3), (2, 3), (3, 2), (3, 1))),
)
CLEARLY: Final = 0.4  # times the spread
STROKES_SURE: Final = 6
ASTRAY: Final = 0.5  # of a beat: farther off, the nearest beat is another
ASTRAY_SHARE: Final = 0.1  # of the strokes: a few slips are slips


@dataclass(frozen=True, slots=True)
class Click:
    """A click in seconds of the log: beat 0 sounds at ``start_s``, for the player; the input hears it as late."""

    start_s: float
    bpm: float
    heard_late_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Line:
    """The fit of one stretch: ms by (segment, note id), and the player's rate (seconds per second of the piece)."""

    signed_ms: dict[tuple[int, int], float]
    rate: float
    from_s: float
    to_s: float


def clicks(grids: Sequence[GridSet], starts_s: dict[int, float], latency_s: dict[int, float]) -> list[Click]:
    """The click of every ``GridSet``; bpm 0 where it ends. ``starts_s``: of each segment's sample 0."""
    return [
        Click(starts_s.get(g.segment, 0.0) + g.sample / SAMPLE_RATE_HZ, g.bpm, latency_s.get(g.segment, 0.0))
        for g in grids
    ]


def parts(followed: Followed, grid: Sequence[Click]) -> list[tuple[Click | None, list[NoteFollowed]]]:
    """The stretches of all passes in order, one note for each step, cut where a click begins, changes or ends."""
    found: list[tuple[Click | None, list[NoteFollowed]]] = []
    for stretch in (stretch for one in followed.passes for stretch in one.stretches):
        for at, part in groupby(_strokes(stretch), key=lambda v: _click_at(grid, v.onset_s)):
            found.append((None if at is None else grid[at], list(part)))
    return found


def against(click: Click, played: Sequence[Strokes], steps: Steps) -> list[Line] | None:
    """All parts that were played to this click; ``None`` where they do not follow it."""
    placed = [_placed(click, part, steps) for part in played]
    fits = [np.concatenate([_errors_s(part, click, ratio) for part in placed]) for ratio in RATIOS]
    spreads_s = [spread_s(fit) for fit in fits]
    best = int(np.argmin(spreads_s))
    if len(fits[0]) < STROKES_SURE or spreads_s[best] > CLEARLY * spreads_s[0]:
        best = 0
    beat_s = float(RATIOS[best]) * 60.0 / click.bpm
    if float(np.mean(np.abs(fits[best]) > ASTRAY * beat_s)) > ASTRAY_SHARE:
        return None
    return [
        Line(
            by_note(part, 1000.0 * _errors_s(at, click, RATIOS[best])),
            _rate(at[1], times(part, steps.at_s)[1], beat_s),
            float(part[0].onset_s),
            float(part[-1].onset_s),
        )
        for part, at in zip(played, placed, strict=True)
    ]


def times(part: Strokes, at: Floats) -> tuple[Floats, Floats]:
    """Onsets (s), and each stroke's place in ``at``."""
    return np.array([v.onset_s for v in part]), at[[v.step for v in part if v.step is not None]]


def by_note(part: Strokes, errors_ms: Floats) -> dict[tuple[int, int], float]:
    """By (segment, note id)."""
    return {(v.segment, v.note_id): float(e) for v, e in zip(part, errors_ms, strict=True)}


def _strokes(stretch: Strokes) -> list[NoteFollowed]:
    """One note for each step: the first of a strum."""
    first: dict[int, NoteFollowed] = {}
    for verdict in stretch:
        assert verdict.step is not None, "extras have no time to be late for"
        first.setdefault(verdict.step, verdict)
    return list(first.values())


def _click_at(grid: Sequence[Click], at_s: float) -> int | None:
    """Which click counts then; half a beat before its first one still belongs to it."""
    found = next(
        (n for n, c in reversed(list(enumerate(grid))) if c.start_s - _half_beat_s(c) <= at_s - c.heard_late_s), None
    )
    return found if found is not None and grid[found].bpm > 0 else None


def _half_beat_s(click: Click) -> float:
    return 30.0 / click.bpm if click.bpm > 0 else 0.0


def _placed(click: Click, part: Strokes, steps: Steps) -> tuple[Floats, Floats]:
    """Seconds since the click's beat 0, and the piece's beats."""
    onsets_s, at_beat = times(part, np.array([tones[0].beat for tones in steps.notes]))
    return onsets_s - click.start_s - click.heard_late_s, at_beat


def _errors_s(placed: tuple[Floats, Floats], click: Click, ratio: Fraction) -> Floats:
    """How far off each stroke was, if so many beats of the click are one of the piece's.

    To three beats of the piece against two of the click, say, a part may begin on any half of a beat.
    """
    since_s, at_beat = placed
    beat_s = float(ratio) * 60.0 / click.bpm
    late = since_s / beat_s - at_beat
    errors_s: Floats = (late - round(float(np.median(late)) * ratio.numerator) / ratio.numerator) * beat_s
    return errors_s


def _rate(at_beat: Floats, at_s: Floats, beat_s: float) -> float:
    span_s = float(at_s[-1] - at_s[0])
    return float(at_beat[-1] - at_beat[0]) * beat_s / span_s if span_s > 0 else 1.0
