"""The pitch curve of one note, and its final numbers: cents, bend, vibrato.

A curve is a list of (sample, fractional MIDI), one point per 10 ms or so, in order of time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

RATE_HZ: Final = 48_000
SETTLED_SAMPLES: Final = 1_440  # 30 ms: before, the attack pulls every string sharp
STEADY_CENTS: Final = 35.0
VIBRATO_HZ: Final = (3.0, 9.0)
VIBRATO_CENTS: Final = 12.0  # from lowest to highest, at the least
SWING_CENTS: Final = 6.0  # less is the string's own unrest
VIBRATO_TURNS: Final = 4
UNEVEN: Final = 0.4  # of the usual time between turns
MOSTLY: Final = 0.6  # of the turns must keep that time: a note that is shaken for a moment only is not
VIBRATO_MIN_S: Final = 0.4
BEND_MIN_CENTS: Final = 30.0
ARRIVED: Final = 0.9  # of the way


@dataclass(frozen=True, slots=True)
class CurveNumbers:
    """``pitch`` is the median of the steady part (fractional MIDI); the others are 0 without one."""

    pitch: float
    bend_cents: float = 0.0
    vibrato_hz: float = 0.0
    vibrato_cents: float = 0.0


def curve_numbers(curve: Sequence[tuple[int, float]], onset_sample: int, fallback: float) -> CurveNumbers:
    """Numbers of a curve; ``fallback`` where it is too short to say more than the first report did."""
    settled = [point for point in curve if point[0] >= onset_sample + SETTLED_SAMPLES] or list(curve)
    if not settled:
        return CurveNumbers(fallback)
    at_s = np.array([sample for sample, _ in settled], float) / RATE_HZ
    pitch = np.array([midi for _, midi in settled], float)
    # The start says which fret it is; from there it may be bent or shaken.
    start = float(np.median(pitch[: max(3, min(8, len(pitch) // 3))]))
    steady = pitch[np.abs(pitch - start) <= STEADY_CENTS / 100.0]
    centre = float(np.median(steady)) if len(steady) else start
    vibrato_hz, vibrato_cents = _vibrato(at_s, pitch)
    if vibrato_hz:
        return CurveNumbers(float(np.median(pitch)), vibrato_hz=vibrato_hz, vibrato_cents=vibrato_cents)
    return CurveNumbers(centre, _bend_cents(100.0 * (pitch - centre)))


def _bend_cents(away: Floats) -> float:
    """Where the bend arrived: the middle of all points near the farthest that it was for five in a row; 0 without one.

    A string that fades under hiss reads 30 cents to either side: its farthest point alone is not where it was.
    """
    if len(away) < 5:
        return 0.0
    smooth = np.median(np.lib.stride_tricks.sliding_window_view(away, 5), axis=1)
    farthest = float(smooth[np.abs(smooth).argmax()])
    if abs(farthest) < BEND_MIN_CENTS:
        return 0.0
    return float(np.median(away[away / farthest >= ARRIVED]))


def _vibrato(at_s: Floats, pitch: Floats) -> tuple[float, float]:
    """Rate of a steady to and fro of 3 to 9 Hz, and its width from lowest to highest in cents; zeros without one.

    Both come from where the pitch turns, so that a bend or a slow sag under it does not matter. The width is the upper
    quartile of the swings from one turn to the next: a vibrato that sets in late is as wide as it has grown.
    """
    if len(pitch) < 12 or at_s[-1] - at_s[0] < VIBRATO_MIN_S:
        return 0.0, 0.0
    cents = 100.0 * np.convolve(pitch, np.full(3, 1.0 / 3.0), mode="valid")
    turns = _even(np.array(_turns(cents), np.int64), at_s[1:-1])
    if len(turns) < VIBRATO_TURNS:
        return 0.0, 0.0
    width_cents = float(np.percentile(np.abs(np.diff(cents[turns])), 75.0))
    # The straight line through all turns is surer than the middle one of their distances.
    number = np.arange(len(turns)) - (len(turns) - 1) / 2.0
    times_s = np.array([_top_s(at_s[1:-1], cents, int(turn)) for turn in turns])
    rate_hz = 0.5 * float((number * number).sum() / (number * times_s).sum())
    if width_cents < VIBRATO_CENTS or not VIBRATO_HZ[0] <= rate_hz <= VIBRATO_HZ[1]:
        return 0.0, 0.0
    return rate_hz, width_cents


def _even(turns: Ints, at_s: Floats) -> Ints:
    """The longest row of turns that keep their time, if it is most of them; else none."""
    if len(turns) < VIBRATO_TURNS:
        return turns[:0]
    halves_s = np.diff(at_s[turns])
    middle_s = float(np.median(halves_s))
    broken = np.flatnonzero(np.abs(halves_s - middle_s) > UNEVEN * middle_s) + 1
    row = max(np.split(np.arange(len(turns)), broken), key=len)
    return turns[row] if len(row) - 1 >= MOSTLY * len(halves_s) else turns[:0]


def _turns(cents: Floats) -> list[int]:
    """Indices of the highest and lowest points in turn, each at least ``SWING_CENTS`` from the one before."""
    found: list[int] = []
    high = low = 0
    rising: bool | None = None
    for index, value in enumerate(cents):
        high = index if value >= cents[high] else high
        low = index if value <= cents[low] else low
        if rising is not False and cents[high] - value >= SWING_CENTS:
            found += [high] if high > 0 else []
            rising, low = False, index
        elif rising is not True and value - cents[low] >= SWING_CENTS:
            found += [low] if low > 0 else []
            rising, high = True, index
        if rising is True:
            low = index
        elif rising is False:
            high = index
    return found


def _top_s(at_s: Floats, cents: Floats, turn: int) -> float:
    """When the pitch turned, by the parabola through three points."""
    if not 0 < turn < len(cents) - 1:
        return float(at_s[turn])
    before, top, after = cents[turn - 1 : turn + 2]
    bend = before - 2.0 * top + after
    shift = 0.5 * (before - after) / bend if abs(bend) > 1e-9 else 0.0
    step_s = 0.5 * (at_s[turn + 1] - at_s[turn - 1])
    return float(at_s[turn] + np.clip(shift, -1.0, 1.0) * step_s)
