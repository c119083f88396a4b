"""The web server inside the hub's own event loop: start, notify, stop. It takes no signals and writes no access log."""

import asyncio
import contextlib
import errno
import socket
from collections.abc import Iterator
from typing import Final

import uvicorn

from webui.app import build_app
from webui.config import WebConfig
from webui.connection import GuardedProtocol
from webui.errors import PortTaken, WebError
from webui.live import LiveFeed
from webui.pairing import Pairing
from webui.ports import Pedal

BACKLOG: Final = 128
# Room for about six states. More would be a queue in the kernel: a phone that lags would see the past.
SEND_BUFFER_BYTES: Final = 32 * 1024
# Who acknowledges nothing for this long is gone, whatever is still unsent.
DEAD_PEER_MS: Final = 10_000
POLITE_STOP_S: Final = 0.5


class _Server(uvicorn.Server):
    """uvicorn without its hands on the process: signals belong to the hub."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    def abort_connections(self) -> None:
        """Drop whoever is still connected, unsent bytes and all."""
        self.force_exit = True
        for connection in list(self.server_state.connections):
            connection.transport.abort()


def open_listener(host: str, port: int) -> socket.socket:
    """A listening socket. Raises ``PortTaken`` or ``WebError`` with one line that says what to do."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind)
    except OSError as error:
        raise WebError(f"cannot serve the page on {host}: {error.strerror}; choose another address") from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Connections inherit these two from the listener.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, DEAD_PEER_MS)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        listener.bind(address)
        listener.listen(BACKLOG)
        listener.setblocking(False)
    except OSError as error:
        listener.close()
        if isinstance(error, PermissionError):
            raise WebError(f"port {port} needs more rights: choose one above 1023 with --port") from error
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(
                f"port {port} is taken: stop the program that uses it, or choose another with --port"
            ) from error
        raise WebError(f"cannot serve the page on {host}:{port}: {error.strerror}; choose another address") from error
    return listener


class WebServer:
    """The page, the API and the live socket. All methods are called from one event loop."""

    def __init__(self, pedal: Pedal, config: WebConfig, pairing: Pairing) -> None:
        self._config = config
        self._feed = LiveFeed(pedal, clients_max=config.clients_max)
        self._app = build_app(pedal, config, pairing, self._feed)
        self._server: _Server | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> int:
        """Listen. Returns the port; raises ``PortTaken`` or ``WebError``."""
        assert self._task is None, "started twice"
        listener = open_listener(self._config.host, self._config.port)
        self._server = _Server(_uvicorn_config(self._app))
        self._task = asyncio.create_task(self._server.serve(sockets=[listener]), name="webui")
        port: int = listener.getsockname()[1]
        return port

    def notify(self) -> None:
        """There is newer state. Cheap; may be called at any rate."""
        self._feed.notify()

    async def stop(self) -> None:
        """Say goodbye to every client, and be gone within a second. May be called twice, and before ``start``."""
        if self._server is None or self._task is None:
            return
        server, task = self._server, self._task
        self._server = self._task = None
        self._feed.close()
        server.should_exit = True
        _, pending = await asyncio.wait({task}, timeout=POLITE_STOP_S)
        if pending:
            server.abort_connections()
        await task


def _uvicorn_config(app: object) -> uvicorn.Config:
    return uvicorn.Config(
        app,  # type: ignore[arg-type]
        http=GuardedProtocol,
        ws="websockets-sansio",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        log_level="error",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=1,
        ws_max_size=1024,
        ws_ping_interval=10,
        ws_ping_timeout=10,
        ws_per_message_deflate=False,
    )
