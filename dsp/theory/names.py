"""Names of pitches: letters, accidentals, octaves, and what a name that cannot be read looks like in a message.

Twelve pitch classes, 0 = C to 11 = B; A♯ and B♭ are one. Canonical names are ASCII with sharps; which of two names is
shown depends on the key (``spelling``).
"""

import re
from typing import Final

ROOTS: Final = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
LETTERS: Final = "CDEFGAB"
NATURALS: Final = (0, 2, 4, 5, 7, 9, 11)
ACCIDENTALS: Final = {"": 0, "#": 1, "##": 2, "x": 2, "b": -1, "bb": -2}
TEXT_MAX: Final = 80  # a custom scale with all its degrees fits; nothing that is meant as a name is longer
_SHOWN_MAX: Final = 24
_PLAIN: Final = str.maketrans({"♯": "#", "♭": "b", "♮": "", "𝄪": "##", "𝄫": "bb"})
_PRETTY: Final = str.maketrans({"#": "♯", "b": "♭"})
_SIGNED: Final = re.compile(r"(?<=^[A-Ga-g])(?:##|#|bb|b)")
_PITCH: Final = re.compile(r"([A-Ga-g])(##|#|x|bb|b)?")


def plain(text: str) -> str:
    """The text with the musical signs ♯ ♭ ♮ as players type them: # and b, and nothing."""
    return text.translate(_PLAIN)


def pretty(name: str) -> str:
    """A name that begins with a note, with the real signs there: "Bb4" -> "B♭4", "F# blues" -> "F♯ blues".

    Two ♯ rather than one 𝄪, which few fonts have.
    """
    return _SIGNED.sub(lambda found: found[0].translate(_PRETTY), name)


def split_pitch(text: str) -> tuple[int, str]:
    """The pitch class at the beginning of ``text``, and what follows it: "Bbm7" -> (10, "m7").

    An accidental is never left over: "Bb5" is B flat and "5". Raises ``ValueError`` where no note begins.
    """
    found = _PITCH.match(plain(text))
    if found is None:
        raise ValueError(f"{shown(text)} is no note; write one of {' '.join(ROOTS)}, or a flat such as Bb")
    step = NATURALS[LETTERS.index(found[1].upper())]
    return (step + ACCIDENTALS[found[2] or ""]) % 12, plain(text)[found.end() :]


def pitch_class(name: str) -> int:
    """0 (C) to 11 (B) of a note name in any spelling: "Bb", "a#", "E♭", "Cb", "F##". Raises ``ValueError``."""
    found, rest = split_pitch(name)
    if rest:
        raise ValueError(f"{shown(name)} is no note; write one of {' '.join(ROOTS)}, or a flat such as Bb")
    return found


def note_name(midi: int) -> str:
    """Name with octave in scientific pitch, sharps: 69 -> "A4", 40 -> "E2". In a key: ``spelling.spelled``."""
    return f"{ROOTS[midi % 12]}{midi // 12 - 1}"


def shown(text: str) -> str:
    """A stranger's text as it may stand in one line of a message: short, printable, in quotes.

    What was typed may be 10 kB or hold a NUL, and ends up on a 128-pixel display, in a log and on a terminal.
    """
    start = "".join(sign if sign.isprintable() else "?" for sign in text[:_SHOWN_MAX])
    return f"'{start}...'" if len(text) > _SHOWN_MAX else f"'{start}'"
