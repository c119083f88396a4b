"""How evenly the strokes sound: their levels about the accents and the slow swell that the player means."""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dsp.facts import Dynamics
from dsp.scores.robust import Floats, spread
from dsp.scores.strokes import RUN_MIN, Run, is_picked
from dsp.types import Note

STROKES_MIN: Final = 8
HALF_DB: Final = 4.5  # spread that scores .5 at strictness .5
PATTERNS: Final = (1, 2, 3, 4, 6, 8)  # steps after which accents repeat
ROUNDS_MIN: Final = 3  # so often a pattern must be heard before it is one
SWELLS: Final = (24, 12)  # strokes under one swell; patterns of all lengths average out over either
LEAST_DB: Final = 0.05


def dynamics(strokes: Sequence[Note], runs: Sequence[Run], strictness: float) -> Dynamics:
    """Levels of all strokes of the pick, their evenness from the steady runs among them.

    What was hammered on is as loud as the string was by then, whatever the pick did.
    """
    levels_dbfs = np.array([s.level_dbfs for s in strokes if is_picked(s)], np.float64)
    runs = [run for run in map(Run.only_picked, runs) if len(run.steps) >= RUN_MIN]
    if len(levels_dbfs) == 0:
        return Dynamics()
    level_dbfs = float(np.median(levels_dbfs))
    if len(levels_dbfs) < STROKES_MIN:
        return Dynamics(level_dbfs=level_dbfs, n=len(levels_dbfs))
    low_db, high_db = np.percentile(levels_dbfs, [10.0, 90.0])
    spread_db, count = _spread_db(runs)
    half_db = HALF_DB * 2.0 ** (0.5 - strictness)
    return Dynamics(
        None if spread_db is None else 1.0 / (1.0 + (spread_db / half_db) ** 2),
        spread_db,
        level_dbfs,
        float(high_db - low_db),
        _accent_db(runs),
        count if spread_db is not None else len(levels_dbfs),
    )


def _spread_db(runs: Sequence[Run]) -> tuple[float | None, int]:
    """Of what neither a swell nor a pattern of accents explains, and from how many strokes."""
    left = [run.levels_dbfs - _swell(run.levels_dbfs) for run in runs]
    count = sum(map(len, left))
    if count < STROKES_MIN:
        return None, 0
    told = [(_about(runs, left, pattern), _places(left, pattern)) for pattern in PATTERNS if _fits(left, pattern)]
    # More places always explain a little more: each must be worth it (Schwarz, 1978).
    best_db, _ = min(told, key=lambda one: 2.0 * count * math.log(one[0] + LEAST_DB) + one[1] * math.log(count))
    return best_db, count


def _fits(left: Sequence[Floats], pattern: int) -> bool:
    return pattern == 1 or max(map(len, left)) >= ROUNDS_MIN * pattern


def _places(left: Sequence[Floats], pattern: int) -> int:
    return pattern * sum(len(part) >= ROUNDS_MIN * pattern for part in left)


def _about(runs: Sequence[Run], left: Sequence[Floats], pattern: int) -> float:
    """Spread about the medians of the pattern's places, with the freedom that these took given back."""
    rest = []
    freedom = 0
    for run, levels_db in zip(runs, left, strict=True):
        held = levels_db.copy()
        if len(held) >= ROUNDS_MIN * pattern:
            for place in range(pattern):
                here = run.steps % pattern == place
                if here.any():
                    held[here] -= np.median(held[here])
                    freedom += 1
        rest.append(held)
    every = np.concatenate(rest)
    return spread(every, LEAST_DB) * float(np.sqrt(len(every) / max(1, len(every) - freedom)))


def _swell(levels_dbfs: Floats) -> Floats:
    """A crescendo is meant: a straight line through a short run, a moving mean of whole bars through a long one."""
    width = next((w for w in SWELLS if len(levels_dbfs) >= 2 * w), None)
    at = np.arange(len(levels_dbfs), dtype=np.float64)
    if width is None:
        at -= at.mean()
        slope = float((at * levels_dbfs).sum() / (at * at).sum())
        line: Floats = levels_dbfs.mean() + slope * at
        return line
    # At the ends the run is turned over, so that a line stays a line.
    half = width // 2
    ahead, behind = levels_dbfs[: width + 1], levels_dbfs[-width - 1 :]
    begins, ends = _turned(ahead[::-1])[::-1], _turned(behind)
    longer = np.concatenate([begins[-half:], levels_dbfs, ends[:half]])
    weights = np.full(width + 1, 1.0 / width)
    weights[[0, -1]] /= 2.0
    return _moving(longer, weights)


def _turned(levels_db: Floats) -> Floats:
    """What would follow a stretch if its straight line went on, with its own pattern."""
    count = len(levels_db) - 1
    at = np.arange(count, dtype=np.float64) - (count - 1) / 2.0
    part = levels_db[1:]
    slope = float((at * part).sum() / (at * at).sum())
    return part + slope * count


def _moving(values: Floats, weights: NDArray[np.float64]) -> Floats:
    """Weighted means by plain sums in a fixed order."""
    count = len(values) - len(weights) + 1
    total = np.zeros(count)
    for offset, weight in enumerate(weights):
        total += weight * values[offset : offset + count]
    return total


def _accent_db(runs: Sequence[Run]) -> float | None:
    on = [run.levels_dbfs[run.on_beat] for run in runs if run.on_beat is not None]
    off = [run.levels_dbfs[~run.on_beat] for run in runs if run.on_beat is not None]
    if sum(map(len, on)) < STROKES_MIN // 2 or sum(map(len, off)) < STROKES_MIN // 2:
        return None
    return float(np.median(np.concatenate(on)) - np.median(np.concatenate(off)))
