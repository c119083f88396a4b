"""The scores: what the notes of a session say, 0 to 1, or ``None`` with the reason.

Unsure means not scored: notes below ``CONFIDENT`` say nothing, a score needs ``NOTES_MIN`` notes, and whatever cannot
be known has its reason in ``Metrics.not_scored``. Strictness 0 to 1 makes every tolerance tighter. A chord is one
stroke: it counts for timing and dynamics, and its strings are no single notes for intonation and scale.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from dsp.facts import Bends, Dynamics, Picking, Vibrato
from dsp.replay import SessionRecord
from dsp.rhythm.timing import Timing, timing
from dsp.scores.dynamics import dynamics
from dsp.scores.expression import bends, is_bent, vibrato
from dsp.scores.noise import noise_control
from dsp.scores.picking import picking
from dsp.scores.strokes import events, runs, singles, strokes
from dsp.theory.scales import pitch_classes
from dsp.types import Metrics, Note, SessionSetup

CONFIDENT: Final = 0.6
NOTES_MIN: Final = 4
IN_TUNE_CENTS: Final = 4.0  # nobody hears less on a guitar
OUT_CENTS: Final = 11.0  # and this much beyond it scores .5
STEEP: Final = 4.0  # a real string wanders by 8 cents and is in tune, and 20 less those 8 are out
SWUNG: Final = 1.15  # beyond this ratio every second stroke is meant to be late
WEIGHTS: Final = {"scale_conformity": 0.35, "pitch_accuracy": 0.25, "timing_stability": 0.25, "noise_control": 0.15}


def score(setup: SessionSetup, record: SessionRecord) -> Metrics:
    """All metrics of a record, by ``METRIC_VERSION`` 2."""
    sure = confident(record.notes)
    alone = singles(sure)
    beats = timing(record, events(record, sure), setup.strictness)
    scores: dict[str, float | None] = {
        "pitch_accuracy": pitch_accuracy(alone, setup.strictness),
        "scale_conformity": scale_conformity(alone, setup),
        "timing_stability": beats.stability,
        "noise_control": noise_control(record.noise, sure) if len(sure) >= NOTES_MIN else None,
    }
    overall = quality(scores, setup.strictness)
    picked = strokes(record, sure)
    steady = runs(record, picked)
    loud = dynamics(picked, steady, setup.strictness)
    hand = picking(steady) if (beats.swing_ratio or 1.0) < SWUNG else Picking()
    bent, shaken = bends(alone), vibrato(alone)
    why = _reasons(scores, overall, beats, record)
    why |= _topic_reasons(loud, hand, bent, shaken, beats)
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
        not_scored=why,
        dynamics=loud,
        picking=hand,
        bends=bent,
        vibrato=shaken,
        tempo=beats.held,
    )


def confident(notes: Sequence[Note]) -> tuple[Note, ...]:
    """The notes that may be judged."""
    return tuple(note for note in notes if note.confidence >= CONFIDENT)


def pitch_accuracy(notes: Sequence[Note], strictness: float) -> float | None:
    """Mean intonation score of straight notes; bends and slides are on their way somewhere and are left out.

    So is a note that still sounds: its first report saw the attack, which is up to 30 cents sharp.
    """
    straight = [n for n in notes if n.offset_sample is not None and not is_bent(n) and not n.slide]
    if len(straight) < NOTES_MIN:
        return None
    tolerance = 2.0 ** (1.0 - 2.0 * strictness)
    beyond = np.maximum(0.0, np.abs([n.cents for n in straight]) - IN_TUNE_CENTS * tolerance)
    scores = 1.0 / (1.0 + (beyond / (OUT_CENTS * tolerance)) ** STEEP)
    return float(np.average(scores, weights=[n.confidence for n in straight]))


def scale_conformity(notes: Sequence[Note], setup: SessionSetup) -> float | None:
    """Share of the notes that belong to the scale. How much of the scale was used is another question."""
    if len(notes) < NOTES_MIN:
        return None
    belong = pitch_classes(setup.scale_root, setup.scale_kind, setup.scale_type)
    return sum(note.midi % 12 in belong for note in notes) / len(notes)


def quality(scores: dict[str, float | None], strictness: float) -> float | None:
    """Weighted mean of what was scored; wrong notes cost once more, by strictness."""
    known = {name: value for name, value in scores.items() if value is not None}
    conformity = known.get("scale_conformity")
    if conformity is None:
        return None
    weight = sum(WEIGHTS[name] for name in known)
    mean = sum(WEIGHTS[name] * value for name, value in known.items()) / weight
    return mean * (1.0 - strictness * (1.0 - conformity))


def _reasons(
    scores: dict[str, float | None], overall: float | None, beats: Timing, record: SessionRecord
) -> dict[str, str]:
    why = {name: _reason(name, record) for name, value in scores.items() if value is None}
    if beats.stability is None and (record.notes or record.chords):
        why["timing_stability"] = beats.why
    if overall is None:
        why["quality"] = why["scale_conformity"]
    return why


def _reason(name: str, record: SessionRecord) -> str:
    if not record.notes:
        return "only chords" if record.chords else "no notes"
    if len(record.notes) < NOTES_MIN:
        return "too few notes"
    sure = confident(record.notes)
    if len(sure) < NOTES_MIN:
        return "too few notes to be sure of"
    if name == "noise_control":
        return "it was never silent" if record.noise else "the noise was not measured"
    if len(singles(sure)) < NOTES_MIN:
        return "only chords"
    over = sum(note.offset_sample is not None for note in singles(sure))
    return "only bends and slides" if over >= NOTES_MIN else "too few notes are over"


def _topic_reasons(loud: Dynamics, hand: Picking, bent: Bends, shaken: Vibrato, beats: Timing) -> dict[str, str]:
    why = {}
    if loud.evenness is None:
        why["dynamics"] = "no steady run of strokes" if loud.n else "no strokes"
    if hand.offset_ms is None:
        swung = (beats.swing_ratio or 1.0) >= SWUNG
        why["picking"] = "swung: every second stroke is meant to be late" if swung else "no steady run of strokes"
    if bent.off_cents is None:
        why["bends"] = "no bends to a semitone"
    if shaken.rate_hz is None:
        why["vibrato"] = "no vibrato"
    elif shaken.width_cents is None:
        why["vibrato"] = "its width was not measured"
    if beats.why or beats.partly:
        why["tempo"] = beats.why or beats.partly
    return why
