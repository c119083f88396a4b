"""The beat: how many steps a musician would count as one, weighed by what the rhythm, the accents and the melody say.

A hypothesis is (steps per beat, beats per bar, where the bar begins). Its weight is the product of

* what people tap: a log-normal preference for a tempo, and for how finely beats are divided;
* how the strokes fill the beat: beats are rarely empty, what lies between them often is;
* accents: beats are louder than what lies between, first beats louder than the others;
* the melody: a figure that comes again does so with the beat or the bar.

Where nothing but even strokes is heard, only the first of these is left, and ``sure`` says so.
Temperley, "Music and Probability" (2007), is where the frame comes from; the numbers are our own.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

TEMPO_MIN_BPM, TEMPO_MAX_BPM = 38.0, 230.0
TAPPED_BPM: Final = 105.0
TAPPED_OCTAVES: Final = 0.55
# Steps per beat and how common: quarters, 8ths, triplets, 16ths, sextuplets, 32nds; and long notes over two or four.
# Even strokes: quarters up to 143 BPM, 8ths from 72 to 151, 16ths from 76; triplets need a reason.
DIVISIONS: Final = {0.25: 0.005, 0.5: 0.03, 1.0: 0.85, 2.0: 1.0, 3.0: 0.30, 4.0: 0.9, 6.0: 0.10, 8.0: 0.01}
BARS: Final = {1: 0.60, 2: 0.10, 3: 0.08, 4: 0.22}
# How places are filled, as odds against always: of never, of now and then; and then by a beta of these two numbers.
HABITS: Final = {
    "first": (0.01, 0.3, 4, 1),
    "middle": (0.04, 0.6, 3, 1),  # the third of four beats
    "beat": (0.08, 0.6, 2, 1),
    "half": (0.20, 0.7, 2, 2),
    "third": (0.20, 0.7, 2, 2),
    "rest": (0.35, 0.8, 1, 3),
}
MISSED: Final = 0.02  # a stroke that the ear did not hear, or one too many
BEGINS: Final = (0.5, 0.3, 0.2)  # a phrase: on a first beat, on another, in between
FIGURES: Final = (2, 3, 4, 6, 8, 9, 12, 16)
MELODY_WEIGHT, MELODY_NATS_MAX = 0.25, 4.0
LICK_MIN: Final = 13  # notes; a shorter one is a figure
LEVEL_SPREAD_MIN_DB: Final = 0.7
ALIKE_MIN: Final = 0.5
OWN_DB: Final = 2.0  # a pitch is seldom louder than others by more than this, as a standard deviation
PHRASES: Final = 3  # the longest; what they do not tell the others do not either
LONGEST_PERIOD: Final = 32


@dataclass(frozen=True, slots=True)
class Passage:
    """Strokes of one phrase: step numbers (ascending), levels in dB, MIDI pitches."""

    steps: Ints
    levels_db: Floats
    midis: Ints


@dataclass(frozen=True, slots=True)
class Metre:
    """``per_beat`` steps make a beat. ``sure``: how much of the weight lies on this tempo, 0 to 1.

    ``first``: for each passage given, the step number (modulo ``per_beat``) that a beat falls on, and
    ``place_sure`` the weight on that; without accents or gaps nothing says where a beat begins.
    """

    per_beat: float
    sure: float
    first: tuple[int, ...]
    place_sure: float
    shares: dict[float, float]


def find_metre(passages: Sequence[Passage], step_s: float, divisions: dict[float, float] | None = None) -> Metre:
    """The most likely beat for steps of ``step_s``. Raises ``ValueError`` without a passage."""
    if not passages:
        msg = "no passage to find a beat in"
        raise ValueError(msg)
    judged = sorted(range(len(passages)), key=lambda i: (-len(passages[i].steps), i))[:PHRASES]
    tables = [_Folded(passages[i]) for i in judged]
    priors = divisions or DIVISIONS
    weights: dict[float, float] = {}
    places: dict[float, list[Floats]] = {}
    for per_beat, common in priors.items():
        bpm = 60.0 / (step_s * per_beat)
        if TEMPO_MIN_BPM <= bpm <= TEMPO_MAX_BPM:
            nats, places[per_beat] = _weigh(tables, max(1, round(per_beat)))
            tapped = -0.5 * (math.log2(bpm / TAPPED_BPM) / TAPPED_OCTAVES) ** 2
            weights[per_beat] = nats + tapped + math.log(common)
    if not weights:
        return Metre(1.0, 0.0, (0,) * len(passages), 0.0, {})
    top = max(weights.values())
    total = sum(math.exp(weight - top) for weight in sorted(weights.values()))
    shares = {per_beat: math.exp(weight - top) / total for per_beat, weight in weights.items()}
    best = max(sorted(shares), key=lambda per_beat: shares[per_beat])
    first = dict.fromkeys(range(len(passages)), 0)
    first |= {i: int(np.argmax(place)) for i, place in zip(judged, places[best], strict=True)}
    place_sure = min(float(place.max()) for place in places[best])
    return Metre(best, shares[best], tuple(first[i] for i in range(len(passages))), place_sure, shares)


class _Folded:
    """A passage laid over itself with every period asked for."""

    def __init__(self, passage: Passage) -> None:
        self.steps = passage.steps - passage.steps[0]
        self.begins = int(passage.steps[0])
        self.length = int(self.steps[-1]) + 1
        self.levels, self.ones, self.same = _levels(passage)
        told_once = passage.midis[: _comes_again(passage.midis)]
        self.figures = _figures(self.steps[1 : len(told_once)], _contour(told_once))
        self._loud: dict[int, tuple[Floats, Floats]] = {}

    def fold(self, period: int) -> tuple[Ints, Ints]:
        """Strokes and places at each place of the period; place 0 is the first stroke's."""
        strokes = np.bincount(self.steps % period, minlength=period)
        whole, part = divmod(self.length, period)
        places = np.full(period, whole, dtype=np.int64)
        places[:part] += 1
        return strokes, places

    def loud(self, period: int) -> tuple[Floats, Floats]:
        """Normal equations of the levels on the places of the period: Gram matrix and right-hand side."""
        if period not in self._loud:
            places = np.zeros((len(self.steps), period))
            places[np.arange(len(self.steps)), self.steps % period] = 1.0
            places = self.same(places)
            places -= np.outer(self.ones, self.ones @ places)
            self._loud[period] = places.T @ places, places.T @ self.levels
        return self._loud[period]

    def melody(self, per_beat: int) -> float:
        """Nats against so many steps per beat: how badly the figures that come again go into it. 0 at the best."""
        whole = max(2, per_beat)  # beats themselves come in twos
        fitting = [gain for period, gain in self.figures.items() if period % whole == 0 or whole % period == 0]
        worse = max(self.figures.values(), default=0.0) - max(fitting, default=0.0)
        return -min(MELODY_NATS_MAX, MELODY_WEIGHT * worse)


def _figures(steps: Ints, contour: Ints) -> dict[int, float]:
    """For each period: by how many nats the melody's moves are better told with their place in it than without."""
    found = {1: 0.0}
    for period in FIGURES:
        if len(contour) >= 3 * period:
            counts = np.bincount(5 * (steps % period) + contour, minlength=5 * period).reshape(period, 5)
            gain = float(_polya(counts).sum() - _polya(counts.sum(axis=0, keepdims=True)).sum())
            found[period] = max(0.0, gain)
    return found


def _comes_again(midis: Ints) -> int:
    """The length of a long lick that is played again and again, or of everything: it tells its figures once."""
    for length in range(LICK_MIN, len(midis) // 2 + 1):
        if float(np.mean(midis[length:] == midis[:-length])) > 0.9:
            return length
    return len(midis)


def _levels(passage: Passage) -> tuple[Floats, Floats, Callable[[Floats], Floats]]:
    """Levels, what a constant looks like among them, and the map that made them independent of each other.

    Each pitch has a loudness of its own (string, place, pickup): a figure that repeats its pitches would else seem to
    be accented. Generalised least squares with two variances, of the pitches and of the hand.
    """
    # Slips are pulled in, accents are not: one stroke in eight may be one.
    low_db, high_db = np.percentile(passage.levels_db, (8, 92))
    wide_db = 0.5 * (high_db - low_db)
    levels = np.clip(passage.levels_db, low_db - wide_db, high_db + wide_db)
    kinds, pitch = np.unique(passage.midis, return_inverse=True)
    member = np.zeros((len(kinds), len(pitch)))
    member[pitch, np.arange(len(pitch))] = 1.0
    counts = member.sum(axis=1)
    alike = _alike(levels, member @ levels / counts, pitch, counts)
    member *= ((1.0 - 1.0 / np.sqrt(1.0 + alike * counts)) / counts)[:, None]

    def same(values: Floats) -> Floats:
        whitened: Floats = values - (member @ values)[pitch]
        return whitened

    levels = same(levels[:, None])[:, 0]
    ones = same(np.ones((len(levels), 1)))[:, 0]
    ones /= math.sqrt(float(np.dot(ones, ones)))
    levels -= ones * float(np.dot(ones, levels))
    return levels, ones, same


def _alike(levels: Floats, means: Floats, pitch: Ints, counts: Floats) -> float:
    """Variance of the pitches' own loudness over that of the hand, by analysis of variance."""
    total, kinds = len(levels), len(counts)
    if kinds < 3 or total - kinds < 3:
        return ALIKE_MIN
    within = float(np.sum((levels - means[pitch]) ** 2)) / (total - kinds) + LEVEL_SPREAD_MIN_DB**2
    between = float(np.dot(counts, (means - levels.mean()) ** 2)) / (kinds - 1)
    each = (total - float(np.dot(counts, counts)) / total) / (kinds - 1)
    return max(ALIKE_MIN, min(OWN_DB**2, (between - within) / each) / within)


def _contour(midis: Ints) -> Ints:
    """0 same, 1 step up, 2 step down, 3 leap up, 4 leap down."""
    moves = np.diff(midis)
    return np.where(moves == 0, 0, np.where(np.abs(moves) <= 2, 1, 3) + (moves < 0))


def _polya(counts: Ints) -> Floats:
    """Log probability of counts whose shares nobody knows (a Dirichlet with 1 for each of the kinds)."""
    table = _log_factorials(int(counts.sum()) + counts.shape[1])
    kinds = counts.shape[1]
    told: Floats = table[counts].sum(axis=1) + table[kinds - 1] - table[counts.sum(axis=1) + kinds - 1]
    return told


def _log_factorials(up_to: int) -> Floats:
    # A power of two, so that a growing session does not build a table for every stroke.
    return _log_factorial_table(1 << max(8, up_to.bit_length()))


@lru_cache(maxsize=24)
def _log_factorial_table(size: int) -> Floats:
    return np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, size)))])


def _weigh(tables: Sequence[_Folded], per_beat: int) -> tuple[float, list[Floats]]:
    """Nats for so many steps per beat over all bars and beginnings, and for each passage the shares of its beats."""
    nats, places = 0.0, []
    for table in tables:
        # A bar that the phrase does not fill twice is no bar that could be heard.
        longest = min(LONGEST_PERIOD, table.length // 2)
        bars = {beats: common for beats, common in BARS.items() if beats == 1 or per_beat * beats <= longest}
        whole = math.log(sum(bars.values()))
        rows = [
            (_weigh_bar(table, per_beat, beats) + math.log(common) - whole, per_beat * beats)
            for beats, common in bars.items()
        ]
        top = max(float(row.max()) for row, _ in rows)
        shares = np.zeros(per_beat)
        for row, period in rows:
            shares += np.exp(row - top).reshape(period // per_beat, per_beat).sum(axis=0)
        total = float(shares.sum())
        nats += top + math.log(total) + table.melody(per_beat)
        places.append(np.roll(shares / total, table.begins % per_beat))
    return nats, places


def _weigh_bar(table: _Folded, per_beat: int, beats: int) -> Floats:
    """Nats for each place (0 to per_beat * beats - 1) of the phrase that may be a bar's first."""
    period = per_beat * beats
    strokes, places = table.fold(period)
    kinds, never, mixed, more, less = _kinds(per_beat, beats)
    full = kinds @ strokes
    nats = _filled(full, np.maximum(0, kinds @ places - full), (never, mixed, more, less)).sum(axis=0)
    on_beat, on_first = _beats(per_beat, beats)
    nats += _accents(table, on_beat, on_first)
    begins = np.where(on_first[:, 0] > 0, BEGINS[0], np.where(on_beat[:, 0] > 0, BEGINS[1] / beats, BEGINS[2] / period))
    begun: Floats = nats + np.log(begins / begins.sum())
    return begun


@lru_cache(maxsize=64)
def _kinds(per_beat: int, beats: int) -> tuple[Ints, Floats, Floats, Ints, Ints]:
    """Which places are of each kind, [kind, bar begins at, place], and the habits of those kinds as columns."""
    period = per_beat * beats
    place = (np.arange(period)[None, :] - np.arange(period)[:, None]) % period
    within = place % per_beat
    names = np.full(place.shape, "rest", dtype="U6")
    names[(3 * within) % per_beat == 0] = "third"
    names[(2 * within) % per_beat == 0] = "half"
    names[within == 0] = "beat"
    if beats > 1:
        names[place == 0] = "first"
        if beats % 2 == 0 and beats > 2:
            names[place == period // 2] = "middle"
    present = [name for name in HABITS if (names == name).any()]
    kinds = np.stack([names == name for name in present]).astype(np.int64)
    columns = [np.array([[HABITS[name][at]] for name in present]) for at in range(4)]
    return kinds, columns[0], columns[1], columns[2].astype(np.int64), columns[3].astype(np.int64)


@lru_cache(maxsize=64)
def _beats(per_beat: int, beats: int) -> tuple[Floats, Floats]:
    """Indicators of beats and of first beats, [bar begins at, place]."""
    period = per_beat * beats
    place = (np.arange(period)[None, :] - np.arange(period)[:, None]) % period
    return (place % per_beat == 0).astype(np.float64), (place == 0).astype(np.float64)


def _filled(full: Ints, empty: Ints, habits: tuple[Floats, Floats, Ints, Ints]) -> Floats:
    """Nats for just these places holding a stroke, as against a habit of filling all."""
    never, mixed, more, less = habits
    table = _log_factorials(int((full + empty).max()) + 8)
    beta = table[full + more - 1] + table[empty + less - 1] - table[full + empty + more + less - 1]
    beta = beta - table[more - 1] - table[less - 1] + table[more + less - 1]
    odds = MISSED**empty + never * MISSED**full + mixed * np.exp(np.maximum(beta, -600.0))
    filled: Floats = np.log(odds)
    return filled


def _accents(table: _Folded, beats: Floats, firsts: Floats) -> Floats:
    """Nats by which louder beats, and louder firsts among them, explain the levels; nothing where they are softer."""
    gram, right = table.loud(beats.shape[-1])
    count = len(table.levels)
    left = float(np.dot(table.levels, table.levels)) + LEVEL_SPREAD_MIN_DB**2 * count
    price = 0.5 * math.log(count) + 0.7
    beat_square, first_square = ((rows @ gram * rows).sum(axis=1) for rows in (beats, firsts))
    both = (beats @ gram * firsts).sum(axis=1)
    beat_loud, first_loud = beats @ right, firsts @ right
    gain = np.where((beat_square > 1e-6) & (beat_loud > 0), beat_loud**2 / np.maximum(beat_square, 1e-6), 0.0)
    worth = np.maximum(0.0, -0.5 * count * np.log1p(-gain / left) - price)
    # What the firsts add, once the beats have told theirs.
    told = np.where((worth > 0), both / np.maximum(beat_square, 1e-6), 0.0)
    more_loud, more_square = first_loud - told * beat_loud, first_square - told * both
    left_over = left - np.where(worth > 0, gain, 0.0)
    more = np.where((more_square > 1e-6) & (more_loud > 0), more_loud**2 / np.maximum(more_square, 1e-6), 0.0)
    firsts_worth = -0.5 * count * np.log1p(-np.minimum(more / left_over, 0.999)) - price
    accents: Floats = worth + np.maximum(0.0, firsts_worth)
    return accents
