"""The composition root: starts the parts, top to bottom, and stops them in the reverse order.

Nothing starts at import. The engine is started first, because it takes longest and runs beside everything else; the
web comes after it, because its libraries take 0.3 s to load and nobody may wait for them to be heard.
"""

import asyncio
import contextlib
import importlib
import logging
import os
import signal
import subprocess
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from hardware import memory_file
from pedal.config import Config
from pedal.datadir import DataDir
from pedal.early import first_order, stored_round_trips, stored_settings
from pedal.events import EdgeSeen
from pedal.gestures import held_at_start
from pedal.notify import notify, watchdog_period_s
from pedal.state import Mode
from pedal.supervisor import Supervisor
from sync.store import Store

if TYPE_CHECKING:
    from hardware.board import Board
    from hardware.ports import Edge
    from pedal.hub import Hub
    from pedal.parts import Pedal, Started

FRESH_NS: Final = 3_000_000_000
log = logging.getLogger(__name__)


async def run(config: Config, on_ready: "Callable[[Started], None]") -> None:
    """Be the pedal until SIGTERM, SIGINT or power-off. Raises ``DataDirError``, ``SyncError`` or ``PageError``."""
    folder = DataDir(config.data)
    folder.acquire()
    try:
        store = Store(config.data)
        store.start()
        try:
            await _with_store(config, folder, store, on_ready)
        finally:
            store.stop()
    finally:
        folder.release()


async def _with_store(config: Config, folder: DataDir, store: Store, on_ready: "Callable[[Started], None]") -> None:
    memory_fd = memory_file.create()
    player = stored_settings(store)
    supervisor = Supervisor(first_order(config, player, memory_fd, stored_round_trips(store)))
    await supervisor.begin()
    # Only now the rest: pictures, sessions and the cloud's client load while the engine starts beside us.
    from pedal.assemble import assemble  # noqa: PLC0415

    pedal = assemble(config, store, player, supervisor, memory_fd)
    failed = _failure()
    pedal.screen.start()
    supervisor.start(pedal.listening)
    await asyncio.sleep(0)  # hear what the engine has said so far before the web's libraries are loaded
    try:
        await _run(config, folder, pedal, on_ready, failed)
    finally:
        await supervisor.stop()
        pedal.screen.stop()
        pedal.board.close()
        os.close(memory_fd)
    if pedal.hub.power_off.is_set() and config.board == "pi":
        subprocess.run(["systemctl", "poweroff"], check=False)  # noqa: S607  (everything is saved by now)


async def _run(
    config: Config,
    folder: DataDir,
    pedal: "Pedal",
    on_ready: "Callable[[Started], None]",
    failed: "asyncio.Future[None]",
) -> None:
    """Ear, foot, web and cloud at work, until somebody says stop; then everything that is open is saved."""
    hub = pedal.hub
    hub.on_first_frame = lambda: notify("STATUS=listening")
    stopping = _stop_signals()
    ticking = _watched(hub.run(), failed)
    feeding = _watched(_feed_watchdog(hub, pedal.supervisor), failed)
    _listen_to_foot(hub, pedal.board)
    web = None
    try:
        web, started = await _serve(config, folder, pedal)
        pedal.cloud.start()
        on_ready(started)
        notify("READY=1")
        await _first_of(stopping.wait(), hub.power_off.wait(), failed)
        if failed.done():
            failed.result()
    finally:
        notify("STOPPING=1")
        ticking.cancel()
        feeding.cancel()
        await hub.finish("shutdown")
        # Each of these may take its whole bound, when the network hangs or a phone sleeps; together they are in time.
        ending: list[Coroutine[Any, Any, Any]] = [pedal.supervisor.stop()]
        if web is not None:
            ending += [web.stop(), asyncio.to_thread(pedal.cloud.stop)]
        await asyncio.gather(*ending)


async def _serve(config: Config, folder: DataDir, pedal: "Pedal") -> "tuple[Any, Started]":
    """Open the page. Loaded here, and in a thread, so that what the ear says is heard meanwhile."""
    serving = await asyncio.to_thread(importlib.import_module, "pedal.serving")
    served: tuple[Any, Started] = await serving.serve(config, folder, pedal)
    return served


def _listen_to_foot(hub: "Hub", board: "Board") -> None:
    """Edges come on any thread, with their own time stamp; a switch held at power-on means recovery."""
    if board.footswitch is None:
        return
    loop = asyncio.get_running_loop()

    def on_edge(edge: "Edge") -> None:
        loop.call_soon_threadsafe(hub.dispatch, EdgeSeen(edge.boottime_ns, edge.pressed))

    if board.footswitch.start(on_edge):
        hub.state = replace(hub.state, switch=held_at_start(down=True), recovery=True, mode=Mode.RECOVERY)


async def _feed_watchdog(hub: "Hub", supervisor: Supervisor) -> None:
    """Tell systemd that all is well, as long as it is: no sound card is not a fault, a silent ear is."""
    period_s = watchdog_period_s()
    while period_s is not None:
        fresh = hub.now_ns() - hub.last_frame_ns < FRESH_NS
        if fresh or supervisor.restarting or hub.state.parts["audio"].state in {"missing", "waiting"}:
            notify("WATCHDOG=1")
        await asyncio.sleep(period_s / 3)


def _stop_signals() -> asyncio.Event:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    return stopping


def _failure() -> "asyncio.Future[None]":
    """An unexpected exception in the hub's core ends the process: systemd starts a whole one again."""
    loop = asyncio.get_running_loop()
    failed: asyncio.Future[None] = loop.create_future()

    def on_exception(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception") or RuntimeError(str(context.get("message")))
        log.error("the hub failed: %s", context.get("message"), exc_info=error)
        if not failed.done():
            failed.set_exception(error)

    loop.set_exception_handler(on_exception)
    return failed


def _watched(work: Any, failed: "asyncio.Future[None]") -> "asyncio.Task[None]":
    """A task whose end by an exception is the hub's end."""
    task: asyncio.Task[None] = asyncio.get_running_loop().create_task(work)

    def look(done: "asyncio.Task[None]") -> None:
        if not done.cancelled() and (error := done.exception()) is not None and not failed.done():
            failed.set_exception(error)

    task.add_done_callback(look)
    return task


async def _first_of(stop: Any, power_off: Any, failed: "asyncio.Future[None]") -> None:
    waits: set[asyncio.Future[Any]] = {asyncio.ensure_future(stop), asyncio.ensure_future(power_off)}
    try:
        await asyncio.wait({*waits, failed}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waits:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
