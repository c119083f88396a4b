"""How the session went: the scores of each of its stretches, on the practice clock, pauses left out."""

import math
from dataclasses import replace
from typing import Final

import numpy as np

from dsp.facts import Curve, CurvePoint
from dsp.replay import SessionRecord
from dsp.scores.metrics import confident, score
from dsp.scores.strokes import strokes
from dsp.types import Chord, NoiseReading, Note, SessionSetup

POINT_S: Final = 10.0
POINTS_MAX: Final = 48


def curve(setup: SessionSetup, record: SessionRecord) -> Curve:
    """One point for every 10 s practised, or for as many tens as keep them at ``POINTS_MAX``."""
    if record.practised_s <= 0.0:
        return Curve()
    length_s = POINT_S * math.ceil(record.practised_s / (POINT_S * POINTS_MAX))
    count = math.ceil(record.practised_s / length_s)
    parts = _parts(record, length_s, count)
    ends_s = [min(record.practised_s, (index + 1) * length_s) for index in range(count)]
    return Curve(tuple(_point(setup, part, i * length_s, ends_s[i] - i * length_s) for i, part in enumerate(parts)))


def _point(setup: SessionSetup, part: SessionRecord, at_s: float, seconds: float) -> CurvePoint:
    scores = score(setup, part)
    levels_dbfs = [stroke.level_dbfs for stroke in strokes(part, confident(part.notes))]
    return CurvePoint(
        at_s,
        seconds,
        len(part.notes),
        scores.pitch_accuracy,
        scores.scale_conformity,
        scores.timing_stability,
        scores.noise_control,
        scores.quality,
        scores.tempo_bpm,
        scores.signed_ms,
        float(np.median(levels_dbfs)) if levels_dbfs else None,
    )


def _parts(record: SessionRecord, length_s: float, count: int) -> list[SessionRecord]:
    """The record cut by the practice clock; every part keeps what holds for all: segments and clicks."""

    def number(segment: int, sample: int) -> int:
        return min(count - 1, int(practised_at_s(record, segment, sample) / length_s))

    notes: list[list[Note]] = [[] for _ in range(count)]
    chords: list[list[Chord]] = [[] for _ in range(count)]
    noise: list[list[NoiseReading]] = [[] for _ in range(count)]
    for note in record.notes:
        notes[number(note.segment, note.onset_sample)].append(note)
    for chord in record.chords:
        chords[number(chord.segment, chord.onset_sample)].append(chord)
    for reading in record.noise:
        noise[number(reading.segment, reading.sample)].append(reading)
    return [
        replace(record, notes=tuple(n), chords=tuple(c), noise=tuple(r))
        for n, c, r in zip(notes, chords, noise, strict=True)
    ]


def practised_at_s(record: SessionRecord, segment: int, sample: int) -> float:
    """Where a sample lies on the practice clock; what came just before practice, or in a pause, at the nearest end."""
    rate_hz = record.segment(segment).sample_rate_hz
    here = [s for s in record.practised if s.segment == segment]
    if not here:
        return 0.0
    stretch = next((s for s in reversed(here) if s.first <= sample), here[0])
    return stretch.at_s + (min(max(sample, stretch.first), stretch.last) - stretch.first) / rate_hz
