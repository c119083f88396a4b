"""Reads one file that should be played, in a process of its own: ``python -P -m pedal.target_reader NAME [TRACK]``.

The file comes on standard input and from a stranger. Whatever it does to its parser, the hub goes on: this process may
use so much processor time and memory and no more, and is ended when it takes too long. One JSON object comes out:
``{"target": ..., "tracks": [...]}`` or ``{"error": "one line"}``.
"""

import json
import os
import resource
import sys
from dataclasses import asdict
from typing import Any, Final

from dsp.follow.bounds import BYTES_MAX
from dsp.follow.read import read_target, tracks_of
from dsp.follow.steps import laid_out
from pedal.target_file import to_bytes

CPU_S_MAX: Final = 15
MEMORY_BYTES_MAX: Final = 1_500_000_000  # address space; NumPy alone maps 300 MB
TRACKS_MAX: Final = 64
NICE: Final = 10


def read(data: bytes, name: str, track: str) -> dict[str, Any]:
    """What the hub is told about these bytes."""
    try:
        target = read_target(data, name, track=int(track) if track.isdecimal() else track or None)
        laid_out(target)  # what cannot be followed is refused now, and not at the stomp
        tracks = tracks_of(data, name)
    except ValueError as error:  # TargetError is one
        return {"error": str(error)}
    listed = [{k: v for k, v in asdict(one).items() if k in {"number", "name", "notes"}} for one in tracks]
    return {"target": json.loads(to_bytes(target)), "tracks": listed[:TRACKS_MAX]}


def main() -> None:
    """Bounded before the first byte is looked at."""
    os.nice(NICE)
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S_MAX, CPU_S_MAX))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES_MAX, MEMORY_BYTES_MAX))
    name, track = (*sys.argv[1:], "", "")[:2]
    json.dump(read(sys.stdin.buffer.read(BYTES_MAX + 1), name, track), sys.stdout, allow_nan=False)


if __name__ == "__main__":
    main()
