"""Strums out of takes, as the live pipeline hears them: hum taken out, decimated, cut at the true onset."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from dsp.chords.spectrum import RATE_HZ
from dsp.pipeline import REMEMBERED, Pipeline, PipelineConfig
from dsp.types import HOP_SAMPLES, SAMPLE_RATE_HZ

DECIMATED_HOP = HOP_SAMPLES * RATE_HZ // SAMPLE_RATE_HZ
DELAY_S = 0.0005
"""Of the pipeline's low-pass."""
GAP_S = 0.005
"""Before the next strum: by then its noise has begun."""
WORDS = {"maj": "", "min": "m"}
"""What the truth of takes calls otherwise than ``dsp.theory.chord_kinds``."""


@dataclass(frozen=True)
class Heard:
    """One strum: at 12 kHz since its onset and before it, and what it was."""

    samples: np.ndarray
    before: np.ndarray
    root: int
    kind: str
    bass: int
    cond: str


def low_of(path: Path) -> np.ndarray:
    """The whole take at 12 kHz, out of the real pipeline."""
    samples, rate_hz = soundfile.read(path, dtype="float32")
    assert rate_hz == SAMPLE_RATE_HZ
    pipeline, parts = Pipeline(PipelineConfig()), []
    for start in range(0, len(samples) - HOP_SAMPLES + 1, HOP_SAMPLES):
        pipeline.process(samples[start : start + HOP_SAMPLES])
        parts.append(pipeline._pitch.low(DECIMATED_HOP).copy())
    return np.concatenate(parts)


def strums_of(path: Path, late_s: float = 0.0, seconds: float = 0.3) -> Iterator[Heard]:
    """Every chord of a take whose truth lies beside it; as if the onset were found ``late_s`` after the true one."""
    truth = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    low, chords = low_of(path), truth["meta"]["chords"]
    ends_s = [*(chord["onset"] - GAP_S for chord in chords[1:]), np.inf]
    for chord, end_s in zip(chords, ends_s, strict=True):
        onset_s = chord["onset"] + DELAY_S
        start = round((onset_s + late_s) * RATE_HZ)
        stop = round(min(onset_s + late_s + seconds, end_s) * RATE_HZ)
        struck = [note["note"] for note in truth["notes"] if -0.001 <= note["onset"] - chord["onset"] < 0.2]
        yield Heard(
            low[start:stop],
            low[max(0, start - REMEMBERED) : start],
            chord["root"],
            WORDS.get(chord["type"], chord["type"]),
            min(struck) % 12,
            truth["meta"]["cond"],
        )
