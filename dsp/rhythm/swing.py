"""Swing: pairs of notes of which the second is late, told as the length of the first to that of the second.

Straight is 1, the light swing of a ballad 1.3, a shuffle in triplets 2. The pair is what a player taps (or half of it,
where 16ths swing). Whether steps come as thirds of a pair or as halves that are off in turn depends on the tempo and
on how even the hand is; both are looked for, and the place of the late note is then measured from the notes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from dsp.rhythm.step import Chunk, Floats, Ints

PLACE_MIN, PLACE_MAX = 0.53, 0.735  # in pairs: 1.13 : 1 to 2.8 : 1; three to one is a dotted rhythm
SHARE_MIN: Final = 0.93  # of the strokes are on one of the pair's two places
EACH_MIN: Final = 0.2
COUNT_MIN: Final = 4
CLEARLY: Final = 4.0  # standard errors
PAIR_MIN_S, PAIR_MAX_S = 0.24, 1.3
SPLITS: Final = ((3, 2), (4, 3), (5, 3), (7, 4), (8, 5), (7, 5))  # (steps of a pair, step of the late one)


@dataclass(frozen=True, slots=True)
class Swing:
    """``place``: where the late note lies, in pairs. ``halves``: the strokes of each phrase counted in half pairs."""

    place: float
    pair_s: float
    halves: tuple[Ints, ...]

    @property
    def ratio(self) -> float:
        """First to second."""
        return self.place / (1.0 - self.place)


def find_swing(phrases: Sequence[Sequence[Chunk]], step_s: float) -> Swing | None:
    """The swing common to these phrases, or ``None`` where the strokes are straight or fill more than two places."""
    steps = [np.concatenate([chunk.steps for chunk in chunks]) for chunks in phrases]
    for pair, late in SPLITS:
        if PAIR_MIN_S <= pair * step_s <= PAIR_MAX_S:
            halves = _on_two_places(steps, pair, late)
            swing = _measured(phrases, halves, pair * step_s) if halves is not None else None
            if swing is not None:
                return swing
    if PAIR_MIN_S <= 2 * step_s <= PAIR_MAX_S:
        return _measured(phrases, [_late_second(chunks) for chunks in phrases], 2 * step_s)
    return None


def _on_two_places(steps: Sequence[Ints], pair: int, late: int) -> list[Ints] | None:
    halves, on, off, total = [], 0, 0, 0
    for numbers in steps:
        counts = np.bincount((numbers - numbers[0]) % pair, minlength=pair)
        first = int(np.argmax(counts + np.roll(counts, -late)))
        at = (numbers - numbers[0] - first) % pair
        on, off, total = on + int((at == 0).sum()), off + int((at == late).sum()), total + len(at)
        # A stroke elsewhere counts for the nearer of the two places; there are few.
        whole = (numbers - numbers[0] - first) // pair
        nearest = np.abs(at[:, None] - np.array([0, late, pair])[None, :]).argmin(axis=1)
        halves.append(2 * whole + nearest)
    fair = min(on, off) >= max(COUNT_MIN, EACH_MIN * total) and on + off >= SHARE_MIN * total
    return halves if fair else None


def _late_second(chunks: Sequence[Chunk]) -> Ints:
    """Steps as they are, shifted by one where the even ones are the late ones."""
    steps = np.concatenate([chunk.steps for chunk in chunks])
    errors_s = np.concatenate([chunk.errors_s for chunk in chunks])
    odd = steps % 2 == 1
    if odd.all() or not odd.any():
        return steps
    return steps if np.median(errors_s[odd]) >= np.median(errors_s[~odd]) else steps + 1


def _measured(phrases: Sequence[Sequence[Chunk]], halves: Sequence[Ints], pair_s: float) -> Swing | None:
    """How late the second is, against lines through each chunk that are fitted with it (Frisch and Waugh, 1933)."""
    late, off = [], []
    for chunks, counted in zip(phrases, halves, strict=True):
        begin = 0
        for chunk in chunks:
            at = counted[begin : begin + len(chunk.steps)]
            begin += len(chunk.steps)
            if len(at) < COUNT_MIN or at[-1] - at[0] < 2:
                continue
            pairs = at.astype(np.float64) / 2.0
            late.append(off_line(pairs, chunk.onsets_s))
            off.append(off_line(pairs, (at % 2).astype(np.float64)))
    if not late:
        return None
    y, x = np.concatenate(late), np.concatenate(off)
    square = float(np.dot(x, x))
    if square < 1e-9:
        return None
    late_s = _robust_slope(x, y)
    rest = y - late_s * x
    se_s = float(np.sqrt(np.dot(rest, rest) / max(1, len(rest) - 2 * len(late) - 1) / square))
    place = 0.5 + late_s / pair_s
    if not PLACE_MIN <= place <= PLACE_MAX or late_s < CLEARLY * se_s:
        return None
    return Swing(place, pair_s, tuple(halves))


def _robust_slope(x: Floats, y: Floats) -> float:
    """Least squares through 0 with slips pulled in to 2.5 sigma (Huber's winsorised residuals), three times."""
    square = float(np.dot(x, x))
    slope = float(np.dot(x, y)) / square
    for _ in range(3):
        rest = y - slope * x
        bound = 2.5 * max(1.4826 * float(np.median(np.abs(rest))), 1e-5)
        slope += float(np.dot(x, np.clip(rest, -bound, bound))) / square
    return slope


def off_line(x: Floats, y: Floats) -> Floats:
    """What a straight line over ``x`` leaves of ``y``."""
    away, rest = x - x.mean(), y - y.mean()
    left: Floats = rest - away * (float(np.dot(away, rest)) / float(np.dot(away, away)))
    return left
