"""The one thread that writes SQLite, and the bounded queue before it.

Policy of the queue: 256 jobs, then *refuse* and show the fault. A job that finds the database locked by another
program stays at the head until the lock is gone: order is kept and nothing is dropped.
"""

import sqlite3
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from sync.database import FAULTS, as_sync_error, fault_of
from sync.errors import StoreFull, SyncError

QUEUE_JOBS_MAX: Final = 256
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Files:
    """The two open databases; only the writer thread touches them."""

    pedal: sqlite3.Connection
    notes: sqlite3.Connection

    def close(self) -> None:
        """Close both; SQLite folds the WAL into the files when nobody else has them open."""
        self.notes.close()
        self.pedal.close()


@dataclass(frozen=True, slots=True)
class StoreStatus:
    """How storage is. ``fault``: a key of ``FAULTS``, or ``None``; ``text``: one line for the player."""

    queue_depth: int
    fault: str | None
    text: str | None


@dataclass(frozen=True, slots=True)
class _Job(Generic[T]):
    work: Callable[[Files], T]
    future: Future[T]


class Writer:
    """Runs jobs in order on its own thread. Each must be repeatable up to its first failed transaction."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._jobs: deque[_Job[Any]] = deque()
        self._wake = threading.Condition()
        self._stopping = False
        self._abandon = False
        self._fault: str | None = None
        self._detail: str | None = None
        self._thread = threading.Thread(target=self._run, name="store", daemon=True)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def submit(self, work: Callable[[Files], T]) -> Future[T]:
        """Queue a job. The future fails at once with ``StoreFull`` when 256 are waiting or storage is closed."""
        future: Future[T] = Future()
        future.set_running_or_notify_cancel()  # a caller who stops waiting must not take the write with it
        with self._wake:
            refused = "stopped" if self._stopping else "queue" if len(self._jobs) >= QUEUE_JOBS_MAX else None
            if refused is None:
                self._jobs.append(_Job(work, future))
                self._wake.notify()
                return future
            if self._fault is None:
                self._fault = refused
        future.set_exception(StoreFull(FAULTS[refused]))
        return future

    def stop(self, timeout_s: float) -> bool:
        """Work off the queue for at most ``timeout_s``, then fail what is left. Returns whether all was done."""
        with self._wake:
            self._stopping = True
            self._wake.notify()
        self._thread.join(timeout_s)
        drained = not self._thread.is_alive()
        with self._wake:
            self._abandon = True
        self._fail_the_rest()
        self._thread.join(timeout_s)
        return drained

    def status(self) -> StoreStatus:
        """Return the state now; callable from any thread."""
        with self._wake:
            text = None if self._fault is None else (self._detail or FAULTS[self._fault])
            return StoreStatus(len(self._jobs), self._fault, text)

    def _run(self) -> None:
        try:
            while (job := self._next()) is not None:
                self._do(job)
        finally:
            with self._wake:
                self._stopping = True  # also when a mistake of ours ends this thread: refuse, do not collect
            self._fail_the_rest()
            self._files.close()

    def _fail_the_rest(self) -> None:
        with self._wake:
            left, self._jobs = list(self._jobs), deque()
        for job in left:
            job.future.set_exception(StoreFull(FAULTS["stopped"]))

    def _next(self) -> _Job[Any] | None:
        with self._wake:
            while not self._jobs and not self._stopping:
                self._wake.wait()
            return self._jobs.popleft() if self._jobs and not self._abandon else None

    def _do(self, job: _Job[Any]) -> None:
        while True:
            try:
                result = job.work(self._files)
            except sqlite3.Error as error:
                fault = fault_of(error)
                if fault == "locked" and not self._abandon:
                    self._set_fault(fault, None)
                    continue  # BEGIN IMMEDIATE has waited BUSY_TIMEOUT_MS already: this is no busy loop
                failure = error if fault is None else as_sync_error(fault, error)
                self._set_fault(fault, None if fault is None else str(failure))
                job.future.set_exception(failure)
            except (SyncError, ValueError, LookupError) as error:
                job.future.set_exception(error)
            except BaseException as error:
                # A mistake of ours: whoever waits must know, and then this thread dies in the open.
                self._set_fault("stopped", f"storage stopped: {error!r}")
                job.future.set_exception(error)
                raise
            else:
                self._set_fault(None, None)
                job.future.set_result(result)
            return

    def _set_fault(self, fault: str | None, text: str | None) -> None:
        with self._wake:
            self._fault = fault
            self._detail = text
