"""Rhythms by name, as strokes: which places of the beat are struck, how loud, on which pitch, how evenly."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dsp.rhythm.strokes import Stretch

Floats = NDArray[np.float64]
FIRST_S = 1.0
DORIAN = (0, 2, 3, 5, 7, 9, 10)

EIGHTHS, TRIPLETS, SIXTEENTHS = (0, 1 / 2), (0, 1 / 3, 2 / 3), (0, 1 / 4, 1 / 2, 3 / 4)
# Places in beats within a figure of so many beats; a rhythm draws its figures by chance.
FIGURES: dict[str, tuple[float, Sequence[Sequence[float]]]] = {
    "quarters": (1, [(0,)]),
    "eighths": (1, [EIGHTHS]),
    "triplets": (1, [TRIPLETS]),
    "sixteenths": (1, [SIXTEENTHS]),
    "quarters and eighths": (1, [(0,), (0, 1 / 2)]),
    "eighths and sixteenths": (
        1,
        [(0, 1 / 2), (0, 1 / 2), (0, 1 / 4, 1 / 2, 3 / 4), (0, 1 / 2, 3 / 4), (0, 1 / 4, 1 / 2)],
    ),
    "dotted quarter and eighth": (2, [(0, 3 / 2)]),
    "dotted eighth and sixteenth": (1, [(0, 3 / 4)]),
    "triplets, eighths, quarters": (
        1,
        [(0,), (0, 1 / 2), (0, 1 / 2), (0, 1 / 3, 2 / 3), (0, 1 / 3, 2 / 3), (0, 1 / 3, 2 / 3)],
    ),
    "halves": (4, [(0, 2), (0, 2), (0, 2, 3), (0,)]),
    "ballad": (4, [(0, 2), (0, 1, 2, 3), (0, 1, 2), (0, 2, 3)]),
    "shuffle": (1, [(0, 2 / 3), (0, 2 / 3), (0, 2 / 3), (0,)]),
    "six eight": (1, [(0, 1 / 3, 2 / 3), (0, 1 / 3, 2 / 3), (0, 2 / 3), (0,)]),
    "syncopated": (4, [(0, 1 / 2, 1, 3 / 2, 5 / 2, 3), (0, 1, 3 / 2, 5 / 2, 7 / 2), (0, 1 / 2, 1, 2, 5 / 2, 3)]),
    "eighths with rests": (
        4,
        [(0, 1 / 2, 1, 2, 5 / 2, 3, 7 / 2), (0, 1, 3 / 2, 2, 5 / 2, 3), (0, 1 / 2, 1, 3 / 2, 3, 7 / 2)],
    ),
}


def beats_of(name: str, beats: int, seed: int) -> Floats:
    """Where the strokes lie, in beats from 0."""
    random = np.random.default_rng([seed, 1])
    length, figures = FIGURES[name]
    places = [
        begin + place for begin in np.arange(0, beats, length) for place in figures[int(random.integers(len(figures)))]
    ]
    return np.array(places, dtype=np.float64)


def strokes(
    at_s: Floats, levels_db: Floats | float = -16.0, midis: Sequence[int] | None = None, segment: int = 0
) -> Stretch:
    levels = np.broadcast_to(np.asarray(levels_db, dtype=np.float64), at_s.shape).copy()
    pitches = np.full(len(at_s), 57) if midis is None else np.asarray(midis)
    return Stretch(segment, at_s, levels, pitches.astype(np.int64), None, 0.0)


def rhythm(
    name: str,
    bpm: float,
    seed: int = 0,
    beats: int = 32,
    *,
    jitter_ms: float = 5.0,
    accent_db: float = 0.0,
    drift: float = 0.0,
    melody: str = "walk",
) -> Stretch:
    """``drift``: by how much of itself the beat has become longer at the end. Levels scatter by 1.5 dB."""
    random = np.random.default_rng([seed, 2])
    places = beats_of(name, beats, seed)
    at_s = FIRST_S + 60.0 / bpm * (places + 0.5 * drift * places**2 / beats)
    at_s = np.sort(at_s + random.normal(0.0, jitter_ms / 1000.0, len(places)))
    on_beat, on_bar = np.abs(places - np.round(places)) < 1e-6, np.abs(places / 4 - np.round(places / 4)) < 1e-6
    levels = -16.0 + random.normal(0.0, 1.5, len(places)) + accent_db * on_beat + 0.5 * accent_db * on_bar
    return strokes(at_s, levels, tune(melody, len(places), random))


def tune(kind: str, count: int, random: np.random.Generator) -> list[int]:
    """ "one" note, a "walk" over a scale, or "figures of N": the same N moves on every degree."""
    scale = [45 + 12 * octave + step for octave in range(3) for step in DORIAN]
    if kind == "one":
        return [57] * count
    if kind == "walk":
        degrees = 8 + np.cumsum(random.choice([-2, -1, -1, 1, 1, 2], count))
        return [scale[int(degree) % len(scale)] for degree in degrees]
    length = int(kind.rpartition(" ")[2])
    figure = [0, 2, 1, 3, 2, 4, 3, 5][:length]
    return [scale[(7 - abs(7 - index // length % 14)) + figure[index % length]] for index in range(count)]
