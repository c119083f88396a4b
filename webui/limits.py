"""How much one client may ask: requests per second, and bytes per request."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable

from starlette.types import Message, Receive

from webui.errors import Refused

BODY_BYTES_MAX = 64 * 1024
BODY_SECONDS_MAX = 10.0
# The routes that take a file as it is, and how much of it. A phone at the edge of the WiFi gets its time.
UPLOADS = {("PUT", "/api/v1/target"): 10_000_000}
UPLOAD_SECONDS_MAX = 60.0


class RateLimiter:
    """A token bucket per client address; ``clock`` is monotonic seconds.

    At most ``addresses_max`` are remembered; one more forgets the longest silent.
    """

    def __init__(
        self,
        per_second: float = 50.0,
        burst: int = 200,
        addresses_max: int = 256,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._per_second = per_second
        self._burst = float(burst)
        self._addresses_max = addresses_max
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def allows(self, address: str) -> bool:
        """Take one token from the bucket of this address, if there is one."""
        now = self._clock()
        tokens, filled_at = self._buckets.pop(address, (self._burst, now))
        tokens = min(self._burst, tokens + (now - filled_at) * self._per_second)
        allowed = tokens >= 1.0
        self._buckets[address] = (tokens - 1.0 if allowed else tokens, now)
        while len(self._buckets) > self._addresses_max:
            self._buckets.popitem(last=False)
        return allowed


def too_large(bytes_max: int) -> Refused:
    """The answer to a body over the limit."""
    limit = "64 kB" if bytes_max == BODY_BYTES_MAX else f"{bytes_max // 1_000_000} MB"
    return Refused(413, "too_large", f"the body is larger than {limit}")


async def _read(receive: Receive, bytes_max: int) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refused(400, "malformed", "the request ended too early")
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > bytes_max:
            raise too_large(bytes_max)
        chunks.append(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks)


async def read_body(receive: Receive, bytes_max: int = BODY_BYTES_MAX, seconds_max: float | None = None) -> bytes:
    """The whole body, counted as it streams in. Raises ``Refused``: too large, or dripping for too long."""
    seconds_max = BODY_SECONDS_MAX if seconds_max is None else seconds_max
    try:
        async with asyncio.timeout(seconds_max):
            return await _read(receive, bytes_max)
    except TimeoutError:
        raise Refused(408, "too_slow", f"the body did not arrive in {seconds_max:g} s") from None


def replay(body: bytes, receive: Receive) -> Receive:
    """A ``receive`` that gives the body once, and then what comes after it."""
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
