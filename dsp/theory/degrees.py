"""Degrees: "b3" is the third letter above the root, lowered by a semitone. Scales and chords are written in them.

A degree knows its letter as well as its distance, which is what spelling needs: #2 and b3 sound the same and are
written on two different lines of the staff.
"""

import re
from dataclasses import dataclass
from typing import Final

from dsp.theory.names import ACCIDENTALS, LETTERS, NATURALS, plain, shown

DEGREE_MAX: Final = 14
_DEGREE: Final = re.compile(r"(##|#|bb|b)?([1-9][0-9]?)", re.ASCII)
_SHIFTS: Final = {"": 0, "#": 1, "##": 2, "b": -1, "bb": -2}
_SIGNS: Final = {shift: sign for sign, shift in _SHIFTS.items()}


@dataclass(frozen=True, slots=True)
class Degree:
    """``letter``: how many letters above the root, 0 to 6. ``step``: how many semitones, 0 to 11."""

    letter: int
    step: int


def degree(text: str) -> Degree:
    """One degree as players write it, "b3" or "♯11"; 8 to 14 lie an octave higher and count as 1 to 7.

    Raises ``ValueError``.
    """
    found = _DEGREE.fullmatch(plain(text))
    if found is None or int(found[2]) > DEGREE_MAX:
        raise ValueError(f"{shown(text)} is no degree; degrees are 1 to {DEGREE_MAX}, with b or # in front: b3, #4")
    letter = (int(found[2]) - 1) % 7
    return Degree(letter, (NATURALS[letter] + _SHIFTS[found[1] or ""]) % 12)


def degrees(text: str) -> tuple[Degree, ...]:
    """Several degrees, apart by spaces: "1 b3 5 b7". Raises ``ValueError``."""
    return tuple(degree(word) for word in text.split())


def steps(formula: tuple[Degree, ...]) -> tuple[int, ...]:
    """The distances in semitones, 0 to 11, ascending, each once."""
    return tuple(sorted({one.step for one in formula}))


def above(root: str, one: Degree) -> str | None:
    """The name of a degree above a named root: (B flat, b3) -> "Db". ``None`` where it would take three accidentals."""
    place = LETTERS.index(root[0]) + one.letter
    pitch = NATURALS[LETTERS.index(root[0])] + ACCIDENTALS[root[1:]] + one.step
    shift = (pitch - NATURALS[place % 7] + 6) % 12 - 6
    return LETTERS[place % 7] + _SIGNS[shift] if shift in _SIGNS else None


def formula_text(formula: tuple[Degree, ...]) -> str:
    """Degrees as players write them: "1 b3 4 5 b7"."""
    return " ".join(f"{_SIGNS[_alteration(one)]}{one.letter + 1}" for one in formula)


def _alteration(one: Degree) -> int:
    return (one.step - NATURALS[one.letter] + 6) % 12 - 6
