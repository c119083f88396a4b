"""The session log on disk: one ``LogEntry`` to one short line of JSON and back, exactly.

A line is an array, ``["on",0,12,48000,...]``: the word of the kind, then the fields in the order of ``dsp.types``.
Field names would triple what an hour of practice writes to the card. Fields added later go last and have defaults, so
an older line still reads; a line from a newer version is refused, because a number left out would be a wrong number.
"""

import json
import math
import operator
from collections.abc import Iterable, Iterator
from dataclasses import MISSING, fields
from typing import Any, Final, cast

from dsp.types import (
    ChordEnded,
    ChordStarted,
    Gap,
    GridSet,
    LogEntry,
    Mark,
    NoiseReading,
    NoteCorrected,
    NoteEnded,
    NoteRetracted,
    NoteStarted,
    Paused,
    Resumed,
    SegmentStarted,
)

_KINDS: Final[dict[str, type[Any]]] = {
    "segment": SegmentStarted,
    "on": NoteStarted,
    "fix": NoteCorrected,
    "back": NoteRetracted,
    "off": NoteEnded,
    "chord": ChordStarted,
    "mute": ChordEnded,
    "noise": NoiseReading,
    "mark": Mark,
    "grid": GridSet,
    "gap": Gap,
    "pause": Paused,
    "resume": Resumed,
}
_WORDS: Final = {kind: word for word, kind in _KINDS.items()}
_FIELDS: Final = {kind: fields(kind) for kind in _KINDS.values()}
_REQUIRED: Final = {kind: sum(field.default is MISSING for field in declared) for kind, declared in _FIELDS.items()}


def encode(entry: LogEntry) -> bytes:
    """One line of ASCII JSON, with its newline. Raises ``ValueError`` for what would not come back the same, as NaN."""
    word = _WORDS.get(type(entry))
    if word is None:
        raise TypeError(f"{type(entry).__name__} is no log entry")
    values = [_plain(field.type, getattr(entry, field.name), field.name) for field in _FIELDS[type(entry)]]
    return json.dumps([word, *values], separators=(",", ":"), allow_nan=False).encode("ascii") + b"\n"


def decode(line: bytes | str) -> LogEntry:
    """The entry that ``encode`` wrote. Raises ``ValueError`` with one clear line for anything else."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"not a log line: {_short(line)}") from error
    if not isinstance(row, list) or not row or not isinstance(row[0], str):
        raise ValueError(f"not a log line: {_short(line)}")
    kind = _KINDS.get(row[0])
    if kind is None:
        raise ValueError(
            f"log entry {row[0][:32]!r} is not known here; it was written by a newer version: update the pedal"
        )
    declared, values = _FIELDS[kind], row[1:]
    if len(values) > len(declared):
        raise ValueError(f"log entry {row[0]!r} has more fields than known here; update the pedal")
    if len(values) < _REQUIRED[kind]:
        raise ValueError(f"log entry {row[0]!r} is cut short: {_short(line)}")
    plain = [_plain(field.type, value, field.name) for field, value in zip(declared, values, strict=False)]
    return cast(LogEntry, kind(*plain))


def encode_all(entries: Iterable[LogEntry]) -> bytes:
    """All entries, one line each."""
    return b"".join(map(encode, entries))


def decode_all(lines: bytes) -> Iterator[LogEntry]:
    """The entries of ``encode_all``; blank lines are skipped. Raises as ``decode`` does."""
    return (decode(line) for line in lines.splitlines() if line.strip())


def _plain(declared: Any, value: Any, name: str) -> Any:
    """``value`` as the plain Python type that the field declares; refuses what would not come back the same."""
    if value is None and declared in {float | None, bool | None}:
        return None
    if declared in {bool, bool | None} and isinstance(value, bool):
        return value
    if declared is str and isinstance(value, str):
        return value
    if declared is int and not isinstance(value, bool):
        return _integer(value, name)
    if declared in {float, float | None} and not isinstance(value, bool | str):
        return _finite(value, name)
    raise ValueError(f"{name} cannot be {value!r:.40}")


def _integer(value: Any, name: str) -> int:
    try:
        return operator.index(value)
    except TypeError as error:
        raise ValueError(f"{name} must be a whole number, not {value!r:.40}") from error


def _finite(value: Any, name: str) -> float:
    try:
        number = float(value)
    except (TypeError, OverflowError) as error:
        raise ValueError(f"{name} must be a number, not {value!r:.40}") from error
    if not math.isfinite(number):
        raise ValueError(f"{name} must be finite, not {number}")
    return number


def _short(line: bytes | str) -> str:
    return repr(line[:60])
