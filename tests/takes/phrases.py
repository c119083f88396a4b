"""What is played: licks as MIDI numbers, chord shapes as strings and frets, grids of beats."""

from itertools import pairwise

STANDARD = (40, 45, 50, 55, 59, 64)

SCALES = {
    "majpent": (0, 2, 4, 7, 9),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "harmonic": (0, 2, 3, 5, 7, 8, 11),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
}


def run(scale: str, root: int, octaves: int = 2) -> list[int]:
    """Up the scale and down again, the top note once."""
    up = [root + 12 * octave + step for octave in range(octaves) for step in SCALES[scale]] + [root + 12 * octaves]
    return up + up[-2::-1]


def lick(name: str, root: int) -> list[int]:
    """Raises ``KeyError`` for an unknown name."""
    dorian, pentatonic = run("dorian", root), run("majpent", root)
    rising = dorian[: len(dorian) // 2 + 1]
    licks = {
        "majpent": pentatonic,
        "dorian": dorian,
        "thirds": [note for low, high in zip(rising, rising[2:], strict=False) for note in (low, high)],
        "chromatic": [*range(root, root + 18), *range(root + 18, root - 1, -1)],
        "repeat": [note for note in pentatonic[:8] for _ in range(4)],
        "arpeggio": [root + step for step in (0, 4, 7, 12, 16, 19, 24, 19, 16, 12, 7, 4) for _ in range(1)] * 3,
        "octaves": [note + 12 * (index % 2) for note in pentatonic[:10] for index in range(2)],
        "skips": [note for low, high in pairwise(run("harmonic", root)[::2]) for note in (low, high, low)],
        "turn": [root + step for step in (12, 10, 7, 10, 9, 7, 5, 7, 3, 5, 3, 0, -2, 0, 3, 0)] * 2,
        "mixolydian": run("mixolydian", root),
    }
    return licks[name]


# One fret per string, low E first; None is not played. Root is the lowest note.
SHAPES: dict[str, dict[str, tuple[int | None, ...]]] = {
    "E": {
        "maj": (0, 2, 2, 1, 0, 0),
        "min": (0, 2, 2, 0, 0, 0),
        "7": (0, 2, 0, 1, 0, 0),
        "m7": (0, 2, 0, 0, 0, 0),
        "maj7": (0, None, 1, 1, 0, None),
        "5": (0, 2, 2, None, None, None),
        "sus4": (0, 2, 2, 2, 0, 0),
    },
    "A": {
        "maj": (None, 0, 2, 2, 2, 0),
        "min": (None, 0, 2, 2, 1, 0),
        "7": (None, 0, 2, 0, 2, 0),
        "m7": (None, 0, 2, 0, 1, 0),
        "maj7": (None, 0, 2, 1, 2, 0),
        "5": (None, 0, 2, 2, None, None),
        "sus4": (None, 0, 2, 2, 3, 0),
    },
}


def chord(shape: str, kind: str, fret: int) -> list[int]:
    """MIDI numbers of a shape with its barre at this fret, lowest string first."""
    frets = SHAPES[shape][kind]
    return [string + fret + at for string, at in zip(STANDARD, frets, strict=True) if at is not None]
