"""Starts the engine, reads what it says, and starts it again when it ends: the hub's ear never stays deaf silently.

``begin`` starts the first engine before the rest of the pedal is even loaded: its start-up takes longest, and the
kernel keeps what it says until somebody listens. A lost or absent sound card is a state, not a fault: the supervisor
goes on trying with a short backoff, for ever. Every run of the engine gets segment numbers of its own, so that musical
time from two runs can never be confused.
"""

import asyncio
import contextlib
import logging
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

from hardware.clock import boottime_ns
from pedal.events import PartState
from pedal.link import ENTRY, FRAME, ORDER, ROUND_TRIP, STATE, Link, LinkClosed, numbered, pack, unpack
from pedal.one_thread import ONE_THREAD
from pedal.order import RUN_NS, SEGMENTS_PER_RUN, Order

FIRST_BACKOFF_S: Final = 0.25
LAST_BACKOFF_S: Final = 2.5
STOP_S: Final = 0.7
log = logging.getLogger(__name__)
STATES: Final[dict[str, PartState]] = {"streaming": "ok", "missing": "missing", "busy": "waiting", "lost": "fault"}


def segment_of_new_run() -> int:
    """The first segment number of an engine that starts now: unique within this boot, over restarts of the hub too."""
    return boottime_ns() // RUN_NS * SEGMENTS_PER_RUN


def _nobody(*_: Any) -> None:
    """Who is told before the hub listens."""


@dataclass(frozen=True, slots=True)
class EngineCallbacks:
    """What the supervisor tells the hub, on the hub's own loop.

    ``frame`` gets the newest frame's values of each wake; ``entry`` every log line in order; ``state`` how sound is;
    ``lost`` how many log lines never arrived, because the backlog of the link was full; ``round_trip`` what
    ``pedal.measure`` says of its card.
    """

    frame: Callable[[list[Any]], None]
    entry: Callable[[bytes], None]
    state: Callable[[PartState, str], None]
    lost: Callable[[int], None]
    round_trip: Callable[[dict[str, Any]], None] = _nobody


class Supervisor:
    """Owns the engine process. ``order`` is the template of every run; descriptors and segments are filled in here."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._tell = EngineCallbacks(_nobody, _nobody, _nobody, _nobody)
        self._task: asyncio.Task[None] | None = None
        self._link: Link | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._sequence = 0
        self._stopping = False
        self._wake = asyncio.Event()

    @property
    def pid(self) -> int | None:
        """The engine's process id while one runs."""
        return self._process.pid if self._process is not None and self._process.returncode is None else None

    @property
    def restarting(self) -> bool:
        """Between two engines, within the backoff."""
        return self.pid is None and not self._stopping

    async def begin(self) -> None:
        """Start the first engine. What it says waits in its socket until ``start``."""
        await self._spawn()

    def start(self, callbacks: EngineCallbacks) -> None:
        """Listen to the engine, and run another one whenever it ends."""
        assert self._task is None, "started twice"
        self._tell = callbacks
        self._task = asyncio.create_task(self._run(), name="supervisor")

    async def stop(self) -> None:
        """End the engine in order, or by force when it does not listen; bounded."""
        self._stopping = True
        self._wake.set()
        self.tell_engine({"do": "stop"})
        if self._task is not None:
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(asyncio.shield(self._task), STOP_S)
            if self._process is not None and self._process.returncode is None:
                self._process.kill()
            await self._task

    def plug(self, *, plugged: bool) -> None:
        """Simulated board: pull the cable of the sound card, or put it back."""
        self._order = replace(self._order, plugged=plugged)
        if plugged:
            self._wake.set()
        else:
            self.tell_engine({"do": "unplug"})

    def plug_cable(self, *, plugged: bool) -> None:
        """Simulated board: lead the output into the input, or give the guitar its place back."""
        self._order = replace(self._order, cable=plugged)
        self.tell_engine({"do": "cable", "plugged": plugged})

    def know_round_trips(self, round_trips: dict[str, list[int]]) -> None:
        """For engines to come: the one that runs has measured it."""
        self._order = replace(self._order, round_trips=round_trips)

    def forget_round_trips(self) -> None:
        """For the engine that runs, too: a new one takes its place."""
        self.know_round_trips({})
        self._wake.set()
        self.tell_engine({"do": "stop"})

    def end_hung_engine(self) -> None:
        """It runs and says nothing: by force, because it would not hear a polite word either."""
        if self._process is not None and self._process.returncode is None:
            log.warning("the ear hangs: it is ended and started again")
            self._process.kill()

    def configure(self, *, a4_hz: float, tuning: str, sensitivity: float) -> None:
        """New settings for the ear: they begin with a new engine, at once, and only if they differ."""
        changed = replace(self._order, a4_hz=a4_hz, tuning=tuning, sensitivity=sensitivity)
        if changed != self._order:
            self._order = changed
            self._wake.set()
            self.tell_engine({"do": "stop"})

    def tell_engine(self, order: dict[str, Any]) -> None:
        """One order; an engine that is gone needs none."""
        if self._link is not None:
            with contextlib.suppress(LinkClosed):
                self._link.send(ORDER, pack(order))

    async def _run(self) -> None:
        backoff_s = FIRST_BACKOFF_S
        while True:
            self._wake.clear()
            streamed = await self._one_engine()
            if self._stopping:
                return
            backoff_s = FIRST_BACKOFF_S if streamed else min(backoff_s * 2, LAST_BACKOFF_S)
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._wake.wait(), backoff_s)

    async def _one_engine(self) -> bool:
        """One run from start to end; returns whether sound was heard in it."""
        if self._link is None:
            await self._spawn()
        link, process = self._link, self._process
        assert link is not None and process is not None  # noqa: PT018  (just spawned)
        heard: list[bool] = []
        loop = asyncio.get_running_loop()
        descriptor = link.fileno()
        loop.add_reader(descriptor, self._read, heard)
        try:
            status = await process.wait()
            self._read(heard)
        finally:
            loop.remove_reader(descriptor)
            self._link = None
            link.close()
        if status < 0 and not self._stopping:
            self._tell.state("fault", "the ear stopped and is being restarted")
        return bool(heard)

    async def _spawn(self) -> None:
        ours, theirs = Link.pair()
        order = replace(self._order, link_fd=theirs.fileno(), first_segment=segment_of_new_run())
        inherited = [order.link_fd] + ([order.memory_fd] if order.memory_fd >= 0 else [])
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-m", "pedal.engine", order.to_json(), pass_fds=inherited, env=os.environ | ONE_THREAD
        )
        theirs.close()
        self._link, self._sequence = Link(ours), 0

    def _read(self, heard: list[bool]) -> None:
        """Drain the socket fully; of all frames only the newest counts."""
        newest: bytes | None = None
        while self._link is not None:
            try:
                packets = self._link.receive()
            except LinkClosed:
                asyncio.get_running_loop().remove_reader(self._link.fileno())
                break
            for kind, payload in packets:
                if kind == FRAME:
                    newest = payload
                elif kind == ENTRY:
                    self._entry(payload)
                elif kind == STATE:
                    self._state(payload, heard)
                elif kind == ROUND_TRIP:
                    self._tell.round_trip(unpack(payload))
            if not packets:
                break
        if newest is not None:
            self._tell.frame(unpack(newest)["f"])

    def _entry(self, payload: bytes) -> None:
        sequence, line = numbered(payload)
        if sequence > self._sequence:
            self._tell.lost(sequence - self._sequence)
        self._sequence = sequence + 1
        self._tell.entry(line)

    def _state(self, payload: bytes, heard: list[bool]) -> None:
        message = unpack(payload)
        if message["state"] == "streaming":
            heard.append(True)
        self._tell.state(STATES[message["state"]], message["text"])
