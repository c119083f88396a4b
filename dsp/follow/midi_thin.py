"""Takes out of a MIDI file what a target does not need, and what would break or stall the library that reads it.

mido stops at the first broken event, refuses chunks that it does not know although the standard says to skip them,
loses the time of meta events that it does not know, and needs some 10 µs for each of the hundred thousand pitch bends
that a MIDI guitar sends. So the events are walked here once, by their lengths alone: notes, programs, tempi,
signatures and texts go on to mido, their times exact; the rest is left out.

Reference: Standard MIDI Files 1.0 (RP-001).
"""

from dataclasses import dataclass
from typing import Final

from dsp.follow.bounds import TRACKS_MAX, TargetError

EVENTS_MAX: Final = 500_000  # walked
KEPT_MAX: Final = 160_000  # handed on: 50,000 notes in the track that is played, and as much beside it
_LENGTHS: Final = {0x8: 2, 0x9: 2, 0xA: 2, 0xB: 2, 0xC: 1, 0xD: 1, 0xE: 2}
_TEXTS: Final = frozenset({0x01, 0x03, 0x04, 0x06, 0x07})
_TEMPO, _SIGNATURE, _END = 0x51, 0x58, 0x2F
_TEXT_BYTES: Final = 512


@dataclass(frozen=True, slots=True)
class Thinned:
    """``data``: a clean MIDI file. ``damaged``: numbers (from 1) of the tracks that were readable only in part."""

    data: bytes
    damaged: tuple[int, ...]


class _Damaged(Exception):
    """This track cannot be read any further."""


def thin(data: bytes) -> Thinned:
    """The same music without what is not needed. Raises ``TargetError`` when there is no music to be read at all."""
    body = data[data.find(b"MThd") :]
    if len(body) < 14:
        raise TargetError("this MIDI file ends before its first track; export it again")
    header_bytes = int.from_bytes(body[4:8], "big")
    kind, division = int.from_bytes(body[8:10], "big"), int.from_bytes(body[12:14], "big")
    if kind > 2 or not 6 <= header_bytes <= 1024 or division == 0:
        raise TargetError("the header of this MIDI file is damaged; export it again")
    budget = _Budget()
    tracks, damaged = [], []
    for number, (chunk, whole) in enumerate(_tracks(body, 8 + header_bytes), 1):
        events, clean = _thin_track(chunk, budget)
        tracks.append(events)
        if not (clean and whole):
            damaged.append(number)
    if not tracks:
        raise TargetError("this MIDI file has no track that could be read; export it again")
    header = kind.to_bytes(2, "big") + len(tracks).to_bytes(2, "big") + division.to_bytes(2, "big")
    chunks = [b"MThd" + (6).to_bytes(4, "big") + header]
    chunks += [b"MTrk" + len(track).to_bytes(4, "big") + track for track in tracks]
    return Thinned(b"".join(chunks), tuple(damaged))


@dataclass(slots=True)
class _Budget:
    events: int = EVENTS_MAX
    kept: int = KEPT_MAX

    def spend(self) -> None:
        self.events -= 1
        if self.events < 0:
            raise TargetError(f"this MIDI file has more than {EVENTS_MAX:,} events; export the guitar's track alone")

    def keep(self) -> None:
        self.kept -= 1
        if self.kept < 0:
            raise TargetError(f"this MIDI file has more than {KEPT_MAX // 2:,} notes; export the guitar's track alone")


def _tracks(body: bytes, start: int) -> list[tuple[bytes, bool]]:
    """The track chunks, each with whether it is all there. Chunks of other kinds are skipped, as the standard says."""
    found: list[tuple[bytes, bool]] = []
    while start + 8 <= len(body) and len(found) < TRACKS_MAX:
        size = int.from_bytes(body[start + 4 : start + 8], "big")
        if body[start : start + 4] == b"MTrk":
            found.append((body[start + 8 : start + 8 + size], start + 8 + size <= len(body)))
        start += 8 + size
    return found


def _thin_track(chunk: bytes, budget: _Budget) -> tuple[bytes, bool]:
    """The events to keep, in running order with an end; and whether the chunk was sound to its end."""
    kept = bytearray()
    place, status, waited = 0, 0, 0
    try:
        while place < len(chunk):
            budget.spend()
            delta, place = _number(chunk, place)
            waited += delta
            if chunk[place] >= 0x80:
                event, place = chunk[place], place + 1
                status = event if event < 0xF0 else 0
            else:
                event = status
            stop, content = _event(chunk, place, event)
            if event == 0xFF and chunk[place] == _END:
                break
            if content:
                budget.keep()
                kept += _varint(waited) + content
                waited = 0
            place = stop
    except (_Damaged, IndexError):
        return bytes(kept) + _varint(waited) + bytes((0xFF, _END, 0)), False
    return bytes(kept) + _varint(waited) + bytes((0xFF, _END, 0)), True


def _event(chunk: bytes, place: int, event: int) -> tuple[int, bytes]:
    """Where the event's data ends, and the event as it is to be kept (empty: not)."""
    if event == 0xFF:
        size, start = _number(chunk, place + 1)
        if start + size > len(chunk):
            raise _Damaged
        return start + size, _meta(chunk[place], chunk[start : start + min(size, _TEXT_BYTES)])
    if event in {0xF0, 0xF7}:
        size, start = _number(chunk, place)
        return start + size, b""
    length = _LENGTHS.get(event >> 4)
    if length is None or place + length > len(chunk):
        raise _Damaged
    content = chunk[place : place + length]
    if max(content) > 0x7F:
        raise _Damaged
    return place + length, bytes((event,)) + content if event >> 4 in {0x8, 0x9, 0xC} else b""


def _meta(kind: int, content: bytes) -> bytes:
    if kind == _TEMPO and len(content) != 3:
        return b""
    if kind == _SIGNATURE:
        # What the metronome does with it is of no use here; four bytes are what mido unpacks.
        content = (content + b"\x18\x08")[:4] if len(content) >= 2 else b""
    wanted = kind in _TEXTS or kind in {_TEMPO, _SIGNATURE}
    return bytes((0xFF, kind)) + _varint(len(content)) + content if wanted and content else b""


def _number(chunk: bytes, place: int) -> tuple[int, int]:
    """A variable-length quantity, at most four bytes, and where it ends."""
    value = 0
    for offset in range(4):
        byte = chunk[place + offset]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, place + offset + 1
    raise _Damaged


def _varint(value: int) -> bytes:
    parts = [value & 0x7F]
    while value := value >> 7:
        parts.append(value & 0x7F | 0x80)
    return bytes(reversed(parts))
