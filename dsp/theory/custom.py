"""A scale of the player's own: any 2 to 12 tones above a root, "custom 0 3 5 7 10" (semitones, root first).

This text is the whole scale: it goes as its kind into settings, log and cloud and comes back unchanged. Players may
write it in degrees, "1 b3 4 5 b7". How its notes are spelled is found from its tones alone.
"""

import re
from functools import lru_cache
from typing import Final

from dsp.theory.degrees import DEGREE_MAX, Degree, degree
from dsp.theory.names import NATURALS
from dsp.theory.scale_kinds import FORMULAS, PENTATONIC

WORD: Final = "custom"
TONES_MIN, TONES_MAX = 2, 12
_TONE: Final = re.compile(r"[#b]{0,2}[0-9]{1,2}", re.ASCII)
_AN_OCTAVE: Final = 12
_LETTER_AGAIN: Final = 1.5
_RAISED: Final = 0.1  # between b3 and #2 nothing else speaks for either: flats are what players write
_HINT: Final = "write custom 0 3 5 7 10 (semitones), or 1 b3 4 5 b7 (degrees)"


def is_custom(kind: str) -> bool:
    """Whether this is a list of tones: it begins with "custom", or holds nothing but tones."""
    words = kind.split()
    return bool(words) and (words[0] == WORD or (len(words) > 1 and all(_TONE.fullmatch(word) for word in words)))


def canonical(kind: str) -> str:
    """The one text of a custom scale. ``kind`` is a list of semitones that holds the 0, or of degrees that holds the 1.

    Raises ``ValueError`` for fewer than 2 tones, a list without its root, and what is no tone.
    """
    words = kind.removeprefix(WORD).split()
    if all(word.isascii() and word.isdigit() for word in words) and "0" in words:
        tones = {_semitones(word) for word in words}
    else:
        tones = {_degree(word).step for word in words}
    if 0 not in tones:
        raise ValueError(f"a custom scale holds its root: {_HINT}")
    if len(tones) < TONES_MIN:
        raise ValueError(f"a custom scale has {TONES_MIN} to {TONES_MAX} tones: {_HINT}")
    return " ".join([WORD, *(str(tone) for tone in sorted(tones))])


def custom_steps(kind: str) -> tuple[int, ...]:
    """The semitones of a canonical custom scale."""
    return tuple(int(word) for word in kind.split()[1:])


def _semitones(word: str) -> int:
    if len(word) > 2 or int(word) > _AN_OCTAVE:
        raise ValueError(f"semitones are 0 to {_AN_OCTAVE - 1}: {_HINT}")
    return int(word) % _AN_OCTAVE


def _degree(word: str) -> Degree:
    try:
        return degree(word)
    except ValueError as error:
        raise ValueError(f"degrees are 1 to {DEGREE_MAX} with b or # in front: {_HINT}") from error


@lru_cache(maxsize=256)
def formula(tones: tuple[int, ...]) -> tuple[Degree, ...]:
    """The degrees of a set of semitones: those of the known scale with these tones, else the simplest.

    Simplest: letters rise with the tones, each is used as rarely, and as few are altered, as can be.
    """
    for known in (*FORMULAS.values(), *PENTATONIC.values()):
        if sorted(one.step for one in known) == list(tones):
            return known
    best: dict[int, tuple[float, tuple[Degree, ...]]] = {0: (0.0, (Degree(0, 0),))}
    for tone in tones[1:]:
        best = _one_more(best, tone)
    return min(best.values(), key=lambda ranked: ranked[0])[1]


def _one_more(
    best: dict[int, tuple[float, tuple[Degree, ...]]], tone: int
) -> dict[int, tuple[float, tuple[Degree, ...]]]:
    """The cheapest spellings with one more tone, by the letter that they end on."""
    longer: dict[int, tuple[float, tuple[Degree, ...]]] = {}
    for last, (cost, spelled) in best.items():
        for letter in range(last, 7):
            altered = abs(tone - NATURALS[letter])
            raised = _RAISED if tone > NATURALS[letter] else 0.0
            price = cost + altered + raised + (_LETTER_AGAIN if letter == last else 0.0)
            if altered <= 1 and (letter not in longer or price < longer[letter][0]):
                longer[letter] = (price, (*spelled, Degree(letter, tone)))
    return longer
