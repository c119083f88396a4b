"""How early or late each stroke of a pass was, in ms: against the click where there is one, else the player's own line.

The own line is the piece's time line, shifted to where the player was and, only where the strokes clearly say so,
stretched to the player's tempo, or bent with a tempo that drifts. It is cut where the player stood still. Where no line
holds the strokes together nothing is said about early and late. Early is negative everywhere.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from dsp.follow.line import STROKES_MIN, centre, slope, spread_s, unbent
from dsp.follow.passes import Followed
from dsp.follow.steps import Floats, Steps
from dsp.follow.verdicts import STOP, NoteFollowed
from dsp.types import SAMPLE_RATE_HZ, GridSet

SURE: Final = 3.0  # standard errors by which a run's tempo must differ from the others' to be its own
SURE_OF_TEMPO: Final = 2.5  # and the player's from the written one
SAME_BEAT: Final = 2.5  # standard errors within which one who went elsewhere is still in the same beat
BEAT_SHARE: Final = 0.2  # of the shortest interval
UNEVEN_S: Final = 0.04
UNEVEN_SHARE: Final = 0.25  # of a typical interval; strokes anywhere in it lie at .29


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


def lines(steps: Steps, followed: Followed, grid: Sequence[Click] = ()) -> list[Line]:
    """One line for each stretch of each pass, in order; without ms where too few strokes hold together."""
    stretches = [_strokes(stretch) for one in followed.passes for stretch in one.stretches]
    beats = np.array([tones[0].beat for tones in steps.notes])
    free: list[_Stretch] = []
    found: list[Line] = []
    for stretch in stretches:
        click = _click_at(grid, stretch[0].onset_s)
        if click is not None:
            found.append(_against(click, stretch, beats, steps))
        else:
            free.append(_Stretch(stretch, *_times(stretch, steps.at_s)))
    return sorted(found + _own_lines(free), key=lambda line: line.from_s)


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
    onsets_s, at_beat = _times(stretch, beats)
    _, at_s = _times(stretch, steps.at_s)
    beat_s = 60.0 / click.bpm
    late = (onsets_s - click.start_s - click.heard_late_s) / beat_s - at_beat
    errors_ms = (late - round(float(np.median(late)))) * beat_s * 1000.0
    span_s = float(at_s[-1] - at_s[0])
    rate = float(at_beat[-1] - at_beat[0]) * beat_s / span_s if span_s > 0 else 1.0
    return Line(_by_note(stretch, errors_ms), rate, float(onsets_s[0]), float(onsets_s[-1]))


@dataclass(frozen=True)
class _Stretch:
    """Strokes without a break. ``due_s``: when each was due by the piece's own tempo."""

    strokes: Sequence[NoteFollowed]
    onsets_s: Floats
    due_s: Floats

    def begins_s(self, rate: float) -> float:
        """Where the piece's time 0 lies on the line of this slope."""
        return centre(self.onsets_s - rate * self.due_s)


def _own_lines(stretches: Sequence[_Stretch]) -> list[Line]:
    """All share one tempo unless one says clearly otherwise; who goes elsewhere in the same beat keeps the line."""
    shared = _shared_rate(stretches)
    return [line for run in _runs(stretches, shared) for line in _run_lines(run, shared)]


def _runs(stretches: Sequence[_Stretch], rate: float) -> list[list[_Stretch]]:
    """Stretches that lie on one line, brought onto one time of the piece."""
    runs: list[list[_Stretch]] = []
    for stretch in stretches:
        moved = None if not runs or STOP in stretch.strokes[0].moves else _in_the_same_beat(runs[-1], stretch, rate)
        if moved is None:
            runs.append([stretch])
        else:
            runs[-1].append(moved)
    return runs


def _in_the_same_beat(run: Sequence[_Stretch], stretch: _Stretch, rate: float) -> _Stretch | None:
    """The stretch with its ``due_s`` moved by whole intervals onto the run's line; ``None`` where it is not on it."""
    onsets_s = np.concatenate([one.onsets_s for one in run])
    due_s = np.concatenate([one.due_s for one in run])
    intervals_s = np.diff(np.unique(np.round(np.concatenate([due_s, stretch.due_s]), 6)))
    step_s = float(intervals_s[intervals_s > 0.03].min()) if (intervals_s > 0.03).any() else 0.0
    if len(onsets_s) < STROKES_MIN or step_s <= 0:
        return None
    before_s = onsets_s - rate * due_s
    away = (stretch.begins_s(rate) - centre(before_s)) / (rate * step_s)
    off_s = abs(away - round(away)) * rate * step_s
    error_s = max(0.005, spread_s(before_s)) * math.sqrt(1.0 / len(onsets_s) + 1.0 / len(stretch.onsets_s))
    if off_s > min(SAME_BEAT * error_s, BEAT_SHARE * rate * step_s):
        return None
    return _Stretch(stretch.strokes, stretch.onsets_s, stretch.due_s + round(away) * step_s)


def _run_lines(run: Sequence[_Stretch], shared: float) -> list[Line]:
    onsets_s = np.concatenate([one.onsets_s for one in run])
    due_s = np.concatenate([one.due_s for one in run])
    own = slope(due_s, onsets_s)
    rate = own[0] if own is not None and abs(own[0] - shared) > SURE * own[1] else shared
    straight_s = onsets_s - rate * due_s
    errors_s = unbent(due_s, onsets_s, straight_s - centre(straight_s))
    held = len(onsets_s) >= STROKES_MIN and _holds(onsets_s, errors_s)
    found, start = [], 0
    for one in run:
        part_ms = 1000.0 * errors_s[start : start + len(one.strokes)]
        by_note = _by_note(one.strokes, part_ms) if held else {}
        found.append(Line(by_note, rate, float(one.onsets_s[0]), float(one.onsets_s[-1])))
        start += len(one.strokes)
    return found


def _holds(onsets_s: Floats, errors_s: Floats) -> bool:
    """Whether these are strokes in time at all."""
    return spread_s(errors_s) <= max(UNEVEN_S, UNEVEN_SHARE * float(np.median(np.diff(onsets_s))))


def _shared_rate(stretches: Sequence[_Stretch]) -> float:
    """The stretches' common rate, weighted by how sure each is; 1 where it is not clearly another."""
    sure = [found for one in stretches if (found := slope(one.due_s, one.onsets_s)) is not None]
    if not sure:
        return 1.0
    rates, errors = (np.array(column) for column in zip(*sure, strict=True))
    # The middle of the weighted rates: one stretch played at half tempo must not drag the others.
    order = np.argsort(rates)
    heavy = np.cumsum(1.0 / errors[order] ** 2)
    middle = float(rates[order][np.searchsorted(heavy, heavy[-1] / 2)])
    certain = (np.abs(rates - middle) <= SURE * errors) / errors**2
    shared = float((certain * rates).sum() / certain.sum())
    return 1.0 if abs(shared - 1.0) < SURE_OF_TEMPO / math.sqrt(float(certain.sum())) else shared


def _times(stretch: Sequence[NoteFollowed], times: Floats) -> tuple[Floats, Floats]:
    """Onsets (s), and each stroke's place in ``times``."""
    return np.array([v.onset_s for v in stretch]), times[[v.step for v in stretch if v.step is not None]]


def _by_note(stretch: Sequence[NoteFollowed], errors_ms: Floats) -> dict[tuple[int, int], float]:
    return {(v.segment, v.note_id): float(e) for v, e in zip(stretch, errors_ms, strict=True)}
