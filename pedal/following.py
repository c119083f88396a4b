"""Follows a piece while a session runs: log entries go in on the hub's loop, where the player is comes out there too.

Weighing every place of a long piece takes milliseconds per note, so it happens in a thread, a batch at a time. The
queue of entries is lossless and bounded: when it is full, following ends and says so; the session goes on, and its
report is made from the log afterwards.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final

from dsp.types import LogEntry
from pedal.followed import Followed, Tracker
from pedal.target_file import Piece
from pedal.targets import Shelf

QUEUE_MAX: Final = 8192
TOO_SLOW: Final = "the piece is too long to follow here"
NOT_THERE: Final = "the piece is not kept any more"
log = logging.getLogger(__name__)


class Following:
    """``on_followed`` is called on the loop with how it stands, ``None`` when nothing is followed."""

    def __init__(self, shelf: Shelf, on_followed: Callable[[Followed | None], None]) -> None:
        self._shelf = shelf
        self._on_followed = on_followed
        self._waiting: list[LogEntry] = []
        self._tracker: Tracker | None = None
        self._piece: Piece | None = None
        self._task: asyncio.Task[None] | None = None
        self._session = 0

    def begin(self, piece: Piece, entries: Iterable[LogEntry]) -> None:
        """Follow from now on, beginning with what was heard already."""
        self.end()
        self._piece = piece
        self._session += 1
        self._waiting = list(entries)
        self._on_followed(Followed(piece))
        self._work()

    def add(self, entry: LogEntry) -> None:
        """One entry of the session's log, in order."""
        if self._piece is None:
            return
        if len(self._waiting) >= QUEUE_MAX:
            self._give_up(TOO_SLOW)
            return
        self._waiting.append(entry)
        self._work()

    def end(self) -> None:
        """The session is over; what still waits is forgotten, for the report comes from the log."""
        if self._piece is not None:
            self._piece = self._tracker = None
            self._waiting = []
            self._on_followed(None)

    async def settled(self) -> None:
        """Wait until nothing waits any more."""
        while self._task is not None:
            await asyncio.wait([self._task])

    def _work(self) -> None:
        if self._task is None and self._waiting and self._piece is not None:
            self._task = asyncio.get_running_loop().create_task(self._batch(self._piece, self._session))

    async def _batch(self, piece: Piece, session: int) -> None:
        """One batch in a thread; what came meanwhile is the next one."""
        entries, self._waiting = self._waiting, []
        try:
            tracker = self._tracker or await asyncio.to_thread(self._load, piece)
            followed = None if tracker is None else await asyncio.to_thread(_advance, tracker, entries)
        except Exception:  # following ends, and that is shown; the session must go on
            log.exception("following failed")
            tracker, followed = None, None
        self._task = None
        if self._piece is None or self._session != session:  # it ended, or another began, meanwhile
            self._work()
            return
        if tracker is None:
            self._give_up(NOT_THERE)
            return
        self._tracker = tracker
        if followed is not None:
            self._on_followed(followed)
        self._work()

    def _load(self, piece: Piece) -> Tracker | None:
        found = self._shelf.load(piece.piece_id)
        return None if found is None else Tracker(*found)

    def _give_up(self, fault: str) -> None:
        assert self._piece is not None
        self._on_followed(replace(Followed(self._piece), fault=fault))
        self._piece = self._tracker = None
        self._waiting = []


def _advance(tracker: Tracker, entries: Iterable[LogEntry]) -> Followed | None:
    changed = [tracker.add(entry) for entry in entries]
    return tracker.followed() if any(changed) else None
