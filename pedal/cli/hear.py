"""``pedal analyze`` and ``pedal tune``: the ear and the tuner over a recording."""

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from dsp.pipeline import PipelineConfig
from dsp.report import analysis_json, tune_json
from dsp.theory.scales import note_name, read_scale
from dsp.types import SAMPLE_RATE_HZ, GridSet, SessionSetup
from pedal.cli.errors import UsageError
from pedal.export import SCORES
from pedal.hearing import hear
from pedal.hearing import tune as tune_file
from pedal.telling import early_late, place

BPM_RANGE = (20.0, 300.0)


def analyze(parsed: argparse.Namespace) -> None:
    """Print notes and metrics of a recording."""
    with _usage_errors():
        setup = _setup(parsed)
        config = PipelineConfig(a4_hz=parsed.a4, tuning=parsed.tuning, sensitivity=parsed.sensitivity)
        heard = hear(parsed.file, config, parsed.channel)
        entries = list(heard.entries)
        if parsed.bpm is not None:
            entries.insert(1, GridSet(0, round(parsed.click_start * SAMPLE_RATE_HZ), parsed.bpm))
        result = analysis_json(
            entries,
            setup,
            rate_hz=heard.rate_hz,
            real_time_factor=heard.cpu_s / heard.duration_s if heard.duration_s else 0.0,
            delay_s=heard.delay_s,
        )
    if heard.damage is not None:
        sys.stderr.write(f"pedal: {heard.damage}\n")
    if parsed.scale_type == "pentatonic" != setup.scale_type:
        sys.stderr.write(f"pedal: {setup.scale_kind} has no pentatonic form; all of its notes count\n")
    sys.stdout.write(json.dumps(result, allow_nan=False) + "\n" if parsed.json else _as_text(result))


def tune(parsed: argparse.Namespace) -> None:
    """Print the tuner's readings over a recording."""
    with _usage_errors():
        readings, delay_s = tune_file(parsed.file, PipelineConfig(a4_hz=parsed.a4, tuning=parsed.tuning))
        result = tune_json(readings, delay_s)
    if parsed.json:
        sys.stdout.write(json.dumps(result, allow_nan=False) + "\n")
        return
    for reading in result["readings"]:
        if reading["f0_hz"] is not None:
            name = note_name(reading["midi"])
            sys.stdout.write(
                f"{reading['time_s']:8.3f} s  {name:4} {reading['cents']:+6.1f}  {reading['f0_hz']:.2f} Hz\n"
            )


def _setup(parsed: argparse.Namespace) -> SessionSetup:
    if not 0.0 <= parsed.strictness <= 1.0:
        raise UsageError("--strictness takes 0 to 1")
    if parsed.bpm is not None and not BPM_RANGE[0] <= parsed.bpm <= BPM_RANGE[1]:
        raise UsageError("--bpm takes 20 to 300")
    if not 0 <= parsed.click_start <= 86_400:
        raise UsageError("--click-start takes seconds from the start of the recording")
    scale = read_scale(parsed.scale, parsed.scale_type)
    setup = SessionSetup(scale.root, scale.kind, scale.scale_type, strictness=parsed.strictness)
    return replace(setup, sensitivity=parsed.sensitivity, a4_hz=parsed.a4, tuning=parsed.tuning)


@contextmanager
def _usage_errors() -> Iterator[None]:
    """What was given cannot be used: one line, and nothing was changed."""
    try:
        yield
    except ValueError as error:
        raise UsageError(str(error)) from error


def _as_text(result: dict[str, Any]) -> str:
    """What was heard, in order, then every number that a player would ask for, and why there is none."""
    heard = [(note, f"{note_name(note['midi']):4} {note['cents']:+6.1f} cents") for note in result["notes"]]
    heard += [(chord, f"chord {chord['name']:11}") for chord in result["chords"]]
    lines = [
        f"{one['onset_s']:8.3f} s  {what}  heard after {1000 * (one['decided_s'] - one['onset_s']):4.0f} ms"
        for one, what in sorted(heard, key=lambda pair: float(pair[0]["onset_s"]))
    ]
    metrics = result["metrics"]
    for name in SCORES:
        value = metrics[name]
        why = metrics["not_scored"].get(name, "")
        lines.append(f"{name:17} {'not scored: ' + why if value is None else format(value, '.3f')}")
    known = [(name, metrics[name]) for name in ("tempo_bpm", "swing_ratio") if metrics[name] is not None]
    lines += [f"{name:17} {value:.2f}" for name, value in known]
    if metrics["signed_ms"] is not None:
        lines.append(f"{'on the whole':17} {early_late(metrics['signed_ms'])}")
    lines += [f"{place(b['position']):17} {early_late(b['signed_ms'])} ({b['n']} notes)" for b in metrics["by_beat"]]
    return "\n".join(lines) + "\n"
