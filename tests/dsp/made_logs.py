"""Session logs made by hand: 8ths at 100 BPM, one thing changed at a time."""

from collections.abc import Callable, Sequence

import numpy as np

from dsp.types import GridSet, LogEntry, NoiseReading, NoteEnded, NoteStarted, SegmentStarted, SessionSetup

RATE_HZ = 48_000
STEP_MS = 300.0
FIRST_SAMPLE = RATE_HZ
PENTATONIC = (57, 60, 62, 64, 67, 69)
SETUP = SessionSetup(scale_root="A", scale_kind="minor", scale_type="pentatonic", strictness=0.5)

SCORES = {"pitch_accuracy", "scale_conformity", "timing_stability", "noise_control", "quality"}


def note(number: int, sample: int, midi: int, cents: float = 0.0, level_dbfs: float = -14.0) -> list[LogEntry]:
    return [
        NoteStarted(0, number, sample, sample + 960, midi, cents, 0.99, level_dbfs),
        NoteEnded(0, number, sample + 9_600, midi, cents, 0.99, level_dbfs),
    ]


def played(
    count: int = 64,
    late_ms: Callable[[int], float] = lambda _: 0.0,
    midis: Sequence[int] = PENTATONIC,
    cents: float = 0.0,
    click: bool = True,
    noise: tuple[float, float] | None = (-95.0, -120.0),
) -> list[LogEntry]:
    """``count`` 8ths, each ``late_ms(i)`` off the click; one noise reading per second of (noise, hum) dBFS."""
    log: list[LogEntry] = [SegmentStarted(0, 1_000)]
    if click:
        log.append(GridSet(0, FIRST_SAMPLE, 100.0))
    for i in range(count):
        sample = FIRST_SAMPLE + round((i * STEP_MS + late_ms(i)) * RATE_HZ / 1000)
        log += note(i, sample, midis[i % len(midis)], cents)
        if noise is not None and i % 3 == 0:
            log.append(NoiseReading(0, sample, *noise))
    return log


def gaussian(sd_ms: float, seed: int) -> Callable[[int], float]:
    errors = np.random.default_rng(seed).normal(0.0, sd_ms, 1_000)
    return lambda i: float(errors[i])


def uniform(share: float, seed: int) -> Callable[[int], float]:
    errors = np.random.default_rng(seed).uniform(-share * STEP_MS, share * STEP_MS, 1_000)
    return lambda i: float(errors[i])
