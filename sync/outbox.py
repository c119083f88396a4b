"""Closed sessions and what of them the cloud still has to hear. Functions over ``pedal.db``.

A row of the outbox is never deleted because a server said no: it waits, is done, or is dead and shown.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from sync import codec
from sync.database import transaction
from sync.errors import StoreUnreadable
from sync.journal import Sealed
from sync.records import StoredSession

CAP_MAX: Final = 100
_COLUMNS: Final = "s.session_id, s.header, s.ending, s.summary, s.sha256, o.state, o.error"
_FROM: Final = "FROM sessions s LEFT JOIN outbox o USING (session_id)"
# Words, not parameters: only then does SQLite take the partial indices.
_COUNTS: Final = {
    "waiting": "SELECT count(*) FROM outbox WHERE state = 'waiting'",
    "dead": "SELECT count(*) FROM outbox WHERE state = 'dead'",
}
Row: TypeAlias = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Due:
    """One waiting row. ``cap``: the most rows that may travel together with it."""

    seq: int
    cap: int
    attempts: int
    session: StoredSession


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows that travel together, and the ``seq`` of rows that failed their checksum on the way."""

    rows: tuple[Due, ...]
    damaged: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a waiting row: done, dead, or tried and waiting on (with a smaller ``cap``, perhaps)."""

    seq: int
    state: Literal["waiting", "done", "dead"]
    cap: int = CAP_MAX
    error: str | None = None


def file_session(pedal: sqlite3.Connection, sealed: Sealed) -> None:
    """Second step of closing: summary and outbox row, together or not at all. Repeating it changes nothing."""
    row = (sealed.session_id, sealed.header, sealed.ending, sealed.summary)
    with transaction(pedal):
        added = pedal.execute(
            "INSERT INTO sessions (session_id, header, ending, summary, sha256) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (session_id) DO NOTHING",
            (*row, codec.digest(*row)),
        )
        if added.rowcount == 1:
            pedal.execute("INSERT INTO outbox (session_id) VALUES (?)", (sealed.session_id,))


def stored(row: Row) -> StoredSession:
    """Turn a row of ``_COLUMNS`` into a record. Raises ``StoreUnreadable`` when it fails its checksum."""
    session_id, header, ending, summary, sha256, state, error = row
    if codec.digest(session_id, header, ending, summary) != sha256:
        raise StoreUnreadable(f"session {session_id} is damaged on the card and left out")
    return StoredSession(
        header=codec.header_from_json(header),
        state="closed",
        end=codec.end_from_json(ending),
        summary=codec.summary_from_json(summary),
        cloud=state or "none",
        cloud_error=error,
    )


def closed_rows(pedal: sqlite3.Connection, limit: int, before: str | None) -> list[Row]:
    """Return rows for ``stored``, newest first; ``before`` is the last session of the page before."""
    where = "" if before is None else "WHERE s.seq < (SELECT seq FROM sessions WHERE session_id = :before)"
    query = f"SELECT {_COLUMNS} {_FROM} {where} ORDER BY s.seq DESC LIMIT :limit"
    return pedal.execute(query, {"before": before, "limit": limit}).fetchall()


def closed_row(pedal: sqlite3.Connection, session_id: str) -> Row | None:
    """Return the row of one closed session, for ``stored``."""
    query = f"SELECT {_COLUMNS} {_FROM} WHERE s.session_id = ?"
    row: Row | None = pedal.execute(query, (session_id,)).fetchone()
    return row


def due(pedal: sqlite3.Connection, limit: int = CAP_MAX, skip: frozenset[int] = frozenset()) -> Batch:
    """Return the rows that may travel together next, largest cap first; every one of them allows so many.

    ``skip`` are rows set aside for this pass.
    """
    query = (
        f"SELECT o.seq, o.cap, o.attempts, {_COLUMNS} FROM outbox o JOIN sessions s USING (session_id)"  # noqa: S608
        " WHERE o.state = 'waiting' ORDER BY o.cap DESC, o.seq"
    )
    rows: list[Due] = []
    damaged_seqs: list[int] = []
    for seq, cap, attempts, *row in pedal.execute(query):
        if seq in skip:
            continue
        if len(rows) >= min(cap, limit):
            break
        try:
            rows.append(Due(seq, cap, attempts, stored(tuple(row))))
        except StoreUnreadable:
            damaged_seqs.append(seq)
    return Batch(tuple(rows), tuple(damaged_seqs))


def damaged(pedal: sqlite3.Connection) -> list[str]:
    """Return the ids of closed sessions that fail their checksum."""
    bad = []
    for row in pedal.execute(f"SELECT {_COLUMNS} {_FROM}"):
        try:
            stored(row)
        except StoreUnreadable:
            bad.append(str(row[0]))
    return bad


def settle(pedal: sqlite3.Connection, outcomes: Sequence[Outcome]) -> None:
    """Write down what became of rows that were tried, all in one transaction. A row that is done stays done."""
    with transaction(pedal):
        pedal.executemany(
            "UPDATE outbox SET state = ?, cap = min(cap, ?), error = ?, attempts = attempts + 1"
            " WHERE seq = ? AND state = 'waiting'",
            [(o.state, o.cap, o.error, o.seq) for o in outcomes],
        )


def count(pedal: sqlite3.Connection, state: Literal["waiting", "dead"] = "waiting") -> int:
    """Return how many rows of the outbox are in this state, without reading the years of those that are done."""
    (number,) = pedal.execute(_COUNTS[state]).fetchone()
    return int(number)
