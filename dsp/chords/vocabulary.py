"""The chords that may be heard: which tones each has, which of them a guitarist leaves out, how often it is played.

The shares are rounded from what chord sheets hold; rare kinds must be heard clearly to be said.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Kind:
    """``steps`` above the root in semitones; those in ``spared`` are left out one time in three."""

    word: str
    steps: tuple[int, ...]
    share: float
    spared: tuple[int, ...] = ()


KINDS: Final = (
    Kind("maj", (0, 4, 7), 0.26),
    Kind("min", (0, 3, 7), 0.20),
    Kind("5", (0, 7), 0.12),
    Kind("7", (0, 4, 7, 10), 0.11, (7,)),
    Kind("m7", (0, 3, 7, 10), 0.09, (7,)),
    Kind("maj7", (0, 4, 7, 11), 0.07, (7,)),
    Kind("sus4", (0, 5, 7), 0.05),
    Kind("sus2", (0, 2, 7), 0.02),
    Kind("add9", (0, 2, 4, 7), 0.012),
    Kind("madd9", (0, 2, 3, 7), 0.003),
    Kind("6", (0, 4, 7, 9), 0.008),
    Kind("m6", (0, 3, 7, 9), 0.005),
    Kind("9", (0, 2, 4, 7, 10), 0.01, (7,)),
    Kind("m9", (0, 2, 3, 7, 10), 0.004, (7,)),
    Kind("maj9", (0, 2, 4, 7, 11), 0.003, (7,)),
    Kind("7sus4", (0, 5, 7, 10), 0.008),
    Kind("dim", (0, 3, 6), 0.006),
    Kind("aug", (0, 4, 8), 0.004),
    Kind("dim7", (0, 3, 6, 9), 0.006),
    Kind("m7b5", (0, 3, 6, 10), 0.006),
    Kind("mMaj7", (0, 3, 7, 11), 0.002),
)
