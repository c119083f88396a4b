"""Nothing is heard before it sounds: a take that is cut says exactly what the whole one had said until then.

50 cuts of every take of PEDAL_TRUTH at random times, each in blocks of another size, and every take a second time. On
recordings of a quarter of an hour that is a quarter of an hour of work; PEDAL_CUTS takes another number of cuts.
"""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dsp.log import encode_all
from dsp.pipeline import Heard, Pipeline, PipelineConfig
from dsp.types import ChordStarted, Frame, LogEntry, NoteCorrected, NoteRetracted, NoteStarted
from tests.bench.start import Row
from tests.bench.truth import takes, truth_folder

CUTS = int(os.environ.get("PEDAL_CUTS", "50"))
BLOCKS = (1, 32, 100, 127, 128, 129, 256, 480, 1_000, 1_024, 4_096)
SMALLEST_WHOLE = 32  # a whole take in blocks of one sample costs more than it tells


def listen(samples: NDArray[np.float32], block: int) -> list[Heard]:
    """All that a fresh ear says of these samples, in blocks of this size."""
    ear = Pipeline(PipelineConfig())
    heard: list[Heard] = []
    for start in range(0, len(samples), block):
        heard += ear.process(samples[start : start + block])
    return [*heard, *ear.finish()]


def reports(heard: Iterable[Heard], until: int) -> list[LogEntry]:
    """What was said of notes and chords up to this sample: begun, corrected, taken back."""
    said = [e for e in heard if isinstance(e, ChordStarted | NoteStarted | NoteCorrected | NoteRetracted)]
    return [e for e in said if (e.retracted_sample if isinstance(e, NoteRetracted) else e.decided_sample) <= until]


def log_bytes(heard: Iterable[Heard]) -> str:
    """The whole log as it would be kept."""
    return str(encode_all([e for e in heard if not isinstance(e, Frame)]))


def measure(_: Path) -> Iterator[Row]:
    there = takes(truth_folder())
    changed = cuts = other_bytes = other_blocks = 0
    for number, take in enumerate(there):
        samples, random = take.samples(), np.random.default_rng(number)
        whole = listen(samples, 128)
        other_bytes += log_bytes(listen(samples, 128)) != log_bytes(whole)
        large = [block for block in BLOCKS if block >= SMALLEST_WHOLE]
        other_blocks += log_bytes(listen(samples, large[number % len(large)])) != log_bytes(whole)
        for cut in random.integers(0, len(samples), CUTS).tolist():
            # In blocks of one sample a cut lies anywhere by itself; that is dear, so only where little comes before.
            block = int(random.choice(BLOCKS if cut < 96_000 else large))
            said = listen(samples[:cut], block)
            cuts += 1
            changed += reports(said, len(samples)) != reports(whole, cut)
    yield f"cuts that changed a report, of {cuts}", str(changed), "0", changed == 0
    yield f"takes that say other bytes again, of {len(there)}", str(other_bytes), "0", other_bytes == 0
    yield f"takes that say other bytes in other blocks, of {len(there)}", str(other_blocks), "0", other_blocks == 0
