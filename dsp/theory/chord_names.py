"""Names of chords: written one way (`C#m7`, `Bb`, `E5`, `F/A`), read in all the usual ones.

Players write the same chord as CM7, Cmaj7, C△7 or Cj7; a plan, a tab or a command line may hold any of them. What is
no chord is refused in one line, with the nearest that is one.
"""

import difflib
import re
from dataclasses import dataclass
from typing import Final

from dsp.theory.chord_kinds import FORMULAS, KINDS
from dsp.theory.degrees import Degree, above
from dsp.theory.names import ROOTS, TEXT_MAX, plain, shown, split_pitch

# The simplest key signature of each root; where both have six accidentals, what guitarists say (F#, Ebm).
MAJOR_ROOTS: Final = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
MINOR_ROOTS: Final = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "G#", "A", "Bb", "B")
_FLAT_SIDE: Final = tuple(Degree(letter, step) for step, letter in enumerate((0, 1, 1, 2, 2, 3, 4, 4, 5, 5, 6, 6)))

_MAJOR: Final = re.compile(r"^(?:major|Major|MAJOR|maj|Maj|MAJ|Ma|ma|MA|M|[jJ](?=7|9|1|$)|[△Δ](?=7|9|1|#))")
_MINOR: Final = re.compile(r"^(?:minor|Minor|MINOR|min|Min|MIN|mi|Mi|MI|m(?!aj|a7|a9)|[-−–])")
_SEVENTH: Final = re.compile(r"^[(/]?(?:maj|Maj|MAJ|ma|Ma|MA|M|[jJ△Δ]|#)(?=7|9|1)")
_LOWERED: Final = re.compile(r"(?<=\d)[-−–](?=5|9|1)")
_RAISED: Final = re.compile(r"(?<=\d)\+(?=5|9|1)")
_ALTERED: Final = re.compile(r"[#b]\d+")
_BASS: Final = re.compile(r"(.*)/([A-Ga-g](?:##|bb|#|b|x)?)", re.DOTALL)

_SAME: Final = {
    "maj": "",
    "maj6": "6",
    "maj6/9": "6/9",
    "69": "6/9",
    "6add9": "6/9",
    "m69": "m6/9",
    "m6add9": "m6/9",
    "power": "5",
    "no3": "5",
    "no3rd": "5",
    "2": "sus2",
    "4": "sus4",
    "sus": "sus4",
    "sus24": "sus2sus4",
    "sus4sus2": "sus2sus4",
    "7sus": "7sus4",
    "sus7": "7sus4",
    "sus47": "7sus4",
    "9sus": "9sus4",
    "sus9": "9sus4",
    "13sus": "13sus4",
    "7susb9": "7b9sus4",
    "7sus4b9": "7b9sus4",
    "dom7": "7",
    "dom9": "9",
    "dominant7": "7",
    "add2": "add9",
    "madd2": "madd9",
    "add4": "add11",
    "madd4": "madd11",
    "o": "dim",
    "°": "dim",
    "mb5": "dim",
    "o7": "dim7",
    "°7": "dim7",
    "ø": "m7b5",
    "ø7": "m7b5",
    "hdim": "m7b5",
    "hdim7": "m7b5",
    "halfdim": "m7b5",
    "halfdiminished": "m7b5",
    "diminished": "dim",
    "diminished7": "dim7",
    "augmented": "aug",
    "augmented7": "aug7",
    "halfdim7": "m7b5",
    "ø9": "m9b5",
    "omaj7": "dimmaj7",
    "°maj7": "dimmaj7",
    "+": "aug",
    "#5": "aug",
    "maj#5": "aug",
    "+7": "aug7",
    "7+": "aug7",
    "7aug": "aug7",
    "7#5": "aug7",
    "aug9": "9#5",
    "+9": "9#5",
    "augmaj7": "maj7#5",
    "+maj7": "maj7#5",
    "maj7+": "maj7#5",
    "alt": "7#5#9",
    "7alt": "7#5#9",
    "△": "maj7",
    "δ": "maj7",
    "j": "maj7",
    "maj13#11": "maj9#11",
    "lyd": "maj7#11",
    "m7add11": "m11",
    "7add13": "13",
    "13#11": "9#11",
}
_BY_WORD: Final = {kind.lower(): kind for kind in KINDS}


@dataclass(frozen=True, slots=True)
class Chord:
    """A chord: pitch classes (0 = C) of ``root`` and ``bass``, and a kind of ``chord_kinds.KINDS``.

    ``bass`` is ``None`` where the root lies lowest.
    """

    root: int
    kind: str
    bass: int | None = None

    @property
    def name(self) -> str:
        """As it is written: "C#m7", "F/A"."""
        return chord_name(self.root, self.kind, self.bass)

    @property
    def pitch_classes(self) -> frozenset[int]:
        """What sounds in it, whichever tone lies lowest. A bass that is no tone of the chord does not count."""
        return frozenset((self.root + step) % 12 for step in KINDS[self.kind])


def chord_name(root: int, kind: str, bass: int | None = None) -> str:
    """The ASCII name of a chord: (1, "m7") -> "C#m7", (10, "") -> "Bb", (5, "", 9) -> "F/A".

    ``root`` and ``bass`` are pitch classes, 0 = C. The root takes the name with the simpler key signature; for the name
    within a key see ``chords_in``. Raises ``ValueError`` for a kind that is not known.
    """
    if kind not in KINDS:
        raise ValueError(_unknown(kind, kind, ROOTS[root % 12]))
    roots = MAJOR_ROOTS if 4 in KINDS[kind] else MINOR_ROOTS
    return written(roots[root % 12], root, kind, bass)


def written(root_name: str, root: int, kind: str, bass: int | None) -> str:
    """A chord's name from a root that is already spelled; the bass takes the letter that it has within the chord."""
    if bass is None or (bass - root) % 12 == 0:
        return f"{root_name}{kind}"
    step = (bass - root) % 12
    degree = next((one for one in FORMULAS[kind] if one.step == step), _FLAT_SIDE[step])
    name = above(root_name, degree)
    return f"{root_name}{kind}/{ROOTS[bass % 12] if name is None or len(name) > 2 else name}"


def parse_chord(text: str) -> Chord:
    """A chord from its name, in any of the usual ways of writing: "CM7", "C△7", "C-7", "Cø", "C°7", "C+", "F#m/E".

    Raises ``ValueError``, one line, with a suggestion where there is one.
    """
    if not 0 < len(text.strip()) <= TEXT_MAX or not text.strip().isprintable():
        raise ValueError(f"{shown(text)} is no chord; write a root and a kind, such as C#m7")
    name = plain(text.strip())
    split = _BASS.fullmatch(name)
    head = split[1].rstrip() if split else name
    root, word = split_pitch(head)
    bass = split_pitch(split[2])[0] if split else None
    kind = _kind(word)
    if kind is None:
        raise ValueError(_unknown(_normal(word), text, head[: len(head) - len(word)].title()))
    return Chord(root, kind, None if bass == root else bass)


def _kind(word: str) -> str | None:
    normal = _normal(word)
    return _BY_WORD.get(_SAME.get(normal, normal))


def _normal(word: str) -> str:
    """One writing for all: "(maj7)" and "M7" -> "maj7", "-7" and "min7" -> "m7", "7-5" -> "7b5", lower case."""
    word = word.strip().strip(":").replace(" ", "").replace(",", "").replace("half-", "half")
    minor, major = _MINOR.match(word), _MAJOR.match(word)
    if minor is not None:
        rest = word[minor.end() :]
        word = "m" + _SEVENTH.sub("maj", rest)
    elif major is not None:
        word = "maj" + word[major.end() :]
    elif word[:1] in {"o", "°", "+"} or word[:3].lower() in {"dim", "aug"}:
        cut = 3 if word[:3].lower() in {"dim", "aug"} else 1
        word = word[:cut] + _SEVENTH.sub("maj", word[cut:])
    word = _RAISED.sub("#", _LOWERED.sub("b", word.translate(_NO_BRACKETS))).lower()
    if word == "maj":
        return word
    altered = _ALTERED.findall(word)
    return _ALTERED.sub("", word) + "".join(sorted(altered, key=lambda one: int(one[1:]))) if altered else word


_NO_BRACKETS: Final = str.maketrans("", "", "()[]")


def _unknown(word: str, text: str, root_name: str) -> str:
    near = difflib.get_close_matches(word, _BY_WORD, n=1, cutoff=0.55)
    hint = f"did you mean {root_name}{_BY_WORD[near[0]]}?" if near else "try m7, maj7, sus4, dim or 9 after the root"
    return f"{shown(text)} is no chord that the pedal knows; {hint}"
