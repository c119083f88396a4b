"""What a whole file was heard to hold, as the plain JSON values that the command line prints. Times in seconds."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from dsp.replay import Retracted, replay
from dsp.scores.session import summarise
from dsp.strings.drift import tuning_drift
from dsp.theory.chord_names import chord_name
from dsp.tuning import TunerReading
from dsp.types import HOP_SAMPLES, SAMPLE_RATE_HZ, Chord, LogEntry, Metrics, Note, SessionSetup


def analysis_json(
    entries: Iterable[LogEntry],
    setup: SessionSetup,
    *,
    rate_hz: int = SAMPLE_RATE_HZ,
    real_time_factor: float = 0.0,
    delay_s: float = 0.0,
) -> dict[str, Any]:
    """The object of ``pedal analyze --json``. ``rate_hz``: the file's own, before it was resampled.

    ``delay_s`` is what a resampler before the pipeline looked ahead: the pipeline's samples are on the file's clock,
    but they became known that much later, and "decided" says so. Raises ``ValueError`` for an unknown scale.
    """
    entries = list(entries)
    record = replay(entries)
    drift = tuning_drift(setup, entries)
    summary = summarise(setup, entries)
    return {
        "notes": [_note(note, delay_s) for note in record.notes],
        "retracted": [_retracted(note, delay_s) for note in record.retracted],
        "chords": [_chord(chord, delay_s) for chord in record.chords],
        "metrics": metrics_json(summary.metrics),
        "summary": {name: value for name, value in asdict(summary).items() if name != "metrics"},
        "tuning_drift": [asdict(string) for string in drift.strings],
        "tuning_drift_common_cents": drift.common_cents,
        "engine": {
            "sample_rate_hz": SAMPLE_RATE_HZ,
            "hop_samples": HOP_SAMPLES,
            "file_rate_hz": rate_hz,
            "real_time_factor": round(real_time_factor, 5),
        },
    }


def metrics_json(metrics: Metrics) -> dict[str, Any]:
    """All metrics under their names; ``None`` where not scored."""
    return asdict(metrics) | {"by_beat": [asdict(error) for error in metrics.by_beat]}


def tune_json(readings: Sequence[TunerReading], delay_s: float = 0.0) -> dict[str, Any]:
    """The object of ``pedal tune --json``."""
    return {
        "readings": [
            {
                "time_s": _seconds(reading.sample),
                "decided_s": _seconds(reading.decided_sample, delay_s),
                "f0_hz": reading.f0_hz,
                "midi": reading.midi,
                "cents": reading.cents,
                "confidence": reading.confidence,
            }
            for reading in readings
        ]
    }


def _note(note: Note, delay_s: float) -> dict[str, Any]:
    # A note that still sounded at the end of the log lasts until its last report.
    offset = note.offset_sample if note.offset_sample is not None else note.reports[-1].decided_sample
    return {
        "onset_s": _seconds(note.onset_sample),
        "offset_s": _seconds(offset),
        "midi": note.midi,
        "cents": note.cents,
        "confidence": note.confidence,
        "level_dbfs": note.level_dbfs,
        "decided_s": _seconds(note.decided_sample, delay_s),
        "reports": [{"decided_s": _seconds(r.decided_sample, delay_s), "midi": r.midi} for r in note.reports],
        "stroke": note.stroke,
        "slide": note.slide,
        "bend_cents": note.bend_cents,
        "vibrato_hz": note.vibrato_hz,
        "vibrato_cents": note.vibrato_cents,
        "ringing_db": note.ringing_db,
        "noise_dbfs": note.noise_dbfs,
        "hum_dbfs": note.hum_dbfs,
    }


def _chord(chord: Chord, delay_s: float) -> dict[str, Any]:
    # One that still sounded at the end of the log lasts until it was decided, at the least.
    offset = chord.offset_sample if chord.offset_sample is not None else chord.decided_sample
    return {
        "onset_s": _seconds(chord.onset_sample),
        "offset_s": _seconds(offset),
        "name": chord_name(chord.root, chord.kind),
        "root": chord.root,
        "bass": chord.bass,
        "confidence": chord.confidence,
        "level_dbfs": chord.level_dbfs,
        "decided_s": _seconds(chord.decided_sample, delay_s),
    }


def _retracted(note: Retracted, delay_s: float) -> dict[str, Any]:
    return {
        "onset_s": _seconds(note.onset_sample),
        "midi": note.midi,
        "decided_s": _seconds(note.decided_sample, delay_s),
        "retracted_s": _seconds(note.retracted_sample, delay_s),
    }


def _seconds(sample: int, delay_s: float = 0.0) -> float:
    return round(sample / SAMPLE_RATE_HZ + delay_s, 6)
