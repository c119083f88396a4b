"""How fast a sound dies, in whole periods; and how loud this player's notes have been.

A string that is held down loses a few dB in its first 50 ms, most of it at once; one that is only let go, brushed or
choked by a hand goes on losing 200 dB per second and more. That, and not a level, tells a release from a quiet note.
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]

RATE_HZ: Final = 48_000
WINDOW_S: Final = 0.010  # or one period, if that is longer
FADE_PER_NOTE: Final = 0.8  # a player who turns down by 20 dB is believed after ten notes


def decay_db_per_s(newest: Samples, f0_hz: float) -> float:
    """How much less power the newest whole periods of ``f0_hz`` hold than those before, in dB per second.

    ``newest``: shape (n,), oldest first. Positive where the sound dies; 0 where ``newest`` is too short or silent.
    Whole periods, because the power of a low string ripples by some dB within each.
    """
    period = RATE_HZ / f0_hz
    count = round(math.ceil(WINDOW_S * f0_hz) * period)
    if len(newest) < 2 * count:
        return 0.0
    late, early = newest[-count:], newest[-2 * count : -count]
    late_power, early_power = float(np.dot(late, late)) / count, float(np.dot(early, early)) / count
    if early_power <= 0.0:
        return 0.0
    return -10.0 * math.log10(late_power / early_power + 1e-6) * RATE_HZ / count


class PlayedLevel:
    """The power of the notes that proved themselves, the newest counting most; 0 before the first."""

    def __init__(self) -> None:
        self._power = 0.0

    def learn(self, power: float) -> None:
        """One more note; ``power`` is its loudest mean square."""
        self._power = max(power, FADE_PER_NOTE * self._power + (1.0 - FADE_PER_NOTE) * power)

    def is_usual(self, power: float, within_db: float) -> bool:
        """Whether this is no more than ``within_db`` below how the player plays; false while nothing is known."""
        return self._power > 0.0 and power >= self._power * 10.0 ** (-within_db / 10.0)
