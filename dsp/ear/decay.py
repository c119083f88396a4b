"""How fast a sound dies, in whole periods; and how loud this player's notes have been.

A string that is held down loses a few dB in its first 50 ms, most of it at once; one that is only let go, brushed or
choked by a hand goes on losing 200 dB per second and more. That, and not a level, tells a release from a quiet note.
A palm that lies on the strings, and a pick that comes back within 70 ms, choke a note as fast; but nobody lets go of
the same string as loudly again and again in time.
"""

import math
from collections import deque
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]

RATE_HZ: Final = 48_000
WINDOW_S: Final = 0.010  # or one period, if that is longer
FADE_PER_NOTE: Final = 0.8  # a player who turns down by 20 dB is believed after ten notes
IN_TIME: Final = 4  # strokes: two equal times between noises come about by chance, three hardly
OFF_BEAT: Final = 0.15  # of the time between two strokes
SLOWEST: Final = RATE_HZ * 4 // 10  # strokes that are choked come as eighths and faster; fingers are lifted on a beat
ALIKE: Final = 10.0 ** (6.0 / 10.0)
SAME_SEMITONES: Final = 0.7


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

    def is_far_above(self, power: float, by_db: float) -> bool:
        """Whether this is more than ``by_db`` below how the player plays; false while nothing is known."""
        return bool(power < self._power * 10.0 ** (-by_db / 10.0))


@dataclass(frozen=True, slots=True)
class Choked:
    """A stroke that died as if it were let go: its onset, its pitch (fractional MIDI), its loudest mean square."""

    onset_sample: int
    midi: float
    power: float


class ChokedStrokes:
    """Knows strokes that were played, though each of them alone might have been a string that was let go."""

    def __init__(self) -> None:
        self._recent: deque[Choked] = deque(maxlen=IN_TIME)

    @property
    def is_repeated(self) -> bool:
        """Whether the newest has the pitch of one not long before it."""
        strokes = list(self._recent)
        return any(
            abs(one.midi - strokes[-1].midi) < SAME_SEMITONES
            and strokes[-1].onset_sample - one.onset_sample < IN_TIME * SLOWEST
            for one in strokes[:-1]
        )

    def add(self, stroke: Choked) -> bool:
        """One more, in the order of onsets; or more about the newest.

        Returns whether it and those before it are one pitch, about as loud, and in time.
        """
        if self._recent and self._recent[-1].onset_sample == stroke.onset_sample:
            self._recent.pop()
        self._recent.append(stroke)
        strokes = list(self._recent)
        if len(strokes) < IN_TIME:
            return False
        powers = [one.power for one in strokes]
        same = all(abs(one.midi - stroke.midi) < SAME_SEMITONES for one in strokes)
        apart = [later.onset_sample - one.onset_sample for one, later in pairwise(strokes)]
        in_time = max(apart) - min(apart) < OFF_BEAT * min(apart) and max(apart) < SLOWEST
        return same and in_time and max(powers) < ALIKE * min(powers)
