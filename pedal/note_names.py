"""Note names by taste: as the key spells them, all sharps, all flats, with H for B, or solfège. Pure."""

from typing import Final, Literal, TypeAlias

from dsp.theory.names import ACCIDENTALS, ROOTS
from dsp.theory.spelling import FLATS, spelled_classes

Taste: TypeAlias = Literal["key", "sharps", "flats", "german", "solfege"]
TASTES: Final[tuple[Taste, ...]] = ("key", "sharps", "flats", "german", "solfege")
SOLFEGE: Final = {"C": "Do", "D": "Re", "E": "Mi", "F": "Fa", "G": "Sol", "A": "La", "B": "Si"}


def pitch_names(taste: str, root: str, kind: str, scale_type: str) -> tuple[str, ...]:
    """The names of all twelve pitch classes, C first, ASCII. Raises ``ValueError`` for a scale that is not known."""
    return tuple(_tasted(name, taste) for name in _spelled(taste, root, kind, scale_type))


def note_name(midi: int, taste: str, root: str, kind: str, scale_type: str) -> str:
    """A note with its octave, which is that of the letter: the C flat just under the middle C4 is Cb4."""
    name = _spelled(taste, root, kind, scale_type)[midi % 12]
    return f"{_tasted(name, taste)}{(midi - ACCIDENTALS[name[1:]]) // 12 - 1}"


def _spelled(taste: str, root: str, kind: str, scale_type: str) -> tuple[str, ...]:
    if taste == "sharps":
        return ROOTS
    return FLATS if taste == "flats" else spelled_classes(root, kind, scale_type)


def _tasted(name: str, taste: str) -> str:
    if taste == "solfege":
        return SOLFEGE[name[0]] + name[1:]
    if taste == "german" and name[0] == "B":
        # What others call B flat is B where B is H.
        return "B" + name[2:] if name[1:2] == "b" else "H" + name[1:]
    return name
