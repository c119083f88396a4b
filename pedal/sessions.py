"""Sessions, from the stomp to the disk: begins and ends them, feeds the journal, and brings back what a crash left.

Lossless from here on: what the ear reports during a session is in the journal within 2 s, and a session that
nobody ended is closed, with everything that was written, when the hub starts again.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass

from dsp.facts import TuningDrift
from dsp.log import decode, encode
from dsp.scores.session import summarise
from dsp.types import Gap, GridSet, LogEntry, Paused, Resumed, SegmentStarted, SessionSetup, Summary
from pedal.order import SEGMENTS_PER_RUN
from pedal.recorder import Memory, Recording, SegmentClock
from pedal.wall import WallClock
from sync.errors import SyncError
from sync.ids import new_id
from sync.records import SessionEnd, SessionHeader, Unfinished
from sync.store import Store

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Saved:
    """A session that is on disk."""

    session_id: str
    summary: Summary
    kept: bool = False
    drift: TuningDrift = TuningDrift()


class Sessions:
    """The one place that knows which session is open. Called from the hub's loop only.

    ``on_fault`` is told, in one line, when something could not be kept.
    """

    def __init__(
        self, store: Store, wall: WallClock, now_ns: Callable[[], int], on_fault: Callable[[str], None]
    ) -> None:
        self._store = store
        self._wall = wall
        self._now_ns = now_ns
        self._on_fault = on_fault
        self.clock = SegmentClock()
        self._memory = Memory(self.clock)
        self._alive_ns = 0
        self.recording: Recording | None = None

    # --- while it runs ------------------------------------------------------------------------------------------------

    def begin(self, player: str, setup: SessionSetup, from_ns: int) -> str:
        """Open a session that began at ``from_ns``; what was heard since then is in it already."""
        header = self._header(player, setup, from_ns)
        self._watch(self._store.open_session(header))
        recording = Recording(header.session_id, setup)
        for entry in self._opening(from_ns):
            recording.add(entry)
        self.recording = recording
        self.save_batch()
        return header.session_id

    def heard(self, entry: LogEntry) -> bool:
        """One entry of the ear, in order; returns whether it is part of the open session."""
        if isinstance(entry, SegmentStarted):
            return self._segment(entry)
        self._memory.add(entry)
        return self.recording is not None and self.recording.add(entry)

    def alive(self, at_ns: int) -> None:
        """Sound was heard up to here: a gap after it is counted from here."""
        self._alive_ns = at_ns

    def note_down(self, make: Callable[[int, int], LogEntry], at_ns: int) -> None:
        """An entry of the player's doing (a mark, a pause, a tempo) at its place in the music."""
        if self.recording is not None:
            place = self.clock.place(at_ns)
            self.recording.add(make(place.segment, place.sample))

    def set_grid(self, bpm: float, at_ns: int) -> None:
        """A click's beat is there for the player at ``at_ns``; 0 ends it.

        The log says when a beat is *played*, one round trip before the note on it is heard. A light has no such way;
        its place in the log is where a sound would have to be played in order to be there with it.
        """
        latency = self.clock.latency_samples(self.clock.place(at_ns).segment)
        self.note_down(lambda segment, sample: GridSet(segment, sample - latency, bpm), at_ns)

    def save_batch(self) -> None:
        """Write what is not written yet; with nothing new it is a sign of life."""
        recording = self.recording
        if recording is not None:
            lines = recording.take_unsaved()
            written = self._store.append(recording.session_id, lines, self._now_ns())
            self._watch(written, lambda: recording.put_back(lines))

    async def end(self, at_ns: int, ended_by: str) -> Saved | None:
        """Close the open session as of ``at_ns``; returns once it is on disk, ``None`` if it could not be kept."""
        recording, self.recording = self.recording, None
        if recording is None:
            return None
        place = self.clock.place(at_ns)
        recording.add(Paused(place.segment, place.sample))
        written = self._store.append(recording.session_id, recording.take_unsaved(), self._now_ns())
        end = SessionEnd(at_ns, self._wall.label(at_ns), ended_by)
        try:
            await asyncio.wrap_future(written)
            summary = await asyncio.to_thread(summarise, recording.setup, recording.entries)
            await asyncio.wrap_future(self._store.close_session(recording.session_id, end, summary))
        except SyncError as error:
            self._on_fault(str(error))
            return None
        return Saved(recording.session_id, summary, drift=recording.live.drift())

    async def keep_last_minute(self, player: str, setup: SessionSetup, at_ns: int) -> Saved | None:
        """Keep what the last 60 s held as a session of its own; ``None`` when nothing was heard or kept."""
        from_ns = at_ns - 60_000_000_000
        oldest = self.clock.since(from_ns)
        if not oldest:
            return None
        from_ns = max(from_ns, oldest[0].boottime_ns)
        place = self.clock.place(at_ns)
        entries = [*self._opening(from_ns), Paused(place.segment, place.sample)]
        summary = await asyncio.to_thread(summarise, setup, entries)
        header = self._header(player, setup, from_ns)
        end = SessionEnd(at_ns, self._wall.label(at_ns), "keep")
        try:
            await asyncio.wrap_future(self._store.add_finished(header, [encode(e) for e in entries], end, summary))
        except SyncError as error:
            self._on_fault(str(error))
            return None
        return Saved(header.session_id, summary, kept=True)

    # --- at boot ------------------------------------------------------------------------------------------------------

    def recover(self, resume_after_crash_s: float) -> Unfinished | None:
        """Close what a crash or a power cut left open; returns the session to go on with, if there is one.

        Blocks; called before anything runs. A session of this boot whose last sign of life is at most
        ``resume_after_crash_s`` old goes on; every other is closed at that sign of life.
        """
        self._store.finish_closing().result()
        going_on = None
        for left in self._store.unfinished():
            age_s = (self._now_ns() - left.last_heartbeat_ns) / 1e9
            same_boot = left.header.boot_id == self._wall.boot_id
            if same_boot and 0 <= age_s <= resume_after_crash_s and going_on is None:
                going_on = left
            else:
                self._close_left(left, "crash" if same_boot else "power")
        return going_on

    def go_on(self, left: Unfinished) -> None:
        """Continue a session after a crash of the hub."""
        recording = Recording(left.header.session_id, left.header.setup)
        for entry in readable(left.lines):
            recording.add(entry)
            if isinstance(entry, SegmentStarted):
                self.clock.add(entry)
        recording.take_unsaved()
        self.recording = recording
        self._alive_ns = left.last_heartbeat_ns

    def _close_left(self, left: Unfinished, ended_by: str) -> None:
        entries = list(readable(left.lines))
        clock = SegmentClock()
        for entry in entries:
            if isinstance(entry, SegmentStarted):
                clock.add(entry)
        place = clock.place(left.last_heartbeat_ns)
        closing = Paused(place.segment, place.sample)
        session_id = left.header.session_id
        self._store.append(session_id, [encode(closing)], left.last_heartbeat_ns).result()
        summary = summarise(left.header.setup, [*entries, closing])
        end = SessionEnd(left.last_heartbeat_ns, self._wall.label_of(left), ended_by)
        self._store.close_session(session_id, end, summary).result()
        log.warning("session %s was left open (%s): closed with %d notes", session_id, ended_by, summary.notes)

    # --- the parts ----------------------------------------------------------------------------------------------------

    def _segment(self, started: SegmentStarted) -> bool:
        before = self.clock.newest
        self.clock.add(started)
        recording = self.recording
        if recording is None:
            return False
        recording.add(started)
        new_run = before is not None and started.segment // SEGMENTS_PER_RUN != before.segment // SEGMENTS_PER_RUN
        if new_run:
            lost_s = max(0.0, (started.boottime_ns - self._alive_ns) / 1e9)
            recording.add(Gap(started.segment, 0, lost_s, "no sound"))
        return True

    def _opening(self, from_ns: int) -> list[LogEntry]:
        """The segments since then, the start of the practice clock, and what was heard."""
        place = self.clock.place(from_ns)
        remembered = self._memory.since(from_ns)
        if not self.clock.since(from_ns):
            return [*remembered]
        first, rest = remembered[:1], remembered[1:]
        return [*first, Resumed(place.segment, place.sample), *rest]

    def _header(self, player: str, setup: SessionSetup, from_ns: int) -> SessionHeader:
        return SessionHeader(
            session_id=new_id(),
            player=player,
            setup=setup,
            boot_id=self._wall.boot_id,
            start_boottime_ns=from_ns,
            start_wall=self._wall.label(from_ns),
            wall_source=self._wall.source,
        )

    def _watch(self, written: "Future[None]", otherwise: Callable[[], None] = lambda: None) -> None:
        """A write that fails is told to the player and made good; the hub does not wait for those that succeed."""
        loop = asyncio.get_running_loop()

        def failed(error: BaseException) -> None:
            otherwise()
            self._on_fault(str(error))

        def look(done: "Future[None]") -> None:
            error = done.exception()
            if error is not None:
                loop.call_soon_threadsafe(failed, error)

        written.add_done_callback(look)


def readable(lines: Iterable[bytes]) -> Iterable[LogEntry]:
    """The entries of a journal; a line that this version cannot read is left out and said so, never a crash."""
    for line in lines:
        try:
            yield decode(line)
        except ValueError as error:
            log.warning("left out: %s", error)
