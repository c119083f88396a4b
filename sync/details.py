"""What the shared table has no column for, as one small JSON object beside the row (``fretcoach.session_details``).

Pure. Made of the stored session alone, so that nothing is computed a second time and differently. Numbers are rounded
as people read them; a ``null`` is left out, and ``not_scored`` says why. Never larger than ``BYTES_MAX``: what
matters least goes first.
"""

import dataclasses
import json
import math
from collections.abc import Callable, Iterator
from typing import Any, Final, TypeAlias

from sync.errors import Rejected
from sync.payload import NotYet
from sync.records import StoredSession

Details: TypeAlias = dict[str, Any]

DETAILS_VERSION: Final = 1
BYTES_MAX: Final = 8_192
SCORES: Final = ("pitch_accuracy", "scale_conformity", "timing_stability", "noise_control", "quality")
CURVES: Final = (*SCORES, "notes", "tempo_bpm", "signed_ms", "level_dbfs")


def session_details(session: StoredSession) -> Details:
    """The object, ready for ``encoded``. Raises ``NotYet`` while the session is open, ``Rejected`` for NaN in it."""
    if session.end is None or session.summary is None:
        raise NotYet("the session is still open")
    setup, summary, metrics = session.header.setup, session.summary, session.summary.metrics
    details: Details = {
        "details_version": DETAILS_VERSION,
        "metric_version": metrics.metric_version,
        "mode": setup.mode,
        "ended_by": session.end.ended_by,
        "scale": {"root": setup.scale_root, "kind": setup.scale_kind, "type": setup.scale_type},
        "tuning": setup.tuning,
        "a4_hz": setup.a4_hz,
        "duration_s": summary.duration_s,
        "unique_notes": summary.unique_notes,
        "strokes": summary.strokes,
        "marks": summary.marks,
        "gaps": summary.gaps,
        "noise_control": metrics.noise_control,
        "quality": metrics.quality,
        "tempo_bpm": metrics.tempo_bpm,
        "swing_ratio": metrics.swing_ratio,
        "signed_ms": metrics.signed_ms,
        "by_beat": [[beat.position, beat.signed_ms, beat.n] for beat in metrics.by_beat],
        "tempo": _without(dataclasses.asdict(metrics.tempo), "curve"),
        "dynamics": dataclasses.asdict(metrics.dynamics),
        "picking": dataclasses.asdict(metrics.picking),
        "bends": dataclasses.asdict(metrics.bends),
        "vibrato": dataclasses.asdict(metrics.vibrato),
        "coverage": dataclasses.asdict(summary.coverage),
        "chords": dataclasses.asdict(summary.chords),
        "curve": _curve(summary.curve.points),
        "not_scored": dict(metrics.not_scored),
    }
    said: Details = _plain(details, "details")
    return _small_enough(said)


def encoded(details: Details) -> bytes:
    """Compact JSON, ASCII."""
    return json.dumps(details, allow_nan=False, separators=(",", ":")).encode("ascii")


def _curve(points: tuple[Any, ...]) -> Details:
    """A list for each score instead of an object for each point: a third of the bytes."""
    if not points:
        return {}
    return {"every_s": points[0].seconds} | {name: [getattr(point, name) for point in points] for name in CURVES}


def _plain(value: Any, name: str) -> Any:
    """JSON values, rounded; in objects what is ``None`` or empty is left out, in lists ``None`` keeps its place."""
    if isinstance(value, dict):
        plain = {str(key): _plain(item, str(key)) for key, item in value.items()}
        return {key: item for key, item in plain.items() if item is not None and item not in ([], {})}
    if isinstance(value, list | tuple):
        return [_plain(item, name) for item in value]
    if isinstance(value, float):
        if not math.isfinite(value):
            raise Rejected(f"{name} is {value}")
        return round(value, 3 if abs(value) < 1.0 else 2)
    return value


def _small_enough(details: Details) -> Details:
    for shrink in _shrinking():
        if len(encoded(details)) <= BYTES_MAX:
            return details
        details = shrink(details)
    if len(encoded(details)) > BYTES_MAX:
        raise Rejected(f"the session's details have {len(encoded(details))} bytes, and at most {BYTES_MAX} are sent")
    return details


def _shrinking() -> Iterator[Callable[[Details], Details]]:
    """What goes first, first."""
    yield lambda details: details | {"chords": _without(details.get("chords", {}), "names")}
    yield lambda details: details | {"coverage": _without(details.get("coverage", {}), "strings", "tones")}
    yield lambda details: details | {"tempo": _without(details.get("tempo", {}), "places")}
    yield lambda details: _without(details, "curve")
    yield lambda details: _without(details, "by_beat")
    yield lambda details: _without(details, "bends")
    yield lambda details: _without(details, "not_scored")


def _without(details: Details, *names: str) -> Details:
    return {name: value for name, value in details.items() if name not in names}
