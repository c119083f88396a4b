"""How much an hour of practice writes to the card, counted by the kernel; for tests and the benchmark.

The counter is ``wchar`` of /proc/self/io, taken in a process of its own that does nothing but feed a store: every
write() and pwrite() of database, WAL and checkpoints. (Shared memory of the WAL index is mapped and never synced.)
"""

import json
import random
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tests.sync.samples import END, SECOND_NS, SUMMARY, header, started

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class CardWrites:
    """What one hour cost. ``closing_bytes`` is the close and the last checkpoint, part of ``total_bytes``."""

    commits: int
    commits_per_minute: float
    entry_bytes: float
    total_bytes: int
    closing_bytes: int
    commit_ms_median: float
    commit_ms_max: float


def playing(count: int, seed: int) -> list[bytes]:
    """Entries with the disorder of real playing, so that they shrink no better than real ones; 120 bytes on average."""
    rnd = random.Random(seed)
    return [
        json.dumps(
            {
                "k": "ended",
                "segment": 1,
                "note_id": seed * count + n,
                "offset_sample": (seed * count + n) * 6000 + rnd.randrange(6000),
                "midi": rnd.randrange(40, 76),
                "cents": round(rnd.gauss(0, 9), 3),
                "confidence": round(rnd.random(), 4),
                "level_dbfs": round(rnd.uniform(-40, -6), 2),
            },
            separators=(",", ":"),
        ).encode()
        for n in range(count)
    ]


def _written() -> int:
    fields = dict(line.split(": ") for line in Path("/proc/self/io").read_text().splitlines())
    return int(fields["wchar"])


def feed(folder: Path, batches: int, entries: int) -> CardWrites:
    """Write ``batches`` appends of ``entries`` and close; in this very process."""
    head = header()
    taken_ms = []
    size = 0
    before = _written()
    store = started(folder)
    store.open_session(head).result(60)
    for n in range(batches):
        lines = playing(entries, n)
        size += sum(map(len, lines))
        begun = time.perf_counter()
        store.append(head.session_id, lines, (32 + 2 * n) * SECOND_NS).result(60)
        taken_ms.append((time.perf_counter() - begun) * 1000)
    playing_bytes = _written() - before
    store.close_session(head.session_id, END, SUMMARY).result(60)
    store.stop()
    total = _written() - before
    commits = batches + 4  # open, and the three steps of closing
    return CardWrites(
        commits,
        round(commits / (batches * 2 / 60), 1),
        round(size / max(1, batches * entries), 1),
        total,
        total - playing_bytes,
        round(sorted(taken_ms)[len(taken_ms) // 2], 2),
        round(max(taken_ms), 2),
    )


def hour_of_practice(folder: Path, batches: int = 1800, entries: int = 16) -> CardWrites:
    """Run ``feed`` in a process of its own: one append every 2 s for an hour unless said otherwise."""
    command = [sys.executable, "-P", "-m", "tests.sync.card_writes", str(folder), str(batches), str(entries)]
    done = subprocess.run(command, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, capture_output=True, check=True, text=True)
    return CardWrites(**json.loads(done.stdout))


if __name__ == "__main__":
    print(json.dumps(feed(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])).__dict__))
