"""How likely it is that a player who is here plays that: the numbers of following, in one place.

All are natural logarithms of probabilities (pitch, kind of slip) or of densities per second (time). They describe
someone who practises: about one note in ten wrong, one left out, one too many, and now and then another place.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dsp.follow.steps import NO_TONE, Steps

Floats = NDArray[np.float64]

SKIP_MAX: Final = 4  # so many strokes left out in a row are slips; more is another place
SKIPPED: Final = math.log(0.08)
ANOTHER_TONE: Final = math.log(0.5)
STRUM_S: Final = 0.15  # the slowest strum that is still one stroke
STEADY, STEADY_MIN, STEADY_MAX = 0.9, 0.3, 0.97  # share of strokes that come when due: at first, and its bounds
JITTER_S, JITTER_SHARE = 0.012, 0.08  # spread of a stroke about where it is due: at least, and per second waited
WIDE_S: Final = 0.25
TEMPO_DOUBT: Final = 0.25  # spread of the first interval, as a share of it
MOVES, MOVES_AFTER_PAUSE = math.log(0.015), math.log(0.15)
PAUSE_S, PAUSE_STEPS = 1.0, 2.5
REACH: Final = 128

AGAIN: Final = (0.03, 0.05, 0.2)  # of all moves: to the start of the bar before the last, of the last, of this one
NEAR, NEAR_STEPS = 0.012, 8  # to each of the last few notes
FAR_BARS: Final = 4.0  # so far away a bar is half as likely as one near by
ANY_BAR, ANY_ENTRY, TO_START, ANYWHERE = 0.25, 0.12, 0.1, 0.2
FROM_START: Final = 0.8
LEFT_OUT: Final = 0.1


def _pitch_table(same: float, around: dict[int, float], near: float, far: float) -> Floats:
    """Log-probability by distance in semitones, −128 to 128."""
    table = np.full(2 * REACH + 1, far)
    table[REACH - 24 : REACH + 25] = near
    for away, share in around.items():
        table[[REACH - away, REACH + away]] = share
    table[REACH] = same
    logs: Floats = np.log(table)
    return logs


# A neighbouring fret or string is hit by mistake more often than any other; an octave may be the ear's mistake.
HIT_OR_WRONG: Final = _pitch_table(
    0.87, {1: 0.02, 2: 0.014, 3: 0.006, 4: 0.006, 5: 0.006, 12: 0.012, 24: 0.005}, 0.003, 0.0005
)
CHORD_SAME, CHORD_STRANGE = 0.87, 0.004
CHORD_EXTRA: Final = math.log(0.08 * 0.02)
# One too many: the same string again (a stroke heard as two), else anything.
EXTRA: Final = math.log(0.08) + _pitch_table(0.1, {1: 0.04, 2: 0.04}, 0.016, 0.002)


def pitch_fit(steps: Steps, midi: int) -> Floats:
    """For each step, the log-probability that who plays it is heard as ``midi``: its best tone's."""
    away = np.clip(midi - steps.tones, -REACH, REACH)
    fit = HIT_OR_WRONG[away + REACH]
    fit[steps.tones == NO_TONE] = -np.inf
    best: Floats = fit[:, 0] if fit.shape[1] == 1 else fit.max(axis=1)
    return best


def chord_fit(steps: Steps, classes: frozenset[int]) -> Floats:
    """For each step, the log-probability that who plays it is heard as this chord: by the tones that they share."""
    held = np.zeros(12, np.bool_)
    held[list(classes)] = True
    shared = (steps.classes & held).sum(axis=1)
    alike = shared / (steps.classes | held).sum(axis=1)
    fit: Floats = np.log(CHORD_STRANGE + (CHORD_SAME - CHORD_STRANGE) * alike**2)
    return fit


def spread_of(due_s: Floats) -> Floats:
    """How far from when it is due a stroke may lie, in seconds; at a tempo that is known."""
    spread_s: Floats = np.minimum(WIDE_S, JITTER_S + JITTER_SHARE * due_s)
    return spread_s


def time_fit(waited_s: Floats, due_s: Floats, steady: Floats, seen: Floats) -> Floats:
    """Log-density of waiting so long where ``due_s`` was expected, by one whose strokes are ``steady`` so often.

    ``seen``: how many intervals the tempo is known from; at first it is doubtful, and so is what is due.
    """
    spread_s = spread_of(due_s) + TEMPO_DOUBT * due_s / (1.0 + seen) ** 2
    close: Floats = np.log(0.5 * steady / spread_s) - np.abs(waited_s - due_s) / spread_s
    return np.maximum(close, np.log1p(-steady) + held_up(waited_s, due_s))


def held_up(waited_s: Floats, due_s: Floats) -> Floats:
    """Log-density of waiting for some time of the order of ``due_s``: what no tempo explains."""
    order_s = np.maximum(due_s, 0.1)
    density: Floats = np.log(order_s) - 2.0 * np.log(order_s + waited_s)
    return density


@dataclass(frozen=True)
class Moves:
    """Where a player goes who does not go on: the log-share of every step."""

    steps: Steps
    anywhere: Floats
    beginning: Floats

    def from_step(self, step: int) -> Floats:
        """From here: the starts of this bar and of the two before it, and a few notes back, are likelier."""
        bar = int(self.steps.bar_of[step])
        found = self.anywhere - np.log1p(np.abs(self.steps.bar_of - bar) / FAR_BARS)
        near = slice(max(0, step + 1 - NEAR_STEPS), step + 1)
        found[near] = np.maximum(found[near], math.log(NEAR))
        again = self.steps.bar_first[max(0, bar - 2) : bar + 1]
        for slip in range(2):
            at = np.minimum(again + slip, step)
            found[at] = np.maximum(found[at], np.log(AGAIN[-len(again) :]) + slip * math.log(LEFT_OUT))
        return found


def moves(steps: Steps) -> Moves:
    """The shares that do not depend on where one comes from."""
    count, bars = len(steps), len(steps.bar_first)
    share = np.full(count, ANYWHERE / count)
    share[steps.bar_first] += ANY_BAR / bars
    if steps.entries:
        share[list(steps.entries)] += ANY_ENTRY / len(steps.entries)
    share[0] += TO_START
    beginning = (1.0 - FROM_START) * share / (1.0 + steps.bar_of / FAR_BARS)
    beginning[0] += FROM_START
    return Moves(steps, np.log(_slipped(share)), np.log(_slipped(beginning)))


def _slipped(share: Floats) -> Floats:
    """Who goes to a place may leave its first note out."""
    found = share.copy()
    found[1:] += LEFT_OUT * share[:-1]
    found[2:] += LEFT_OUT**2 * share[:-2]
    return found
