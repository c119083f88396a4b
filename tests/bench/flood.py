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
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from dsp.pipeline import PipelineConfig
from dsp.types import NoteStarted
from pedal.datadir import TOKEN
from pedal.early import DEMO_TAKE
from pedal.hearing import hear
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
    # In turn, and twice: this machine stalls now and then, and a stall belongs to neither.
    rounds = [(flooded, _listen(folder / f"{n}-{flooded}", flooded=flooded)) for n in range(2) for flooded in (0, 1)]
    peace, flood = ([heard for flooded, heard in rounds if flooded == wanted] for wanted in (0, 1))
    yield f"in peace, 2 × {SECONDS} s: notes, missing, gaps, xruns", _told(peace), "", True
    rate = sum(heard.requests for heard in flood) / (SECONDS - 2) / 2
    missing = sum(h.missing for h in flood), sum(h.missing for h in peace)
    gaps = sum(h.gaps for h in flood), sum(h.gaps for h in peace)
    # A gap may cost a note, whoever made it; the flood may make no more gaps than the machine does by itself.
    good = gaps[0] <= gaps[1] + 2 and missing[0] <= missing[1] + 1 + gaps[0]
    yield f"flooded by {rate:.0f} requests/s and {SOCKETS} sockets: the same", _told(flood), "as in peace", good
    yield (
        f"live updates to each of {SOCKETS} sockets",
        f"{sum(h.updates for h in flood) / SOCKETS / SECONDS / 2:.1f}/s",
        "",
        True,
    )


def _told(rounds: list["Heard"]) -> str:
    return " ".join(
        str(sum(getattr(heard, name) for heard in rounds)) for name in ("notes", "missing", "gaps", "xruns")
    )


def missing_in_order(detail: dict[str, Any]) -> int:
    """Notes of the recording, which loops, that the session lacks; by pitch and order, whatever gaps there were."""
    heard = hear(DEMO_TAKE, PipelineConfig()).entries
    truth = [e.midi for e in heard if isinstance(e, NoteStarted)] * 2
    kept = [n["midi"] for n in detail["timeline"]]
    starts = range(len(truth) // 2)
    return min(len(kept) - _in_common(truth[first : first + len(kept)], kept) for first in starts)


def _in_common(one: list[int], other: list[int]) -> int:
    blocks = SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks)


def _listen(data: Path, *, flooded: bool) -> Heard:
    with ExitStack() as stack:
        rig = stack.enter_context(JackRig(synchronous=False, realtime=True))
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
    return Heard(detail["notes"], missing_in_order(detail), len(detail["gaps_s"]), xruns, requests, updates)


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
