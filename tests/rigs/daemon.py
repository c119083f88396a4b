"""The real daemon as its own process: start it, press it, watch it live, kill it. Nothing here sleeps; it waits."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from websockets.sync.client import connect

from pedal.cli.talk import ask
from pedal.datadir import TOKEN, daemon_address

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 30.0
State = dict[str, Any]


class Daemon:
    """``pedal run`` on the simulated board, its page on a free port."""

    def __init__(self, data: Path, *flags: str, environment: dict[str, str] | None = None) -> None:
        self.data = data
        command = [sys.executable, "-P", "-m", "pedal", "run", "--board", "sim", "--data", str(data), "--port", "0"]
        self.process = subprocess.Popen(
            [*command, *flags],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=os.environ | (environment or {}),
        )
        self.url = self._line().rsplit(" ", 1)[-1]
        self.pairing_url = self._line().rsplit(" ", 1)[-1]

    def _line(self) -> str:
        line = self.process.stdout.readline().strip()
        if not line:
            self.process.kill()
            raise RuntimeError(f"the daemon did not start: {self.process.communicate()[1]}")
        return line

    def get(self, path: str) -> Any:
        """One GET of the API, as the owner."""
        return ask(self.data, "GET", f"/api/v1/{path}")

    def post(self, path: str, body: Any = None) -> Any:
        """One POST of the API, as the owner."""
        return ask(self.data, "POST", f"/api/v1/{path}", body)

    def patch(self, path: str, body: Any) -> Any:
        """One PATCH of the API, as the owner."""
        return ask(self.data, "PATCH", f"/api/v1/{path}", body)

    def press(self, *spans_s: tuple[float, float]) -> None:
        """Press and let go at these times from now."""
        edges = [
            {"at_s": at, "pressed": down} for span in spans_s for at, down in zip(span, (True, False), strict=True)
        ]
        self.post("board/edges", {"edges": edges})

    def until(self, true_of: Callable[[State], Any], patience_s: float = PATIENCE_S) -> State:
        """The first live state of which it is true; fails with the last one after ``patience_s``."""
        give_up_s = time.monotonic() + patience_s
        port = daemon_address(self.data).port
        headers = {"Authorization": f"Bearer {(self.data / TOKEN).read_text()}"}
        with connect(f"ws://127.0.0.1:{port}/api/v1/live", additional_headers=headers) as live:
            while True:
                message = json.loads(live.recv(timeout=patience_s))
                state: State = message.get("state", {})
                if state and true_of(state):
                    return state
                if time.monotonic() > give_up_s:
                    raise AssertionError(f"not within {patience_s} s; the last state was {state}")

    def terminate(self) -> int:
        """SIGTERM; returns the exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE_S)

    def kill_everything(self) -> None:
        """kill -9 of the hub and the engine at once: the plug is pulled."""
        children = self._children()
        for pid in (self.process.pid, *children):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait(PATIENCE_S)

    def engine_pid(self) -> int:
        """The engine's process id; 0 between two engines."""
        return next(iter(self._children()), 0)

    def _children(self) -> list[int]:
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in path.read_text().split()]

    def errors(self) -> str:
        """What it wrote on standard error; once it has ended."""
        return self.process.stderr.read()

    def close(self) -> None:
        """Whatever happened, it is gone afterwards."""
        if self.process.poll() is None:
            self.kill_everything()
        self.process.stdout.close()
        self.process.stderr.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _t: type[BaseException] | None, _e: BaseException | None, _tb: TracebackType | None) -> None:
        self.close()


def playing(state: State) -> bool:
    """A session runs and has heard something."""
    return state["session"] is not None and state["session"]["notes"] > 3
