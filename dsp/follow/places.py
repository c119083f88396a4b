"""Where the player may be: every step of the target is a hypothesis, and every note heard weighs them all anew.

This is the Viterbi recursion of a hidden Markov model over the steps. Each place carries the best way on which a player
may have come there, and with it that player's own tempo and when the last stroke fell, so that time is judged by the
tempo of the hypothesis and not of a metronome. Work and memory are proportional to the length of the target and do not
grow with the playing.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dsp.follow.model import (
    ANOTHER_TONE,
    CHORD_EXTRA,
    EXTRA,
    JITTER_S,
    JITTER_SHARE,
    MOVES,
    MOVES_AFTER_PAUSE,
    PAUSE_S,
    PAUSE_STEPS,
    REACH,
    SKIP_MAX,
    SKIPPED,
    STEADY,
    STEADY_MAX,
    STEADY_MIN,
    STRUM_S,
    Moves,
    chord_fit,
    held_up,
    moves,
    pitch_fit,
    time_fit,
)
from dsp.follow.sound import Sound
from dsp.follow.steps import Floats, Integers, Steps

ADVANCED, SAME, EXTRA_NOTE, MOVED = range(4)
NOWHERE: Final = -1
PHASE_GAIN: Final = 0.6  # how far the beat follows a stroke
RATE_GAIN_MIN: Final = 0.15
RATE_LOG_MAX: Final = 0.6
FIRST_RATE_LOG_MAX: Final = 1.2  # practising at a third of the tempo is common, at twice the tempo is not
STEADY_GAIN: Final = 0.08
RATE_MIN, RATE_MAX = 0.2, 5.0
MIXED_IOI_S: Final = 0.08  # a tempo read off an interval as short as this is mostly jitter
KNOWN_RATE: Final = 4.0
LOYALTY: Final = 0.5  # of two places as good as each other, the one that follows from what was said last


@dataclass(frozen=True)
class Places:
    """Beliefs after some notes, one of each per step; arrays are never changed, so an older state can be kept.

    ``score``: log-likelihood of the best way there, the best of all is 0. ``last_s``: when its last stroke fell.
    ``rate``: seconds played per second of the piece. ``seen``: how many intervals that rate rests on. ``steady``: the
    share of strokes that came when they were due. ``outside``: the score of not having begun.
    """

    score: Floats
    last_s: Floats
    rate: Floats
    seen: Floats
    steady: Floats
    outside: float
    heard_s: float | None = None

    @property
    def best(self) -> int:
        """The likeliest step, or ``NOWHERE``."""
        best = int(self.score.argmax())
        return best if self.score[best] > self.outside else NOWHERE


@dataclass(frozen=True)
class Origins:
    """How the best way to each step came to the newest note: which of the four, and from which step."""

    how: NDArray[np.int8]
    came_from: NDArray[np.int32]

    def led_from(self, place: int, places: Places) -> int:
        """The likeliest step of ``places``, a little partial to the ways that come from ``place``."""
        score = places.score + LOYALTY * (self.came_from == place)
        best = int(score.argmax())
        return best if score[best] > places.outside else NOWHERE

    def back(self, place: int) -> tuple[int | None, int]:
        """The step of the newest note on the way that ends in ``place``, and where that way was before it."""
        if place == NOWHERE:
            return None, NOWHERE
        before = int(self.came_from[place])
        return (None, place) if self.how[place] == EXTRA_NOTE else (place, before)


def at_rest(steps: Steps, rate: float = 1.0) -> Places:
    """Nothing heard yet."""
    count = len(steps)
    return Places(
        np.full(count, -np.inf), np.zeros(count), np.full(count, rate), np.zeros(count), np.full(count, STEADY), 0.0
    )


class Weigher:
    """``heard`` gives the next beliefs; pure."""

    def __init__(self, steps: Steps) -> None:
        self._steps = steps
        self._moves: Moves = moves(steps)
        count = len(steps)
        here = np.arange(count)
        self._here = here
        before = here[None, :] - 1 - np.arange(SKIP_MAX + 1)[:, None]
        self._valid = before >= 0
        self._before = np.maximum(before, 0)
        self._span_s = np.maximum(steps.at_s[None, :] - steps.at_s[self._before], 1e-3)
        self._skip_cost = SKIPPED * np.arange(SKIP_MAX + 1)[:, None] + np.where(self._valid, 0.0, -np.inf)
        self._any_chord = bool(steps.chords.any())

    def heard(self, places: Places, onset_s: float, sound: Sound) -> tuple[Places, Origins]:
        """A note or a chord began at ``onset_s``."""
        fit = chord_fit(self._steps, sound.classes) if sound.classes else pitch_fit(self._steps, sound.midi)
        fit = np.where(fit < HALF, fit * (0.4 + 0.6 * sound.trust), fit)
        advanced, source = self._advance(places, onset_s, fit)
        score, how = advanced, np.full(len(fit), ADVANCED, np.int8)
        came = source
        moved, moved_from = self._move(places, onset_s, fit)
        score, how, came = _better(score, how, came, moved, MOVED, np.full(len(fit), moved_from))
        if self._any_chord and not sound.classes:
            same = self._same_stroke(places, onset_s, sound.midi)
            score, how, came = _better(score, how, came, same, SAME, self._here)
        extra, outside = self._extra(places, onset_s, sound)
        score, how, came = _better(score, how, came, extra, EXTRA_NOTE, self._here)
        top = max(float(score.max()), outside)
        kept = self._tracked(places, onset_s, how, came, fit > HALF)
        return (
            Places(score - top, *kept, outside - top, onset_s),
            Origins(how, came.astype(np.int32)),
        )

    def _advance(self, places: Places, onset_s: float, fit: Floats) -> tuple[Floats, Integers]:
        before = self._before
        due_s = places.rate[before] * self._span_s
        waited_s = np.maximum(0.0, onset_s - places.last_s[before])
        ways = places.score[before] + self._skip_cost + time_fit(waited_s, due_s, places.steady[before])
        chosen = ways.argmax(axis=0)
        return ways[chosen, self._here] + fit, before[chosen, self._here]

    def _move(self, places: Places, onset_s: float, fit: Floats) -> tuple[Floats, int]:
        best = places.best
        if best == NOWHERE:
            return places.outside + self._moves.beginning + fit, NOWHERE
        rate = float(places.rate[best])
        due_s = max(0.02, rate * self._steps.ioi_s(best))
        waited_s = max(0.0, onset_s - float(places.last_s[best]))
        move = self._timed_move(waited_s, due_s, float(places.steady[best]))
        return places.score[best] + move + self._moves.from_step(best) + fit, best

    def _timed_move(self, waited_s: float, due_s: float, steady: float) -> float:
        """Log-density of going elsewhere after so long: in time, after a breath, or after having stood still."""
        waited, due = np.array(waited_s), np.array(due_s)
        if waited_s > max(PAUSE_S, PAUSE_STEPS * due_s):
            # As likely a stop as if the player went on; it does not speak for a jump by itself.
            return MOVES_AFTER_PAUSE + float(np.log1p(-steady) + held_up(waited, due))
        return MOVES + float(time_fit(waited, due, np.array(0.5)))

    def _same_stroke(self, places: Places, onset_s: float, midi: int) -> Floats:
        belongs = self._steps.chords & (self._steps.tones == midi).any(axis=1)
        soon = np.abs(onset_s - places.last_s) < STRUM_S
        return np.where(belongs & soon, places.score + ANOTHER_TONE - np.log(STRUM_S), -np.inf)

    def _extra(self, places: Places, onset_s: float, sound: Sound) -> tuple[Floats, float]:
        away = np.clip(sound.midi - self._steps.tones[:, 0], -REACH, REACH)
        strange = np.full(len(away), CHORD_EXTRA) if sound.classes else EXTRA[away + REACH]
        since_s = np.array(0.2 if places.heard_s is None else max(0.0, onset_s - places.heard_s))
        timed = held_up(since_s, places.rate * self._steps.typical_s)
        return places.score + strange + timed, places.outside + float(EXTRA[REACH + 7])

    def _tracked(
        self, places: Places, onset_s: float, how: NDArray[np.int8], came: Integers, hit: NDArray[np.bool_]
    ) -> tuple[Floats, Floats, Floats, Floats]:
        """Time of the last stroke, rate, what it rests on and steadiness, along the way chosen for each step."""
        known = np.maximum(came, 0)
        last_s, rate, seen, steady = (kept[known] for kept in (places.last_s, places.rate, places.seen, places.steady))
        went = how == ADVANCED
        span_s = np.maximum(self._steps.at_s - self._steps.at_s[known], 1e-3)
        due_s = rate * span_s
        error_s = onset_s - last_s - due_s
        close = np.abs(error_s) < 3.0 * (JITTER_S + JITTER_SHARE * due_s)
        off = np.log(np.clip((onset_s - last_s) / due_s, 0.1, 10.0))
        usable = went & (off > -RATE_LOG_MAX) & (off < np.where(seen < 2.0, FIRST_RATE_LOG_MAX, RATE_LOG_MAX))
        # A note of another pitch may not be what it is taken for.
        fresh = np.where(hit, 1.0 / (1.3 + seen), 0.5 / (2.0 + seen))
        gain = np.maximum(RATE_GAIN_MIN, fresh) * span_s**2 / (span_s**2 + MIXED_IOI_S**2)
        new_rate = np.clip(np.where(usable, rate * np.exp(gain * off), rate), RATE_MIN, RATE_MAX)
        phase_s = np.where(close & went, onset_s - (1.0 - PHASE_GAIN) * error_s, onset_s)
        stays = (how == EXTRA_NOTE) | (how == SAME)
        new_seen = np.where(usable, seen + 1.0, np.where(how == MOVED, np.minimum(seen, 2.0), seen))
        judged = went & (seen >= 2.0)
        new_steady = np.clip(steady + STEADY_GAIN * (close - steady), STEADY_MIN, STEADY_MAX)
        new_rate = np.where(came < 0, places.rate, new_rate)  # the first stroke of all
        return np.where(stays, last_s, phase_s), new_rate, new_seen, np.where(judged, new_steady, steady)


HALF: Final = float(np.log(0.5))


def _better(
    score: Floats, how: NDArray[np.int8], came: Integers, other: Floats, kind: int, origin: Integers
) -> tuple[Floats, NDArray[np.int8], Integers]:
    wins = other > score
    return np.where(wins, other, score), np.where(wins, np.int8(kind), how), np.where(wins, origin, came)
