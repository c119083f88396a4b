"""Whether confidence means something: of the notes that were so sure, how many are right?

Notes of all takes of PEDAL_TRUTH that are melodies, and those heard where there was none.
"""

from collections.abc import Iterator
from pathlib import Path

from dsp.pipeline import PipelineConfig
from dsp.report import analysis_json
from dsp.types import SessionSetup
from pedal.hearing import hear
from tests.bench.scoring import NOTE_KINDS, matched
from tests.bench.start import Row
from tests.bench.truth import Take, takes, truth_folder

STEPS = (0.0, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
SURE = 0.9
RIGHT_OF_SURE = 0.98


def measure(_: Path) -> Iterator[Row]:
    judged = [pair for take in takes(truth_folder()) for pair in judge(take)]
    for low, high in zip(STEPS, (*STEPS[1:], 1.01), strict=True):
        inside = [right for confidence, right in judged if low <= confidence < high]
        if inside:
            share = f"{sum(inside) / len(inside):.1%}"
            yield f"right, of {len(inside)} notes at {low:.2f} to {min(high, 1.0):.2f}", share, "", True
    sure = [right for confidence, right in judged if confidence >= SURE]
    share_right = sum(sure) / max(1, len(sure))
    name = f"right, of {len(sure)} notes at ≥ {SURE} ({len(sure) / max(1, len(judged)):.0%} of all)"
    yield name, f"{share_right:.2%}", f"≥ {RIGHT_OF_SURE:.0%}", share_right >= RIGHT_OF_SURE


def judge(take: Take) -> list[tuple[float, bool]]:
    """Confidence of every note of a take, and whether it was one."""
    if take.kind not in (*NOTE_KINDS, "noise"):
        return []
    notes = analysis_json(hear(take.audio, PipelineConfig()).entries, SessionSetup())["notes"]
    true = {heard for _, heard in matched(take.truth["notes"], notes)} if take.kind != "noise" else set()
    return [(note["confidence"], index in true) for index, note in enumerate(notes)]
