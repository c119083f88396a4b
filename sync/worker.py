"""The thread that empties the outbox whenever it can. Offline is normal: nothing is lost, nobody waits."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from random import SystemRandom
from typing import Final, Literal, TypeAlias

import httpx

from sync import outbox
from sync.backoff import Pacer
from sync.cloud import Cloud, CloudConfig
from sync.database import PEDAL_DB, reading
from sync.errors import AuthHeld, Held, Offline, Portal, Retry, SyncError
from sync.push import PushReport, push_waiting
from sync.store import Store

CloudHealth: TypeAlias = Literal["off", "offline", "portal", "held", "ok", "waiting"]
STOP_S: Final = 1.0
_TEXTS: Final = {
    "off": "no account is linked",
    "offline": "no network: sessions are kept here",
    "ok": "everything is in the cloud",
    "waiting": "sessions wait for the cloud",
}
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SyncStatus:
    """What the screen and the page show of the cloud. ``last_success``: ISO 8601, UTC."""

    state: CloudHealth
    waiting: int = 0
    dead: int = 0
    last_success: str | None = None
    text: str = ""


def state_after(report: PushReport) -> CloudHealth:
    """Return the state that a pass leaves behind."""
    match report.error:
        case None:
            return "waiting" if report.waiting else "ok"
        case Portal():
            return "portal"
        case Offline():
            return "offline"
        case AuthHeld() | Held():
            return "held"
        case _:
            return "waiting"


class SyncWorker:
    """Pushes in the background: at the start, after ``kick``, when the link comes up, and after each backoff.

    ``config``: the linked account, ``None`` without one, or why its credential cannot be used ("held" then says so).
    ``on_status`` is called from the worker's thread with every change. ``random`` gives numbers in [0, 1).
    """

    def __init__(
        self,
        store: Store,
        config: CloudConfig | AuthHeld | None,
        on_status: Callable[[SyncStatus], None],
        *,
        transport: httpx.BaseTransport | None = None,
        random: Callable[[], float] | None = None,
    ) -> None:
        self._store = store
        self._config = config
        self._on_status = on_status
        self._transport = transport
        self._random = random or SystemRandom().random
        self._wake = threading.Condition()  # guards everything below; never held during I/O or a callback
        self._pacer = Pacer()
        self._link_up = True
        self._wanted = True
        self._news = True
        self._stopping = False
        self._cloud: Cloud | None = None
        self._status = SyncStatus("waiting", text=_TEXTS["waiting"])
        self._told = False
        self._thread = threading.Thread(target=self._run, name="sync", daemon=True)

    def start(self) -> None:
        """Begin with a first pass at once."""
        self._thread.start()

    def stop(self) -> bool:
        """End within a second, whatever the network does. Returns whether the thread has ended."""
        with self._wake:
            self._stopping = True
            if self._cloud is not None:
                self._cloud.cancel()
            self._wake.notify()
        if self._thread.is_alive():
            self._thread.join(STOP_S)
        return not self._thread.is_alive()

    @property
    def alive(self) -> bool:
        """Whether the thread runs; one that died of a mistake of ours is to be replaced, with backoff."""
        return self._thread.is_alive()

    def kick(self, now: bool = False) -> None:
        """There may be something to push. ``now``: a person asks, so do not wait for the backoff."""
        with self._wake:
            if now:
                self._pacer = self._pacer.at_once()
            self._look_again()

    def link(self, up: bool) -> None:
        """Say that the network went away or came back; what is under way when it goes is given up."""
        with self._wake:
            if up and not self._link_up:
                self._pacer = self._pacer.linked(time.monotonic(), self._random())
            if not up and self._cloud is not None:
                self._cloud.cancel()
            self._link_up = up
            self._look_again()

    def configure(self, config: CloudConfig | AuthHeld | None) -> None:
        """Link another account, or none; what is under way for the old one is given up."""
        with self._wake:
            if self._cloud is not None:
                self._cloud.cancel()
            self._config = config
            self._pacer = Pacer()
            self._look_again()

    def _look_again(self) -> None:
        self._wanted = True
        self._news = True
        self._wake.notify()

    def _run(self) -> None:
        while (config := self._await_turn()) is not None:
            report = self._pass(config)
            with self._wake:
                if self._cloud is not None and self._cloud.cancelled:
                    continue  # link, account or daemon changed meanwhile: what this pass says is about the past
                if report.error is None:
                    self._pacer = self._pacer.succeeded()
                else:
                    after_s = report.error.after_s if isinstance(report.error, Retry) else None
                    self._pacer = self._pacer.failed(time.monotonic(), self._random(), after_s)
                    self._wanted = True
            self._report(report)
        if self._cloud is not None:
            self._cloud.close()

    def _await_turn(self) -> CloudConfig | None:
        """Sleep until there is something to try, telling news meanwhile; ``None`` when it is time to go."""
        while True:
            with self._wake:
                while not self._stopping and not self._news and not self._may_try():
                    waits = self._wanted and isinstance(self._config, CloudConfig) and self._link_up
                    self._wake.wait(self._pacer.not_before_s - time.monotonic() if waits else None)
                if self._stopping:
                    return None
                self._news = False
                config, idle = self._config, self._idle()
                if isinstance(config, CloudConfig) and self._may_try():
                    self._wanted = False
                    return config
            self._tell(*(idle or (self._status.state, self._status.text)), self._count())

    def _idle(self) -> tuple[CloudHealth, str] | None:
        """Why nobody is asked at all, or ``None``."""
        if isinstance(self._config, AuthHeld):
            return "held", str(self._config)
        if self._config is None:
            return "off", _TEXTS["off"]
        return None if self._link_up else ("offline", _TEXTS["offline"])

    def _may_try(self) -> bool:
        ready = isinstance(self._config, CloudConfig) and self._link_up and self._wanted
        return ready and self._pacer.not_before_s <= time.monotonic()

    def _pass(self, config: CloudConfig) -> PushReport:
        with self._wake:
            if self._stopping or not self._link_up:
                return PushReport(error=Offline(_TEXTS["offline"]))
            old, cloud = self._cloud, self._cloud
            if cloud is None or cloud.cancelled:
                self._cloud = cloud = Cloud(config, self._transport)
        if old is not None and old is not cloud:
            old.close()
        try:
            with reading(self._store.folder / PEDAL_DB) as pedal:
                return push_waiting(pedal, self._store.settle, cloud, config.user_id)
        except (SyncError, TimeoutError) as error:
            _log.warning("sync: %s", error)
            return PushReport(error=Retry(str(error)))

    def _count(self) -> tuple[int, int]:
        try:
            with reading(self._store.folder / PEDAL_DB) as pedal:
                return outbox.count(pedal, "waiting"), outbox.count(pedal, "dead")
        except SyncError:
            return 0, 0

    def _report(self, report: PushReport) -> None:
        state = state_after(report)
        if report.error is not None:
            _log.info("sync: %s", report.error)
        text = str(report.error) if report.error is not None else _TEXTS[state]
        if report.not_yet and report.error is None:
            text = "the clock is not known yet: sessions wait for it"
        self._tell(state, text, self._count(), success=report.error is None)

    def _tell(self, state: CloudHealth, text: str, counts: tuple[int, int], *, success: bool = False) -> None:
        last = datetime.now(UTC).isoformat(timespec="milliseconds") if success else self._status.last_success
        status = SyncStatus(state, counts[0], counts[1], last, text)
        if status != self._status or not self._told:
            self._told = True
            self._status = status
            self._on_status(status)
