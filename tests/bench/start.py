"""From process start to the first analysed block and to an answering page; memory of both processes."""

import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.rigs.daemon import ROOT, Daemon

Row = tuple[str, str, str, bool]
RUNS = 5


def measure(folder: Path) -> Iterator[Row]:
    first, page = zip(*[_one_start(folder / str(n)) for n in range(RUNS)], strict=True)
    yield _seconds(f"process start → first analysed block (median of {RUNS})", first, 0.5)
    yield _seconds(f"process start → page answering (median of {RUNS})", page, 1.2)
    with Daemon(folder / "memory") as daemon:
        daemon.post("session/start")
        daemon.until(lambda s: s["session"] is not None and s["session"]["elapsed_s"] > 20)
        yield _megabytes("engine, resident, 20 s into a session", daemon.engine_pid(), 80)
        yield _megabytes("hub, resident, 20 s into a session", daemon.process.pid, 120)


def _one_start(data: Path) -> tuple[float, float]:
    """Seconds to the hub's STATUS=listening (its first frame) and READY=1 (the page answers), told as to systemd."""
    address = f"\0pedal-bench-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(address)
        listener.settimeout(30)
        environment = os.environ | {"NOTIFY_SOCKET": "@" + address[1:]}
        command = [sys.executable, "-P", "-m", "pedal", "run", "--board", "sim", "--data", str(data), "--port", "0"]
        began = time.perf_counter()
        process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL)
        try:
            at: dict[str, float] = {}
            while not {"STATUS=listening", "READY=1"} <= at.keys():
                at.setdefault(listener.recv(256).decode(), time.perf_counter() - began)
        finally:
            process.terminate()
            process.wait(30)
    return at["STATUS=listening"], at["READY=1"]


def _seconds(name: str, values: tuple[float, ...], limit_s: float) -> Row:
    middle = statistics.median(values)
    return name, f"{middle:.2f} s", f"≤ {limit_s} s", middle <= limit_s


def _megabytes(name: str, pid: int, limit_mb: int) -> Row:
    status = Path(f"/proc/{pid}/status").read_text()
    resident = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1000
    return name, f"{resident:.0f} MB", f"≤ {limit_mb} MB", resident <= limit_mb
