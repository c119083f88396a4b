"""``pedal latency``: have the running daemon measure the sound card's round trip, and say what it found."""

import argparse
import json
import sys
import time
from typing import Any, Final

from pedal.cli.errors import Failed
from pedal.cli.talk import ask

PATIENCE_S: Final = 20.0
LOOK_AGAIN_S: Final = 0.2


def latency(parsed: argparse.Namespace) -> None:
    """Measure, wait for the result, print it. With ``--cable`` the simulated board's cable is there meanwhile."""
    if parsed.cable:
        ask(parsed.data, "POST", "/api/v1/board/cable", {"plugged": True})
    try:
        found = _measure(parsed)
    finally:
        if parsed.cable:
            ask(parsed.data, "POST", "/api/v1/board/cable", {"plugged": False})
    if found["refused"] is not None or found["latency_ms"] is None:
        raise Failed(f"{found['card']}: {found['text']}")
    text = f"{found['card']}: {found['text']}; {found['steps']} chirps within {found['spread_samples']:.2f} samples"
    sys.stdout.write((json.dumps(found) if parsed.json else text) + "\n")


def _measure(parsed: argparse.Namespace) -> dict[str, Any]:
    give_up_s = time.monotonic() + PATIENCE_S
    state = ask(parsed.data, "POST", "/api/v1/round-trip")
    while state["round_trip"]["step"] is not None:
        if time.monotonic() > give_up_s:
            raise Failed(f"no result within {PATIENCE_S:g} s: try again")
        time.sleep(LOOK_AGAIN_S)
        state = ask(parsed.data, "GET", "/api/v1/state")
    found: dict[str, Any] = state["round_trip"]
    return found
