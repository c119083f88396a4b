"""The schema over the years: named steps, all or nothing, and older programs that still find their data."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlite_utils

from sync import migrations, outbox
from sync.database import NOTES_DB, PEDAL_DB, connect_writer
from sync.errors import StoreUnreadable
from sync.library import Library
from sync.migrations import NOTES_MIGRATIONS, PEDAL_MIGRATIONS, Migration, migrate
from sync.store import Store
from tests.sync.samples import keep, started


@pytest.fixture
def connection(tmp_path: Path):
    opened = connect_writer(tmp_path / "x.db")
    yield opened
    opened.close()


@pytest.mark.parametrize("steps", [PEDAL_MIGRATIONS, NOTES_MIGRATIONS])
def test_every_step_is_recorded_once(connection: sqlite3.Connection, steps: tuple[Migration, ...]) -> None:
    names = [step.name for step in steps]
    assert migrate(connection, steps) == names
    assert migrate(connection, steps) == []
    assert [name for (name,) in connection.execute("SELECT name FROM migrations")] == names
    meta = dict(connection.execute("SELECT key, value FROM meta"))
    assert meta == {"schema_version": migrations.SCHEMA_VERSION, "oldest_reader": migrations.OLDEST_READER}


def test_a_step_that_fails_leaves_nothing_behind(connection: sqlite3.Connection) -> None:
    bad = Migration("0002_bad", ("CREATE TABLE half (a TEXT) STRICT", "CREATE TABLE broken ("))
    with pytest.raises(sqlite3.OperationalError):
        migrate(connection, (*PEDAL_MIGRATIONS, bad))
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    assert "half" not in tables
    assert "sessions" in tables
    assert migrate(connection, PEDAL_MIGRATIONS) == []


@pytest.mark.parametrize("name", [PEDAL_DB, NOTES_DB])
def test_all_tables_are_strict(store: Store, folder: Path, name: str) -> None:
    database = sqlite_utils.Database(folder / name)
    tables = [table for table in database.tables if not table.name.startswith("sqlite_")]
    assert len(tables) >= 4
    assert [table.name for table in tables if not table.strict] == []
    database.close()


def test_an_older_program_opens_a_newer_file_while_that_allows_it(folder: Path, library: Library) -> None:
    newer = started(folder)
    kept = keep(newer)

    def add(files):
        files.pedal.execute("ALTER TABLE sessions ADD COLUMN mood TEXT")
        files.pedal.execute("UPDATE meta SET value = value + 1 WHERE key = 'schema_version'")
        files.pedal.execute("INSERT INTO migrations VALUES ('0099_mood', '2030-01-01T00:00:00Z')")

    newer._submit(add).result(10)
    newer.stop()
    older = started(folder)
    fresh = keep(older)
    older.stop()
    assert [s.session_id for s in library.sessions(5)] == [fresh, kept]
    with closing(sqlite3.connect(folder / PEDAL_DB)) as connection, connection:
        versions = dict(connection.execute("SELECT key, value FROM meta"))
    connection.close()
    assert versions["schema_version"] == migrations.SCHEMA_VERSION + 1


def test_a_file_that_only_newer_programs_understand_is_left_alone(store: Store, folder: Path) -> None:
    store._submit(
        lambda files: files.pedal.execute("UPDATE meta SET value = value + 1 WHERE key = 'oldest_reader'") and None
    ).result(10)
    store.stop()
    with pytest.raises(StoreUnreadable, match="newer pedal"):
        Store(folder).start()


def test_counting_what_waits_reads_an_index_and_not_years_of_rows(store: Store, folder: Path) -> None:
    database = sqlite_utils.Database(folder / PEDAL_DB)
    for query in outbox._COUNTS.values():
        plan = " ".join(row[3] for row in database.execute(f"EXPLAIN QUERY PLAN {query}"))
        assert "INDEX outbox_" in plan
    database.close()
