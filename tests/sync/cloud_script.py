"""A cloud that answers from a script: the transport is the seam, so no test of the protocol needs a socket."""

import json
import threading
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import httpx

from sync.cloud import CloudConfig

CONFIG = CloudConfig("https://cloud.example", "anon-key", "token-of-tests", "user-1", total_s=5.0)
Step: TypeAlias = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


def shows(*ids: str, status: int = 201, **headers: str) -> httpx.Response:
    """What PostgREST answers when these rows were stored."""
    return httpx.Response(
        status,
        json=[{"session_id": session_id} for session_id in ids],
        headers={"Content-Range": "*/*", "Preference-Applied": "resolution=ignore-duplicates", **headers},
    )


def refuses(status: int, code: str, message: str = "because", **headers: str) -> httpx.Response:
    """An error as PostgREST words it."""
    body = {"code": code, "message": message, "details": None, "hint": None}
    return httpx.Response(status, json=body, headers=headers)


def portal() -> httpx.Response:
    """What a captive portal says to everything."""
    return httpx.Response(200, html="<html>Welcome to the hotel</html>")


def stores_all(request: httpx.Request) -> httpx.Response:
    """A server in its best mood."""
    return shows(*(row["session_id"] for row in json.loads(request.content)))


class ScriptedCloud(httpx.BaseTransport):
    """Gives one answer after the other, then the last one for ever; keeps the requests."""

    def __init__(self, *steps: Step) -> None:
        self._steps = list(steps)
        self._lock = threading.Lock()
        self.requests: list[httpx.Request] = []

    def then(self, *steps: Step) -> None:
        """Replace what comes next."""
        with self._lock:
            self._steps = list(steps)

    def bodies(self) -> list[Any]:
        return [json.loads(request.content) for request in self.requests if request.method == "POST"]

    def sizes(self) -> Sequence[int]:
        return [len(body) for body in self.bodies()]

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        with self._lock:
            self.requests.append(request)
            step = self._steps.pop(0) if len(self._steps) > 1 else self._steps[0]
        if isinstance(step, Exception):
            raise step
        if isinstance(step, httpx.Response):
            return httpx.Response(step.status_code, headers=step.headers, content=step.content)
        return step(request)


class Dripping(httpx.SyncByteStream):
    """A body that never ends and never pauses long enough for a read timeout."""

    def __init__(self) -> None:
        self.closed = threading.Event()

    def __iter__(self):
        while not self.closed.wait(0.01):
            yield b" "

    def close(self) -> None:
        self.closed.set()
