"""How evenly the notes fell: against the click, or else against the player's own best-fitting pulse.

Signed errors are milliseconds, early negative. The spread is robust (one slip is one slip), and it is taken about the
median: always 20 ms early is steady, and is told apart as ``signed_ms``. Swing is measured as a place, not as an error.
Everything happens inside a segment; nothing is assumed about the time between two.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from dsp.facts import TempoHeld
from dsp.replay import SessionRecord
from dsp.rhythm.click import Against, against_click, place_in_bar
from dsp.rhythm.pulse import Pulse, find_pulses
from dsp.rhythm.scattered import ANYWHERE, scattered_step_s
from dsp.rhythm.step import Floats
from dsp.rhythm.strokes import Stretch, stretches
from dsp.types import BeatError, Note

STROKES_MIN: Final = 6
SPREAD_HALF_MS: Final = 31.5  # spread that scores .5 at strictness .5
NO_PULSE: Final = "no steady pulse"
FAR, FAR_MIN = 0.35, 3  # of a step from its nearest place, and so many of them


@dataclass(frozen=True, slots=True)
class Timing:
    """What the strokes' times say; ``why`` is the reason where ``stability`` is ``None``, ``partly`` what was left out.

    ``strokes``: how many were judged. ``held``: how the tempo was held.
    """

    stability: float | None = None
    tempo_bpm: float | None = None
    swing_ratio: float | None = None
    signed_ms: float | None = None
    by_beat: tuple[BeatError, ...] = ()
    why: str = ""
    partly: str = ""
    strokes: int = 0
    held: TempoHeld = TempoHeld()


def timing(record: SessionRecord, notes: Sequence[Note], strictness: float) -> Timing:
    """Judge these notes of the record. Needs ``STROKES_MIN`` strokes against one click, or a pulse of their own."""
    clicked: list[Against] = []
    free: list[Stretch] = []
    for stretch in stretches(record, notes):
        if stretch.grid is None:
            free.append(stretch)
        else:
            rate_hz = record.segment(stretch.segment).sample_rate_hz
            clicked.append(against_click(stretch.onsets_s - stretch.latency_s, stretch.grid, rate_hz))
    alone = sum(len(stretch.onsets_s) for stretch in free)
    against = sum(len(a.errors_ms) for a in clicked)
    if against >= STROKES_MIN:
        return _judge(clicked, strictness, alone)
    if alone < STROKES_MIN:
        return Timing(why="too few notes")
    pulses = find_pulses(free)
    return _judge_pulses(pulses, strictness, alone) if pulses else _judge_scattered(free, strictness, alone)


def spread_ms(errors_ms: Floats) -> float:
    """Robust standard deviation about the median: deviations are clipped at 3.5 sigma of the median deviation."""
    away = np.abs(errors_ms - np.median(errors_ms))
    bound = 3.5 * max(1.4826 * float(np.median(away)), 0.25)
    return float(np.sqrt(np.mean(np.minimum(away, bound) ** 2)))


def stability(sd_ms: float, step_ms: float, strictness: float) -> float:
    """Score of a spread: .94 at 10 ms, .36 at 40 ms (strictness .5), and .05 for notes anywhere in a step."""
    half_ms = SPREAD_HALF_MS * math.pow(1.6, 1.0 - 2.0 * strictness)
    absolute = 1.0 / (1.0 + math.pow(sd_ms / half_ms, 2.4))
    anywhere = 1.0 / (1.0 + (sd_ms / step_ms / 0.125) ** 4)  # evenly anywhere is .29 of a step
    return min(absolute, anywhere)


def _judge(clicked: Sequence[Against], strictness: float, alone: int) -> Timing:
    errors_ms = np.concatenate([a.errors_ms for a in clicked])
    weights = [len(a.errors_ms) for a in clicked]
    step_ms = float(np.average([a.step_ms for a in clicked], weights=weights))
    main = max(clicked, key=lambda a: len(a.errors_ms))
    return Timing(
        stability=stability(spread_ms(errors_ms), step_ms, strictness),
        tempo_bpm=main.bpm,
        swing_ratio=next((a.swing_ratio for a in [main, *clicked] if a.swing_ratio is not None), None),
        signed_ms=float(np.median(errors_ms)),
        by_beat=_by_position(errors_ms, [p for a in clicked for p in a.positions]),
        partly=_left_out(clicked, alone),
        strokes=len(errors_ms),
        held=_click_held(clicked),
    )


def _left_out(clicked: Sequence[Against], alone: int) -> str:
    strokes = alone + sum(len(a.errors_ms) for a in clicked)
    far = sum(int((np.abs(a.errors_ms) > FAR * a.step_ms).sum()) for a in clicked)
    parts = [f"{alone} of {strokes} strokes were played without the click"] if alone else []
    parts += [f"{far} of {strokes} strokes were not near any beat"] if far >= FAR_MIN else []
    return "; ".join(parts)


def _by_position(errors_ms: Floats, positions: Sequence[str]) -> tuple[BeatError, ...]:
    counts = Counter(positions)
    names = np.array(positions)
    ordered = sorted(counts, key=place_in_bar)
    return tuple(BeatError(p, float(np.median(errors_ms[names == p])), counts[p]) for p in ordered)


def _judge_pulses(pulses: Sequence[Pulse], strictness: float, strokes: int) -> Timing:
    """All pulses' errors in one score; tempo, drift, swing and places are those of the one with the most strokes."""
    main = pulses[0]
    judged = sum(pulse.strokes for pulse in pulses)
    errors_ms = np.concatenate([pulse.spread_factor * pulse.errors_ms for pulse in pulses])
    step_ms = 1000.0 * float(np.average([p.step_s for p in pulses], weights=[p.strokes for p in pulses]))
    return Timing(
        stability=stability(spread_ms(errors_ms), step_ms, strictness),
        tempo_bpm=main.tempo_bpm,
        swing_ratio=main.swing_ratio,
        partly=f"{strokes - judged} of {strokes} strokes followed no steady pulse" if judged < strokes else "",
        strokes=judged,
        held=main.held,
    )


def _judge_scattered(free: Sequence[Stretch], strictness: float, strokes: int) -> Timing:
    """No pulse: a run of strokes scores as if they lay anywhere, everything else is not scored."""
    step_s = scattered_step_s(free)
    if step_s is None:
        return Timing(why=NO_PULSE)
    return Timing(
        stability=stability(1000.0 * ANYWHERE * step_s, 1000.0 * step_s, strictness), partly=NO_PULSE, strokes=strokes
    )


def _click_held(clicked: Sequence[Against]) -> TempoHeld:
    """The tempi of the click, from the first to the last that was played to."""
    start_bpm, end_bpm = clicked[0].bpm, clicked[-1].bpm
    return TempoHeld(
        start_bpm=start_bpm,
        end_bpm=end_bpm,
        drift_percent=100.0 * (end_bpm / start_bpm - 1.0),
        n=sum(a.beats for a in clicked),
        se_bpm=0.0,
        sure=1.0,
    )
