"""Records to bytes and back: JSON for what people may read, length-framed bytes for the log, SHA-256 for both.

Reading ignores keys it does not know and fills in what is missing: after an update fell back to the other system
slot, the older program must still find its sessions.
"""

import dataclasses
import hashlib
import json
import struct
import zlib
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from dsp.types import BeatError, Metrics, SessionSetup, Summary
from sync.records import SessionEnd, SessionHeader

_LENGTH = struct.Struct("<I")
ENTRY_BYTES_MAX = 65_536
T = TypeVar("T")


def to_json(record: SessionHeader | SessionEnd | SessionSetup | Summary) -> str:
    """Compact JSON of a record. Raises ``ValueError`` on NaN and infinities: they would be stored as numbers."""
    return json.dumps(dataclasses.asdict(record), allow_nan=False, separators=(",", ":"))


def _known(cls: type[T], values: Mapping[str, Any]) -> T:
    names = {field.name for field in dataclasses.fields(cls)}  # type: ignore[arg-type]
    return cls(**{name: value for name, value in values.items() if name in names})


def header_from_json(text: str) -> SessionHeader:
    """Inverse of ``to_json`` for a header."""
    values = json.loads(text)
    return _known(SessionHeader, {**values, "setup": _known(SessionSetup, values["setup"])})


def end_from_json(text: str) -> SessionEnd:
    """Inverse of ``to_json`` for an end."""
    return _known(SessionEnd, json.loads(text))


def summary_from_json(text: str) -> Summary:
    """Inverse of ``to_json`` for a summary."""
    values = json.loads(text)
    metrics = values["metrics"]
    by_beat = tuple(_known(BeatError, beat) for beat in metrics.get("by_beat", ()))
    return _known(Summary, {**values, "metrics": _known(Metrics, {**metrics, "by_beat": by_beat})})


def pack(lines: Iterable[bytes]) -> bytes:
    """Frame opaque entries, each at most 64 kB, into one byte string; ``b""`` for none."""
    framed = bytearray()
    for line in lines:
        if len(line) > ENTRY_BYTES_MAX:
            raise ValueError(f"a log entry has {len(line)} bytes; at most {ENTRY_BYTES_MAX} are kept")
        framed += _LENGTH.pack(len(line))
        framed += line
    return bytes(framed)


def unpack(framed: bytes) -> list[bytes]:
    """Inverse of ``pack``. Raises ``ValueError`` when the frames do not add up."""
    lines = []
    at = 0
    while at < len(framed):
        if at + _LENGTH.size > len(framed):
            raise ValueError("the log ends inside a frame")
        (size,) = _LENGTH.unpack_from(framed, at)
        at += _LENGTH.size
        if at + size > len(framed):
            raise ValueError("the log ends inside an entry")
        lines.append(framed[at : at + size])
        at += size
    return lines


def compress(framed: bytes) -> bytes:
    """Deflate: a batch of 16 JSON entries shrinks to under a half, so that a commit touches one page and not two."""
    return zlib.compress(framed)


def decompress(blob: bytes) -> bytes:
    """Inverse of ``compress``. Raises ``ValueError`` on damaged bytes."""
    try:
        return zlib.decompress(blob)
    except zlib.error as error:
        raise ValueError(f"the log cannot be unpacked: {error}") from error


def digest(*values: str | int | bytes | None) -> bytes:
    """SHA-256 over a row's columns, each with its type and length, so that no two rows can be told as one."""
    sha = hashlib.sha256()
    for value in values:
        raw = value if isinstance(value, bytes) else b"" if value is None else str(value).encode()
        sha.update(f"{type(value).__name__}:{len(raw)}:".encode())
        sha.update(raw)
    return sha.digest()
