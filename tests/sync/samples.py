"""Sessions made by hand, small enough to read."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from dsp.types import BeatError, Metrics, SessionSetup, Summary
from sync.ids import new_id
from sync.records import SessionEnd, SessionHeader
from sync.store import Store

BOOT_ID = "6f1d2f5e-9d0f-4a53-8f0e-1c6a37d0b001"
SECOND_NS = 1_000_000_000

METRICS = Metrics(
    pitch_accuracy=0.91,
    scale_conformity=0.8,
    timing_stability=None,
    noise_control=0.7,
    quality=0.85,
    by_beat=(BeatError("1", -3.5, 12), BeatError("1&", 22.0, 11)),
    not_scored={"timing_stability": "too few notes"},
)
SUMMARY = Summary(
    duration_s=61.4, notes=40, correct_notes=35, wrong_notes=5, unique_notes=7, marks=1, gaps=0, metrics=METRICS
)
END = SessionEnd(end_boottime_ns=99 * SECOND_NS, end_wall="2026-11-20T06:31:40Z", ended_by="stop")


def header(session_id: str | None = None, **changes: Any) -> SessionHeader:
    made = SessionHeader(
        session_id=session_id or new_id(),
        player="Player 1",
        setup=SessionSetup(),
        boot_id=BOOT_ID,
        start_boottime_ns=30 * SECOND_NS,
        start_wall="2026-11-20T06:30:31Z",
        wall_source="ntp",
    )
    return replace(made, **changes)


def lines(count: int, first: int = 0) -> list[bytes]:
    """Entries of about the size that dsp.log writes."""
    return [
        json.dumps(
            {
                "kind": "note_ended",
                "segment": 1,
                "note_id": n,
                "offset_sample": 48_000 + 24_013 * n,
                "midi": 40 + n % 24,
                "cents": round((n * 37 % 101 - 50) / 3, 2),
                "confidence": round(1 - (n * 17 % 40) / 100, 3),
            }
        ).encode()
        for n in range(first, first + count)
    ]


def keep(store: Store, session_id: str | None = None, **changes: Any) -> str:
    """Put one closed session into the store, the short way."""
    made = header(session_id, **changes)
    store.add_finished(made, lines(3), END, SUMMARY).result(10)
    return made.session_id


def started(folder: Path) -> Store:
    store = Store(folder)
    store.start()
    return store
