"""The chords that may be heard: which tones each has, which of them a guitarist leaves out, how often it is played.

Rare kinds must be heard clearly to be said: the shares are priors, not counts.
"""

from dataclasses import dataclass
from typing import Final

from dsp.theory import chord_kinds


@dataclass(frozen=True, slots=True)
class Kind:
    """``word`` of ``dsp.theory.chord_kinds``; ``spared``: semitones above the root that are left out one time in three.

    ``share``: how often it is played, of all that is struck.
    """

    word: str
    share: float
    spared: tuple[int, ...] = ()

    @property
    def steps(self) -> tuple[int, ...]:
        """Its pitch classes in semitones above the root, 0 first."""
        return tuple(sorted({step % 12 for step in chord_kinds.KINDS[self.word]}))


KINDS: Final = (
    Kind("", 0.2),
    Kind("m", 0.16),
    Kind("5", 0.12),
    Kind("7", 0.12, (7,)),
    Kind("m7", 0.11, (7,)),
    Kind("maj7", 0.09, (7,)),
    Kind("sus4", 0.07),
    Kind("sus2", 0.02),
    Kind("add9", 0.012),
    Kind("madd9", 0.003),
    Kind("6", 0.008),
    Kind("m6", 0.005),
    Kind("9", 0.01, (7,)),
    Kind("m9", 0.004, (7,)),
    Kind("maj9", 0.003, (7,)),
    Kind("7sus4", 0.008),
    Kind("dim", 0.006),
    Kind("aug", 0.004),
    Kind("dim7", 0.006),
    Kind("m7b5", 0.006),
    Kind("mMaj7", 0.003),
)
