"""The store: everything that is kept goes through here, on one thread.

    store = Store(Path("data"))
    store.start()
    store.finish_closing().result()
    store.open_session(header)
    store.append(header.session_id, [b"..."], boottime_ns)
    store.close_session(header.session_id, end, summary).result()
    store.stop()

Every writing method returns a future that is done once the bytes are synced to the card. It fails with ``StoreFull``
(full, read-only, too slow, closed), ``StoreUnreadable`` (damaged), ``LookupError`` (no such open session) or
``ValueError`` (what was given cannot be kept).
"""

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import TypeVar

from dsp.types import Summary
from sync import codec, journal, outbox
from sync.database import (
    FAULTS,
    NOTES_DB,
    NOTES_PAGE_BYTES,
    PEDAL_DB,
    as_sync_error,
    connect_writer,
    fault_of,
    quick_check,
    reading,
    transaction,
)
from sync.errors import StoreFull, SyncError
from sync.migrations import NOTES_MIGRATIONS, PEDAL_MIGRATIONS, migrate
from sync.records import SessionEnd, SessionHeader, Unfinished
from sync.writer import Files, StoreStatus, Writer

T = TypeVar("T")


class Store:
    """Owns ``pedal.db`` and ``notes.db`` in ``folder``. One store per folder and process."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._writer: Writer | None = None

    @property
    def folder(self) -> Path:
        """Where the files are."""
        return self._folder

    def start(self) -> None:
        """Open, check and migrate both files, then start the writer. Raises ``StoreFull``, ``StoreUnreadable``."""
        assert self._writer is None, "started twice"
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            files = _open_files(self._folder)
        except sqlite3.Error as error:
            raise as_sync_error(fault_of(error) or "damaged", error) from error
        except SyncError:
            raise
        except OSError as error:
            raise StoreFull(f"{FAULTS['read_only']} ({error.strerror}: {self._folder})") from error
        self._writer = Writer(files)
        self._writer.start()

    def stop(self, timeout_s: float = 2.0) -> bool:
        """Work off what is queued, bounded by ``timeout_s``, and close. Returns whether everything was written."""
        return self._writer is None or self._writer.stop(timeout_s)

    def status(self) -> StoreStatus:
        """Return queue depth and the fault that the player should see, if there is one."""
        return StoreStatus(0, "stopped", None) if self._writer is None else self._writer.status()

    def open_session(self, header: SessionHeader) -> Future[None]:
        """Begin the journal of a session; at boot, its being there means "not closed"."""
        return self._submit(lambda files: journal.open_session(files.notes, header))

    def append(self, session_id: str, lines: Sequence[bytes], boottime_ns: int) -> Future[None]:
        """Keep entries (opaque bytes, at most 64 kB each) as one row; none at all is a heartbeat."""
        kept = tuple(lines)
        return self._submit(lambda files: journal.append(files.notes, session_id, kept, boottime_ns))

    def close_session(self, session_id: str, end: SessionEnd, summary: Summary) -> Future[None]:
        """Close: log to one blob, then summary and outbox row in one transaction, then the journal goes."""

        def work(files: Files) -> None:
            _finish(files, journal.seal(files.notes, session_id, end, codec.to_json(summary)))

        return self._submit(work)

    def add_finished(
        self, header: SessionHeader, lines: Sequence[bytes], end: SessionEnd, summary: Summary
    ) -> Future[None]:
        """Keep a session that is over already: the last 60 s."""
        kept = tuple(lines)

        def work(files: Files) -> None:
            _finish(files, journal.seal_finished(files.notes, header, kept, end, codec.to_json(summary)))

        return self._submit(work)

    def finish_closing(self) -> Future[int]:
        """Repeat the closes that a crash cut short; returns how many. Call it at boot, before ``unfinished``."""

        def work(files: Files) -> int:
            begun = journal.sealed(files.notes)
            for sealed in begun:
                _finish(files, sealed)
            return len(begun)

        return self._submit(work)

    def unfinished(self) -> list[Unfinished]:
        """Return the sessions that nobody closed, with everything of them that was acknowledged."""
        with reading(self._folder / NOTES_DB) as notes:
            return journal.unfinished(notes)

    def set_setting(self, key: str, value_json: str) -> Future[None]:
        """Keep one setting. Fails with ``ValueError`` when the value is not JSON."""

        def work(files: Files) -> None:
            json.loads(value_json, parse_constant=_refuse_constant)
            with transaction(files.pedal):
                files.pedal.execute(
                    "INSERT INTO settings VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                    (key, value_json),
                )

        return self._submit(work)

    def settings(self) -> Mapping[str, str]:
        """Return all settings as JSON texts by key."""
        with reading(self._folder / PEDAL_DB) as pedal:
            return dict(pedal.execute("SELECT key, value FROM settings"))

    def settle(self, outcomes: Sequence[outbox.Outcome]) -> Future[None]:
        """Write down what the cloud said about rows of the outbox."""
        kept = tuple(outcomes)
        return self._submit(lambda files: outbox.settle(files.pedal, kept))

    def _submit(self, work: Callable[[Files], T]) -> Future[T]:
        assert self._writer is not None, "not started"
        return self._writer.submit(work)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _finish(files: Files, sealed: journal.Sealed) -> None:
    outbox.file_session(files.pedal, sealed)
    journal.forget(files.notes, sealed.session_id)


def _open_files(folder: Path) -> Files:
    """Open both files and check what every boot must rely on; of the many logs each is checked when it is read."""
    pedal = connect_writer(folder / PEDAL_DB)
    try:
        quick_check(pedal)
        migrate(pedal, PEDAL_MIGRATIONS)
        notes = connect_writer(folder / NOTES_DB, NOTES_PAGE_BYTES)
        try:
            migrate(notes, NOTES_MIGRATIONS)
            quick_check(notes, "open_sessions", "journal")
        except BaseException:
            notes.close()
            raise
    except BaseException:
        pedal.close()
        raise
    return Files(pedal, notes)
