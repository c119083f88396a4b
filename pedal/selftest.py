"""The pedal's own error: the recording that ships with it, whose truth is known, through the live ear."""

import json
from statistics import median
from typing import Any, Final

from dsp.pipeline import PipelineConfig
from dsp.replay import replay
from dsp.types import SAMPLE_RATE_HZ, Note
from pedal.early import DEMO_TAKE
from pedal.hearing import hear

NEAR_S: Final = 0.05
FOUND_MIN: Final = 0.9
EXTRA_MAX: Final = 0.1
CENTS_MAX: Final = 5.0
ONSET_MS_MAX: Final = 10.0


def run_selftest() -> dict[str, Any]:
    """Notes found and extra, median error in cents and ms, delay from onset to decision; ``passed`` sums it up."""
    truth = json.loads(DEMO_TAKE.with_suffix(".json").read_text(encoding="utf-8"))["notes"]
    heard = hear(DEMO_TAKE, PipelineConfig())
    pairs = match(truth, list(replay(heard.entries).notes))
    onset_ms = [1000 * (note.onset_sample / SAMPLE_RATE_HZ - true["onset"]) for true, note in pairs]
    cents = [100 * (note.midi + note.cents / 100 - true["midi"]) for true, note in pairs]
    decided_ms = [1000 * (note.decided_sample / SAMPLE_RATE_HZ - true["onset"]) for true, note in pairs]
    played = len(replay(heard.entries).notes)
    result = {
        "notes_true": len(truth),
        "notes_found": len(pairs),
        "notes_extra": played - len(pairs),
        "onset_error_ms_median": round(median(onset_ms), 2) if pairs else None,
        "pitch_error_cents_median": round(median(map(abs, cents)), 2) if pairs else None,
        "decided_after_ms_median": round(median(decided_ms), 1) if pairs else None,
        "real_time_factor": round(heard.cpu_s / heard.duration_s, 4),
    }
    good = (
        len(pairs) >= FOUND_MIN * len(truth)
        and played - len(pairs) <= EXTRA_MAX * len(truth)
        and abs(median(onset_ms)) <= ONSET_MS_MAX
        and median(map(abs, cents)) <= CENTS_MAX
    )
    return result | {"passed": good}


def match(truth: list[dict[str, Any]], notes: list[Note]) -> list[tuple[dict[str, Any], Note]]:
    """Each true note with the nearest heard one of its semitone within 50 ms; none is used twice."""
    free = list(notes)
    pairs = []
    for true in truth:
        near = [
            note
            for note in free
            if note.midi == round(true["midi"]) and abs(note.onset_sample / SAMPLE_RATE_HZ - true["onset"]) <= NEAR_S
        ]
        if near:
            best = min(near, key=lambda note: abs(note.onset_sample / SAMPLE_RATE_HZ - true["onset"]))
            free.remove(best)
            pairs.append((true, best))
    return pairs
