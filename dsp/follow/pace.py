"""The time that each hypothesis keeps: its last stroke, its tempo and what that rests on, and how steady it is."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dsp.follow.model import STEADY, STEADY_MAX, STEADY_MIN, spread_of
from dsp.follow.steps import Floats, Integers

PHASE_GAIN: Final = 0.6  # how far the beat follows a stroke
RATE_GAIN_MIN: Final = 0.15
RATE_LOG_MAX: Final = 0.6
FIRST_RATE_LOG_MAX: Final = 1.2  # practising at a third of the tempo is common, at twice the tempo is not
RATE_MIN, RATE_MAX = 0.2, 5.0
MIXED_IOI_S: Final = 0.08  # a tempo read off an interval as short as this is mostly jitter
STEADY_GAIN: Final = 0.08
CLOSE: Final = 3.0  # spreads within which a stroke came when it was due
SEEN_AFTER_MOVE: Final = 2.0  # whoever went elsewhere may go on at another tempo


@dataclass(frozen=True)
class Pace:
    """Arrays of one shape. ``last_s``: when the last stroke fell. ``rate``: seconds played per second of the piece.

    ``seen``: how many intervals that rate rests on. ``steady``: the share of strokes that came when they were due.
    """

    last_s: Floats
    rate: Floats
    seen: Floats
    steady: Floats

    def taken(self, chosen: Integers) -> "Pace":
        """That of these states, in this order."""
        return Pace(self.last_s[chosen], self.rate[chosen], self.seen[chosen], self.steady[chosen])

    def joined(self, other: "Pace") -> "Pace":
        """One behind the other."""
        mine = self.last_s, self.rate, self.seen, self.steady
        theirs = other.last_s, other.rate, other.seen, other.steady
        last_s, rate, seen, steady = (np.concatenate(pair) for pair in zip(mine, theirs, strict=True))
        return Pace(last_s, rate, seen, steady)


def unknown(count: int, rate: float = 1.0, seen: float = 0.0) -> Pace:
    """Of ``count`` states before anything was heard; ``seen`` > 0 where a click says how fast it will be."""
    return Pace(np.zeros(count), np.full(count, rate), np.full(count, seen), np.full(count, STEADY))


def followed(
    pace: Pace,
    at_s: Floats,
    onset_s: float,
    came: Integers,
    *,
    advanced: NDArray[np.bool_],
    same: NDArray[np.bool_],
    hit: NDArray[np.bool_],
) -> Pace:
    """The pace at each step when its stroke fell at ``onset_s``, along the way that came from state ``came``.

    ``at_s`` (steps,) is the piece's own time. ``advanced``: the player went on; ``same``: another tone of the chord;
    else the player went there from elsewhere. ``hit``: the pitch was that of the step.
    """
    known = np.maximum(came, 0)
    old = pace.taken(known)
    span_s = np.maximum(at_s - at_s[known % len(at_s)], 1e-3)
    due_s = old.rate * span_s
    error_s = onset_s - old.last_s - due_s
    close = np.abs(error_s) < CLOSE * spread_of(due_s)
    off = np.log(np.clip((onset_s - old.last_s) / due_s, 0.1, 10.0))
    usable = advanced & (off > -RATE_LOG_MAX) & (off < np.where(old.seen < 2.0, FIRST_RATE_LOG_MAX, RATE_LOG_MAX))
    # A note of another pitch may not be what it is taken for.
    fresh = np.where(hit, 1.0 / (1.3 + old.seen), 0.5 / (2.0 + old.seen))
    gain = np.maximum(RATE_GAIN_MIN, fresh) * span_s**2 / (span_s**2 + MIXED_IOI_S**2)
    rate = np.clip(np.where(usable, old.rate * np.exp(gain * off), old.rate), RATE_MIN, RATE_MAX)
    last_s = np.where(close & advanced, onset_s - (1.0 - PHASE_GAIN) * error_s, onset_s)
    elsewhere = ~(advanced | same)
    seen = np.where(usable, old.seen + 1.0, np.where(elsewhere, np.minimum(old.seen, SEEN_AFTER_MOVE), old.seen))
    judged = advanced & (old.seen >= 2.0)
    steady = np.clip(old.steady + STEADY_GAIN * (close - old.steady), STEADY_MIN, STEADY_MAX)
    return Pace(np.where(same, old.last_s, last_s), rate, seen, np.where(judged, steady, old.steady))
