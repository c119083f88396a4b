"""One pass over the outbox, over a scripted transport."""

import json
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from sync import codec, journal
from sync.cloud import Cloud
from sync.database import PEDAL_DB, connect_writer
from sync.errors import AuthHeld, Held, Portal, Retry
from sync.library import Library
from sync.push import BATCH_BYTES_MAX, PushReport, push_once
from sync.store import Store
from tests.sync.cloud_script import CONFIG, ScriptedCloud, portal, refuses, shows, stores_all
from tests.sync.samples import END, SUMMARY, header, keep, lines


def push(folder: Path, script: ScriptedCloud) -> PushReport:
    return push_once(folder, CONFIG, Cloud(CONFIG, script))


def picky(*poison: str):
    """A server that refuses every batch with one of these in it."""

    def answer(request: httpx.Request) -> httpx.Response:
        ids = [row["session_id"] for row in json.loads(request.content)]
        return refuses(400, "23514") if set(ids) & set(poison) else shows(*ids)

    return answer


def test_nothing_to_push_asks_nobody(store: Store, folder: Path) -> None:
    store.stop()
    script = ScriptedCloud(stores_all)
    assert push(folder, script) == PushReport()
    assert script.requests == []


def test_batches_hold_at_most_100_rows_and_256_kb(store: Store, folder: Path) -> None:
    for _ in range(230):
        store.add_finished(header(), lines(1), END, SUMMARY)
    wide = replace(header().setup, scale_kind="x" * 100_000)
    for _ in range(4):
        keep(store, setup=wide)
    store.stop(60)
    script = ScriptedCloud(stores_all)
    report = push(folder, script)
    assert (report.acknowledged, report.waiting) == (234, 0)
    assert max(script.sizes()) == 100
    assert max(len(request.content) for request in script.requests) <= BATCH_BYTES_MAX
    assert sum(script.sizes()) == 234


def test_poison_dies_alone_with_its_reason(store: Store, folder: Path, library: Library) -> None:
    kept = [keep(store) for _ in range(40)]
    store.stop()
    poison = {kept[3], kept[39]}
    script = ScriptedCloud(picky(*poison))
    report = push(folder, script)
    assert (report.acknowledged, report.dead, report.waiting) == (38, 2, 0)
    dead = {s.session_id: s.cloud_error for s in library.sessions(50) if s.cloud == "dead"}
    assert dead.keys() == poison
    assert all("23514" in reason for reason in dead.values())
    assert len(script.requests) <= 30


def test_isolation_goes_on_where_it_was_when_the_power_went(store: Store, folder: Path) -> None:
    kept = [keep(store) for _ in range(40)]
    store.stop()
    cut = ScriptedCloud(picky(kept[3]), picky(kept[3]), httpx.ReadTimeout("the power went"))
    assert isinstance(push(folder, cut).error, Retry)
    again = ScriptedCloud(picky(kept[3]))
    assert push(folder, again).dead == 1
    assert cut.sizes()[0] == 40
    assert max(again.sizes()) < 40


@pytest.mark.parametrize(
    ("step", "kind"),
    [
        (refuses(503, "XX000"), Retry),
        (refuses(401, "PGRST301"), AuthHeld),
        (refuses(400, "PGRST204", "no column"), Held),
        (portal(), Portal),
    ],
)
def test_a_failure_of_the_whole_ends_the_pass_and_blames_no_row(
    store: Store, folder: Path, library: Library, step: httpx.Response, kind: type
) -> None:
    for _ in range(3):
        keep(store)
    store.stop()
    script = ScriptedCloud(step)
    report = push(folder, script)
    assert type(report.error) is kind
    assert len(script.requests) == 1
    assert {s.cloud for s in library.sessions(5)} == {"waiting"}


def test_413_halves_until_it_fits(store: Store, folder: Path) -> None:
    for _ in range(20):
        keep(store)
    store.stop()

    def small(request: httpx.Request) -> httpx.Response:
        return httpx.Response(413) if len(json.loads(request.content)) > 6 else stores_all(request)

    script = ScriptedCloud(small)
    assert push(folder, script).acknowledged == 20
    assert script.sizes()[:3] == [20, 10, 5]


def test_one_row_that_is_too_large_for_the_server_is_set_aside(store: Store, folder: Path) -> None:
    keep(store)
    store.stop()
    report = push(folder, ScriptedCloud(httpx.Response(413)))
    assert (report.dead, report.waiting, report.error) == (1, 0, None)


def test_a_row_damaged_on_the_card_is_never_sent(store: Store, folder: Path) -> None:
    keep(store)
    bad = keep(store)
    store.stop()
    connection = connect_writer(folder / PEDAL_DB)
    connection.execute("UPDATE sessions SET summary = replace(summary, '0.91', '0.99') WHERE session_id = ?", (bad,))
    connection.close()
    script = ScriptedCloud(stores_all)
    report = push(folder, script)
    assert (report.acknowledged, report.dead) == (1, 1)
    assert bad not in str(script.bodies())


def test_what_no_server_may_be_sent_dies_here_and_what_has_no_time_waits(store: Store, folder: Path) -> None:
    keep(store, setup=replace(header().setup, scale_root="H"))
    keep(store, start_wall=None)
    good = keep(store)
    store.stop()
    script = ScriptedCloud(stores_all)
    report = push(folder, script)
    assert (report.acknowledged, report.dead, report.not_yet, report.waiting) == (1, 1, 1, 1)
    assert [row["session_id"] for row in script.bodies()[0]] == [good]


def test_a_close_that_was_cut_short_is_finished_and_pushed(store: Store, folder: Path) -> None:
    head = header()
    store.open_session(head)
    store._submit(lambda f: journal.seal(f.notes, head.session_id, END, codec.to_json(SUMMARY))).result(10)
    store.stop()
    assert push(folder, ScriptedCloud(stores_all)).acknowledged == 1
