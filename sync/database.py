"""SQLite as this pedal uses it: WAL and synchronous=FULL, one writer, transactions that take the lock at once.

Plain ``sqlite3`` for the writer: sqlite-utils' own transactions are deferred, so they fail at once when another
program holds the lock.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from sync.errors import StoreFull, StoreUnreadable, SyncError

PEDAL_DB: Final = "pedal.db"
NOTES_DB: Final = "notes.db"
BUSY_TIMEOUT_MS: Final = 250
# A batch of 16 entries is under 1 kB. An hour of practice wrote 13.3 MB with pages of 4096 bytes, 10.2 MB with 2048.
NOTES_PAGE_BYTES: Final = 2048

# One entry per way in which a card lets us down; the player reads the text, the hub the word.
FAULTS: Final = {
    "full": "the card is full: delete recordings or sessions, then start again",
    "read_only": "the card cannot be written: it may be worn out, replace it",
    "locked": "another program holds the pedal's data: close it",
    "damaged": "the pedal's data is damaged: it is kept as it is, copy it before you reset",
    "queue": "the card is too slow: recording waits for it",
    "stopped": "storage is closed",
}


def connect_writer(path: Path, page_bytes: int = 4096) -> sqlite3.Connection:
    """Open (create, with pages of ``page_bytes``) for writing. Made here, then used by the writer thread alone.

    Power may go at any moment: WAL + FULL lost no acknowledged commit in 60 simulated cuts, WAL + NORMAL did in 42.
    Deleted pages are not overwritten with zeros (Debian's default): it would double the bytes of every close.
    """
    if not path.exists():
        path.touch(mode=0o600)  # before SQLite does: the WAL takes its mode from the file beside it
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        connection.execute(f"PRAGMA page_size={page_bytes}")  # must stand before WAL; an existing file keeps its own
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA secure_delete=OFF")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def connect_reader(path: Path) -> sqlite3.Connection:
    """Open for reading only, beside a running daemon or without one. Raises ``StoreUnreadable``.

    A folder that we may not write to has no place for the shared memory of WAL; with no WAL left behind, the file
    alone is the whole truth and is read as immutable.
    """
    uri = path.resolve().as_uri()
    modes = ["mode=ro"] if path.with_name(path.name + "-wal").exists() else ["mode=ro", "mode=ro&immutable=1"]
    error: sqlite3.Error | None = None
    for mode in modes:
        connection = sqlite3.connect(f"{uri}?{mode}", uri=True, isolation_level=None)
        try:
            connection.execute("PRAGMA busy_timeout=2000")
            connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        except sqlite3.Error as failed:
            connection.close()
            error = failed
        else:
            return connection
    raise StoreUnreadable(f"{path} cannot be read: {error}") from error


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """Read one file; whatever SQLite says against it becomes a ``SyncError``."""
    try:
        with closing(connect_reader(path)) as connection:
            yield connection
    except sqlite3.Error as error:
        raise as_sync_error(fault_of(error) or "damaged", error) from error


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """All or nothing, with the write lock from the first statement on."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def quick_check(connection: sqlite3.Connection, *tables: str) -> None:
    """Ask SQLite whether the file (or these tables of it) holds together. Raises ``StoreUnreadable``."""
    for table in tables or (None,):
        try:
            of = "" if table is None else f"('{table}')"
            answer = connection.execute(f"PRAGMA quick_check{of}").fetchone()[0]
        except sqlite3.DatabaseError as error:
            answer = str(error)
        if answer != "ok":
            raise StoreUnreadable(f"{FAULTS['damaged']} ({answer})")


def fault_of(error: sqlite3.Error) -> str | None:
    """Return the word in ``FAULTS`` for what SQLite said; ``None`` when it is a mistake of ours."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return None
    return {
        sqlite3.SQLITE_FULL: "full",
        sqlite3.SQLITE_IOERR: "full",
        sqlite3.SQLITE_READONLY: "read_only",
        sqlite3.SQLITE_CANTOPEN: "read_only",
        sqlite3.SQLITE_PERM: "read_only",
        sqlite3.SQLITE_BUSY: "locked",
        sqlite3.SQLITE_LOCKED: "locked",
        sqlite3.SQLITE_CORRUPT: "damaged",
        sqlite3.SQLITE_NOTADB: "damaged",
    }.get(code & 0xFF)


def as_sync_error(fault: str, error: sqlite3.Error) -> SyncError:
    """Return the exception that a caller of the store sees for this fault."""
    kind = StoreUnreadable if fault == "damaged" else StoreFull
    return kind(f"{FAULTS[fault]} ({error})")
