"""The schema of both files as named steps, each in one transaction with its own record.

Steps only add. A file says which ``schema_version`` wrote it and the ``oldest_reader`` that may still open it, because
a failed update falls back to the other system slot, whose older program must find the player's sessions. Plain SQL:
the STRICT tables and CHECKs say more than a table builder can.
"""

import sqlite3
from dataclasses import dataclass
from typing import Final

from sync.database import transaction
from sync.errors import StoreUnreadable

SCHEMA_VERSION: Final = 1
OLDEST_READER: Final = 1


@dataclass(frozen=True, slots=True)
class Migration:
    """One step: its name is its identity, forever."""

    name: str
    statements: tuple[str, ...]


PEDAL_MIGRATIONS: Final = (
    Migration(
        "0001_sessions_outbox_settings",
        (
            # seq is the order of arrival: ids follow a clock that may have been wrong.
            """CREATE TABLE sessions (
                seq INTEGER PRIMARY KEY AUTOINCREMENT,
                session_id TEXT NOT NULL UNIQUE,
                header TEXT NOT NULL CHECK (json_valid(header)),
                ending TEXT NOT NULL CHECK (json_valid(ending)),
                summary TEXT NOT NULL CHECK (json_valid(summary)),
                sha256 BLOB NOT NULL CHECK (length(sha256) = 32)
            ) STRICT""",
            # cap: the most rows that may travel together with this one; it shrinks until a bad row stands alone.
            """CREATE TABLE outbox (
                seq INTEGER PRIMARY KEY AUTOINCREMENT,
                session_id TEXT NOT NULL UNIQUE REFERENCES sessions (session_id),
                state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done', 'dead')),
                attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
                cap INTEGER NOT NULL DEFAULT 100 CHECK (cap BETWEEN 1 AND 100),
                error TEXT
            ) STRICT""",
            "CREATE INDEX outbox_waiting ON outbox (seq) WHERE state = 'waiting'",
            "CREATE INDEX outbox_dead ON outbox (seq) WHERE state = 'dead'",
            """CREATE TABLE settings (
                key TEXT PRIMARY KEY,
                value TEXT NOT NULL CHECK (json_valid(value))
            ) STRICT, WITHOUT ROWID""",
        ),
    ),
)

NOTES_MIGRATIONS: Final = (
    Migration(
        "0001_journal_logs",
        (
            # ending and summary are filled in by the first step of closing: then the rest can be repeated.
            """CREATE TABLE open_sessions (
                seq INTEGER PRIMARY KEY AUTOINCREMENT,
                session_id TEXT NOT NULL UNIQUE,
                header TEXT NOT NULL CHECK (json_valid(header)),
                heartbeat_ns INTEGER NOT NULL,
                ending TEXT CHECK (ending IS NULL OR json_valid(ending)),
                summary TEXT CHECK (summary IS NULL OR json_valid(summary)),
                CHECK ((ending IS NULL) = (summary IS NULL))
            ) STRICT""",
            # One blob per batch: 1,800 commits an hour as indexed note rows wrote 2.4 times the bytes.
            """CREATE TABLE journal (
                seq INTEGER PRIMARY KEY,
                open_seq INTEGER NOT NULL REFERENCES open_sessions (seq),
                boottime_ns INTEGER NOT NULL,
                entries BLOB NOT NULL,
                sha256 BLOB NOT NULL CHECK (length(sha256) = 32)
            ) STRICT""",
            """CREATE TABLE logs (
                session_id TEXT PRIMARY KEY,
                entries BLOB NOT NULL,
                entry_count INTEGER NOT NULL CHECK (entry_count >= 0),
                damaged_batches INTEGER NOT NULL DEFAULT 0,
                sha256 BLOB NOT NULL CHECK (length(sha256) = 32)
            ) STRICT""",
        ),
    ),
)


def migrate(connection: sqlite3.Connection, migrations: tuple[Migration, ...]) -> list[str]:
    """Apply the steps that this file has not had; return their names. Raises ``StoreUnreadable`` on a newer file."""
    with transaction(connection):
        connection.execute("CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT")
        connection.execute(
            "CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, applied_at TEXT NOT NULL) STRICT"
        )
    meta = dict(connection.execute("SELECT key, value FROM meta"))
    if meta.get("oldest_reader", 0) > SCHEMA_VERSION:
        raise StoreUnreadable("this data was written by a newer pedal: update this one to read it")
    had = {name for (name,) in connection.execute("SELECT name FROM migrations")}
    missing = [step for step in migrations if step.name not in had]
    for step in missing:
        with transaction(connection):
            for statement in step.statements:
                connection.execute(statement)
            connection.execute("INSERT INTO migrations VALUES (?, strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))", (step.name,))
            _raise_versions(connection)
    return [step.name for step in missing]


def _raise_versions(connection: sqlite3.Connection) -> None:
    connection.executemany(
        "INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = max(value, excluded.value)",
        [("schema_version", SCHEMA_VERSION), ("oldest_reader", OLDEST_READER)],
    )
