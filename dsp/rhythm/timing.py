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
from numpy.typing import NDArray

from dsp.replay import SessionRecord
from dsp.rhythm.pulse import OwnPulse, best_pulse
from dsp.types import BeatError, GridSet, Note

Floats = NDArray[np.float64]

STROKES_MIN: Final = 6
STRUM_S: Final = 0.035  # the strings of one strum are one event in time
SPREAD_HALF_MS: Final = 31.5  # spread that scores .5 at strictness .5
SUBDIVISIONS: Final = (1, 2, 3, 4, 6)
ON_BEAT: Final = 0.08
SWING_FROM, SWING_TO = 0.56, 0.76  # where an off-beat must lie, in beats, to be swung


@dataclass(frozen=True, slots=True)
class Timing:
    """What the strokes' times say; ``why`` is the reason where ``stability`` is ``None``."""

    stability: float | None = None
    tempo_bpm: float | None = None
    swing_ratio: float | None = None
    signed_ms: float | None = None
    by_beat: tuple[BeatError, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class _Against:
    """Errors of some strokes: ms, the length of their grid step in ms, and each one's name in the bar."""

    errors_ms: Floats
    step_ms: float
    positions: tuple[str, ...]
    bpm: float
    swing_ratio: float | None


def timing(record: SessionRecord, notes: Sequence[Note], strictness: float) -> Timing:
    """Judge these notes of the record. Needs ``STROKES_MIN`` strokes against one click, or a pulse of their own."""
    clicked: list[_Against] = []
    free: list[Floats] = []
    for onsets_s, grid, latency_s in _stretches(record, notes):
        if grid is None:
            free.append(onsets_s)
        elif len(onsets_s):
            clicked.append(_against_click(onsets_s - latency_s, grid, record.segment(grid.segment).sample_rate_hz))
    if sum(len(a.errors_ms) for a in clicked) >= STROKES_MIN:
        return _judge(clicked, strictness)
    pulse = best_pulse(free)
    if pulse is not None:
        return _judge_pulse(pulse, strictness)
    strokes = sum(map(len, free)) + sum(len(a.errors_ms) for a in clicked)
    return Timing(why="too few notes" if strokes < STROKES_MIN else "no steady pulse")


def spread_ms(errors_ms: Floats) -> float:
    """Robust standard deviation about the median: deviations are clipped at 3.5 sigma of the median deviation."""
    away = np.abs(errors_ms - np.median(errors_ms))
    bound = 3.5 * max(1.4826 * float(np.median(away)), 0.25)
    return float(np.sqrt(np.mean(np.minimum(away, bound) ** 2)))


def stability(sd_ms: float, step_ms: float, strictness: float) -> float:
    """Score of a spread: .94 at 10 ms, .36 at 40 ms (strictness .5), and .05 for notes anywhere in a step."""
    half_ms = SPREAD_HALF_MS * math.pow(1.6, 1.0 - 2.0 * strictness)
    absolute = 1.0 / (1.0 + math.pow(sd_ms / half_ms, 2.4))
    anywhere = 1.0 / (1.0 + (sd_ms / step_ms / 0.14) ** 4)  # evenly anywhere is .29 of a step
    return min(absolute, anywhere)


def _stretches(record: SessionRecord, notes: Sequence[Note]) -> list[tuple[Floats, GridSet | None, float]]:
    """Onsets (s, in order, one per strum) of every stretch with one click or none, and the latency to take out."""
    found: list[tuple[Floats, GridSet | None, float]] = []
    for number in dict.fromkeys(note.segment for note in notes):
        facts = record.segment(number)
        rate_hz = facts.sample_rate_hz
        onsets_s = np.sort([n.onset_sample for n in notes if n.segment == number]) / rate_hz
        onsets_s = onsets_s[np.diff(onsets_s, prepend=-math.inf) > STRUM_S]
        grids = sorted((g for g in record.grids if g.segment == number), key=lambda g: g.sample)
        # A player may come in a little before the first beat: half a beat still belongs to the click.
        starts_s = [g.sample / rate_hz - (30.0 / g.bpm if g.bpm > 0 else 0.0) for g in grids]
        latency_s = facts.latency_samples / rate_hz
        edges = np.searchsorted(onsets_s - latency_s, starts_s).tolist()
        for part, grid in zip(np.split(onsets_s, edges), [None, *grids], strict=True):
            active = grid if grid is not None and grid.bpm > 0 else None
            found.append((part, active, latency_s))
    return [stretch for stretch in found if len(stretch[0])]


def _against_click(onsets_s: Floats, grid: GridSet, rate_hz: int) -> _Against:
    beat_s = 60.0 / grid.bpm
    beats = (onsets_s - grid.sample / rate_hz) / beat_s
    swing = _swing_place(beats) if grid.subdivision % 2 == 0 else None
    places = (
        np.array([0.0, swing])
        if swing is not None
        else np.arange(_fitting(beats, grid.subdivision)) / _fitting(beats, grid.subdivision)
    )
    return _placed(beats, places, grid, 1000.0 * beat_s, swing)


def _placed(beats: Floats, places: Floats, grid: GridSet, beat_ms: float, swing: float | None) -> _Against:
    """The nearest of ``places`` (in the beat, from 0) for each stroke, and how far off it was."""
    whole = np.floor(beats)
    marks = np.append(places, 1.0)
    nearest = np.abs((beats - whole)[:, None] - marks[None, :]).argmin(axis=1)
    errors_ms = (beats - whole - marks[nearest]) * beat_ms
    beat = (whole.astype(int) + (nearest == len(places))) % grid.beats_per_bar
    names = tuple(_position(int(b), int(n) % len(places), len(places)) for b, n in zip(beat, nearest, strict=True))
    straight = len(places) == 2 and bool((nearest == 1).any())
    ratio = swing / (1.0 - swing) if swing is not None else (1.0 if straight else None)
    return _Against(errors_ms, beat_ms / len(places), names, grid.bpm, ratio)


def _fitting(beats: Floats, subdivision: int) -> int:
    """The subdivision that the strokes were played on: the click's own unless another fits clearly better."""
    rough = {s: _relative_error(beats, s) for s in {*SUBDIVISIONS, subdivision}}
    best = min(rough, key=lambda s: (rough[s], s))
    return best if rough[best] < 0.12 and rough[best] < 0.6 * rough[subdivision] else subdivision


def _relative_error(beats: Floats, subdivision: int) -> float:
    steps = beats * subdivision
    return float(np.mean(np.abs(steps - np.round(steps))))


def _swing_place(beats: Floats) -> float | None:
    """Where the off-beats lie, in beats, if they are swung: late, together, and with the beats themselves in place."""
    phase = beats - np.floor(beats)
    off = phase[(phase > 0.3) & (phase < 0.85)]
    if len(off) < 4 or len(off) < 0.2 * len(phase):
        return None
    place = float(np.median(off))
    together = float(np.median(np.abs(off - place)))
    ons = phase[(phase <= 0.3) | (phase >= 0.85)]
    if not SWING_FROM <= place <= SWING_TO or together > 0.06 or len(ons) < 2:
        return None
    # Whoever drifts away from the click is off the beats themselves.
    if float(np.median(np.abs(ons - np.round(ons)))) > ON_BEAT:
        return None
    # Triplets played out have a note on the second third as well: those are triplets, not swing.
    return None if float(np.mean(off < 0.45)) > 0.15 else place


def _position(beat: int, part: int, parts: int) -> str:
    """ "1", "1&" for 8ths; "1e&a" for 16ths; "1.2" (second of three) for other grids."""
    if part == 0:
        return f"{beat + 1}"
    names = {2: ("", "&"), 4: ("", "e", "&", "a")}.get(parts)
    return f"{beat + 1}{names[part]}" if names else f"{beat + 1}.{part + 1}"


def _judge(clicked: Sequence[_Against], strictness: float) -> Timing:
    errors_ms = np.concatenate([a.errors_ms for a in clicked])
    weights = [len(a.errors_ms) for a in clicked]
    step_ms = float(np.average([a.step_ms for a in clicked], weights=weights))
    main = max(clicked, key=lambda a: len(a.errors_ms))
    return Timing(
        stability(spread_ms(errors_ms), step_ms, strictness),
        main.bpm,
        next((a.swing_ratio for a in [main, *clicked] if a.swing_ratio is not None), None),
        float(np.median(errors_ms)),
        _by_beat(errors_ms, [p for a in clicked for p in a.positions]),
    )


def _by_beat(errors_ms: Floats, positions: Sequence[str]) -> tuple[BeatError, ...]:
    counts = Counter(positions)
    names = np.array(positions)
    return tuple(BeatError(p, float(np.median(errors_ms[names == p])), counts[p]) for p in sorted(counts))


def _judge_pulse(pulse: OwnPulse, strictness: float) -> Timing:
    score = stability(pulse.spread_factor * spread_ms(pulse.errors_ms), 1000.0 * pulse.step_s, strictness)
    return Timing(score, pulse.tempo_bpm, pulse.swing_ratio)
