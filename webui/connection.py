"""HTTP connections with limits that uvicorn does not have: how many there may be, and how long a request may take.

Without them, a stranger who opens sockets and sends nothing (slowloris) locks the player out of his own pedal.
"""

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

CONNECTIONS_MAX = 256
CONNECTIONS_PER_ADDRESS_MAX = 64
REQUEST_SECONDS_MAX = 10.0


class GuardedProtocol(H11Protocol):
    """Refuses connections over the limit, and drops one whose request is not complete within 10 s."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Count it, and give it its deadline."""
        super().connection_made(transport)
        address = self.client[0] if self.client else ""
        peers = [client[0] for other in self.connections if (client := getattr(other, "client", None))]
        same = peers.count(address)
        if len(self.connections) > CONNECTIONS_MAX or same > CONNECTIONS_PER_ADDRESS_MAX:
            transport.abort()
            return
        self._arm()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        self._disarm()
        super().connection_lost(exc)

    def handle_events(self) -> None:
        """Let uvicorn work, then see whether a request is still on its way."""
        super().handle_events()
        if self.transport.get_protocol() is not self:  # it has become a WebSocket, which may live for ever
            self._disarm()
            return
        state = self.conn.their_state
        begun = state is h11.SEND_BODY or (state is h11.IDLE and bool(self.conn.trailing_data[0]))
        if begun and self._deadline is None:
            self._arm()
        elif not begun:
            self._disarm()

    def _arm(self) -> None:
        self._deadline = self.loop.call_later(REQUEST_SECONDS_MAX, self.transport.abort)

    def _disarm(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
