"""Names that follow the key: F major has a B flat, not an A sharp; F sharp major has an E sharp.

* The root takes the name with the simpler key signature: Bb major, C# minor, Db major; where both are as simple, what
  guitarists say (F#, Eb minor). All minor scales on a root share one name: G# harmonic minor, because G# minor.
* A scale of seven tones uses each letter once, with double accidentals where the field has them (F## in G# harmonic
  minor). One of fewer keeps the letters of its degrees. One of six or eight uses a letter twice or leaves one out, so
  its letters mean little: it writes no double accidentals, and no E#, B#, Cb or Fb.
* Notes outside the scale are named as the chromatic scale on its root is: lowered 3rd and 7th, raised 4th.

Names are ASCII ("Bb", "F##"); ``names.pretty`` makes them ♭ and ♯.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from dsp.theory.custom import WORD as CUSTOM
from dsp.theory.degrees import Degree, above, degrees, formula_text
from dsp.theory.names import ACCIDENTALS, LETTERS, NATURALS, ROOTS
from dsp.theory.scale_kinds import FORMULAS
from dsp.theory.scales import Scale, scale_of

SHARPS: Final = ROOTS
FLATS: Final = ("C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B")
_SAID: Final = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
_OVER_MAJOR: Final = degrees("1 #1 2 b3 3 4 #4 5 #5 6 b7 7")
_OVER_MINOR: Final = degrees("1 b2 2 b3 3 4 #4 5 b6 6 b7 7")
_DOUBLE: Final = 10  # a double accidental weighs more than any number of single ones


def spelled(midi: int, root: str, kind: str, scale_type: str = "natural") -> str:
    """The name of a note, with octave, as it is written in a scale: (70, "F", "major") -> "Bb4".

    The octave is that of the letter: a C♭ just under the middle C4 is Cb4. Raises ``ValueError`` for an unknown scale.
    """
    name = spelled_classes(root, kind, scale_type)[midi % 12]
    return f"{name}{(midi - ACCIDENTALS[name[1:]]) // 12 - 1}"


def scale_notes(root: str, kind: str, scale_type: str = "natural") -> tuple[str, ...]:
    """The notes of a scale, from its root up: ("F", "major") -> F G A Bb C D E."""
    scale = scale_of(root, kind, scale_type)
    names, start = _names(scale), ROOTS.index(scale.root)
    return tuple(names[(start + step) % 12] for step in scale.steps)


def scale_name(root: str, kind: str, scale_type: str = "natural") -> str:
    """What a player reads: ("A#", "major") -> "Bb major", ("A", "minor", "pentatonic") -> "A minor pentatonic".

    A custom scale is told in degrees: "A 1 b3 4 5 b7". Whatever is returned, ``read_scale`` reads as the same scale.
    """
    scale = scale_of(root, kind, scale_type)
    if scale.kind.startswith(CUSTOM):
        return f"{tonic(scale)} {formula_text(scale.formula)}"
    return f"{tonic(scale)} {scale.kind}" + (" pentatonic" if scale.scale_type == "pentatonic" else "")


def spelled_classes(root: str, kind: str, scale_type: str = "natural") -> tuple[str, ...]:
    """The names of all twelve pitch classes, C first, as they are written in a scale."""
    return _names(scale_of(root, kind, scale_type))


@lru_cache(maxsize=512)
def tonic(scale: Scale) -> str:
    """The name of a scale's root."""
    return simplest(ROOTS.index(scale.root), scale.formula)


def simplest(root: int, formula: Iterable[Degree]) -> str:
    """Which name of a pitch class makes the simplest spelling of the degrees above it."""
    core = _signature(tuple(formula))
    names = {SHARPS[root], FLATS[root]}
    return min(names, key=lambda name: (_weight(name, core), name != _SAID[root], name))


def _signature(formula: tuple[Degree, ...]) -> Iterable[Degree]:
    """The degrees that choose the name of the root: those of the key, where the scale has one."""
    tones = {one.step for one in formula}
    if {3, 7} <= tones and not {1, 4} & tones:
        return FORMULAS["minor"]
    if {2, 4, 5, 7, 11} <= tones and 1 not in tones:
        return FORMULAS["major"]
    return _one_per_letter(formula)


def _one_per_letter(formula: Iterable[Degree]) -> list[Degree]:
    """Without passing tones: where a letter stands twice, the one that is altered less."""
    least: dict[int, Degree] = {}
    for one in formula:
        kept = least.setdefault(one.letter, one)
        if abs(one.step - NATURALS[one.letter]) < abs(kept.step - NATURALS[one.letter]):
            least[one.letter] = one
    return list(least.values())


def _weight(root: str, formula: Iterable[Degree]) -> int:
    shifts = [_shift(above(root, one)) for one in formula]
    return sum(abs(shift) if abs(shift) < 2 else _DOUBLE * abs(shift) for shift in shifts)


def _shift(name: str | None) -> int:
    return 3 if name is None else ACCIDENTALS[name[1:]]


@lru_cache(maxsize=512)
def _names(scale: Scale) -> tuple[str, ...]:
    root, start = tonic(scale), ROOTS.index(scale.root)
    inside = {(start + one.step) % 12: above(root, one) for one in scale.formula}
    flat = sum(_shift(name) for name in inside.values() if name) < 0
    plain = FLATS if flat else SHARPS
    if _written_plainly(scale.formula):
        inside = {pitch: name if _is_simple(name) else plain[pitch] for pitch, name in inside.items()}
    chromatic = _OVER_MINOR if {3, 4} & set(scale.steps) == {3} else _OVER_MAJOR
    outside = {(start + one.step) % 12: above(root, one) for one in chromatic}
    names = {pitch: name if _is_simple(name) else plain[pitch] for pitch, name in outside.items()} | inside
    return tuple(names[pitch] or plain[pitch] for pitch in range(12))


def _written_plainly(formula: tuple[Degree, ...]) -> bool:
    """Whether ease of reading counts for more than letters."""
    return len({one.letter for one in formula}) < len(formula) or len(formula) == len(LETTERS) - 1


def _is_simple(name: str | None) -> bool:
    """No double accidental, and no second name for a white key."""
    return name is not None and len(name) < 3 and name not in {"E#", "B#", "Cb", "Fb"}
