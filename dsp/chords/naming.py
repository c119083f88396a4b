"""From struck pitches to a name: every root and kind is weighed by how well it explains what was and was not struck.

Each pitch's odds are evidence of its own; a chord's likelihood is their product, times how often it is played and how
often its root is its lowest tone. Single notes and pairs are weighed beside the chords, as rivals.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dsp.chords.vocabulary import KINDS

Floats = NDArray[np.float64]

PITCH_CLASSES: Final = 12
HEARD: Final = 0.97  # how often a tone of the chord is struck at all
SPARED: Final = 0.67
STRAY: Final = 0.01  # how often a tone that does not belong is
ROOT_IS_BASS: Final = 0.9
POWER_ROOT_IS_BASS: Final = 0.99  # a fourth is a double stop
STRAY_BASS: Final = 0.002
PAIR_SHARE: Final = 0.1
NOTE_SHARE: Final = 0.15


@dataclass(frozen=True, slots=True)
class Named:
    """The likeliest explanation: a chord of ``kind`` on ``root``; None: fewer tones than a chord has."""

    root: int
    kind: str | None
    steps: tuple[int, ...]
    posterior: float


@dataclass(frozen=True, slots=True)
class _Table:
    """One row per explanation."""

    roots: NDArray[np.intp]
    words: tuple[str | None, ...]
    steps: tuple[tuple[int, ...], ...]
    heard: Floats  # (rows, 12): 1 for tones of it that are hardly ever left out
    spared: Floats  # the same of those that are
    bass: Floats  # (rows, 12): how often it is the lowest
    log_share: Floats


def name(odds: Floats, lowest_midi: int) -> Named:
    """``odds``: log-odds that each pitch from ``lowest_midi`` up was struck, shape (pitches,)."""
    struck = 1.0 / (1.0 + np.exp(-odds))
    classes = (lowest_midi + np.arange(len(odds))) % PITCH_CLASSES
    silent = np.concatenate(([1.0], np.cumprod(1.0 - struck)))
    is_bass = np.bincount(classes, struck * silent[:-1], PITCH_CLASSES) + 1e-9
    none = np.bincount(classes, np.log1p(-np.minimum(struck, 1 - 1e-9)), PITCH_CLASSES)
    ratio = np.clip(np.expm1(-none), 1e-6, 1e6)  # odds that any pitch of the class was struck
    heard, spared, stray = (np.log1p(often * (ratio - 1.0)) for often in (HEARD, SPARED, STRAY))
    table = TABLE
    fit = table.heard @ (heard - stray) + table.spared @ (spared - stray)
    weights = fit + np.log(table.bass @ is_bass) + table.log_share
    posterior = np.exp(weights - weights.max())
    posterior /= posterior.sum()
    best = int(posterior.argmax())
    return Named(int(table.roots[best]), table.words[best], table.steps[best], float(posterior[best]))


def _table() -> _Table:
    rows: list[tuple[int, str | None, tuple[int, ...], tuple[int, ...], float]] = [
        (root, kind.word, kind.steps, kind.spared, kind.share) for root in range(12) for kind in KINDS
    ]
    rows += [(root, None, (0,), (), NOTE_SHARE) for root in range(12)]
    rows += [(root, None, (0, step), (), PAIR_SHARE / 9) for root in range(12) for step in range(1, 12) if step != 7]
    heard, left_out = np.zeros((2, len(rows), PITCH_CLASSES))
    bass = np.full((len(rows), PITCH_CLASSES), STRAY_BASS)
    for row, (root, _, steps, spared, _) in enumerate(rows):
        rooted = POWER_ROOT_IS_BASS if len(steps) == 2 else ROOT_IS_BASS
        for step in steps:
            (left_out if step in spared else heard)[row, (root + step) % PITCH_CLASSES] = 1.0
            bass[row, (root + step) % PITCH_CLASSES] = (1 - rooted) / max(1, len(steps) - 1)
        bass[row, root] = rooted
    return _Table(
        np.array([row[0] for row in rows]),
        tuple(row[1] for row in rows),
        tuple(row[2] for row in rows),
        heard,
        left_out,
        bass,
        np.log([row[4] for row in rows]),
    )


TABLE: Final = _table()
