"""Kinds of chords: which tones above the root make a "m7". The word of a kind is what follows the root in a name.

``FORMULAS`` is the one table; ``KINDS`` are the same tones as semitones. An eleventh or a thirteenth stands without the
tones that guitarists leave out (the third of an 11 stays, the eleventh of a 13 goes).
"""

from typing import Final

from dsp.theory.degrees import Degree, degrees, steps

_WRITTEN: Final = {
    # three tones, and fewer
    "": "1 3 5",
    "m": "1 b3 5",
    "5": "1 5",
    "sus4": "1 4 5",
    "sus2": "1 2 5",
    "dim": "1 b3 b5",
    "aug": "1 3 #5",
    # four
    "7": "1 3 5 b7",
    "m7": "1 b3 5 b7",
    "maj7": "1 3 5 7",
    "mMaj7": "1 b3 5 7",
    "6": "1 3 5 6",
    "m6": "1 b3 5 6",
    "7sus4": "1 4 5 b7",
    "7sus2": "1 2 5 b7",
    "m7b5": "1 b3 b5 b7",
    "dim7": "1 b3 b5 bb7",
    "dimMaj7": "1 b3 b5 7",
    "aug7": "1 3 #5 b7",
    "maj7#5": "1 3 #5 7",
    "7b5": "1 3 b5 b7",
    "maj7b5": "1 3 b5 7",
    "m7#5": "1 b3 #5 b7",
    "add9": "1 3 5 9",
    "madd9": "1 b3 5 9",
    "add11": "1 3 5 11",
    "madd11": "1 b3 5 11",
    "sus2sus4": "1 2 4 5",
    # five
    "9": "1 3 5 b7 9",
    "m9": "1 b3 5 b7 9",
    "maj9": "1 3 5 7 9",
    "mMaj9": "1 b3 5 7 9",
    "6/9": "1 3 5 6 9",
    "m6/9": "1 b3 5 6 9",
    "9sus4": "1 4 5 b7 9",
    "7b9sus4": "1 4 5 b7 b9",
    "7b9": "1 3 5 b7 b9",
    "7#9": "1 3 5 b7 #9",
    "7#11": "1 3 5 b7 #11",
    "7b13": "1 3 5 b7 b13",
    "maj7#11": "1 3 5 7 #11",
    "9b5": "1 3 b5 b7 9",
    "9#5": "1 3 #5 b7 9",
    "m9b5": "1 b3 b5 b7 9",
    "7b5b9": "1 3 b5 b7 b9",
    "7b5#9": "1 3 b5 b7 #9",
    "7#5b9": "1 3 #5 b7 b9",
    "7#5#9": "1 3 #5 b7 #9",
    # six
    "11": "1 3 5 b7 9 11",
    "m11": "1 b3 5 b7 9 11",
    "maj11": "1 3 5 7 9 11",
    "13": "1 3 5 b7 9 13",
    "m13": "1 b3 5 b7 9 13",
    "maj13": "1 3 5 7 9 13",
    "13sus4": "1 4 5 b7 9 13",
    "13b9": "1 3 5 b7 b9 13",
    "9#11": "1 3 5 b7 9 #11",
    "maj9#11": "1 3 5 7 9 #11",
}
FORMULAS: Final[dict[str, tuple[Degree, ...]]] = {kind: degrees(written) for kind, written in _WRITTEN.items()}
KINDS: Final[dict[str, tuple[int, ...]]] = {kind: steps(formula) for kind, formula in FORMULAS.items()}
