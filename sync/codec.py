"""Records to bytes and back: JSON for what people may read, length-framed bytes for the log, SHA-256 for both.

Reading ignores keys it does not know and fills in what is missing: after an update fell back to the other system
slot, the older program must still find its sessions.
"""

import dataclasses
import hashlib
import json
import struct
import zlib
from collections.abc import Hashable, Iterable, Mapping
from functools import cache
from types import UnionType
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

from dsp.types import SessionSetup, Summary
from sync.records import SessionEnd, SessionHeader

_LENGTH = struct.Struct("<I")
ENTRY_BYTES_MAX = 65_536
T = TypeVar("T")


def to_json(record: SessionHeader | SessionEnd | SessionSetup | Summary) -> str:
    """Compact JSON of a record. Raises ``ValueError`` on NaN and infinities: they would be stored as numbers."""
    return json.dumps(dataclasses.asdict(record), allow_nan=False, separators=(",", ":"))


def header_from_json(text: str) -> SessionHeader:
    """Inverse of ``to_json`` for a header."""
    return _record(SessionHeader, json.loads(text))


def end_from_json(text: str) -> SessionEnd:
    """Inverse of ``to_json`` for an end."""
    return _record(SessionEnd, json.loads(text))


def summary_from_json(text: str) -> Summary:
    """Inverse of ``to_json`` for a summary. One that an older program wrote has the defaults of what came later."""
    return _record(Summary, json.loads(text))


def _record(cls: type[T], values: Mapping[str, Any]) -> T:
    """``cls`` of what is known of ``values``; its fields may be records again, or tuples of them."""
    hints = _hints(cast(Hashable, cls))
    return cls(**{name: _typed(hints[name], value) for name, value in values.items() if name in hints})


@cache
def _hints(cls: Any) -> dict[str, Any]:
    return get_type_hints(cls)


def _typed(declared: Any, value: Any) -> Any:
    """``value`` as JSON gave it, with tuples and records where the field declares them."""
    if value is None:
        return None
    if isinstance(declared, UnionType):
        (declared,) = (one for one in get_args(declared) if one is not type(None))
    if dataclasses.is_dataclass(declared) and isinstance(declared, type):
        return _record(declared, value)
    if get_origin(declared) is tuple:
        inner = get_args(declared)
        of = [inner[0]] * len(value) if inner[-1] is Ellipsis else inner
        return tuple(_typed(one, item) for one, item in zip(of, value, strict=True))
    return value


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
