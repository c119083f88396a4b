"""``pedal follow``: a recording held against what should have been played, note by note."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any, Final

from dsp.follow.bounds import BYTES_MAX
from dsp.follow.describe import describe
from dsp.follow.read import read_target, tracks_of
from dsp.follow.report import follow_json
from dsp.follow.segments import parse_segments, with_segments
from dsp.follow.target import Target
from dsp.follow.tracks import TrackInfo
from dsp.pipeline import PipelineConfig
from dsp.theory.scales import note_name
from dsp.types import SAMPLE_RATE_HZ, GridSet
from pedal.cli.errors import UsageError
from pedal.cli.hear import BPM_RANGE
from pedal.hearing import hear

Json = dict[str, Any]

OFF_MS: Final = 30.0


def follow(parsed: argparse.Namespace) -> None:
    """Print what became of each note of the target."""
    _check(parsed)
    target, tracks = _target(parsed.target, parsed.track, parsed.segments)
    try:
        config = PipelineConfig(a4_hz=parsed.a4, tuning=parsed.tuning, sensitivity=parsed.sensitivity)
        heard = hear(parsed.file, config, parsed.channel)
        entries = list(heard.entries)
        if parsed.bpm is not None:
            entries.insert(1, GridSet(0, round(parsed.click_start * SAMPLE_RATE_HZ), parsed.bpm))
        result = follow_json(target, entries, delay_s=heard.delay_s)
    except ValueError as error:
        raise UsageError(str(error)) from error
    if heard.damage is not None:
        sys.stderr.write(f"pedal: {heard.damage}\n")
    if parsed.picture is not None:
        _draw(parsed.picture, result, parsed.file.name)
    if parsed.json:
        sys.stdout.write(json.dumps(result | {"piece": _piece(target)}, allow_nan=False) + "\n")
    else:
        sys.stdout.write(f"{describe(target, tracks)}\n\n{as_text(result)}")


def _piece(target: Target) -> Json:
    """What was read, and what the file holds that is not followed."""
    segments = [{"name": s.name, "first_bar": s.first_bar, "last_bar": s.last_bar} for s in target.segments]
    read = {"title": target.title, "source": target.source, "track": target.track, "bars": len(target.bars)}
    return read | {"segments": segments, "skipped": list(target.skipped)}


def _check(parsed: argparse.Namespace) -> None:
    if parsed.bpm is not None and not BPM_RANGE[0] <= parsed.bpm <= BPM_RANGE[1]:
        raise UsageError("--bpm takes 20 to 300")
    if not 0 <= parsed.click_start <= 86_400:
        raise UsageError("--click-start takes seconds from the start of the recording")
    if parsed.picture is not None and parsed.picture.suffix.lower() != ".png":
        raise UsageError(f"{parsed.picture}: the picture is a PNG, give a name that ends in .png")


def _target(path: Path, track: str | None, segments: str) -> tuple[Target, list[TrackInfo]]:
    """What should be played, and the file's tracks; never more than ``BYTES_MAX`` and one byte of it are read."""
    try:
        with path.open("rb") as file:
            data = file.read(BYTES_MAX + 1)
        chosen = int(track) if track is not None and track.isdecimal() else track
        target = read_target(data, path.name, track=chosen)
        return with_segments(target, parse_segments(segments)), tracks_of(data, path.name)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}") from error
    except ValueError as error:
        raise UsageError(f"{path}: {error}") from error


def _draw(path: Path, result: Json, title: str) -> None:
    from pedal.follow_picture import draw_followed  # noqa: PLC0415

    picture = draw_followed(result, title)
    try:
        picture.save(path)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}; give a file that can be written") from error


def as_text(result: Json) -> str:
    """Bar by bar: each note, ``!`` and what was played for a wrong one, ``-`` for a missed one, ms where far off."""
    lines = []
    for bar in dict.fromkeys(t["bar"] for t in result["targets"]):
        notes = [t for t in result["targets"] if t["bar"] == bar]
        hits = sum(t["state"] == "hit" for t in notes)
        name = "    " if bar is None else f"bar {bar:3}"
        lines.append(f"{name}  {hits:2}/{len(notes):<2}  {' '.join(map(_note, notes))}")
    for event in result["events"]:
        bar = next((t["bar"] for t in result["targets"] if t["index"] == event["to_index"]), None)
        where = f"note {event['to_index']}" if bar is None else f"bar {bar}, note {event['to_index']}"
        lines.append(f"{event['at_s']:8.3f} s  {WORDS[event['kind']]} {where}")
    lines.append(_summary(result["summary"]))
    return "\n".join(lines) + "\n"


WORDS: Final = {"stop": "after a stop, on with", "repeat": "again from", "jump": "went to"}


def _note(target: Json) -> str:
    name = note_name(target["midi"])
    match target["state"]:
        case "wrong":
            return f"!{name}({note_name(target['played_midi'])})"
        case "missed":
            return f"-{name}"
        case "hit":
            off_ms = target["signed_ms"]
            return name if off_ms is None or abs(off_ms) < OFF_MS else f"{name}{off_ms:+.0f}"
        case _:
            return f"·{name}"


def _summary(summary: Json) -> str:
    words = "nothing of it was played" if summary["accuracy"] is None else f"{100 * summary['accuracy']:.0f} % hit"
    counts = ", ".join(f"{summary[key]} {key}" for key in ("hits", "wrong", "missed", "extra"))
    parts = [f"{words}: {counts}", f"{summary['reached']} of {summary['targets']} notes reached"]
    if summary["tempo_bpm"] is not None:
        parts.append(f"{summary['tempo_bpm']:.1f} BPM")
    if summary["signed_ms"] is not None:
        parts.append(f"{summary['signed_ms']:+.0f} ms")
    return "; ".join(parts)
