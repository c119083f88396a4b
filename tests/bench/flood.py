"""The page is flooded while the pedal listens through real PortAudio: the ear must not notice.

A guitar plays the demo take into a JACK server without hardware; the same stretch is heard once in peace and once with
wrk and ten live sockets on the page.
"""

import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from pedal.datadir import TOKEN
from pedal.early import DEMO_TAKE
from tests.bench.stall import missing_notes
from tests.bench.start import Row
from tests.rigs.daemon import Daemon
from tests.rigs.jackd import JackRig

SECONDS = 20
SOCKETS = 10


@dataclass(frozen=True)
class Heard:
    notes: int
    missing: int
    gaps: int
    xruns: int
    requests: int = 0
    updates: int = 0


def measure(folder: Path) -> Iterator[Row]:
    if shutil.which("wrk") is None or shutil.which("jackd") is None:
        yield "flood: needs wrk and jackd (apt install wrk jackd2)", "not measured", "", False
        return
    peace, flood = _listen(folder / "peace", flooded=False), _listen(folder / "flood", flooded=True)
    yield "in peace: notes, missing, gaps, xruns", f"{peace.notes} {peace.missing} {peace.gaps} {peace.xruns}", "", True
    yield (
        f"flooded by {flood.requests / SECONDS:.0f}/s: the same",
        (f"{flood.notes} {flood.missing} {flood.gaps} {flood.xruns}"),
        "no more than that",
        flood.missing <= peace.missing and flood.gaps <= peace.gaps and flood.xruns <= peace.xruns + 3,
    )
    yield f"live updates to each of {SOCKETS} sockets", f"{flood.updates / SOCKETS / SECONDS:.1f}/s", "", True


def _listen(data: Path, *, flooded: bool) -> Heard:
    with ExitStack() as stack:
        rig = stack.enter_context(JackRig(synchronous=False))
        guitar = stack.enter_context(rig.guitar(recording=DEMO_TAKE))
        daemon = stack.enter_context(Daemon(data, "--audio", guitar.name, environment=rig.environment))
        daemon.until(lambda s: s["heard"] is not None)
        xruns = rig.xruns()
        daemon.post("session/start")
        flood = stack.enter_context(_Flood(daemon)) if flooded else None
        state = daemon.until(lambda s: s["session"]["elapsed_s"] > SECONDS, patience_s=3 * SECONDS)
        requests = flood.stop() if flood else 0
        xruns = rig.xruns() - xruns
        daemon.post("session/stop")
        daemon.until(lambda s: s["review"] is not None)
        detail = daemon.get(f"sessions/{state['session']['session_id']}")
    updates = flood.updates if flood else 0
    return Heard(detail["notes"], missing_notes(detail), len(detail["gaps_s"]), xruns, requests, updates)


class _Flood:
    """wrk on the page, and ten phones that read as fast as they can."""

    def __init__(self, daemon: Daemon) -> None:
        self._url = daemon.url.replace("localhost", "127.0.0.1")
        self._headers = {"Authorization": f"Bearer {(daemon.data / TOKEN).read_text()}"}
        self._done = threading.Event()
        self._phones = [threading.Thread(target=self._phone) for _ in range(SOCKETS)]
        self.updates = 0

    def __enter__(self) -> "_Flood":
        for phone in self._phones:
            phone.start()
        command = ["wrk", "-t1", "-c20", f"-d{SECONDS - 2}s", "-H", f"Authorization: {self._headers['Authorization']}"]
        self._wrk = subprocess.Popen([*command, f"{self._url}/api/v1/state"], stdout=subprocess.PIPE, text=True)
        return self

    def stop(self) -> int:
        """Returns how many requests were answered."""
        out = self._wrk.communicate(timeout=60)[0]
        return next(int(line.split()[0]) for line in out.splitlines() if "requests in" in line)

    def __exit__(self, *_: object) -> None:
        self._done.set()
        for phone in self._phones:
            phone.join()
        if self._wrk.poll() is None:
            self._wrk.kill()

    def _phone(self) -> None:
        url = self._url.replace("http", "ws") + "/api/v1/live"
        with connect(url, additional_headers=self._headers) as live:
            while not self._done.is_set():
                try:
                    json.loads(live.recv(timeout=5))
                except ConnectionClosed:
                    return
                self.updates += 1
