"""Scales: a root, a kind and a type, whoever wrote them and however; which notes belong.

Roots are canonical with sharps ("A#"), kinds in lower case ("harmonic minor", "custom 0 3 5 7 10"). The type, "natural"
or "pentatonic", is the FretCoach family's word: with major and minor it makes the family's 48 scales; other kinds have
no pentatonic form, and are always natural.

``read_scale`` is the one door for names from outside: command line, page, plans from the cloud.
"""

import difflib
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from dsp.theory import custom
from dsp.theory.degrees import Degree
from dsp.theory.names import ROOTS, TEXT_MAX, note_name, pitch_class, plain, shown, split_pitch
from dsp.theory.scale_kinds import ALIASES, FORMULAS, KINDS, PENTATONIC

__all__ = [
    "KINDS",
    "ROOTS",
    "SCALE_TYPES",
    "Scale",
    "note_name",
    "pitch_class",
    "pitch_classes",
    "read_scale",
    "scale_of",
]

SCALE_TYPES: Final = ("natural", "pentatonic")
_ASK: Final = "write a root and a kind, such as A minor"
_TRY: Final = "try major, minor, dorian, blues, or your own such as custom 0 3 5 7 10"
_FILLERS: Final = frozenset({"scale", "mode"})
_SEVERAL: Final = {
    "flat": -1,
    "bemol": -1,
    "bémol": -1,
    "bemolle": -1,
    "sharp": 1,
    "sostenido": 1,
    "diesis": 1,
    "dièse": 1,
}
_SOLFEGE: Final = re.compile(r"(do|ut|re|ré|mi|fa|sol|la|si)([#b]?)")
_SYLLABLES: Final = {"do": 0, "ut": 0, "re": 2, "ré": 2, "mi": 4, "fa": 5, "sol": 7, "la": 9, "si": 11}
_GERMAN: Final = re.compile(r"([a-h])(is|es|s)")
_LETTERS: Final = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11, "h": 11}
_GERMAN_ALONE: Final = {"b": 10, "h": 11}


@dataclass(frozen=True, slots=True)
class Scale:
    """A canonical scale: ``root`` of ``ROOTS``, ``kind`` of ``KINDS`` or a custom one, ``scale_type``."""

    root: str
    kind: str
    scale_type: str = "natural"

    @property
    def formula(self) -> tuple[Degree, ...]:
        """Its degrees, the root first."""
        if self.scale_type == "pentatonic":
            return PENTATONIC[self.kind]
        known = FORMULAS.get(self.kind)
        return custom.formula(custom.custom_steps(self.kind)) if known is None else known

    @property
    def steps(self) -> tuple[int, ...]:
        """Semitones above the root, ascending."""
        return tuple(sorted(one.step for one in self.formula))

    @property
    def pitch_classes(self) -> frozenset[int]:
        """The pitch classes that belong, 0 = C."""
        start = ROOTS.index(self.root)
        return frozenset((start + step) % 12 for step in self.steps)


def read_scale(text: str, scale_type: str = "natural") -> Scale:
    """The scale that somebody wrote: "Bb major", "a#m", "D Dorian", "E minor pentatonic", "h-moll", "A 1 b3 4 5 b7".

    ``scale_type`` counts where the text does not say "pentatonic" itself. Raises ``ValueError``, one line, with a
    suggestion where there is one.
    """
    words = _words(text, f"no scale given; {_ASK}")
    if _is_kind(words):  # "dorian" would be a D and "orian"
        whole = "custom 0 3 5 7 10" if words == [custom.WORD] else " ".join(words).lower()
        raise ValueError(f"{shown(text)} has no root; write it with one, such as A {whole}")
    root, rest = _root(words)
    return scale_of(ROOTS[root], rest, scale_type)


@lru_cache(maxsize=512)
def scale_of(root: str, kind: str, scale_type: str = "natural") -> Scale:
    """The canonical scale of a root in any spelling, a kind in any wording, and a type. Raises ``ValueError``."""
    if scale_type not in SCALE_TYPES:
        raise ValueError(f"the scale type is natural or pentatonic, not {shown(scale_type)}")
    start = ROOTS[pitch_class(root)]
    # "M" is major and "m" is minor: the only place where case means something.
    words = "major" if kind.strip() == "M" else " ".join(_words(kind)).lower()
    whole = _known(words)
    if whole is not None:
        return Scale(start, whole, scale_type if whole in PENTATONIC else "natural")
    five = _known(" ".join(word for word in words.split() if word not in {"pentatonic", "penta", "pent"}))
    if five in PENTATONIC:
        return Scale(start, five, "pentatonic")
    if five is not None:
        raise ValueError(f"{five} has no pentatonic form; pentatonic goes with major and minor")
    raise ValueError(_unknown(start, words))


def pitch_classes(root: str, kind: str, scale_type: str = "natural") -> frozenset[int]:
    """The pitch classes (0 = C) of a scale. Raises ``ValueError`` for an unknown root, kind or type."""
    return scale_of(root, kind, scale_type).pitch_classes


def _words(text: str, empty: str = "") -> list[str]:
    """What was written, in words without signs that mean nothing. Refuses what cannot be meant as a name."""
    if len(text) > TEXT_MAX or not text.strip().isprintable():
        raise ValueError(f"{shown(text)} is no scale; {_ASK}")
    words = [word for word in re.split(r"[\s_\-,:;()]+", plain(text)) if word and word.lower() not in _FILLERS]
    if empty and not words:
        raise ValueError(empty)
    return words


def _root(words: list[str]) -> tuple[int, str]:
    """The pitch class that the words begin with, and the rest of them."""
    head, rest = words[0], words[1:]
    lower = head.lower()
    if rest and rest[-1].lower() in {"dur", "moll"} and lower in _GERMAN_ALONE:
        return _GERMAN_ALONE[lower], " ".join(rest)
    solfege, german = _SOLFEGE.fullmatch(lower), _GERMAN.fullmatch(lower)
    if solfege is not None:
        pitch, suffix = _SYLLABLES[solfege[1]] + {"#": 1, "b": -1, "": 0}[solfege[2]], ""
    elif german is not None and (german[2] != "s" or german[1] in "ae"):
        pitch, suffix = _LETTERS[german[1]] + (1 if german[2] == "is" else -1), ""
    else:
        pitch, suffix = split_pitch(head)
    if rest and rest[0].lower() in _SEVERAL:
        pitch, rest = pitch + _SEVERAL[rest[0].lower()], rest[1:]
    return pitch % 12, " ".join([suffix, *rest]).strip()


def _is_kind(words: list[str]) -> bool:
    spaced = " ".join(words).lower()
    # "mi" is minor, and the root E as well.
    return spaced in _SPACED or (len(spaced) > len("mi") and spaced in ALIASES) or words[0].lower() == custom.WORD


def _known(words: str) -> str | None:
    spaced = words.replace("-", " ")
    name = _SPACED.get(spaced) or ALIASES.get(spaced)
    if name is None and custom.is_custom(words):
        return custom.canonical(words)
    return name


_SPACED: Final = {kind.replace("-", " "): kind for kind in KINDS}


def _unknown(root: str, words: str) -> str:
    names = [*KINDS, *(alias for alias in ALIASES if len(alias) > 3)]
    near = difflib.get_close_matches(words, names, n=1, cutoff=0.6)
    hint = f"did you mean {root} {near[0]}?" if near else _TRY
    return f"no scale is called {shown(words)}; {hint}"
