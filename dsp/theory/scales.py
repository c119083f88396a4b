"""Scales: which notes belong.

A scale is a root, a kind and a type. Roots are canonical with sharps ("A#"), kinds in lower case ("harmonic minor").
The type, "natural" or "pentatonic", is the FretCoach family's word: with major and minor it makes the family's 48
scales; other kinds have no pentatonic form of their own, and the type changes nothing there.
"""

import difflib
from typing import Final

from dsp.theory.names import ROOTS, note_name, pitch_class

__all__ = ["KINDS", "ROOTS", "SCALE_TYPES", "note_name", "parse_scale", "pitch_class", "pitch_classes"]

SCALE_TYPES: Final = ("natural", "pentatonic")

KINDS: Final[dict[str, tuple[int, ...]]] = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "harmonic minor": (0, 2, 3, 5, 7, 8, 11),
    "melodic minor": (0, 2, 3, 5, 7, 9, 11),
    "ionian": (0, 2, 4, 5, 7, 9, 11),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "aeolian": (0, 2, 3, 5, 7, 8, 10),
    "locrian": (0, 1, 3, 5, 6, 8, 10),
    "blues": (0, 3, 5, 6, 7, 10),
    "major blues": (0, 2, 3, 4, 7, 9),
    "phrygian dominant": (0, 1, 4, 5, 7, 8, 10),
    "lydian dominant": (0, 2, 4, 6, 7, 9, 10),
    "altered": (0, 1, 3, 4, 6, 8, 10),
    "harmonic major": (0, 2, 4, 5, 7, 8, 11),
    "hungarian minor": (0, 2, 3, 6, 7, 8, 11),
    "double harmonic": (0, 1, 4, 5, 7, 8, 11),
    "bebop dominant": (0, 2, 4, 5, 7, 9, 10, 11),
    "whole tone": (0, 2, 4, 6, 8, 10),
    "diminished": (0, 2, 3, 5, 6, 8, 9, 11),
    "dominant diminished": (0, 1, 3, 4, 6, 7, 9, 10),
    "augmented": (0, 3, 4, 7, 8, 11),
    "chromatic": tuple(range(12)),
}
_PENTATONIC: Final = {"major": (0, 2, 4, 7, 9), "minor": (0, 3, 5, 7, 10)}
_ALIASES: Final = {
    "": "major",
    "maj": "major",
    "m": "minor",
    "min": "minor",
    "natural minor": "minor",
    "harmonic": "harmonic minor",
    "melodic": "melodic minor",
    "minor blues": "blues",
    "wholetone": "whole tone",
}


def parse_scale(text: str, scale_type: str = "natural") -> tuple[str, str]:
    """Canonical (root, kind) of "Bb major", "C minor", "D Dorian", "A#m" or "A minor pentatonic".

    Raises ``ValueError`` with a suggestion when the root, the kind or the type is not known.
    """
    if scale_type not in SCALE_TYPES:
        raise ValueError(f"the scale type is natural or pentatonic, not {scale_type!r}")
    words = text.replace("_", " ").replace("-", " ").split()
    if not words:
        raise ValueError("no scale given; write a root and a kind, such as A minor")
    head = 2 if words[0][1:2] in {"#", "♯", "b", "♭"} else 1
    root = ROOTS[pitch_class(words[0][:head])]
    return root, _kind(" ".join([words[0][head:], *words[1:]]).strip(), text)


def pitch_classes(root: str, kind: str, scale_type: str = "natural") -> frozenset[int]:
    """The pitch classes (0 = C) of a canonical scale. Raises ``ValueError`` for an unknown root, kind or type."""
    canonical_root, canonical_kind = parse_scale(f"{root} {kind}", scale_type)
    steps = KINDS[canonical_kind]
    if scale_type == "pentatonic":
        steps = _PENTATONIC.get(canonical_kind, steps)
    start = pitch_class(canonical_root)
    return frozenset((start + step) % 12 for step in steps)


def _kind(words: str, text: str) -> str:
    # "M" is major and "m" is minor: the only place where case means something.
    kind = "major" if words == "M" else words.lower().removesuffix("pentatonic").strip()
    kind = _ALIASES.get(kind, kind)
    if kind in KINDS:
        return kind
    near = difflib.get_close_matches(kind, KINDS, n=1, cutoff=0.4)
    hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(KINDS)}"
    raise ValueError(f"scale {text!r} is not known; {hint}")
