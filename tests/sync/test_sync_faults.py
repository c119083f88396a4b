"""A card that is full, read-only, damaged or held by someone else: visible, and nothing stored is lost."""

import os
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import Future
from pathlib import Path

import pytest

from sync.database import NOTES_DB, PEDAL_DB, connect_writer, transaction
from sync.errors import StoreFull, StoreUnreadable
from sync.library import Library
from sync.store import Store
from sync.writer import QUEUE_JOBS_MAX
from tests.sync.samples import END, SECOND_NS, SUMMARY, header, keep, lines, started

ROOT = Path(__file__).resolve().parents[2]


def fill_card(store: Store) -> None:
    """From now on files may grow by 40 pages, and then by none."""

    def limit(files):
        for connection in (files.pedal, files.notes):
            (pages,) = connection.execute("PRAGMA page_count").fetchone()
            connection.execute(f"PRAGMA max_page_count={pages + 40}")

    store._submit(limit).result(10)


def make_room(store: Store) -> None:
    def free(files):
        for connection in (files.pedal, files.notes):
            connection.execute("PRAGMA max_page_count=100000")

    store._submit(free).result(10)


def append_until_refused(store: Store, session_id: str, kept: list[bytes]) -> None:
    for n in range(200):
        batch = [os.urandom(500) for _ in range(8)]
        try:
            store.append(session_id, batch, n * SECOND_NS).result(10)
        except StoreFull:
            return
        kept += batch
    pytest.fail("a full card was never said to be full")


def test_a_full_card_is_said_and_everything_before_it_stays(store: Store, library: Library) -> None:
    head = header()
    store.open_session(head).result(10)
    kept: list[bytes] = []
    fill_card(store)
    append_until_refused(store, head.session_id, kept)
    assert store.status().fault == "full"
    assert "delete" in store.status().text
    assert library.session(head.session_id)[1] == kept

    make_room(store)
    store.append(head.session_id, lines(2), 900 * SECOND_NS).result(10)
    assert store.status().fault is None
    store.close_session(head.session_id, END, SUMMARY).result(10)
    assert library.session(head.session_id)[1] == kept + lines(2)


def test_a_close_on_a_full_card_fails_and_can_be_repeated(store: Store, library: Library) -> None:
    head = header()
    store.open_session(head).result(10)
    kept: list[bytes] = []
    fill_card(store)
    append_until_refused(store, head.session_id, kept)
    with pytest.raises(StoreFull):
        store.close_session(head.session_id, END, SUMMARY).result(10)
    assert library.sessions(5)[0].state == "open"
    make_room(store)
    store.close_session(head.session_id, END, SUMMARY).result(10)
    assert library.session(head.session_id)[1] == kept
    assert library.waiting() == 1


FILL_A_FILE = """
import resource, sys
from pathlib import Path
from sync.errors import StoreFull
from tests.sync.samples import header, lines, started
store = started(Path(sys.argv[1]))
head = header()
store.open_session(head).result(10)
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
count = 0
try:
    for n in range(10_000):
        store.append(head.session_id, lines(16, count), n).result(10)
        count += 16
except StoreFull as error:
    print(head.session_id, count, store.status().fault, error)
"""


def test_a_file_system_that_takes_no_more_bytes_loses_nothing_acknowledged(folder: Path, library: Library) -> None:
    command = [sys.executable, "-P", "-c", FILL_A_FILE, str(folder)]
    said = subprocess.run(command, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True, cwd=ROOT)
    session_id, count, fault, *_ = said.stdout.split()
    assert (fault, int(count) > 100) == ("full", True)
    assert library.session(session_id)[1] == lines(int(count))
    again = started(folder)
    again.close_session(session_id, END, SUMMARY).result(10)
    again.stop()
    assert library.session(session_id)[1] == lines(int(count))


READ_ONLY = """
import os, sys
from pathlib import Path
from sync.errors import StoreFull, StoreUnreadable
from sync.library import Library
from sync.store import Store
Path("/").as_uri()  # imports what it needs, while this Python's own folder can still be read
if os.geteuid() == 0:  # root may write anywhere: become someone who may not
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
folder = Path(sys.argv[1])
print(len(Library(folder).sessions(10)), Library(folder).waiting())
try:
    Store(folder).start()
except StoreFull as error:
    print(error)
try:
    Library(folder / "private").sessions(1)
except StoreUnreadable as error:
    print(error)
"""


def test_a_folder_that_may_not_be_written_is_said_and_still_read(store: Store, folder: Path, tmp_path: Path) -> None:
    keep(store)
    store.stop()
    (folder / "private").mkdir(mode=0o000)
    for path in (folder, *(folder / name for name in (PEDAL_DB, NOTES_DB))):
        path.chmod(0o555 if path.is_dir() else 0o444)
    for parent in (tmp_path, *tmp_path.parents[:3]):
        if parent != Path("/tmp") and os.geteuid() == 0:
            parent.chmod(0o755)
    command = [sys.executable, "-P", "-B", "-c", READ_ONLY, str(folder)]
    said = subprocess.run(command, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False, cwd="/")
    assert said.returncode == 0, said.stderr
    read, write, private = said.stdout.splitlines()
    folder.chmod(0o700)
    (folder / "private").chmod(0o700)
    assert read == "1 1"
    assert "cannot be written" in write
    assert "cannot be read" in private


def test_a_write_refused_as_read_only_is_said(store: Store) -> None:
    def pragma(value):
        return lambda files: [c.execute(f"PRAGMA query_only={value}") for c in (files.pedal, files.notes)] and None

    store._submit(pragma("ON")).result(10)
    with pytest.raises(StoreFull, match="cannot be written"):
        store.open_session(header()).result(10)
    assert store.status().fault == "read_only"
    store._submit(pragma("OFF")).result(10)
    store.open_session(header()).result(10)
    assert store.status().fault is None


def until_locked(store: Store) -> None:
    """Wait for the fault to show; each look takes the writer's own lock, so this is no blind spin."""
    deadline = threading.Event()
    timer = threading.Timer(20, deadline.set)
    timer.start()
    while store.status().fault != "locked":
        assert not deadline.is_set(), store.status()
    timer.cancel()


def test_a_lock_of_another_program_delays_and_loses_nothing(store: Store, folder: Path, library: Library) -> None:
    head = header()
    store.open_session(head).result(10)
    other = sqlite3.connect(folder / NOTES_DB, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    futures = [store.append(head.session_id, lines(2, 2 * n), n * SECOND_NS) for n in range(5)]
    until_locked(store)
    assert not any(future.done() for future in futures)
    assert "close it" in store.status().text
    other.execute("ROLLBACK")
    other.close()
    for future in futures:
        future.result(10)
    assert store.status().fault is None
    assert library.session(head.session_id)[1] == lines(10)


def test_stop_is_bounded_even_while_another_program_holds_the_lock(store: Store, folder: Path) -> None:
    other = sqlite3.connect(folder / NOTES_DB, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    future = store.open_session(header())
    waiting = store.open_session(header())
    until_locked(store)
    assert store.stop(timeout_s=0.5) is False
    for refused in (future, waiting):
        with pytest.raises(StoreFull):
            refused.result(5)
    other.close()


def block(store: Store) -> tuple[threading.Event, Future[None]]:
    """Keep the writer busy until the event is set."""
    go = threading.Event()
    started_work = threading.Event()

    def work(files):
        started_work.set()
        assert go.wait(20)

    future = store._submit(work)
    assert started_work.wait(20)
    return go, future


def test_the_queue_refuses_the_257th_job_and_keeps_the_256(store: Store, library: Library) -> None:
    head = header()
    store.open_session(head).result(10)
    go, _ = block(store)
    futures = [store.append(head.session_id, lines(1, n), n) for n in range(QUEUE_JOBS_MAX)]
    assert QUEUE_JOBS_MAX == 256
    with pytest.raises(StoreFull, match="too slow"):
        store.append(head.session_id, lines(1), 1).result(0)
    assert (store.status().fault, store.status().queue_depth) == ("queue", 256)
    go.set()
    for future in futures:
        future.result(20)
    assert library.session(head.session_id)[1] == lines(256)
    assert store.status().fault is None


def test_stop_writes_what_is_queued_and_then_refuses(store: Store, library: Library) -> None:
    head = header()
    store.open_session(head)
    futures = [store.append(head.session_id, lines(1, n), n) for n in range(50)]
    assert store.stop(timeout_s=20) is True
    assert all(future.done() and future.exception() is None for future in futures)
    with pytest.raises(StoreFull, match="closed"):
        store.append(head.session_id, lines(1), 1).result(0)
    assert library.session(head.session_id)[1] == lines(50)
    assert store.stop() is True


def test_a_caller_who_gives_up_waiting_does_not_take_the_write_back(store: Store, library: Library) -> None:
    go, _ = block(store)
    head = header()
    future = store.open_session(head)
    assert future.cancel() is False
    go.set()
    future.result(10)
    assert library.sessions(1)[0].session_id == head.session_id


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_mistake_of_ours_ends_the_writer_in_the_open(store: Store) -> None:
    def mistake(files):
        raise TypeError("a mistake")

    with pytest.raises(TypeError, match="a mistake"):
        store._submit(mistake).result(10)
    with pytest.raises(StoreFull, match="closed"):
        store.open_session(header()).result(10)
    assert store.status().fault == "stopped"


@pytest.mark.parametrize("name", [PEDAL_DB, NOTES_DB])
def test_a_damaged_file_is_refused_at_boot(store: Store, folder: Path, name: str) -> None:
    for _ in range(30):
        keep(store)
    head = header()
    store.open_session(head)
    for n in range(30):
        store.append(head.session_id, [os.urandom(1500)], n).result(10)
    store.stop()
    raw = bytearray((folder / name).read_bytes())
    page = 4096 if name == PEDAL_DB else 2048
    for start in range(page, len(raw), page):
        raw[start : start + 8] = b"\xff" * 8
    (folder / name).write_bytes(raw)
    with pytest.raises(StoreUnreadable, match="damaged"):
        Store(folder).start()
    assert (folder / name).read_bytes() == raw


def test_a_transaction_holds_the_write_lock_from_its_first_moment(tmp_path: Path) -> None:
    ours, other = connect_writer(tmp_path / "x.db"), connect_writer(tmp_path / "x.db")
    other.execute("PRAGMA busy_timeout=0")
    with transaction(ours), pytest.raises(sqlite3.OperationalError, match="locked"):
        other.execute("BEGIN IMMEDIATE")
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        fail_half_way(ours)
    assert not ours.in_transaction
    assert other.execute("SELECT count(*) FROM sqlite_schema").fetchone() == (0,)
    ours.close()
    other.close()


def fail_half_way(connection: sqlite3.Connection) -> None:
    with transaction(connection):
        connection.execute("CREATE TABLE t (a INTEGER) STRICT")
        connection.execute("INSERT INTO absent VALUES (1)")
