"""Tunings: how low a guitar can sound, which is how far down the ear listens.

Hum at 50 and 60 Hz lies just under the lowest string of a seven-string guitar; whoever names a tuning gets a floor
that lies 60 cents below its own lowest string.
"""

import difflib
from typing import Final

TUNINGS: Final[dict[str, tuple[int, ...]]] = {
    "any": (35,),
    "standard": (40, 45, 50, 55, 59, 64),
    "drop d": (38, 45, 50, 55, 59, 64),
    "double drop d": (38, 45, 50, 55, 59, 62),
    "half step down": (39, 44, 49, 54, 58, 63),
    "d standard": (38, 43, 48, 53, 57, 62),
    "drop c": (36, 43, 48, 53, 57, 62),
    "c standard": (36, 41, 46, 51, 55, 60),
    "drop b": (35, 42, 47, 52, 56, 61),
    "b standard": (35, 40, 45, 50, 54, 59),
    "seven string": (35, 40, 45, 50, 55, 59, 64),
    "dadgad": (38, 45, 50, 55, 57, 62),
    "open d": (38, 45, 50, 54, 57, 62),
    "open e": (40, 47, 52, 56, 59, 64),
    "open g": (38, 43, 50, 55, 59, 62),
    "open a": (40, 45, 52, 57, 61, 64),
    "open c": (36, 43, 48, 55, 60, 64),
}
BELOW_CENTS: Final = 60.0


def strings(tuning: str) -> tuple[int, ...]:
    """MIDI numbers of the open strings, lowest first. Raises ``ValueError`` with a suggestion."""
    name = " ".join(tuning.lower().replace("_", " ").replace("-", " ").split())
    if name in TUNINGS:
        return TUNINGS[name]
    near = difflib.get_close_matches(name, TUNINGS, n=1, cutoff=0.4)
    hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(TUNINGS)}"
    raise ValueError(f"tuning {tuning!r} is not known; {hint}")


def f0_min_hz(tuning: str, a4_hz: float = 440.0) -> float:
    """The lowest fundamental listened for: 60 cents below the lowest string."""
    return float(a4_hz * 2.0 ** ((strings(tuning)[0] - BELOW_CENTS / 100.0 - 69.0) / 12.0))
