"""Where the player may be: every step of the target is a hypothesis, and every note heard weighs them all anew.

This is the Viterbi recursion of a hidden Markov model. A *state* is a step and whether the newest note was its stroke
(states 0 to n − 1) or one too many after it (n to 2 n − 1): a way that is sure of its place now must not be hidden by
one that waits there. Each state carries the best way on which a player may have come there, and with it that player's
own tempo, so that time is judged by the tempo of the hypothesis and not of a metronome. Work and memory are
proportional to the length of the target and do not grow with the playing.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dsp.follow.model import (
    ANOTHER_TONE,
    CHORD_EXTRA,
    EXTRA,
    MOVES,
    MOVES_AFTER_PAUSE,
    PAUSE_S,
    PAUSE_STEPS,
    REACH,
    SKIP_MAX,
    SKIPPED,
    STRUM_S,
    Moves,
    chord_fit,
    held_up,
    moves,
    pitch_fit,
    time_fit,
)
from dsp.follow.pace import Pace, followed
from dsp.follow.sound import Sound
from dsp.follow.steps import Floats, Integers, Steps

ADVANCED, SAME, MOVED = range(3)
NOWHERE: Final = -1
LOYALTY: Final = 0.5  # of two places as good as each other, the one that follows from what was said last
HALF: Final = float(np.log(0.5))


@dataclass(frozen=True)
class Places:
    """Beliefs after some notes, one of each per state; arrays are never changed, so an older one can be kept.

    ``score``: log-likelihood of the best way there, the best of all is 0. ``outside``: the score of not having begun.
    ``heard_s``: the newest onset.
    """

    score: Floats
    pace: Pace
    outside: float
    heard_s: float | None = None

    @property
    def best(self) -> int:
        """The likeliest state, or ``NOWHERE``."""
        best = int(self.score.argmax())
        return best if self.score[best] > self.outside else NOWHERE


@dataclass(frozen=True)
class Origins:
    """From which state the best way to each state came with the newest note."""

    came_from: NDArray[np.int32]

    def led_from(self, state: int, places: Places) -> int:
        """The likeliest state of ``places``, a little partial to the ways that come from ``state``."""
        score = places.score + LOYALTY * (self.came_from == state)
        best = int(score.argmax())
        return best if score[best] > places.outside else NOWHERE

    def back(self, state: int) -> tuple[int | None, int]:
        """The step of the newest note on the way that ends in ``state``, and the state of that way before it."""
        if state == NOWHERE:
            return None, NOWHERE
        return (state if 2 * state < len(self.came_from) else None), int(self.came_from[state])


def at_rest(steps: Steps, pace: Pace) -> Places:
    """Nothing heard yet."""
    return Places(np.full(2 * len(steps), -np.inf), pace, 0.0)


class Weigher:
    """``heard`` gives the next beliefs; pure."""

    def __init__(self, steps: Steps) -> None:
        self._steps = steps
        self._moves: Moves = moves(steps)
        count = len(steps)
        self._here = np.arange(count)
        skipped = np.arange(SKIP_MAX + 1)[:, None]
        before = self._here[None, :] - 1 - skipped
        cost = SKIPPED * skipped + np.where(before >= 0, 0.0, -np.inf)
        before = np.maximum(before, 0)
        span_s = np.maximum(steps.at_s[None, :] - steps.at_s[before], 1e-3)
        self._before = np.concatenate([before, before + count])
        self._span_s, self._skip_cost = np.concatenate([span_s, span_s]), np.concatenate([cost, cost])
        self._any_chord = bool(steps.chords.any())

    def heard(self, places: Places, onset_s: float, sound: Sound) -> tuple[Places, Origins]:
        """A note or a chord began at ``onset_s``."""
        fit = chord_fit(self._steps, sound.classes) if sound.classes else pitch_fit(self._steps, sound.midi)
        fit = np.where(fit < HALF, fit * (0.4 + 0.6 * sound.trust), fit)
        score, came = self._advance(places, onset_s, fit)
        how = np.full(len(fit), ADVANCED, np.int8)
        moved, source = self._move(places, onset_s, fit)
        wins = moved > score
        score, came, how = np.where(wins, moved, score), np.where(wins, source, came), np.where(wins, MOVED, how)
        if self._any_chord and not sound.classes:
            same, origin = self._same_stroke(places, onset_s, sound.midi)
            wins = same > score
            score, came, how = np.where(wins, same, score), np.where(wins, origin, came), np.where(wins, SAME, how)
        extra, waited, outside = self._extra(places, onset_s, sound)
        pace = followed(
            places.pace, self._steps.at_s, onset_s, came, advanced=how == ADVANCED, same=how == SAME, hit=fit > HALF
        )
        score = np.concatenate([score, extra])
        top = max(float(score.max()), outside)
        came = np.concatenate([came, waited])
        weighed = Places(score - top, pace.joined(places.pace.taken(waited)), outside - top, onset_s)
        return weighed, Origins(came.astype(np.int32))

    def _advance(self, places: Places, onset_s: float, fit: Floats) -> tuple[Floats, Integers]:
        before, pace = self._before, places.pace
        due_s = pace.rate[before] * self._span_s
        waited_s = np.maximum(0.0, onset_s - pace.last_s[before])
        timed = time_fit(waited_s, due_s, pace.steady[before], pace.seen[before])
        ways = places.score[before] + self._skip_cost + timed
        chosen = ways.argmax(axis=0)
        return ways[chosen, self._here] + fit, before[chosen, self._here]

    def _move(self, places: Places, onset_s: float, fit: Floats) -> tuple[Floats, int]:
        best, pace = places.best, places.pace
        if best == NOWHERE:
            return places.outside + self._moves.beginning + fit, NOWHERE
        step = best % len(self._steps)
        due_s = max(0.02, float(pace.rate[best]) * self._steps.ioi_s(step))
        waited_s = max(0.0, onset_s - float(pace.last_s[best]))
        move = _timed_move(waited_s, due_s, float(pace.steady[best]))
        return places.score[best] + move + self._moves.from_step(step) + fit, best

    def _same_stroke(self, places: Places, onset_s: float, midi: int) -> tuple[Floats, Integers]:
        belongs = self._steps.chords & (self._steps.tones == midi).any(axis=1)
        soon = np.abs(onset_s - places.pace.last_s) < STRUM_S
        ways = np.where(soon, places.score + ANOTHER_TONE - np.log(STRUM_S), -np.inf)
        score, origin = self._either(ways)
        return np.where(belongs, score, -np.inf), origin

    def _extra(self, places: Places, onset_s: float, sound: Sound) -> tuple[Floats, Integers, float]:
        away = np.clip(sound.midi - self._steps.tones[:, 0], -REACH, REACH)
        strange = np.full(len(away), CHORD_EXTRA) if sound.classes else EXTRA[away + REACH]
        since_s = np.array(0.2 if places.heard_s is None else max(0.0, onset_s - places.heard_s))
        score, origin = self._either(places.score + held_up(since_s, places.pace.rate * self._steps.typical_s))
        return score + strange, origin, places.outside + float(EXTRA[REACH + 7])

    def _either(self, ways: Floats) -> tuple[Floats, Integers]:
        """For each step the better of its two states, and which."""
        stroke, waiting = ways[: len(self._steps)], ways[len(self._steps) :]
        wins = waiting > stroke
        return np.where(wins, waiting, stroke), np.where(wins, self._here + len(self._steps), self._here)


def _timed_move(waited_s: float, due_s: float, steady: float) -> float:
    """Log-density of going elsewhere after so long: in time, after a breath, or after having stood still."""
    waited, due = np.array(waited_s), np.array(due_s)
    if waited_s > max(PAUSE_S, PAUSE_STEPS * due_s):
        # As likely a stop as if the player went on; it does not speak for a jump by itself.
        return MOVES_AFTER_PAUSE + float(np.log1p(-steady) + held_up(waited, due))
    return MOVES + float(time_fit(waited, due, np.array(0.5), np.array(9.0)))
