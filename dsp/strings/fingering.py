"""Which string was it? A pitch lies on several; the hand tells: it stays where it is, and its fingers span four frets.

A hidden Markov model (Rabiner, 1989) over where the first finger is and which string sounds: a hand that moves as
little as it can, four frets under its fingers, open strings mostly near the nut. Forward with every note, backward
over the newest ``BLOCK + CONTEXT``, so that what comes next also says where the hand was. Unsure is ``None``.
"""

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FRETS: Final = 24
POSITIONS: Final = 20  # of the first finger, from the first fret on
BLOCK: Final = 8  # notes decided at a time
CONTEXT: Final = 16  # notes after them that have a say
SURE: Final = 0.93
REST_S: Final = 1.5  # after so long a pause the hand may be anywhere
UNDER_FINGERS: Final = {-1: 0.1, 0: 1.0, 1: 1.0, 2: 1.0, 3: 1.0, 4: 0.3}  # frets from the first finger on
OPEN: Final = (30.0, 3.0, 1.0, 0.4, 0.2)  # an open string, by position: only at the nut surely preferred
OPEN_FAR: Final = 0.08
HELD, MOVES = 0.96, 2.0  # share of notes before which the hand stays; frets that it moves otherwise
LEAPS: Final = 0.004
LEAPS_RESTED: Final = 0.5
LOW_FRETS: Final = 8.0  # the higher up the neck, the rarer
CROSSES: Final = 0.7  # how much rarer each string farther away is


class Fingering:
    """``add`` every sure pitch in order; it tells the strings of earlier ones. ``open_midis``: lowest string first."""

    def __init__(self, open_midis: tuple[int, ...]) -> None:
        self._neck = _neck(open_midis)
        self._forward: list[tuple[Floats, Floats, Floats]] = []
        self._belief = self._neck.anywhere

    def add(self, midi: int, gap_s: float) -> list[int | None]:
        """Strings (0: the lowest) of the ``BLOCK`` oldest notes that are not told yet, once there is enough context.

        ``gap_s``: seconds since the onset before. A pitch that these strings do not have is told as ``None``.
        """
        return [_surely(shares) for shares in self.weigh(midi, gap_s)]

    def weigh(self, midi: int, gap_s: float) -> list[Floats | None]:
        """The same for whoever must not leave out what is unsure: each string's share of belief; they sum to 1."""
        moved = self._neck.rested if gap_s > REST_S else self._neck.played
        seen = self._neck.seen(midi)
        belief = (moved.T @ self._belief @ self._neck.across) * seen
        self._belief = belief / belief.sum()
        self._forward.append((moved, seen, self._belief))
        return self._tell(BLOCK) if len(self._forward) >= BLOCK + CONTEXT else []

    def finish(self) -> list[Floats | None]:
        """The shares of all notes that are not told yet: nothing comes after them."""
        return self._tell(len(self._forward))

    def _tell(self, count: int) -> list[Floats | None]:
        later = np.ones_like(self._belief)
        told: list[Floats | None] = []
        for index in range(len(self._forward) - 1, -1, -1):
            moved, seen, belief = self._forward[index]
            if index < count:
                by_string = (belief * later).sum(axis=0)
                told.append(by_string / by_string.sum() if seen is not self._neck.unseen else None)
            later = moved @ (later * seen) @ self._neck.across.T
            later /= later.max()
        del self._forward[:count]
        return told[::-1]


class _Neck:
    """The model's tables for one tuning: positions × strings."""

    def __init__(self, open_midis: tuple[int, ...]) -> None:
        strings = len(open_midis)
        position = np.arange(POSITIONS)
        low = np.exp(-position / LOW_FRETS)
        self.anywhere = np.outer(low / low.sum(), np.full(strings, 1.0 / strings))
        near = np.exp(-np.abs(position[:, None] - position[None, :]) / MOVES)
        np.fill_diagonal(near, 0.0)
        near *= (1.0 - HELD) / near.sum(axis=1, keepdims=True)
        near += HELD * np.eye(POSITIONS)
        self.played = (1.0 - LEAPS) * near + LEAPS * low / low.sum()
        self.rested = (1.0 - LEAPS_RESTED) * near + LEAPS_RESTED * low / low.sum()
        number = np.arange(strings)
        across = CROSSES ** np.abs(number[:, None] - number[None, :])
        self.across: Floats = across / across.sum(axis=1, keepdims=True)
        self.unseen: Floats = np.ones((POSITIONS, strings))
        self._ease = _ease()
        self._open_midis = open_midis
        self._known: dict[int, Floats] = {}

    def seen(self, midi: int) -> Floats:
        """How well this pitch fits every place of the hand; ``unseen`` for what these strings do not have."""
        if midi not in self._known:
            frets = [midi - low for low in self._open_midis]
            columns = [self._ease[f] if 0 <= f <= FRETS else np.zeros(POSITIONS) for f in frets]
            table = np.stack(columns, axis=1)
            # The music chooses the pitch, the hand the string: a place that offers two strings is no likelier for it.
            offered = table.sum(axis=1, keepdims=True)
            share = table / np.where(offered > 0.0, offered, 1.0) * np.minimum(1.0, table.max(axis=1, keepdims=True))
            self._known[midi] = share if share.any() else self.unseen
        return self._known[midi]


@lru_cache(maxsize=8)
def _neck(open_midis: tuple[int, ...]) -> _Neck:
    return _Neck(open_midis)


def _ease() -> Floats:
    """Shape (frets, positions): how readily a hand in this position plays this fret of a string."""
    weights = np.zeros((FRETS + 1, POSITIONS))
    for at in range(POSITIONS):
        weights[0, at] = OPEN[at] if at < len(OPEN) else OPEN_FAR
        for finger, weight in UNDER_FINGERS.items():
            fret = at + 1 + finger
            if 1 <= fret <= FRETS:
                weights[fret, at] = weight
    return weights


def _surely(shares: Floats | None) -> int | None:
    if shares is None:
        return None
    best = int(shares.argmax())
    return best if shares[best] >= SURE else None
