"""The scores: what the notes of a session say, 0 to 1, or ``None`` with the reason.

Unsure means not scored: notes below ``CONFIDENT`` say nothing, a score needs ``NOTES_MIN`` notes, and whatever cannot
be known has its reason in ``Metrics.not_scored``. Strictness 0 to 1 makes every tolerance tighter.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from dsp.replay import SessionRecord
from dsp.rhythm.timing import timing
from dsp.theory.scales import pitch_classes
from dsp.types import Metrics, NoiseReading, Note, SessionSetup

CONFIDENT: Final = 0.6
NOTES_MIN: Final = 4
IN_TUNE_CENTS: Final = 4.0  # nobody hears less on a guitar
OUT_CENTS: Final = 15.0  # and this much beyond it scores .5
BENT_CENTS: Final = 35.0
NOISE_LOUD_DB, NOISE_CLEAN_DB = 32.0, 60.0  # notes above the noise: 0 and 1
WEIGHTS: Final = {"scale_conformity": 0.35, "pitch_accuracy": 0.25, "timing_stability": 0.25, "noise_control": 0.15}


def score(setup: SessionSetup, record: SessionRecord) -> Metrics:
    """All metrics of a record, by ``METRIC_VERSION`` 1."""
    sure = confident(record.notes)
    beats = timing(record, sure, setup.strictness)
    scores: dict[str, float | None] = {
        "pitch_accuracy": pitch_accuracy(sure, setup.strictness),
        "scale_conformity": scale_conformity(sure, setup),
        "timing_stability": beats.stability,
        "noise_control": noise_control(record.noise, sure),
    }
    reasons = {name: _reason(name, sure, record) for name, value in scores.items() if value is None}
    if beats.stability is None:
        reasons["timing_stability"] = beats.why
    overall = quality(scores, setup.strictness)
    if overall is None:
        reasons["quality"] = "too few notes"
    return Metrics(
        pitch_accuracy=scores["pitch_accuracy"],
        scale_conformity=scores["scale_conformity"],
        timing_stability=scores["timing_stability"],
        noise_control=scores["noise_control"],
        quality=overall,
        tempo_bpm=beats.tempo_bpm,
        swing_ratio=beats.swing_ratio,
        signed_ms=beats.signed_ms,
        by_beat=beats.by_beat,
        not_scored=reasons,
    )


def confident(notes: Sequence[Note]) -> tuple[Note, ...]:
    """The notes that may be judged."""
    return tuple(note for note in notes if note.confidence >= CONFIDENT)


def pitch_accuracy(notes: Sequence[Note], strictness: float) -> float | None:
    """Mean intonation score of straight notes; bends and slides are on their way somewhere and are left out."""
    straight = [n for n in notes if abs(n.bend_cents) < BENT_CENTS and not n.slide]
    if len(straight) < NOTES_MIN:
        return None
    tolerance = 2.0 ** (1.0 - 2.0 * strictness)
    beyond = np.maximum(0.0, np.abs([n.cents for n in straight]) - IN_TUNE_CENTS * tolerance)
    scores = 1.0 / (1.0 + (beyond / (OUT_CENTS * tolerance)) ** 2)
    return float(np.average(scores, weights=[n.confidence for n in straight]))


def scale_conformity(notes: Sequence[Note], setup: SessionSetup) -> float | None:
    """Share of the notes that belong to the scale. How much of the scale was used is another question."""
    if len(notes) < NOTES_MIN:
        return None
    belong = pitch_classes(setup.scale_root, setup.scale_kind, setup.scale_type)
    return sum(note.midi % 12 in belong for note in notes) / len(notes)


def noise_control(readings: Sequence[NoiseReading], notes: Sequence[Note]) -> float | None:
    """How far the notes stand above what sounds between and under them; hum counts double, it is always there."""
    if not readings or len(notes) < NOTES_MIN:
        return None
    notes_dbfs = float(np.median([n.level_dbfs for n in notes]))
    noise = np.median([10.0 ** (r.noise_dbfs / 10.0) for r in readings])
    hum = np.median([10.0 ** (r.hum_dbfs / 10.0) for r in readings])
    clear_db = notes_dbfs - 10.0 * float(np.log10(noise + hum + 1e-12))
    return float(np.clip((clear_db - NOISE_LOUD_DB) / (NOISE_CLEAN_DB - NOISE_LOUD_DB), 0.0, 1.0))


def quality(scores: dict[str, float | None], strictness: float) -> float | None:
    """Weighted mean of what was scored; wrong notes cost once more, by strictness."""
    known = {name: value for name, value in scores.items() if value is not None}
    conformity = known.get("scale_conformity")
    if conformity is None:
        return None
    weight = sum(WEIGHTS[name] for name in known)
    mean = sum(WEIGHTS[name] * value for name, value in known.items()) / weight
    return mean * (1.0 - strictness * (1.0 - conformity))


def _reason(name: str, sure: Sequence[Note], record: SessionRecord) -> str:
    if not record.notes:
        return "no notes"
    if name == "noise_control" and not record.noise:
        return "the noise was not measured"
    if len(sure) < NOTES_MIN:
        return "too few notes" if len(record.notes) < NOTES_MIN else "too few notes to be sure of"
    return "only bends and slides"
