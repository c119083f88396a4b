"""Closing in three steps: cut between any two, repeated, killed."""

from pathlib import Path

import pytest

from sync import codec, journal, outbox
from sync.library import Library
from sync.store import Store
from tests.sync.card_writes import hour_of_practice
from tests.sync.killing import kill_store
from tests.sync.samples import END, SECOND_NS, SUMMARY, header, keep, lines, started


def open_with_entries(store: Store) -> str:
    head = header()
    store.open_session(head).result(10)
    store.append(head.session_id, lines(6), 40 * SECOND_NS).result(10)
    return head.session_id


@pytest.mark.parametrize("steps_done", [1, 2, 3])
def test_a_close_cut_after_any_step_ends_in_one_summary_and_one_outbox_row(
    store: Store, folder: Path, library: Library, steps_done: int
) -> None:
    session_id = open_with_entries(store)

    def cut_close(files):
        sealed = journal.seal(files.notes, session_id, END, codec.to_json(SUMMARY))
        if steps_done >= 2:
            outbox.file_session(files.pedal, sealed)
        if steps_done >= 3:
            journal.forget(files.notes, session_id)

    store._submit(cut_close).result(10)
    store.stop()
    assert [s.session_id for s in library.sessions(10)] == [session_id]  # seen once, at every moment

    again = started(folder)
    assert again.unfinished() == []
    assert again.finish_closing().result(10) == (1 if steps_done < 3 else 0)
    assert again.finish_closing().result(10) == 0
    again.stop()
    [listed] = library.sessions(10)
    assert (listed.state, listed.end, listed.summary, library.waiting()) == ("closed", END, SUMMARY, 1)
    assert library.session(session_id)[1] == lines(6)


def test_every_step_may_be_repeated(store: Store, library: Library) -> None:
    session_id = open_with_entries(store)

    def twice(files):
        for _ in range(2):
            sealed = journal.seal(files.notes, session_id, END, codec.to_json(SUMMARY))
        for _ in range(2):
            outbox.file_session(files.pedal, sealed)
        for _ in range(2):
            journal.forget(files.notes, session_id)

    store._submit(twice).result(10)
    assert [s.session_id for s in library.sessions(10)] == [session_id]
    assert library.waiting() == 1


def test_a_row_that_was_told_is_not_queued_again_by_a_repeated_step(store: Store, library: Library) -> None:
    session_id = keep(store)

    def repeat(files):
        [due] = outbox.due(files.pedal).rows
        outbox.settle(files.pedal, [outbox.Outcome(due.seq, "done")])
        parts = (session_id, codec.to_json(header(session_id)), codec.to_json(END), codec.to_json(SUMMARY))
        outbox.file_session(files.pedal, journal.Sealed(*parts))

    store._submit(repeat).result(10)
    assert (library.waiting(), library.sessions(1)[0].cloud) == (0, "done")


def test_a_journal_that_is_not_sealed_is_never_forgotten(store: Store) -> None:
    session_id = open_with_entries(store)
    store._submit(lambda files: journal.forget(files.notes, session_id)).result(10)
    assert store.unfinished()[0].lines == lines(6)


def test_kill_9_while_writing_loses_nothing_acknowledged(tmp_path: Path) -> None:
    found = kill_store(tmp_path / "data", kills=6, seed=11)
    assert found.faults == []
    assert found.kills == 6
    assert found.acknowledged_entries > 100


def test_an_hour_of_practice_writes_at_most_15_mb(tmp_path: Path) -> None:
    cost = hour_of_practice(tmp_path / "data")
    assert 115 <= cost.entry_bytes <= 140
    assert cost.total_bytes <= 15e6, cost
    assert cost.commits_per_minute <= 31
