"""How early or late each stroke of a pass was, in ms: against the click where there is one, else the player's own line.

Against the click see ``dsp.follow.against``. The own line is the piece's time line, shifted to where the player was
and, only where the strokes clearly say so, stretched to the player's tempo, or bent with a tempo that drifts. It is cut
where the player stood still. Where no line holds the strokes together nothing is said. Early is negative everywhere.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from dsp.follow.against import Click, Line, against, by_note, parts, times
from dsp.follow.line import STROKES_MIN, centre, slope, spread_s, unbent
from dsp.follow.passes import Followed
from dsp.follow.steps import Floats, Steps
from dsp.follow.verdicts import STOP, NoteFollowed

SURE: Final = 3.0  # standard errors by which a run's tempo must differ from the others' to be its own
SURE_OF_TEMPO: Final = 2.5  # and the player's from the written one
SAME_BEAT: Final = 2.5  # standard errors within which one who went elsewhere is still in the same beat
BEAT_SHARE: Final = 0.2  # of the shortest interval
UNEVEN_S: Final = 0.04
UNEVEN_SHARE: Final = 0.25  # of a typical interval; strokes anywhere in it lie at .29


def lines(steps: Steps, followed: Followed, grid: Sequence[Click] = ()) -> list[Line]:
    """One line for each stretch of each pass, cut where a click changes; without ms where too few strokes hold."""
    found: list[Line] = []
    free: list[list[NoteFollowed]] = []
    clicked: dict[Click, list[list[NoteFollowed]]] = {}
    for click, part in parts(followed, grid):
        (free if click is None else clicked.setdefault(click, [])).append(part)
    for click, played in clicked.items():
        told = against(click, played, steps)
        if told is None:
            free += played
        else:
            found += told
    free.sort(key=lambda part: part[0].onset_s)
    found += _own_lines([_Stretch(part, *times(part, steps.at_s)) for part in free])
    return sorted(found, key=lambda line: line.from_s)


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
        signed_ms = by_note(one.strokes, part_ms) if held else {}
        found.append(Line(signed_ms, rate, float(one.onsets_s[0]), float(one.onsets_s[-1])))
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
