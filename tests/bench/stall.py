"""The hub stands still for 5 s: no note may be missing afterwards."""

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dsp.pipeline import PipelineConfig
from dsp.types import NoteStarted
from pedal.early import DEMO_TAKE
from pedal.hearing import hear
from tests.bench.start import Row
from tests.rigs.daemon import Daemon

STALL_S = 5.0


def measure(folder: Path) -> Iterator[Row]:
    with Daemon(folder / "data") as daemon:
        daemon.post("session/start")
        before = daemon.until(lambda s: s["session"] is not None and s["session"]["notes"] > 5)
        session_id = before["session"]["session_id"]
        os.kill(daemon.process.pid, signal.SIGSTOP)
        threading.Event().wait(STALL_S)
        os.kill(daemon.process.pid, signal.SIGCONT)
        daemon.until(lambda s: s["session"]["notes"] > before["session"]["notes"] + 25)
        daemon.post("session/stop")
        daemon.until(lambda s: s["review"] is not None)
        detail = daemon.get(f"sessions/{session_id}")
    missing = missing_notes(detail)
    yield f"notes lost with the hub stopped for {STALL_S:g} s", str(missing), "0", missing == 0
    gaps = len(detail["gaps_s"])
    yield "gaps in the sound meanwhile", str(gaps), "0", gaps == 0


def missing_notes(detail: dict[str, Any]) -> int:
    """Notes that the same ear reports of the same recording, offline, and that the stored session lacks.

    The session began somewhere in the recording; its first note tells where. Onsets are exact to the sample.
    """
    heard = hear(DEMO_TAKE, PipelineConfig()).entries
    truth = [(round(e.onset_sample / 48_000, 3), e.midi) for e in heard if isinstance(e, NoteStarted)]
    kept = [n["onset_s"] for n in detail["timeline"]]
    best = len(truth)
    for first, _ in truth:
        shifted = [at - kept[0] + first for at in kept]
        within = [at for at, _ in truth if first <= at <= shifted[-1] + 0.001]
        lacking = sum(all(abs(at - there) > 0.002 for there in shifted) for at in within)
        if len(within) >= len(kept) - 1:
            best = min(best, lacking)
    return best
