"""What may be struck together: chord shapes that players know, any other that a hand can reach, pairs, single notes."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np

from dsp.chords.vocabulary import KINDS, Kind
from tests.takes.phrases import SHAPES

TUNINGS: Final = {
    "standard": (40, 45, 50, 55, 59, 64),
    "drop D": (38, 45, 50, 55, 59, 64),
    "half down": (39, 44, 49, 54, 58, 63),
    "seven": (35, 40, 45, 50, 55, 59, 64),
}
TUNING_SHARES: Final = (0.76, 0.1, 0.07, 0.07)
COMMON: Final = {"": 0.16, "m": 0.15, "7": 0.14, "m7": 0.14, "maj7": 0.12, "5": 0.1, "sus4": 0.09}
"""How often each is struck in a lesson; the other kinds share the rest."""
OPEN: Final = (
    ((None, 3, 2, 0, 1, 0), 0, ""),
    ((3, 2, 0, 0, 0, 3), 7, ""),
    ((None, None, 0, 2, 3, 2), 2, ""),
    ((None, None, 0, 2, 3, 1), 2, "m"),
    ((None, None, 0, 2, 1, 2), 2, "7"),
    ((None, None, 0, 2, 1, 1), 2, "m7"),
    ((None, None, 0, 2, 2, 2), 2, "maj7"),
    ((None, None, 0, 2, 3, 3), 2, "sus4"),
    ((None, None, 0, 2, 3, 0), 2, "sus2"),
    ((None, 3, 2, 3, 1, 0), 0, "7"),
    ((None, 3, 2, 0, 0, 0), 0, "maj7"),
    ((None, 3, 2, 0, 3, 0), 0, "add9"),
    ((3, 2, 0, 0, 0, 1), 7, "7"),
    ((None, 2, 1, 2, 0, 2), 11, "7"),
    ((None, None, 3, 2, 1, 0), 5, "maj7"),
    ((None, None, 3, 2, 1, 1), 5, ""),
)
SHAPED: Final = {"": "maj", "m": "min", "7": "7", "m7": "m7", "maj7": "maj7", "sus4": "sus4"}
REACH_FRETS: Final = 3
TRIES: Final = 60

Rng = np.random.Generator


@dataclass(frozen=True)
class Voicing:
    """MIDI numbers, lowest string first. ``kind``: a word of ``dsp.theory.chord_kinds``, None for what is no chord."""

    midi: tuple[int, ...]
    root: int
    kind: str | None

    @property
    def bass(self) -> int:
        return min(self.midi) % 12


def any_voicing(rng: Rng) -> Voicing:
    """Mostly chords; every sixth a single note, every eighth a pair, and some that are no chord at all."""
    what = rng.random()
    if what < 0.16:
        note = int(rng.integers(35 if rng.random() < 0.1 else 40, 77))
        return Voicing((note, note + 12) if rng.random() < 0.1 else (note,), note % 12, None)
    if what < 0.28:
        return _pair(rng)
    if what < 0.33:
        cluster = sorted({int(note) for note in rng.integers(40, 72, rng.integers(3, 7))})
        return Voicing(tuple(cluster), cluster[0] % 12, None)
    return chord_voicing(rng, _kind(rng))


def chord_voicing(rng: Rng, word: str) -> Voicing:
    """A chord of that kind: a shape that is taught, or one that is not."""
    if word == "5":
        return _power(rng)
    if word in SHAPED and rng.random() < 0.55:
        return _shape(rng, word)
    open_ones = [shape for shape in OPEN if shape[2] == word]
    if open_ones and rng.random() < 0.2:
        frets, root, _ = open_ones[rng.integers(len(open_ones))]
        capo = int(rng.choice([0, 0, 1, 2, 3, 4, 5]))
        return Voicing(_pitches(TUNINGS["standard"], frets, capo), (root + capo) % 12, word)
    return _reached(rng, next(kind for kind in KINDS if kind.word == word))


def canonical(midi: Iterable[int], root: int, word: str) -> tuple[int, str]:
    """The name by which these are called: where the lowest tone is root of a chord of all of them, that one."""
    notes = sorted(midi)
    classes = {note % 12 for note in notes}
    for kind in KINDS:
        if {(notes[0] + step) % 12 for step in kind.steps} == classes:
            return notes[0] % 12, kind.word
    return root, word


def _kind(rng: Rng) -> str:
    words = [kind.word for kind in KINDS]
    rest = (1.0 - sum(COMMON.values())) / (len(words) - len(COMMON))
    return str(rng.choice(words, p=[COMMON.get(word, rest) for word in words]))


def _pitches(tuning: tuple[int, ...], frets: tuple[int | None, ...], capo: int) -> tuple[int, ...]:
    return tuple(string + at + capo for string, at in zip(tuning, frets, strict=True) if at is not None)


def _shape(rng: Rng, word: str) -> Voicing:
    frets = SHAPES[str(rng.choice(["E", "A"]))][SHAPED[word]]
    detuned = -1 if rng.random() < 0.07 else 0
    midi = _pitches(TUNINGS["standard"], frets, int(rng.integers(0, 11)) + detuned)
    root = midi[0] % 12
    if len(midi) > 4 and rng.random() < 0.2:  # the pick does not always reach the last string
        midi = midi[:-1]
    return Voicing(midi, *canonical(midi, root, word))


def _power(rng: Rng) -> Voicing:
    low = int(rng.integers(35 if rng.random() < 0.15 else 40, 60))
    shape = [(0, 7), (0, 7, 12), (0, 7, 12, 19), (0, 7, 12, 19, 24), (0, 12, 19)][
        rng.choice(5, p=[0.35, 0.45, 0.08, 0.06, 0.06])
    ]
    return Voicing(tuple(low + step for step in shape), low % 12, "5")


def _pair(rng: Rng) -> Voicing:
    low, step = int(rng.integers(40, 72)), int(rng.choice([3, 4, 5, 8, 9, 10, 2, 6, 11, 15, 16, 1, 14, 17]))
    return Voicing((low, low + step), low % 12, None)


def _reached(rng: Rng, kind: Kind) -> Voicing:
    """Strings beside one another, each on a tone of the chord under one hand; mostly with its root lowest."""
    while True:
        root = int(rng.integers(12))
        tuning = TUNINGS[str(rng.choice(list(TUNINGS), p=TUNING_SHARES))]
        rooted = rng.random() < 0.75
        for _ in range(TRIES):
            count = min(len(tuning), int(rng.integers(max(3, len(kind.steps) - 1), 7)))
            first = int(rng.integers(0, len(tuning) - count + 1))
            midi = _hand(rng, tuning[first : first + count], root, kind)
            if midi is not None and (not rooted or min(midi) % 12 == root):
                return Voicing(midi, *canonical(midi, root, kind.word))


def _hand(rng: Rng, strings: tuple[int, ...], root: int, kind: Kind) -> tuple[int, ...] | None:
    position = int(rng.integers(0, 10))
    midi = []
    for string in strings:
        frets = [
            at for at in (0, *range(position, position + REACH_FRETS + 1)) if (string + at - root) % 12 in kind.steps
        ]
        if not frets:
            return None
        midi.append(string + int(rng.choice(frets)))
    heard = {(note - root) % 12 for note in midi}
    needed = set(kind.steps) - (set(kind.spared) if rng.random() < 0.3 else set())
    return tuple(midi) if needed <= heard else None
