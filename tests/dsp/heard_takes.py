"""Real notes through the real ear: what a player of known faults would find in the log of a session."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from dsp.pipeline import Pipeline, PipelineConfig
from dsp.types import Frame, GridSet, LogEntry, SegmentStarted
from tests.takes.real import Placed

RATE_HZ = 48_000
STEP_S = 0.3  # 8ths at 100 BPM
FIRST_S = 0.6
LICK = (57, 60, 62, 64, 67, 69, 72, 69, 67, 64, 62, 60)  # A minor pentatonic

Samples = NDArray[np.float32]
OfIndex = Callable[[int], float]


def zero(_: int) -> float:
    return 0.0


def notes(
    count: int = 16,
    midis: Sequence[int] = LICK,
    cents: OfIndex = zero,
    late_ms: OfIndex = zero,
    level_db: OfIndex = zero,
    held_s: float = 0.27,
) -> list[Placed]:
    """8ths at 100 BPM; one thing changed at a time."""
    return [
        Placed(FIRST_S + i * STEP_S + late_ms(i) / 1000, midis[i % len(midis)], cents(i), level_db(i), held_s)
        for i in range(count)
    ]


def hear(samples: Samples, grid: bool = True, config: PipelineConfig | None = None) -> list[LogEntry]:
    """The session log of it; with ``grid`` a click at 100 BPM, whose first beat is where the first note is due."""
    pipeline = Pipeline(config or PipelineConfig())
    heard = [e for e in [*pipeline.process(samples), *pipeline.finish()] if not isinstance(e, Frame)]
    click = [GridSet(0, round(FIRST_S * RATE_HZ), 60.0 / (2 * STEP_S))] if grid else []
    return [SegmentStarted(0, 0), *click, *heard]


def ups_and_downs(size: float, seed: int) -> OfIndex:
    """Evenly anywhere within ± ``size``."""
    drawn = np.random.default_rng(seed).uniform(-size, size, 1_000)
    return lambda i: float(drawn[i])


def normal(sd: float, seed: int) -> OfIndex:
    """Normal deviates, scaled so that the first 32 have exactly this standard deviation and no bias."""
    drawn = np.random.default_rng(seed).normal(0.0, 1.0, 32)
    drawn = sd * (drawn - drawn.mean()) / drawn.std()
    return lambda i: float(drawn[i % 32])
