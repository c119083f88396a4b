"""What is heard, beside what others hear: the pedal and its peers over the same takes, scored by one rule in one run.

The takes are those of PEDAL_TRUTH (see ``truth``). A row stands where the takes hold something of its kind.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dsp.pipeline import PipelineConfig
from dsp.report import analysis_json, tune_json
from dsp.types import HOP_SAMPLES, Frame, SegmentStarted, SessionSetup
from pedal.hearing import tune
from tests.bench.causal import listen
from tests.bench.peers import Listener, peers
from tests.bench.scoring import NOTE_KINDS, REGISTERS, TUNER_KINDS, Json, Score
from tests.bench.start import Row
from tests.bench.truth import Take, takes, truth_folder

ROUNDING = 1e-6
LATENCY_MS = {"B1": 33.0, "E2": 28.0, "A2": 20.0, "G3": 16.0, "E4+": 13.0}
TUNER_CENTS = {"tuner": ("median", 50, 0.7), "tunersynth": ("median", 50, 0.02), "tunerdiff": ("max", 100, 0.1)}


@dataclass(frozen=True)
class Heard:
    """One listener: its score, and the CPU seconds of one core that a second of sound costs it."""

    score: Score
    real_time_factor: float


def measure(_: Path) -> Iterator[Row]:
    there = takes(truth_folder())
    others = {name: over(there, lambda take, listen=listen: by_peer(take, listen)) for name, listen in peers().items()}
    ours = over(there, by_pedal)
    for name, value_of, digits, goal, limit, most in _table(ours.score):
        values = {peer: value_of(heard) for peer, heard in others.items()}
        beside = "  ".join(f"{peer} {value:.{digits}f}" for peer, value in values.items())
        value = value_of(ours)
        good = limit is None or (value >= limit - ROUNDING if most else value <= limit + ROUNDING)
        yield name, f"{value:.{digits}f}", f"{goal:8} | {beside}", good


def over(there: list[Take], listen: Callable[[Take], tuple[Json, list[Json], float]]) -> Heard:
    score, cpu_s, sound_s = Score(), 0.0, 0.0
    for take in there:
        heard, readings, spent_s = listen(take)
        cpu_s += spent_s
        sound_s += take.truth["duration"]
        score.add(take.name, take.kind, take.truth, heard, readings)
    return Heard(score, cpu_s / sound_s)


def by_pedal(take: Take) -> tuple[Json, list[Json], float]:
    """What ``pedal analyze`` and, for the tuner's takes, ``pedal tune`` say (a test holds it); CPU seconds of the ear.

    From samples in memory, as the peers: reading a file in blocks of a hop costs half as much as hearing it.
    """
    samples = take.samples()
    began_s = time.process_time()
    heard = listen(samples, HOP_SAMPLES)
    spent_s = time.process_time() - began_s
    entries = [SegmentStarted(0, 0), *(entry for entry in heard if not isinstance(entry, Frame))]
    said = analysis_json(entries, SessionSetup())
    if take.kind not in TUNER_KINDS:
        return said, [], spent_s
    readings: list[Json] = tune_json(*tune(take.audio, PipelineConfig()))["readings"]
    return said, readings, spent_s


def by_peer(take: Take, listen: Listener) -> tuple[Json, list[Json], float]:
    samples = take.samples()
    began_s = time.process_time()
    notes, readings = listen(samples)
    return {"notes": notes}, readings, time.process_time() - began_s


ValueOf = Callable[[Heard], float]


def _table(ours: Score) -> Iterator[tuple[str, ValueOf, int, str, float | None, bool]]:
    """Name, value of a listener, digits, goal in words and as a number, and whether more is better."""
    for kind in (k for k in NOTE_KINDS if k in ours.notes):
        yield f"note F1, {kind}", lambda h, kind=kind: h.score.notes[kind].f1, 3, "≥ .98", 0.98, True
    if ours.notes:
        yield "note F1, all", lambda h: h.score.all_notes.f1, 3, "≥ .98", 0.98, True
        yield "onset F1", lambda h: h.score.onsets.f1, 3, "≥ .98", 0.98, True
        yield "onset error, std, ms", lambda h: _std(h.score.onset_errors_ms), 2, "≤ 1.5", 1.5, False
        yield "onset error, bias, ms (size)", lambda h: abs(_mean(h.score.onset_errors_ms)), 2, "≤ 1", 1.0, False
        yield "octave errors, %", _octaves, 2, "≤ 0.4", 0.4, False
    for register in (r for r in REGISTERS if r in ours.latencies_ms):
        yield from _latency(register)
    if ours.noise_s:
        yield "false notes per minute, takes without a note", _false_notes, 1, "≤ 2", 2.0, False
        yield "false notes in hum, hiss, pops", _in_noise, 0, "0", 0.0, False
    if ours.jitter_errors_ms:
        yield "jitter error, mean, ms", lambda h: _mean(h.score.jitter_errors_ms), 2, "≤ 0.5", 0.5, False
        yield "jitter error, max, ms", lambda h: _quantile(h.score.jitter_errors_ms, 100), 2, "≤ 1.2", 1.2, False
    for kind in (k for k in TUNER_KINDS if k in ours.tuner_cents):
        which, q, limit = TUNER_CENTS[kind]
        yield f"{kind}, {which}, cents", _tuner(kind, q), 3, f"≤ {limit:g}", limit, False
    if ours.chords.true:
        yield from _chords(ours.chords.true)
    yield "false chords", lambda h: float(sum(h.score.chords.false.values())), 0, "0", 0.0, False
    yield "CPU seconds of one core per second", lambda h: h.real_time_factor, 4, "≤ .05", 0.05, False


def _latency(register: str) -> Iterator[tuple[str, ValueOf, int, str, float | None, bool]]:
    def at(q: float) -> ValueOf:
        return lambda h: _quantile(h.score.latencies_ms[register], q)

    goal_ms = LATENCY_MS[register]
    yield f"onset → right note, {register}, median ms", at(50), 1, f"≤ {goal_ms:g}", goal_ms, False
    yield f"onset → right note, {register}, p95 ms", at(95), 1, "≤ 60", 60.0, False
    yield f"missed, {register}, %", lambda h: _missed(h.score.latencies_ms[register]), 1, "≤ 2", 2.0, False


def _chords(true: int) -> Iterator[tuple[str, ValueOf, int, str, float | None, bool]]:
    at_least = f"≥ {true - 1}"
    yield f"chords, roots right, of {true}", lambda h: float(h.score.chords.roots), 0, at_least, true - 1.0, True
    yield "chords, exact, %", lambda h: 100.0 * h.score.chords.exact / true, 0, "≥ 85", 85.0, True
    yield "notes off the chord", lambda h: float(h.score.chords.off_notes), 0, "0", 0.0, False
    yield "chord decided after, median ms", lambda h: _quantile(h.score.chords.late_ms, 50), 0, "≤ 400", 400.0, False
    yield "chord decided after, p95 ms", lambda h: _quantile(h.score.chords.late_ms, 95), 0, "≤ 400", 400.0, False


def _quantile(values: list[float], q: float) -> float:
    return float(np.percentile(values, q, method="higher"))


def _mean(values: list[float]) -> float:
    return float(np.mean(values)) if values else float("nan")


def _std(values: list[float]) -> float:
    return float(np.std(values)) if values else float("nan")


def _missed(latencies_ms: list[float]) -> float:
    return 100.0 * float(np.mean(np.isinf(latencies_ms)))


def _octaves(heard: Heard) -> float:
    return 100.0 * heard.score.octave_errors / max(1, heard.score.heard_onsets)


def _false_notes(heard: Heard) -> float:
    return 60.0 * sum(heard.score.false_notes.values()) / heard.score.noise_s


def _in_noise(heard: Heard) -> float:
    steady = ("hiss", "hum", "pops")
    return float(sum(n for name, n in heard.score.false_notes.items() if any(word in name for word in steady)))


def _tuner(kind: str, q: float) -> ValueOf:
    return lambda h: _quantile(h.score.tuner_cents[kind], q)
