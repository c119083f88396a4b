"""Strokes against a click: the nearest place of the beat for each, and how far off it was. Early is negative.

The player chooses the subdivision: 16ths over a click of 8ths are no error, and swung off-beats are a place, not late.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from dsp.rhythm.step import Floats
from dsp.types import GridSet

SUBDIVISIONS: Final = (1, 2, 3, 4, 6)
ON_BEAT: Final = 0.08
OFF_FROM, OFF_TO = 0.3, 0.85  # in beats: what lies here is an off-beat
SWING_FROM, SWING_TO = 0.53, 0.735  # to be swung it must lie here; three to one is a dotted rhythm
SWUNG_MIN: Final = 4
TOGETHER, SECOND_THIRD = 0.06, 0.45
QUARTERS: Final = ("", "e", "&", "a")
SWING_SURE: Final = 4.0  # standard errors from straight


@dataclass(frozen=True, slots=True)
class Against:
    """Errors of some strokes: ms, the length of their grid step in ms, and each one's name in the bar.

    ``beats``: how many beats of the click they span.
    """

    errors_ms: Floats
    step_ms: float
    positions: tuple[str, ...]
    bpm: float
    swing_ratio: float | None
    beats: int


def against_click(onsets_s: Floats, grid: GridSet, rate_hz: int) -> Against:
    """Onsets (s from sample 0, latency taken out) against the click that began with ``grid``."""
    beat_s = 60.0 / grid.bpm
    beats = (onsets_s - grid.sample / rate_hz) / beat_s
    swing = _swing_place(beats)
    places = (
        np.array([0.0, swing])
        if swing is not None
        else np.arange(_fitting(beats, grid.subdivision)) / _fitting(beats, grid.subdivision)
    )
    return _placed(beats, places, grid, 1000.0 * beat_s, swing)


def _placed(beats: Floats, places: Floats, grid: GridSet, beat_ms: float, swing: float | None) -> Against:
    """The nearest of ``places`` (in the beat, from 0) for each stroke, and how far off it was."""
    whole = np.floor(beats)
    marks = np.append(places, 1.0)
    nearest = np.abs((beats - whole)[:, None] - marks[None, :]).argmin(axis=1)
    errors_ms = (beats - whole - marks[nearest]) * beat_ms
    beat = (whole.astype(int) + (nearest == len(places))) % grid.beats_per_bar
    names = tuple(_position(int(b), int(n) % len(places), len(places)) for b, n in zip(beat, nearest, strict=True))
    straight = len(places) == 2 and bool((nearest == 1).any())
    ratio = swing / (1.0 - swing) if swing is not None else (1.0 if straight else None)
    return Against(errors_ms, beat_ms / len(places), names, grid.bpm, ratio, int(np.ptp(whole)) + 1)


def _fitting(beats: Floats, subdivision: int) -> int:
    """The subdivision that the strokes were played on: the click's own unless another fits clearly better."""
    rough = {s: _relative_error(beats, s) for s in {*SUBDIVISIONS, subdivision}}
    best = min(rough, key=lambda s: (rough[s], s))
    return best if rough[best] < 0.12 and rough[best] < 0.6 * rough[subdivision] else subdivision


def _relative_error(beats: Floats, subdivision: int) -> float:
    steps = beats * subdivision
    return float(np.mean(np.abs(steps - np.round(steps))))


def _swing_place(beats: Floats) -> float | None:
    """Where the off-beats lie after the beats, in beats, if they are swung: late, together, with the beats in place.

    Measured from the beats as they were played, so that who is always late does not seem to swing.
    """
    phase = beats - np.floor(beats)
    off = phase[(phase > OFF_FROM) & (phase < OFF_TO)]
    on = phase[(phase <= OFF_FROM) | (phase >= OFF_TO)]
    if len(off) < SWUNG_MIN or len(off) < 0.2 * len(phase) or len(on) < 2:
        return None
    on = on - np.round(on)
    place = float(np.median(off) - np.median(on))
    apart = np.concatenate([off - np.median(off), on - np.median(on)])
    se = 1.25 * 1.4826 * float(np.median(np.abs(apart))) * math.sqrt(1.0 / len(off) + 1.0 / len(on))
    if not SWING_FROM <= place <= SWING_TO or place - 0.5 < SWING_SURE * se:
        return None
    # Whoever drifts away from the click is off the beats themselves; off-beats all over the place are no swing.
    if float(np.median(np.abs(on))) > ON_BEAT or float(np.median(np.abs(off - np.median(off)))) > TOGETHER:
        return None
    # Triplets played out have a note on the second third as well: those are triplets, not swing.
    return None if float(np.mean(off < SECOND_THIRD)) > 0.15 else place


def _position(beat: int, part: int, parts: int) -> str:
    """ "1", "1&" for 8ths; "1e&a" for 16ths; "1.2" (second of three) for other grids."""
    if part == 0:
        return f"{beat + 1}"
    names = {2: ("", "&"), 4: QUARTERS}.get(parts)
    return f"{beat + 1}{names[part]}" if names else f"{beat + 1}.{part + 1}"


def place_in_bar(position: str) -> tuple[int, int]:
    """Sorts the names of positions as they come in the bar: "2" before "10", "1e" before "1&" before "1a"."""
    beat = position.rstrip("e&a").partition(".")[0]
    part = position[len(beat) :].removeprefix(".")
    return int(beat), QUARTERS.index(part) if part in QUARTERS else int(part)
