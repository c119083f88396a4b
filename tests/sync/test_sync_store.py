"""A session's life in the store: open, append, close, and what a list shows at each moment."""

import json
import math
import sqlite3
import stat
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync import codec
from sync.database import NOTES_DB, PEDAL_DB
from sync.errors import StoreUnreadable
from sync.library import Library
from sync.store import Store
from tests.sync.samples import END, METRICS, SECOND_NS, SUMMARY, header, keep, lines, started


def rows(folder: Path, name: str, query: str) -> list[tuple]:
    connection = sqlite3.connect(folder / name)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def test_a_session_comes_back_as_it_was_closed(store: Store, library: Library) -> None:
    head = header()
    store.open_session(head).result(10)
    store.append(head.session_id, lines(5), 31 * SECOND_NS).result(10)
    store.append(head.session_id, lines(4, first=5), 33 * SECOND_NS).result(10)
    store.close_session(head.session_id, END, SUMMARY).result(10)

    stored, entries = library.session(head.session_id)
    assert (stored.header, stored.end, stored.summary) == (head, END, SUMMARY)
    assert (stored.state, stored.cloud) == ("closed", "waiting")
    assert entries == lines(9)
    assert library.waiting() == 1


def test_an_open_session_is_listed_and_readable_while_it_runs(store: Store, library: Library) -> None:
    old = keep(store)
    head = header()
    store.open_session(head).result(10)
    store.append(head.session_id, lines(2), 31 * SECOND_NS).result(10)

    assert [(s.session_id, s.state) for s in library.sessions(10)] == [(head.session_id, "open"), (old, "closed")]
    stored, entries = library.session(head.session_id)
    assert stored.summary is None
    assert entries == lines(2)


def test_the_journal_is_empty_after_a_close(store: Store, folder: Path) -> None:
    head = header()
    store.open_session(head)
    store.append(head.session_id, lines(5), 31 * SECOND_NS)
    store.close_session(head.session_id, END, SUMMARY).result(10)
    assert rows(folder, NOTES_DB, "SELECT (SELECT count(*) FROM journal), (SELECT count(*) FROM open_sessions)") == [
        (0, 0)
    ]


def test_unfinished_gives_all_acknowledged_entries_and_the_last_heartbeat(folder: Path) -> None:
    first = started(folder)
    head = header()
    first.open_session(head).result(10)
    first.append(head.session_id, lines(3), 41 * SECOND_NS).result(10)
    first.append(head.session_id, [], 47 * SECOND_NS).result(10)
    first.stop()

    second = started(folder)
    [found] = second.unfinished()
    second.stop()
    assert (found.header, found.lines, found.last_heartbeat_ns) == (head, lines(3), 47 * SECOND_NS)


def test_a_hub_that_comes_back_goes_on_with_the_same_session(folder: Path, library: Library) -> None:
    first = started(folder)
    head = header()
    first.open_session(head)
    first.append(head.session_id, lines(3), 41 * SECOND_NS).result(10)
    first.stop()
    second = started(folder)
    second.append(head.session_id, lines(2, first=3), 55 * SECOND_NS).result(10)
    second.close_session(head.session_id, END, SUMMARY).result(10)
    second.stop()
    assert library.session(head.session_id)[1] == lines(5)


def test_entries_for_a_session_that_is_not_open_are_refused(store: Store) -> None:
    closed = keep(store)
    for session_id in ("nobody", closed):
        for entries in (lines(1), []):
            with pytest.raises(LookupError, match="is not open"):
                store.append(session_id, entries, 1).result(10)
    with pytest.raises(LookupError, match="is not open"):
        store.close_session("nobody", END, SUMMARY).result(10)


def test_opening_or_keeping_the_same_session_twice_is_refused(store: Store) -> None:
    head = header()
    store.open_session(head).result(10)
    with pytest.raises(ValueError, match="here already"):
        store.open_session(head).result(10)
    kept = keep(store)
    with pytest.raises(ValueError, match="here already"):
        keep(store, kept)
    with pytest.raises(ValueError, match="here already"):
        store.open_session(header(kept)).result(10)


def test_numbers_that_are_none_are_refused_and_the_session_stays_open(store: Store, library: Library) -> None:
    head = header()
    store.open_session(head)
    store.append(head.session_id, lines(2), 31 * SECOND_NS)
    bad = replace(SUMMARY, metrics=replace(METRICS, quality=math.nan))
    with pytest.raises(ValueError, match="not JSON compliant"):
        store.close_session(head.session_id, END, bad).result(10)
    store.close_session(head.session_id, END, SUMMARY).result(10)
    assert library.session(head.session_id)[1] == lines(2)


def test_pages_of_the_list_meet_without_gap_or_overlap(store: Store, library: Library) -> None:
    kept = [keep(store) for _ in range(7)]
    head = header()
    store.open_session(head).result(10)
    newest_first = [head.session_id, *reversed(kept)]
    for size in (1, 2, 3, 8, 9):
        seen: list[str] = []
        while page := library.sessions(size, seen[-1] if seen else None):
            assert len(page) <= size
            seen += [session.session_id for session in page]
        assert seen == newest_first
    assert library.sessions(5, before="gone") == []


def test_settings_survive_a_restart_and_must_be_json(folder: Path) -> None:
    first = started(folder)
    first.set_setting("bpm", "90").result(10)
    first.set_setting("bpm", "96.5").result(10)
    first.set_setting("player", json.dumps("Ana")).result(10)
    for bad in ("{", "NaN", ""):
        with pytest.raises(ValueError, match=r"Expecting|not JSON"):
            first.set_setting("bpm", bad).result(10)
    first.stop()
    second = started(folder)
    assert dict(second.settings()) == {"bpm": "96.5", "player": '"Ana"'}
    second.stop()


def test_files_are_for_their_owner_alone(store: Store, folder: Path) -> None:
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    store.open_session(header()).result(10)
    names = {path.name for path in folder.iterdir()}
    assert names >= {PEDAL_DB, NOTES_DB, PEDAL_DB + "-wal", NOTES_DB + "-wal"}
    for name in names:
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600


def test_the_writer_syncs_every_commit(store: Store) -> None:
    def pragmas(files):
        return [c.execute(f"PRAGMA {p}").fetchone()[0] for c in (files.pedal, files.notes) for p in wanted]

    wanted = ("journal_mode", "synchronous", "foreign_keys")
    assert store._submit(pragmas).result(10) == ["wal", 2, 1] * 2


def test_no_folder_reads_as_empty_and_stays_absent(folder: Path, library: Library) -> None:
    assert (library.exists(), library.sessions(5), library.session("x"), library.waiting()) == (False, [], None, 0)
    assert not folder.exists()


def test_a_file_that_is_no_database_is_refused_and_kept(folder: Path, library: Library) -> None:
    folder.mkdir()
    (folder / PEDAL_DB).write_bytes(b"not a database at all, but long enough to look at" * 100)
    before = (folder / PEDAL_DB).read_bytes()
    with pytest.raises(StoreUnreadable, match="damaged"):
        Store(folder).start()
    with pytest.raises(StoreUnreadable, match="cannot be read"):
        library.sessions(5)
    assert (folder / PEDAL_DB).read_bytes() == before


def test_a_flipped_bit_hides_one_session_and_not_the_others(store: Store, folder: Path, library: Library) -> None:
    kept = [keep(store) for _ in range(3)]
    store.stop()
    with closing(sqlite3.connect(folder / PEDAL_DB)) as connection, connection:
        connection.execute(
            "UPDATE sessions SET summary = replace(summary, '0.91', '0.99') WHERE session_id = ?", kept[1:2]
        )
    connection.close()
    assert [s.session_id for s in library.sessions(10)] == [kept[2], kept[0]]
    assert library.damaged() == [kept[1]]


def test_damaged_notes_are_said_to_be_damaged(store: Store, folder: Path, library: Library) -> None:
    kept = keep(store)
    store.stop()
    with closing(sqlite3.connect(folder / NOTES_DB)) as connection, connection:
        connection.execute("UPDATE logs SET entries = zeroblob(length(entries))")
    connection.close()
    with pytest.raises(StoreUnreadable, match="notes of session"):
        library.session(kept)
    assert [s.session_id for s in library.sessions(1)] == [kept]


def test_a_damaged_batch_costs_itself_and_is_counted(folder: Path) -> None:
    first = started(folder)
    head = header()
    first.open_session(head)
    for n in range(3):
        first.append(head.session_id, lines(2, first=2 * n), (31 + n) * SECOND_NS).result(10)
    first.stop()
    with closing(sqlite3.connect(folder / NOTES_DB)) as connection, connection:
        connection.execute("UPDATE journal SET boottime_ns = boottime_ns + 1 WHERE seq = 2")
    connection.close()
    second = started(folder)
    [found] = second.unfinished()
    second.stop()
    assert (found.lines, found.damaged_batches) == (lines(2) + lines(2, first=4), 1)


@given(st.lists(st.binary(max_size=300)))
def test_opaque_entries_come_back_byte_for_byte(entries: list[bytes]) -> None:
    assert codec.unpack(codec.decompress(codec.compress(codec.pack(entries)))) == entries


@given(st.binary(min_size=1, max_size=64))
def test_broken_frames_are_refused_or_whole(raw: bytes) -> None:
    try:
        entries = codec.unpack(raw)
    except ValueError:
        return
    assert codec.pack(entries) == raw


def test_an_entry_that_is_too_long_is_refused() -> None:
    with pytest.raises(ValueError, match="at most 65536"):
        codec.pack([bytes(65_537)])


def test_records_of_a_newer_program_are_read_without_what_is_new() -> None:
    head = header()
    newer = json.loads(codec.to_json(head))
    newer["setup"]["capo"] = 2
    newer["weather"] = "rain"
    assert codec.header_from_json(json.dumps(newer)) == head
    summary = json.loads(codec.to_json(SUMMARY))
    summary["metrics"]["groove"] = 0.5
    del summary["metrics"]["swing_ratio"]
    assert codec.summary_from_json(json.dumps(summary)) == SUMMARY


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=10, deadline=None)
@given(st.lists(st.lists(st.binary(max_size=40), max_size=5), max_size=6))
def test_however_a_log_is_cut_into_batches_it_reads_the_same(store: Store, batches: list[list[bytes]]) -> None:
    head = header()
    store.open_session(head)
    for n, batch in enumerate(batches):
        store.append(head.session_id, batch, n)
    store.close_session(head.session_id, END, SUMMARY).result(10)
    _, entries = Library(store.folder).session(head.session_id)
    assert entries == [entry for batch in batches for entry in batch]
