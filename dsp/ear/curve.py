"""The pitch curve of one note, and its final numbers: cents, bend, vibrato.

A curve is a list of (sample, fractional MIDI), one point per 10 ms or so, in order of time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

RATE_HZ: Final = 48_000
SETTLED_SAMPLES: Final = 1_440  # 30 ms: before, the attack pulls every string sharp
STEADY_CENTS: Final = 35.0
VIBRATO_HZ: Final = (3.0, 9.0)
VIBRATO_CENTS: Final = 8.0  # half of its width at the least
VIBRATO_MIN_S: Final = 0.4
BEND_MIN_CENTS: Final = 30.0


@dataclass(frozen=True, slots=True)
class CurveNumbers:
    """``pitch`` is the median of the steady part (fractional MIDI); the others are 0 without one."""

    pitch: float
    bend_cents: float = 0.0
    vibrato_hz: float = 0.0


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
    vibrato_hz = _vibrato_hz(at_s, pitch)
    if vibrato_hz:
        return CurveNumbers(float(np.median(pitch)), vibrato_hz=vibrato_hz)
    return CurveNumbers(centre, _bend_cents(100.0 * (pitch - centre)))


def _bend_cents(away: Floats) -> float:
    """The farthest that the pitch was for at least three points in a row (a median of three), or 0."""
    if len(away) < 5:
        return 0.0
    smooth = np.median(np.lib.stride_tricks.sliding_window_view(away, 3), axis=1)
    farthest = float(smooth[np.abs(smooth).argmax()])
    return farthest if abs(farthest) >= BEND_MIN_CENTS else 0.0


def _vibrato_hz(at_s: Floats, pitch: Floats) -> float:
    """Rate of a steady to and fro of 3 to 9 Hz, from its turns about the running mean; 0 where there is none."""
    if len(pitch) < 12 or at_s[-1] - at_s[0] < VIBRATO_MIN_S:
        return 0.0
    away = 100.0 * (pitch - np.polyval(np.polyfit(at_s, pitch, 1), at_s))
    if float(np.std(away)) < VIBRATO_CENTS / np.sqrt(2.0):
        return 0.0
    signs = np.sign(away)
    turns = at_s[1:][signs[1:] * signs[:-1] < 0]
    if len(turns) < 4:
        return 0.0
    halves = np.diff(turns)
    rate_hz = 0.5 / float(np.median(halves))
    even = float(np.std(halves)) < 0.5 * float(np.mean(halves))
    return rate_hz if even and VIBRATO_HZ[0] <= rate_hz <= VIBRATO_HZ[1] else 0.0
