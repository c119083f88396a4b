"""Reading what is kept, with a daemon running or without one. Nothing here writes."""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sync import codec, journal, outbox
from sync.database import NOTES_DB, PEDAL_DB, reading
from sync.errors import StoreUnreadable
from sync.records import StoredSession

_log = logging.getLogger(__name__)


class Library:
    """Sessions in ``folder``. A folder without data reads as empty (``exists`` tells); safe from any thread.

    All methods raise ``StoreUnreadable`` when a file is there and cannot be read.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def exists(self) -> bool:
        """Say whether a pedal has ever kept anything here."""
        return _is_there(self._folder / PEDAL_DB)

    def sessions(self, limit: int, before: str | None = None) -> list[StoredSession]:
        """Return at most ``limit`` sessions, newest first, the open one included (state "open").

        ``before``: id of the last session of the page before; one that is not there any more gives an empty list.
        A row that fails its checksum is left out and logged: one flipped bit must not hide all the others.
        """
        still_open = self._open()  # first: a session that closes meanwhile is seen twice, never not at all
        ids = [session.session_id for session in still_open]
        if before in ids:
            still_open, before = still_open[ids.index(before) + 1 :], None
        elif before is not None:
            still_open = []
        with self._reading(PEDAL_DB) as pedal:
            rows = [] if pedal is None else outbox.closed_rows(pedal, limit, before)
        closed = [session for row in rows if (session := _stored_or_none(row)) is not None]
        known = {session.session_id for session in closed}
        return [*(s for s in still_open if s.session_id not in known), *closed][:limit]

    def session(self, session_id: str) -> tuple[StoredSession, list[bytes]] | None:
        """Return one session and its log entries, or ``None``."""
        with self._reading(NOTES_DB) as notes, self._reading(PEDAL_DB) as pedal:
            if notes is None or pedal is None:
                return None
            now_open = _open_entries(notes, session_id)
            row = outbox.closed_row(pedal, session_id)
            if row is not None:
                return outbox.stored(row), journal.read_log(notes, session_id)
            return now_open

    def waiting(self) -> int:
        """Return how many sessions still wait to be told to the cloud."""
        with self._reading(PEDAL_DB) as pedal:
            return 0 if pedal is None else outbox.count(pedal, "waiting")

    def damaged(self) -> list[str]:
        """Return the ids of closed sessions whose row fails its checksum."""
        with self._reading(PEDAL_DB) as pedal:
            return [] if pedal is None else outbox.damaged(pedal)

    def _open(self) -> list[StoredSession]:
        with self._reading(NOTES_DB) as notes:
            if notes is None:
                return []
            rows = notes.execute("SELECT header FROM open_sessions ORDER BY seq DESC").fetchall()
        return [StoredSession(codec.header_from_json(header), "open") for (header,) in rows]

    @contextmanager
    def _reading(self, name: str) -> Iterator[sqlite3.Connection | None]:
        """Open one file for reading; ``None`` when it is not there, or was created this very moment."""
        path = self._folder / name
        if not _is_there(path):
            yield None
            return
        with reading(path) as connection:
            made = connection.execute("SELECT count(*) FROM sqlite_schema WHERE name IN ('sessions', 'logs')")
            yield connection if made.fetchone()[0] else None


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError as error:
        raise StoreUnreadable(f"{path} cannot be read: {error.strerror}") from error


def _stored_or_none(row: outbox.Row) -> StoredSession | None:
    try:
        return outbox.stored(row)
    except StoreUnreadable as error:
        _log.warning("%s", error)
        return None


def _open_entries(notes: sqlite3.Connection, session_id: str) -> tuple[StoredSession, list[bytes]] | None:
    row = notes.execute("SELECT header, ending FROM open_sessions WHERE session_id = ?", (session_id,)).fetchone()
    if row is None:
        return None
    framed, _, _ = journal.read_batches(notes, session_id)
    return StoredSession(codec.header_from_json(row[0]), "open"), codec.unpack(framed)
