"""The log of the open session, batch by batch, and the blob that it becomes. Functions over ``notes.db``.

A session that ends goes through three steps, each repeatable after a crash between any two:
``seal`` (one compressed blob, and how it ended, in notes.db) -> ``outbox.file_session`` (pedal.db) -> ``forget``.
"""

import logging
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from sync import codec
from sync.database import transaction
from sync.errors import StoreUnreadable
from sync.records import SessionEnd, SessionHeader, Unfinished

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sealed:
    """A session whose closing has begun: everything that the remaining steps need, as it stands on disk."""

    session_id: str
    header: str
    ending: str
    summary: str


def open_session(notes: sqlite3.Connection, header: SessionHeader) -> None:
    """Begin a journal. Raises ``ValueError`` when this session is here already, open or closed."""
    with transaction(notes):
        _begin(notes, header, header.start_boottime_ns)


def append(notes: sqlite3.Connection, session_id: str, lines: Sequence[bytes], boottime_ns: int) -> None:
    """Keep a batch of entries as one row, or only a sign of life when there are none.

    Raises ``LookupError`` when this session is not open: entries are never put where nobody would look for them.
    """
    with transaction(notes):
        if not lines:
            statement = "UPDATE open_sessions SET heartbeat_ns = ? WHERE session_id = ? AND ending IS NULL"
            changed = notes.execute(statement, (boottime_ns, session_id))
        else:
            blob = codec.compress(codec.pack(lines))
            changed = notes.execute(
                "INSERT INTO journal (open_seq, boottime_ns, entries, sha256)"
                " SELECT seq, ?, ?, ? FROM open_sessions WHERE session_id = ? AND ending IS NULL",
                (boottime_ns, blob, codec.digest(boottime_ns, blob), session_id),
            )
        if changed.rowcount != 1:
            raise LookupError(f"session {session_id} is not open")


def read_batches(notes: sqlite3.Connection, session_id: str) -> tuple[bytes, int, int]:
    """Return (framed entries in order, last sign of life in ns, number of damaged batches left out)."""
    framed = bytearray()
    row = notes.execute("SELECT seq, heartbeat_ns FROM open_sessions WHERE session_id = ?", (session_id,)).fetchone()
    if row is None:
        raise LookupError(f"session {session_id} is not open")
    open_seq, last_ns = row
    damaged = 0
    batches = "SELECT boottime_ns, entries, sha256 FROM journal WHERE open_seq = ? ORDER BY seq"
    for boottime_ns, blob, sha256 in notes.execute(batches, (open_seq,)):
        if codec.digest(boottime_ns, blob) != sha256:
            damaged += 1
            continue
        framed += codec.decompress(blob)
        last_ns = max(last_ns, boottime_ns)
    if damaged:
        _log.warning("session %s: %d damaged batches left out", session_id, damaged)
    return bytes(framed), last_ns, damaged


def unfinished(notes: sqlite3.Connection) -> list[Unfinished]:
    """Return all sessions that are open and whose closing has not begun, oldest first."""
    found = []
    rows = notes.execute("SELECT session_id, header FROM open_sessions WHERE ending IS NULL ORDER BY seq")
    for session_id, header in rows.fetchall():
        framed, last_ns, damaged = read_batches(notes, session_id)
        found.append(Unfinished(codec.header_from_json(header), codec.unpack(framed), last_ns, damaged))
    return found


def sealed(notes: sqlite3.Connection) -> list[Sealed]:
    """Return all sessions whose closing has begun and not come to its end, oldest first."""
    rows = notes.execute(
        "SELECT session_id, header, ending, summary FROM open_sessions WHERE ending IS NOT NULL ORDER BY seq"
    )
    return [Sealed(*row) for row in rows.fetchall()]


def seal(notes: sqlite3.Connection, session_id: str, end: SessionEnd, summary_json: str) -> Sealed:
    """First step of closing: the journal becomes one checksummed blob, and how the session ended is kept beside it.

    Repeating it changes nothing: the first end counts. Raises ``LookupError`` when the session is not open.
    """
    with transaction(notes):
        for begun in sealed(notes):
            if begun.session_id == session_id:
                return begun
        framed, _, damaged = read_batches(notes, session_id)
        _put_log(notes, session_id, framed, damaged)
        return _mark_sealed(notes, session_id, codec.to_json(end), summary_json)


def seal_finished(
    notes: sqlite3.Connection, header: SessionHeader, lines: Sequence[bytes], end: SessionEnd, summary_json: str
) -> Sealed:
    """Like ``seal`` for a session that never had a journal: the last 60 s, kept afterwards."""
    with transaction(notes):
        _begin(notes, header, end.end_boottime_ns)
        _put_log(notes, header.session_id, codec.pack(lines), 0)
        return _mark_sealed(notes, header.session_id, codec.to_json(end), summary_json)


def _begin(notes: sqlite3.Connection, header: SessionHeader, heartbeat_ns: int) -> None:
    known = (
        "SELECT session_id FROM open_sessions WHERE session_id = :id"
        " UNION ALL SELECT session_id FROM logs WHERE session_id = :id"
    )
    if notes.execute(known, {"id": header.session_id}).fetchone() is not None:
        raise ValueError(f"session {header.session_id} is here already")
    notes.execute(
        "INSERT INTO open_sessions (session_id, header, heartbeat_ns) VALUES (?, ?, ?)",
        (header.session_id, codec.to_json(header), heartbeat_ns),
    )


def _put_log(notes: sqlite3.Connection, session_id: str, framed: bytes, damaged: int) -> None:
    blob = codec.compress(framed)
    count = len(codec.unpack(framed))
    notes.execute(
        "INSERT INTO logs (session_id, entries, entry_count, damaged_batches, sha256) VALUES (?, ?, ?, ?, ?)",
        (session_id, blob, count, damaged, codec.digest(session_id, blob, count, damaged)),
    )


def _mark_sealed(notes: sqlite3.Connection, session_id: str, ending: str, summary: str) -> Sealed:
    row = notes.execute(
        "UPDATE open_sessions SET ending = ?, summary = ? WHERE session_id = ?"
        " RETURNING session_id, header, ending, summary",
        (ending, summary, session_id),
    ).fetchone()
    return Sealed(*row)


def forget(notes: sqlite3.Connection, session_id: str) -> None:
    """Last step of closing: the summary is safe in pedal.db, so the journal may go; one not sealed stays."""
    sealed_one = "SELECT seq FROM open_sessions WHERE session_id = ? AND ending IS NOT NULL"
    with transaction(notes):
        for (open_seq,) in notes.execute(sealed_one, (session_id,)).fetchall():
            notes.execute("DELETE FROM journal WHERE open_seq = ?", (open_seq,))
            notes.execute("DELETE FROM open_sessions WHERE seq = ?", (open_seq,))


def read_log(notes: sqlite3.Connection, session_id: str) -> list[bytes]:
    """Return the entries of a closed session. Raises ``StoreUnreadable`` when they fail their checksum."""
    row = notes.execute(
        "SELECT entries, entry_count, damaged_batches, sha256 FROM logs WHERE session_id = ?", (session_id,)
    ).fetchone()
    if row is None:
        raise StoreUnreadable(f"the notes of session {session_id} are missing; its summary is kept")
    blob, count, damaged, sha256 = row
    if codec.digest(session_id, blob, count, damaged) != sha256:
        raise StoreUnreadable(f"the notes of session {session_id} are damaged; its summary is kept")
    return codec.unpack(codec.decompress(blob))
