"""How guitarists grip chords: one fret per string, low E first, ``None`` where a string is not played.

Open shapes stand where they are; movable ones go up the neck. The root need not be the lowest note: C/G, D/F#.
"""

from dataclasses import dataclass

from tests.takes.phrases import STANDARD

Frets = tuple[int | None, ...]

CHORD_TONES = {
    "maj": (0, 4, 7),
    "min": (0, 3, 7),
    "7": (0, 4, 7, 10),
    "m7": (0, 3, 7, 10),
    "maj7": (0, 4, 7, 11),
    "5": (0, 7),
    "sus4": (0, 5, 7),
}
"""Of the scorer beside the shared recordings."""


@dataclass(frozen=True)
class Voicing:
    """``root``: pitch class as gripped at the nut. ``frets_max``: how far up the neck it may be moved, 0 if open."""

    name: str
    root: int
    kind: str
    frets: Frets
    frets_max: int = 0

    def notes(self, fret: int = 0) -> list[int]:
        """MIDI numbers, lowest string first, with the shape moved up by so many frets."""
        return [string + fret + at for string, at in zip(STANDARD, self.frets, strict=True) if at is not None]

    def strings(self) -> list[int]:
        """Which strings are played, low E is 0."""
        return [index for index, at in enumerate(self.frets) if at is not None]


def _grip(name: str, root: int, kind: str, grip: str, frets_max: int = 0) -> Voicing:
    """``grip`` as players write it: x32010."""
    return Voicing(name, root, kind, tuple(None if c == "x" else int(c, 16) for c in grip), frets_max)


C, D, E, F, G, A, B = 0, 2, 4, 5, 7, 9, 11

OPEN = (
    _grip("C", C, "maj", "x32010"),
    _grip("C/G", C, "maj", "332010"),
    _grip("C/E", C, "maj", "032010"),
    _grip("A", A, "maj", "x02220"),
    _grip("G", G, "maj", "320003"),
    _grip("G/B", G, "maj", "x20003"),
    _grip("E", E, "maj", "022100"),
    _grip("D", D, "maj", "xx0232"),
    _grip("D/F#", D, "maj", "200232"),
    _grip("Am", A, "min", "x02210"),
    _grip("Am/C", A, "min", "x3221x"),
    _grip("Em", E, "min", "022000"),
    _grip("Dm", D, "min", "xx0231"),
    _grip("A7", A, "7", "x02020"),
    _grip("B7", B, "7", "x21202"),
    _grip("C7", C, "7", "x32310"),
    _grip("D7", D, "7", "xx0212"),
    _grip("E7", E, "7", "020100"),
    _grip("G7", G, "7", "320001"),
    _grip("Am7", A, "m7", "x02010"),
    _grip("Dm7", D, "m7", "xx0211"),
    _grip("Em7", E, "m7", "022030"),
    _grip("Amaj7", A, "maj7", "x02120"),
    _grip("Cmaj7", C, "maj7", "x32000"),
    _grip("Dmaj7", D, "maj7", "xx0222"),
    _grip("Fmaj7", F, "maj7", "xx3210"),
    _grip("Gmaj7", G, "maj7", "320002"),
    _grip("Asus4", A, "sus4", "x02230"),
    _grip("Dsus4", D, "sus4", "xx0233"),
    _grip("Esus4", E, "sus4", "022200"),
)

MOVABLE = (
    _grip("barre E", E, "maj", "022100", 9),
    _grip("barre A", A, "maj", "x02220", 9),
    _grip("barre C", C, "maj", "x32010", 5),
    _grip("barre Em", E, "min", "022000", 9),
    _grip("barre Am", A, "min", "x02210", 9),
    _grip("barre E7", E, "7", "020100", 9),
    _grip("barre A7", A, "7", "x02020", 9),
    _grip("shell E7", E, "7", "0x010x", 9),
    _grip("barre Em7", E, "m7", "020000", 9),
    _grip("barre Am7", A, "m7", "x02010", 9),
    _grip("shell Emaj7", E, "maj7", "0x110x", 9),
    _grip("barre Amaj7", A, "maj7", "x02120", 9),
    _grip("barre Esus4", E, "sus4", "022200", 9),
    _grip("barre Asus4", A, "sus4", "x02230", 9),
    _grip("power E 3", E, "5", "022xxx", 10),
    _grip("power A 3", A, "5", "x022xx", 10),
    _grip("power E 2", E, "5", "02xxxx", 10),
    _grip("power A 2", A, "5", "x02xxx", 10),
    _grip("power D 3", D, "5", "xx023x", 8),
    _grip("triad top, root", F, "maj", "xx321x", 7),
    _grip("triad top, third", D, "maj", "xxx232", 8),
    _grip("triad top, fifth", A, "maj", "xxx220", 8),
    _grip("minor triad top, third", D, "min", "xxx231", 8),
    _grip("minor triad top, fifth", A, "min", "xxx210", 8),
    _grip("minor triad inside", A, "min", "xx221x", 8),
)

ALL = OPEN + MOVABLE
