"""The worker: offline is normal, and whoever asks it to stop waits at most a second."""

import threading
import time
from dataclasses import replace

import httpx
import pytest

from sync.errors import AuthHeld, Held, Offline, Portal, Rejected, Retry
from sync.library import Library
from sync.push import PushReport
from sync.store import Store
from sync.worker import SyncWorker, state_after
from tests.sync.cloud_script import CONFIG, ScriptedCloud, portal, refuses, stores_all
from tests.sync.samples import keep
from tests.sync.statuses import Statuses


@pytest.fixture
def told() -> Statuses:
    return Statuses()


@pytest.fixture
def run(store: Store, told: Statuses):
    """Start a worker on a script; backoff takes its longest unless ``random`` says otherwise."""
    workers = []

    def start(script: ScriptedCloud | None, random: float = 0.999) -> SyncWorker:
        config = None if script is None else CONFIG
        worker = SyncWorker(store, config, told, transport=script, random=lambda: random)
        workers.append(worker)
        worker.start()
        return worker

    yield start
    for worker in workers:
        assert worker.stop()


def test_without_an_account_it_is_off_and_still_counts(store: Store, told: Statuses, run) -> None:
    worker = run(None)
    assert told.until(lambda s: s.state == "off").waiting == 0
    keep(store)
    worker.kick()
    told.until(lambda s: (s.state, s.waiting) == ("off", 1))


def test_a_credential_that_cannot_be_used_is_held_with_its_reason(store: Store, told: Statuses) -> None:
    worker = SyncWorker(store, AuthHeld("run chmod 600 on it"), told)
    worker.start()
    assert told.until(lambda s: s.state == "held").text == "run chmod 600 on it"
    keep(store)
    worker.kick(now=True)
    told.until(lambda s: (s.state, s.waiting) == ("held", 1))
    assert worker.stop()


def test_linking_an_account_sends_what_waited(store: Store, told: Statuses, run) -> None:
    keep(store)
    worker = run(None)
    told.until(lambda s: s.waiting == 1)
    worker._transport = ScriptedCloud(stores_all)
    worker.configure(CONFIG)
    told.until(lambda s: (s.state, s.waiting) == ("ok", 0))
    worker.configure(None)
    told.until(lambda s: s.state == "off")


def test_it_pushes_at_the_start_and_after_each_kick(store: Store, told: Statuses, run, library: Library) -> None:
    keep(store)
    script = ScriptedCloud(stores_all)
    worker = run(script)
    first = told.until(lambda s: s.state == "ok")
    assert first.last_success is not None
    kept = keep(store)
    worker.kick()
    told.until(lambda s: s.state == "ok" and len(script.requests) == 2)
    assert library.waiting() == 0
    assert script.bodies()[1][0]["session_id"] == kept


@pytest.mark.parametrize(
    ("step", "state"),
    [
        (httpx.ConnectError("no route"), "offline"),
        (portal(), "portal"),
        (refuses(401, "PGRST301"), "held"),
        (refuses(400, "PGRST204"), "held"),
        (refuses(503, "XX000"), "waiting"),
    ],
)
def test_each_failure_has_its_state_and_a_person_may_ask_again_at_once(
    store: Store, told: Statuses, run, step, state: str
) -> None:
    keep(store)
    script = ScriptedCloud(step)
    worker = run(script)
    status = told.until(lambda s: s.state == state)
    assert (status.waiting, status.last_success) == (1, None)
    assert status.text
    script.then(stores_all)
    worker.kick(now=True)
    told.until(lambda s: (s.state, s.waiting) == ("ok", 0))


def test_a_kick_does_not_break_into_the_backoff_but_the_count_is_shown(store: Store, told: Statuses, run) -> None:
    keep(store)
    script = ScriptedCloud(refuses(503, "XX000", **{"Retry-After": "3000"}))
    worker = run(script)
    told.until(lambda s: s.waiting == 1 and "problem" in s.text)
    keep(store)
    worker.kick()
    told.until(lambda s: s.waiting == 2)
    assert len(script.requests) == 1
    assert worker._pacer.not_before_s >= time.monotonic() + 2900


def test_after_a_backoff_it_tries_by_itself(store: Store, told: Statuses, run) -> None:
    keep(store)
    run(ScriptedCloud(httpx.ConnectError("no route"), httpx.ReadTimeout("slow"), stores_all), random=0.0001)
    told.until(lambda s: (s.state, s.waiting) == ("ok", 0))
    assert {s.state for s in told.all} >= {"offline", "waiting", "ok"}


def test_a_pulled_network_stops_what_is_under_way_and_a_new_one_starts_it(store: Store, told: Statuses, run) -> None:
    asked = threading.Event()
    go = threading.Event()

    def hang(request: httpx.Request) -> httpx.Response:
        asked.set()
        assert go.wait(20)
        return stores_all(request)

    keep(store)
    script = ScriptedCloud(hang)
    worker = run(script, random=0.0001)
    assert asked.wait(10)
    worker.link(False)
    told.until(lambda s: s.state == "offline")
    script.then(stores_all)
    worker.link(True)
    told.until(lambda s: (s.state, s.waiting) == ("ok", 0))
    go.set()


def test_what_was_under_way_for_the_old_account_says_nothing_about_the_new(store: Store, told: Statuses, run) -> None:
    asked = threading.Event()
    go = threading.Event()

    def hang(request: httpx.Request) -> httpx.Response:
        asked.set()
        assert go.wait(20)
        return stores_all(request)

    keep(store)
    script = ScriptedCloud(hang)
    worker = run(script)
    assert asked.wait(10)
    script.then(stores_all)
    worker.configure(replace(CONFIG, user_id="user-2"))
    told.until(lambda s: (s.state, s.waiting) == ("ok", 0))
    go.set()
    assert "offline" not in {s.state for s in told.all}
    assert [rows[0]["user_id"] for rows in script.bodies()] == ["user-1", "user-2"]


def test_without_a_link_nobody_is_asked(store: Store, told: Statuses, run) -> None:
    script = ScriptedCloud(stores_all)
    worker = run(script)
    told.until(lambda s: s.state == "ok")
    worker.link(False)
    told.until(lambda s: s.state == "offline")
    keep(store)
    worker.kick(now=True)
    told.until(lambda s: s.waiting == 1)
    assert script.requests == []


def test_stop_takes_at_most_a_second_while_a_server_hangs(store: Store, told: Statuses) -> None:
    asked = threading.Event()
    go = threading.Event()

    def hang(request: httpx.Request) -> httpx.Response:
        asked.set()
        assert go.wait(20)
        return stores_all(request)

    keep(store)
    worker = SyncWorker(store, CONFIG, told, transport=ScriptedCloud(hang))
    worker.start()
    assert asked.wait(10)
    assert worker.stop() is True  # joined within its bound of one second
    assert not worker.alive
    go.set()


def test_a_card_that_is_full_delays_the_acknowledgement_and_not_the_worker(
    store: Store, told: Statuses, run, library: Library
) -> None:
    def pragma(value: str):
        return lambda files: files.pedal.execute(f"PRAGMA query_only={value}") and None

    keep(store)
    store._submit(pragma("ON")).result(10)
    worker = run(ScriptedCloud(stores_all))
    told.until(lambda s: s.state == "waiting" and "cannot be written" in s.text)
    assert library.waiting() == 1
    store._submit(pragma("OFF")).result(10)
    worker.kick(now=True)
    told.until(lambda s: (s.state, s.waiting) == ("ok", 0))


def test_a_session_without_a_known_time_waits_and_says_why(store: Store, told: Statuses, run) -> None:
    keep(store, start_wall=None)
    script = ScriptedCloud(stores_all)
    run(script)
    status = told.until(lambda s: s.state == "waiting" and s.waiting == 1)
    assert "clock" in status.text
    assert script.requests == []


def test_stop_before_start_is_no_fault(store: Store, told: Statuses) -> None:
    assert SyncWorker(store, CONFIG, told).stop() is True


@pytest.mark.parametrize(
    ("error", "waiting", "state"),
    [
        (None, 0, "ok"),
        (None, 2, "waiting"),
        (Offline("x"), 2, "offline"),
        (Portal("x"), 2, "portal"),
        (AuthHeld("x"), 2, "held"),
        (Held("x"), 2, "held"),
        (Retry("x"), 2, "waiting"),
        (Rejected("x"), 2, "waiting"),
    ],
)
def test_states_follow_from_reports(error, waiting: int, state: str) -> None:
    assert state_after(PushReport(error=error, waiting=waiting)) == state
