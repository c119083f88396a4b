"""Fixtures of the web: the application without a socket, and the whole server on a free loopback port."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx
import pytest

from tests.rigs.browser import chromium, phone, shot
from tests.webui.fake_pedal import FakePedal
from webui.app import build_app
from webui.config import WebConfig
from webui.live import LiveFeed
from webui.pairing import Pairing
from webui.security import COOKIE
from webui.server import WebServer
from webui.tokens import PairedBrowser

__all__ = ["chromium", "phone", "shot"]

API_TOKEN = "the-owner-of-the-directory"
DEADLINE_S = 10.0
T = TypeVar("T")


@dataclass
class MemoryTokenStore:
    """Keeps browsers in memory; ``broken`` is a disk that will not write."""

    browsers: tuple[PairedBrowser, ...] = ()
    broken: bool = False

    def load(self) -> tuple[PairedBrowser, ...]:
        return self.browsers

    def save(self, browsers: Sequence[PairedBrowser]) -> None:
        if self.broken:
            raise OSError(30, "Read-only file system")
        self.browsers = tuple(browsers)


@dataclass
class HeldClock:
    """Seconds that pass when the test says so."""

    now_s: float = 1000.0

    def __call__(self) -> float:
        return self.now_s


@dataclass
class Web:
    """The application, asked without a socket. ``paired`` requests carry a cookie and this page's own Origin."""

    pedal: FakePedal
    store: MemoryTokenStore
    clock: HeldClock
    config: WebConfig
    runner: asyncio.Runner
    pairing: Pairing = field(init=False)
    feed: LiveFeed = field(init=False)

    def __post_init__(self) -> None:
        self.pairing = Pairing(self.store, api_token=API_TOKEN, clock=self.clock)
        self.feed = LiveFeed(self.pedal)
        self.app = build_app(self.pedal, self.config, self.pairing, self.feed)
        self._token = self.pairing.redeem_link(self.pairing.one_time_link().removeprefix("/pair/"))

    def ask(self, method: str, path: str, *, paired: bool = True, **options: Any) -> httpx.Response:
        headers = {"host": "localhost:8080"}
        if method not in {"GET", "HEAD"}:
            headers["origin"] = "http://localhost:8080"
        if paired:
            headers["cookie"] = f"{COOKIE}={self._token}"
        headers |= options.pop("headers", {})
        headers = {name: value for name, value in headers.items() if value is not None}

        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False, client=("127.0.0.1", 5))
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as client:
                return await client.request(method, path, headers=headers, **options)

        return self.runner.run(send())

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.ask("GET", path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> httpx.Response:
        return self.ask("POST", path, **({"json": body} if body is not None else {}), **options)


@pytest.fixture
def make_web() -> Iterator[Callable[..., Web]]:
    with asyncio.Runner() as runner:

        def make(pedal: FakePedal | None = None, **config: Any) -> Web:
            config.setdefault("simulated", True)
            pedal = pedal or FakePedal(simulated=config["simulated"], stored=7)
            return Web(pedal, MemoryTokenStore(), HeldClock(), WebConfig(**config), runner)

        yield make


@pytest.fixture
def web(make_web: Callable[..., Web]) -> Web:
    return make_web()


class RunningServer:
    """The real server in a thread with its own event loop; ``call`` runs something in that loop and waits."""

    def __init__(self, pedal: FakePedal, **config: Any) -> None:
        self.pedal = pedal
        self.store = MemoryTokenStore()
        self.port = 0
        self._config = WebConfig(**({"port": 0, "simulated": pedal.simulated} | config))
        self._ready = threading.Event()
        self._stopped: asyncio.Event
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="webui-under-test")

    def __enter__(self) -> "RunningServer":
        self._thread.start()
        assert self._ready.wait(DEADLINE_S)
        if self._error:
            raise self._error
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stopped.set)
        self._thread.join(DEADLINE_S)
        assert not self._thread.is_alive(), "the server did not stop"
        if self._error:
            raise self._error

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:  # noqa: BLE001 - handed to the test's thread, which raises it
            self._error = error
            self._ready.set()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopped = asyncio.Event()
        self.pairing = Pairing(self.store, api_token=API_TOKEN)
        self.server = WebServer(self.pedal, self._config, self.pairing)
        self.port = await self.server.start()
        self._ready.set()
        await self._stopped.wait()
        await self.server.stop()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(DEADLINE_S)

    def call(self, function: Callable[..., T], *arguments: Any) -> T:
        done: Future[T] = Future()

        def act() -> None:
            try:
                done.set_result(function(*arguments))
            except Exception as error:  # noqa: BLE001 - handed to the test's thread, which raises it
                done.set_exception(error)

        self._loop.call_soon_threadsafe(act)
        return done.result(DEADLINE_S)

    def advance(self, seconds: float) -> None:
        """Let the pedal's clock run, and say so to the page."""
        self.call(self.pedal.advance, seconds)
        self.call(self.server.notify)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def link(self) -> str:
        return self.url + self.call(self.pairing.one_time_link)

    def token(self) -> str:
        """A cookie of a paired browser."""
        return self.call(lambda: self.pairing.redeem_link(self.pairing.one_time_link().removeprefix("/pair/")))


@pytest.fixture
def server() -> Iterator[RunningServer]:
    with RunningServer(FakePedal(stored=7)) as running:
        yield running
