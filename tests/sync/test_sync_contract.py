"""The protocol against the real servers: PostgREST over PostgreSQL with the documented schema."""

import signal
import subprocess
import sys
import uuid
from dataclasses import replace
from pathlib import Path

import pytest

from sync.cloud import Cloud, CloudConfig
from sync.errors import AuthHeld, Held, Offline, Rejected
from sync.library import Library
from sync.payload import SESSION_COLUMNS, Column, session_row
from sync.push import push_once
from sync.records import StoredSession
from sync.store import Store
from sync.worker import SyncWorker
from tests.rigs.postgres import CloudRig
from tests.sync.samples import END, METRICS, SUMMARY, header, keep, lines
from tests.sync.statuses import Statuses

pytestmark = pytest.mark.rig("postgres")
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def config(cloud_rig: CloudRig) -> CloudConfig:
    user_id = cloud_rig.new_user()
    return CloudConfig(cloud_rig.url, "anon-key", cloud_rig.token(user_id), user_id)


def on_server(rig: CloudRig, user_id: str) -> list[str]:
    rows = rig.query("SELECT session_id FROM fretcoach.sessions WHERE user_id = %s ORDER BY session_id", (user_id,))
    return [str(session_id) for (session_id,) in rows]


def test_a_session_arrives_as_documented(
    cloud_rig: CloudRig, config: CloudConfig, store: Store, folder: Path, library: Library
) -> None:
    kept = keep(store, start_wall="2026-11-20T12:00:01.250000+05:30")
    store.stop()
    report = push_once(folder, config)
    assert (report.acknowledged, report.dead, report.waiting, report.error) == (1, 0, 0, None)
    [row] = cloud_rig.query(
        "SELECT user_id, start_timestamp::text, end_timestamp::text, scale_chosen, scale_type, pitch_accuracy,"
        " timing_stability, total_notes_played, correct_notes_played, bad_notes_played, unique_notes_used,"
        " duration_seconds, device_type, ambient_lighting_used, created_at IS NOT NULL"
        " FROM fretcoach.sessions WHERE session_id = %s",
        (kept,),
    )
    assert row == (
        config.user_id,
        "2026-11-20 06:30:01.25",
        "2026-11-20 06:31:40",
        "A Minor",
        "pentatonic",
        0.91,
        None,
        40,
        35,
        5,
        7,
        61,
        "portable",
        False,
        True,
    )
    assert library.sessions(1)[0].cloud == "done"


def test_a_repeated_push_is_acknowledged_and_stored_once(
    cloud_rig: CloudRig, config: CloudConfig, store: Store, library: Library
) -> None:
    kept = keep(store)
    row = session_row(library.sessions(1)[0], config.user_id)
    with Cloud(config) as cloud:
        for _ in range(3):
            assert cloud.push_sessions([row]).acknowledged == {kept}
    assert on_server(cloud_rig, config.user_id) == [kept]


@pytest.mark.parametrize("key", ["user_id,session_id", "session_id"])
def test_an_id_of_another_account_is_never_acknowledged(
    cloud_rig: CloudRig, config: CloudConfig, store: Store, library: Library, key: str
) -> None:
    keep(store)
    session = library.sessions(1)[0]
    with Cloud(config) as cloud:
        cloud.push_sessions([session_row(session, config.user_id)])
    other = cloud_rig.new_user()
    theirs = CloudConfig(cloud_rig.url, "anon-key", cloud_rig.token(other), other)
    with Cloud(theirs) as cloud:
        cloud._conflict_keys = [key]
        if key == "session_id":  # the server says 201 and stores nothing
            result = cloud.push_sessions([session_row(session, other)])
            assert (result.acknowledged, result.foreign) == (set(), {session.session_id})
        else:
            with pytest.raises(Rejected, match="23505"):
                cloud.push_sessions([session_row(session, other)])
    assert on_server(cloud_rig, other) == []


def test_a_foreign_id_dies_alone_and_is_shown(
    cloud_rig: CloudRig, config: CloudConfig, store: Store, folder: Path, library: Library
) -> None:
    taken = keep(store)
    other = cloud_rig.new_user()
    with Cloud(CloudConfig(cloud_rig.url, "anon-key", cloud_rig.token(other), other)) as cloud:
        cloud.push_sessions([session_row(library.sessions(1)[0], other)])
    good = [keep(store) for _ in range(5)]
    store.stop()
    report = push_once(folder, config)
    assert (report.acknowledged, report.dead, report.waiting) == (5, 1, 0)
    dead = [s for s in library.sessions(10) if s.cloud == "dead"]
    assert [s.session_id for s in dead] == [taken]
    assert dead[0].cloud_error
    assert on_server(cloud_rig, config.user_id) == sorted(good)


def test_poison_is_isolated_and_everything_else_arrives(
    cloud_rig: CloudRig, config: CloudConfig, store: Store, folder: Path, library: Library
) -> None:
    kept = []
    poison = []
    for n in range(130):
        bad = n in {7, 8, 77, 129}
        summary = replace(SUMMARY, notes=2**40) if bad else SUMMARY  # an integer that the server's column cannot hold
        head = header()
        store.add_finished(head, lines(1), END, summary)
        (poison if bad else kept).append(head.session_id)
    store.set_setting("done", "1").result(30)
    store.stop()
    report = push_once(folder, config)
    assert (report.acknowledged, report.dead, report.waiting, report.error) == (126, 4, 0, None)
    assert on_server(cloud_rig, config.user_id) == sorted(kept)
    assert sorted(s.session_id for s in library.sessions(200) if s.cloud == "dead") == sorted(poison)


def test_a_server_that_is_down_is_offline_and_costs_nothing(
    cloud_rig: CloudRig, config: CloudConfig, store: Store, folder: Path, library: Library
) -> None:
    keep(store)
    store.stop()
    cloud_rig.stop_server()
    try:
        report = push_once(folder, config)
    finally:
        cloud_rig.start_server()
    assert isinstance(report.error, Offline)
    assert (report.acknowledged, report.waiting, library.waiting()) == (0, 1, 1)
    assert push_once(folder, config).acknowledged == 1


def test_an_expired_or_foreign_token_holds_the_account(
    cloud_rig: CloudRig, config: CloudConfig, store: Store, library: Library
) -> None:
    keep(store)
    row = session_row(library.sessions(1)[0], config.user_id)
    expired = replace(config, token=cloud_rig.token(config.user_id, exp_in_s=-3600))
    stranger = replace(config, token=cloud_rig.token(str(uuid.uuid4())))
    for wrong in (expired, stranger, replace(config, token="x.y.z")):
        with Cloud(wrong) as cloud, pytest.raises(AuthHeld, match="link it again"):
            cloud.push_sessions([row])
    assert on_server(cloud_rig, config.user_id) == []


def test_an_unknown_column_holds_the_table_and_kills_no_row(
    cloud_rig: CloudRig, config: CloudConfig, store: Store, library: Library
) -> None:
    keep(store)
    columns = (*SESSION_COLUMNS, Column("groove", lambda _: 0.5))
    row = session_row(library.sessions(1)[0], config.user_id, columns)
    with Cloud(config, columns=columns) as cloud, pytest.raises(Held, match="groove"):
        cloud.push_sessions([row])


def test_the_server_refuses_what_the_device_would(cloud_rig: CloudRig, config: CloudConfig) -> None:
    stored = session_row(_closed_session(), config.user_id)
    for bad in ({"pitch_accuracy": "NaN"}, {"pitch_accuracy": 1.5}, {"duration_seconds": -1}, {"scale_chosen": None}):
        with Cloud(config) as cloud, pytest.raises(Rejected):
            cloud.push_sessions([{**stored, **bad}])


def _closed_session() -> StoredSession:
    return StoredSession(header(), "closed", END, replace(SUMMARY, metrics=METRICS))


def test_the_queue_drains_when_the_link_comes_up(
    cloud_rig: CloudRig, config: CloudConfig, store: Store, library: Library
) -> None:
    told = Statuses()
    worker = SyncWorker(store, config, told, random=lambda: 0.001)
    worker.link(False)
    worker.start()
    told.until(lambda s: s.state == "offline")
    kept = sorted(keep(store) for _ in range(3))
    worker.kick()
    told.until(lambda s: (s.state, s.waiting) == ("offline", 3))
    worker.link(True)
    status = told.until(lambda s: s.state == "ok")
    assert worker.stop()
    assert (status.waiting, library.waiting()) == (0, 0)
    assert status.last_success is not None
    assert on_server(cloud_rig, config.user_id) == kept


def test_one_row_on_the_server_after_kill_9_between_push_and_acknowledgement(
    cloud_rig: CloudRig, config: CloudConfig, store: Store, folder: Path, library: Library
) -> None:
    kept = keep(store)
    store.stop()
    command = [sys.executable, "-P", "-m", "tests.sync.killing", "push", str(folder)]
    child_env = {"PYTHONPATH": str(ROOT), "CLOUD": "\n".join([config.url, config.token, config.user_id])}
    child = subprocess.run(command, cwd=ROOT, env=child_env, capture_output=True, check=False)
    assert child.returncode == -signal.SIGKILL, child.stderr
    assert on_server(cloud_rig, config.user_id) == [kept]
    assert library.waiting() == 1  # the server has it, the device does not know yet
    assert push_once(folder, config).acknowledged == 1
    assert on_server(cloud_rig, config.user_id) == [kept]
