"""How early or late each stroke of a pass was, in ms: against the click where there is one, else the player's own line.

The own line is the piece's time line, shifted to where the player was and, only where the strokes clearly say so,
stretched to the player's tempo. A line is cut where the player stood still. Early is negative everywhere.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from dsp.follow.passes import Followed
from dsp.follow.steps import Floats, Steps
from dsp.follow.verdicts import NoteFollowed
from dsp.types import GridSet

STROKES_MIN: Final = 3
SLIP_S: Final = 0.25  # a stroke so far off its line was no stroke of it
TURNS: Final = 8
SURE: Final = 3.0  # standard errors by which a tempo must differ to be believed


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
        Click(starts_s.get(g.segment, 0.0) + g.sample / 48_000, g.bpm, latency_s.get(g.segment, 0.0)) for g in grids
    ]


def lines(steps: Steps, followed: Followed, grid: Sequence[Click] = ()) -> list[Line]:
    """One line for each stretch of each pass that has ``STROKES_MIN`` strokes, in order."""
    stretches = [_strokes(stretch) for one in followed.passes for stretch in one.stretches]
    beats = np.array([tones[0].beat for tones in steps.notes])
    free: list[list[NoteFollowed]] = []
    found: list[Line] = []
    for stretch in stretches:
        click = _click_at(grid, stretch[0].onset_s)
        if click is not None:
            found.append(_against(click, stretch, beats, steps))
        elif len(stretch) >= STROKES_MIN:
            free.append(stretch)
    found += _own_lines(steps, free)
    return sorted(found, key=lambda line: line.from_s)


def _strokes(stretch: Sequence[NoteFollowed]) -> list[NoteFollowed]:
    """One note for each step: the first of a strum."""
    first: dict[int, NoteFollowed] = {}
    for verdict in stretch:
        assert verdict.step is not None, "extras have no time to be late for"
        first.setdefault(verdict.step, verdict)
    return list(first.values())


def _click_at(grid: Sequence[Click], at_s: float) -> Click | None:
    """The click that counts then; half a beat before its first one still belongs to it."""
    click = next((c for c in reversed(grid) if c.start_s - (30.0 / c.bpm if c.bpm > 0 else 0.0) <= at_s), None)
    return click if click is not None and click.bpm > 0 else None


def _against(click: Click, stretch: Sequence[NoteFollowed], beats: Floats, steps: Steps) -> Line:
    """Against the click: which of its beats the stretch began on is a whole number, the same for all of its strokes."""
    onsets_s, at = _times(stretch)
    beat_s = 60.0 / click.bpm
    late = (onsets_s - click.start_s - click.heard_late_s) / beat_s - beats[at]
    errors_ms = (late - round(float(np.median(late)))) * beat_s * 1000.0
    spans_s = steps.at_s[at[-1]] - steps.at_s[at[0]]
    rate = float((beats[at[-1]] - beats[at[0]]) * beat_s / spans_s) if spans_s > 0 else 1.0
    return Line(_by_note(stretch, errors_ms), rate, float(onsets_s[0]), float(onsets_s[-1]))


def _own_lines(steps: Steps, stretches: Sequence[Sequence[NoteFollowed]]) -> list[Line]:
    """All stretches share one tempo unless one of them says clearly otherwise."""
    fits = [_Fit(steps, stretch) for stretch in stretches]
    shared = _shared_rate(fits)
    found = []
    for fit in fits:
        rate = shared
        if fit.rate is not None and abs(fit.rate - shared) > SURE * fit.rate_error:
            rate = fit.rate
        errors_ms = 1000.0 * fit.errors_s(rate)
        found.append(Line(_by_note(fit.stretch, errors_ms), rate, float(fit.onsets_s[0]), float(fit.onsets_s[-1])))
    return found


class _Fit:
    """A straight line through one stretch, strokes far off it weighing little (Tukey's biweight)."""

    def __init__(self, steps: Steps, stretch: Sequence[NoteFollowed]) -> None:
        self.stretch = stretch
        self.onsets_s, at = _times(stretch)
        self.due_s: Floats = steps.at_s[at]
        self.rate: float | None = None
        self.rate_error = math.inf
        if len(np.unique(self.due_s)) >= STROKES_MIN:
            self._fit()

    def errors_s(self, rate: float) -> Floats:
        """What is left of each stroke against the line of this slope."""
        left = self.onsets_s - rate * self.due_s
        return left - _centre(left)

    def _fit(self) -> None:
        slopes = np.diff(self.onsets_s) / np.diff(self.due_s)
        rate = float(np.median(slopes[slopes > 0])) if (slopes > 0).any() else 1.0
        for _ in range(TURNS):
            left = self.onsets_s - rate * self.due_s
            weights = _weights(left - _centre(left))
            total = weights.sum()
            away = self.due_s - (weights * self.due_s).sum() / total
            room = float((weights * away**2).sum())
            if room <= 0:
                return
            rate = float((weights * away * self.onsets_s).sum() / room)
        error = self.errors_s(rate)
        variance = float((weights * error**2).sum() / max(1.0, total - 2.0))
        self.rate = rate
        self.rate_error = math.sqrt(max(variance, 0.005**2) / room)


def _shared_rate(fits: Sequence[_Fit]) -> float:
    """The stretches' common rate, weighted by how sure each is; 1 where it is not clearly another."""
    sure = [(fit.rate, fit.rate_error) for fit in fits if fit.rate is not None]
    if not sure:
        return 1.0
    rates, errors = (np.array(column) for column in zip(*sure, strict=True))
    # The middle of the weighted rates: one stretch played at half tempo must not drag the others.
    order = np.argsort(rates)
    heavy = np.cumsum(1.0 / errors[order] ** 2)
    middle = float(rates[order][np.searchsorted(heavy, heavy[-1] / 2)])
    near = np.abs(rates - middle) <= SURE * errors
    weights = near / errors**2
    shared = float((weights * rates).sum() / weights.sum())
    return 1.0 if abs(shared - 1.0) < SURE / math.sqrt(float(weights.sum())) else shared


def _centre(left: Floats) -> float:
    """Where the strokes lie: their mean, those far off weighing little."""
    centre = float(np.median(left))
    for _ in range(TURNS):
        weights = _weights(left - centre)
        centre = float((weights * left).sum() / weights.sum())
    return centre


def _weights(errors_s: Floats) -> Floats:
    spread_s = max(0.005, 1.4826 * float(np.median(np.abs(errors_s))))
    inside = np.abs(errors_s) / min(6.0 * spread_s, max(SLIP_S, 3.0 * spread_s))
    weights: Floats = np.where(inside < 1.0, (1.0 - np.minimum(inside, 1.0) ** 2) ** 2, 0.0)
    return weights if weights.sum() > 0 else np.ones_like(weights)


def _times(stretch: Sequence[NoteFollowed]) -> tuple[Floats, list[int]]:
    return np.array([v.onset_s for v in stretch]), [v.step for v in stretch if v.step is not None]


def _by_note(stretch: Sequence[NoteFollowed], errors_ms: Floats) -> dict[tuple[int, int], float]:
    return {(v.segment, v.note_id): float(e) for v, e in zip(stretch, errors_ms, strict=True)}
