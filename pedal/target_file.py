"""A target as the pedal keeps it: plain JSON that was made from a stranger's file once, and is never parsed as that
file again. Pure.

Notes and bars are arrays (beat, duration, pitch ...), because a piece has thousands of them, and a few hundred of them
are a line: one call of the JSON parser holds the interpreter until it is done, and the hub's loop waits for it.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any, Final

from dsp.follow.bounds import BARS_MAX, NOTES_MAX, SEGMENTS_MAX, TEMPI_MAX
from dsp.follow.target import Bar, Segment, Target, TargetNote, TempoChange

PIECE_KEY: Final = "piece"
VERSION: Final = 1
BYTES_MAX: Final = 8_000_000  # 50,000 notes with 15 digits each
ROWS: Final = 250
LIMITS: Final = {"notes": NOTES_MAX, "bars": BARS_MAX, "tempi": TEMPI_MAX, "segments": SEGMENTS_MAX}


@dataclass(frozen=True, slots=True)
class Piece:
    """What is to be played, in a few words. ``piece_id`` names the kept file: 32 hexadecimal digits of its content.

    ``segments``: names, in order; ``bars``: as played, repeats unfolded.
    """

    piece_id: str
    title: str
    source: str
    track: str
    notes: int
    bars: int
    segments: tuple[str, ...] = ()


def to_bytes(target: Target) -> bytes:
    """The file that is kept: a line of JSON for the head, and one for each few hundred rows."""
    head = {"version": VERSION, "title": target.title, "source": target.source, "track": target.track}
    rows: dict[str, list[list[Any]]] = {
        "notes": [[n.beat, n.duration_beats, n.midi, n.bar, int(n.stroke)] for n in target.notes],
        "bars": [[b.number, b.beat, b.length_beats] for b in target.bars],
        "tempi": [[t.beat, t.bpm] for t in target.tempi],
        "segments": [[s.name, s.first_bar, s.last_bar] for s in target.segments],
    }
    lines: list[Any] = [head]
    lines += [[kind, every[at : at + ROWS]] for kind, every in rows.items() for at in range(0, len(every), ROWS)]
    return b"".join(json.dumps(line, separators=(",", ":"), allow_nan=False).encode() + b"\n" for line in lines)


def from_bytes(data: bytes) -> Target:
    """Inverse of ``to_bytes``. Raises ``ValueError`` with one line for what is damaged or of a newer pedal."""
    try:
        first, *rest = data.splitlines()
        head = json.loads(first)
        known = head["version"] == VERSION
        target = _target(head, _rows(rest)) if known else None
    except (ValueError, KeyError, TypeError, RecursionError, OverflowError) as error:
        raise ValueError("the kept piece is damaged: give its file again") from error
    if target is None:
        raise ValueError("the piece was kept by a newer pedal: give its file again")
    return target


def _rows(lines: list[bytes]) -> dict[str, list[Any]]:
    rows: dict[str, list[Any]] = {kind: [] for kind in LIMITS}
    for line in lines:
        kind, some = json.loads(line)
        rows[kind] += some
        if len(rows[kind]) > LIMITS[kind]:
            raise ValueError(f"more {kind} than were ever kept")
    return rows


def piece_of(target: Target, data: bytes) -> Piece:
    """In a few words; ``data`` is what ``to_bytes`` made of it."""
    return Piece(
        hashlib.sha256(data).hexdigest()[:32],
        target.title,
        target.source,
        target.track,
        len(target.notes),
        len(target.bars),
        tuple(segment.name for segment in target.segments),
    )


def _target(head: dict[str, Any], rows: dict[str, list[Any]]) -> Target:
    notes = tuple(
        TargetNote(index, float(beat), float(duration), int(midi), int(bar), bool(stroke))
        for index, (beat, duration, midi, bar, stroke) in enumerate(rows["notes"])
    )
    return Target(
        str(head["title"]),
        notes,
        tuple(Bar(int(number), float(beat), float(length)) for number, beat, length in rows["bars"]),
        tuple(TempoChange(float(beat), float(bpm)) for beat, bpm in rows["tempi"]) or (TempoChange(0.0, 120.0),),
        tuple(Segment(str(name), int(first), int(last)) for name, first, last in rows["segments"]),
        str(head["source"]),
        str(head["track"]),
    )
