"""Pitches as people and programs write them: 40, 40.02, "40", "E2", "Bb3", "c#4", "E♭-1"."""

import re
from typing import Final

from dsp.follow.bounds import TargetError, shown

_STEPS: Final = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11, "h": 11}
_NAME: Final = re.compile(r"([a-hA-H])(##|bb|#|b|♯♯|♭♭|♯|♭|x)?(-1|−1|\d{1,2})", re.ASCII)
_SHIFTS: Final = {"": 0, "#": 1, "♯": 1, "##": 2, "♯♯": 2, "x": 2, "b": -1, "♭": -1, "bb": -2, "♭♭": -2}


def midi_named(text: str) -> int | None:
    """MIDI number of a name with its octave (scientific pitch: A4 is 69); ``None`` when it is no such name."""
    found = _NAME.fullmatch(text.strip())
    if found is None:
        return None
    letter, accidental, octave = found.groups()
    return 12 * (int(octave.replace("−", "-")) + 1) + _STEPS[letter.lower()] + _SHIFTS[accidental or ""]


def midi_of(value: object, where: str) -> int:
    """MIDI number, 0 to 127, of a number (a fraction means the nearest) or a name. Raises ``TargetError``."""
    midi: float | None = None
    if isinstance(value, str):
        midi = midi_named(value)
        if midi is None:
            midi = number_of(value)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        midi = value
    if midi is None:
        raise TargetError(
            f"{where} has the pitch {shown(value)!r}; write a MIDI number such as 40, or a name such as E2"
        )
    if not -0.5 <= midi < 127.5:
        raise TargetError(f"{where} has the pitch {shown(value)}; MIDI numbers go from 0 to 127")
    return int(midi + 0.5)


def number_of(value: object) -> float | None:
    """A finite number from JSON or from text; ``None`` where it is none. Huge ones are none: nothing counts so far."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, str):
        if len(value) > 40 or not re.fullmatch(r"\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*", value, re.ASCII):
            return None
        value = float(value)
    if not isinstance(value, (int, float)) or not -1e15 < value < 1e15:
        return None
    return float(value)
