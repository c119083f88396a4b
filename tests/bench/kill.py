"""kill -9 of hub and engine at random moments of a session: what is there after the next start?"""

import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.rigs.daemon import ROOT, Daemon

SHORT_S_MAX = 2.0


def main(times: int, seed: int = 20_261_120) -> int:
    """Returns the exit status: 0 when nothing was lost. Prints one line per ten kills and a summary."""
    rnd = random.Random(seed)
    lost = not_closed = duplicates = 0
    short_s: list[float] = []
    with tempfile.TemporaryDirectory(prefix="pedal-kill-") as folder:
        data = Path(folder) / "data"
        seen: dict[str, float] = {}
        for turn in range(1, times + 1):
            with Daemon(data) as daemon:
                for row in _listed(data):
                    if row["session_id"] in seen:
                        short_s.append(seen.pop(row["session_id"]) - row["duration_s"])
                        not_closed += row["state"] != "closed"
                lost += len(seen)
                seen.clear()
                daemon.post("session/start")
                until_s = rnd.uniform(0.0, 6.0)
                state = daemon.until(lambda s, at=until_s: s["session"] is not None and s["session"]["elapsed_s"] >= at)
                session = state["session"]
                daemon.kill_everything()
                if session["session_id"]:
                    seen[session["session_id"]] = session["elapsed_s"]
            if turn % 10 == 0:
                print(f"{turn} kills, {lost} lost, worst {max(short_s, default=0):.2f} s short", flush=True)
        with Daemon(data):
            rows = _listed(data)
        ids = [row["session_id"] for row in rows]
        duplicates = len(ids) - len(set(ids))
        not_closed += sum(row["state"] != "closed" for row in rows)
        lost += len(set(seen) - set(ids))
        worst = max(short_s, default=0.0)
    print(
        f"kills {times}, seed {seed}: sessions there {len(rows)}, lost {lost}, not closed {not_closed}, duplicated"
        f" {duplicates}, worst {worst:.2f} s short"
    )
    return int(lost + not_closed + duplicates > 0 or worst > SHORT_S_MAX + 0.1)


def _listed(data: Path) -> list[dict[str, Any]]:
    command = [
        sys.executable,
        "-P",
        "-m",
        "pedal",
        "sessions",
        "list",
        "--json",
        "--limit",
        "1000",
        "--data",
        str(data),
    ]
    rows: list[dict[str, Any]] = json.loads(subprocess.run(command, capture_output=True, check=True, cwd=ROOT).stdout)
    return rows
