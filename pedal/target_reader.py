"""Reads one file that should be played, in a process of its own: ``python -P -m pedal.target_reader NAME TRACK PARTS``.

The file comes on standard input and from a stranger. Whatever it does to its parser, the hub goes on: this process may
use so much processor time and memory and no more, and is ended when it takes too long. What comes out is a line of
JSON, ``{"piece": ..., "tracks": [...]}`` or ``{"error": "one line"}``, and after it the file as the pedal keeps it: so
the hub itself parses and writes no long JSON.
"""

import json
import os
import resource
import sys
from dataclasses import asdict
from typing import Final

from dsp.follow.bounds import BYTES_MAX
from dsp.follow.read import read_target, tracks_of
from dsp.follow.segments import parse_segments, with_segments
from dsp.follow.steps import laid_out
from pedal.target_file import piece_of, to_bytes

CPU_S_MAX: Final = 15
MEMORY_BYTES_MAX: Final = 1_500_000_000  # address space; NumPy alone maps 300 MB
TRACKS_MAX: Final = 64
SKIPPED_MAX: Final = 20
NICE: Final = 10


def read(data: bytes, name: str, track: str = "", segments: str = "") -> bytes:
    """What the hub is told about these bytes. ``segments``: bar ranges by name, "Chorus=17-24, Solo=30"."""
    try:
        target = read_target(data, name, track=int(track) if track.isdecimal() else track or None)
        target = with_segments(target, parse_segments(segments))
        laid_out(target)  # what cannot be followed is refused now, and not at the stomp
        tracks = tracks_of(data, name)
    except ValueError as error:  # TargetError is one
        return _line({"error": str(error)})
    listed = [{k: v for k, v in asdict(one).items() if k in {"number", "name", "notes"}} for one in tracks]
    kept = to_bytes(target)
    head: dict[str, object] = {"piece": asdict(piece_of(target, kept)), "tracks": listed[:TRACKS_MAX]}
    return _line(head | {"skipped": list(target.skipped[:SKIPPED_MAX])}) + kept


def _line(head: dict[str, object]) -> bytes:
    return json.dumps(head, allow_nan=False).encode() + b"\n"


def main() -> None:
    """Bounded before the first byte is looked at."""
    os.nice(NICE)
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S_MAX, CPU_S_MAX))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES_MAX, MEMORY_BYTES_MAX))
    name, track, segments = (*sys.argv[1:], "", "", "")[:3]
    sys.stdout.buffer.write(read(sys.stdin.buffer.read(BYTES_MAX + 1), name, track, segments))


if __name__ == "__main__":
    main()
