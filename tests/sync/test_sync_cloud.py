"""The client's side of the protocol, over a scripted transport."""

import threading

import httpx
import pytest

from sync.cloud import ANSWER_BYTES_MAX, Cloud, CloudConfig
from sync.errors import Held, Offline, Portal, Retry
from sync.payload import Row, session_row
from sync.records import StoredSession
from tests.sync.cloud_script import CONFIG, Dripping, ScriptedCloud, portal, refuses, shows, stores_all
from tests.sync.samples import END, SUMMARY, header


def rows(*ids: str) -> list[Row]:
    return [session_row(StoredSession(header(i), "closed", END, SUMMARY), CONFIG.user_id) for i in ids]


def test_a_push_speaks_the_protocol() -> None:
    script = ScriptedCloud(stores_all)
    with Cloud(CONFIG, script) as cloud:
        result = cloud.push_sessions(rows("a", "b"))
    assert (result.acknowledged, result.foreign) == ({"a", "b"}, set())
    [request] = script.requests
    assert (request.method, request.url.path) == ("POST", "/sessions")
    assert request.headers["authorization"] == "Bearer token-of-tests"
    assert request.headers["apikey"] == "anon-key"
    assert request.headers["accept-profile"] == request.headers["content-profile"] == "fretcoach"
    assert request.headers["prefer"] == "resolution=ignore-duplicates,missing=default,return=representation"
    assert "content-encoding" not in request.headers
    assert request.url.params["on_conflict"] == "user_id,session_id"
    assert request.url.params["select"] == "session_id"
    assert request.url.params["columns"].split(",") == list(rows("a")[0])


def test_absent_ids_are_read_back_and_only_shown_ones_count() -> None:
    script = ScriptedCloud(shows("new"), shows("told-before", status=200))
    with Cloud(CONFIG, script) as cloud:
        result = cloud.push_sessions(rows("new", "told-before", "foreign"))
    assert (result.acknowledged, result.foreign) == ({"new", "told-before"}, {"foreign"})
    asked = script.requests[1]
    assert asked.method == "GET"
    assert asked.url.params["session_id"] == "in.(foreign,told-before)"
    assert asked.url.params["user_id"] == "eq.user-1"


def test_ids_that_we_did_not_send_are_not_acknowledged() -> None:
    script = ScriptedCloud(shows("a", "someone-elses"))
    with Cloud(CONFIG, script) as cloud:
        assert cloud.push_sessions(rows("a")).acknowledged == {"a"}


def test_a_portal_that_steps_in_between_push_and_read_back_acknowledges_nothing() -> None:
    with Cloud(CONFIG, ScriptedCloud(shows(), portal())) as cloud, pytest.raises(Portal):
        cloud.push_sessions(rows("a"))


def test_the_plain_documented_key_is_used_where_the_better_one_is_missing() -> None:
    script = ScriptedCloud(refuses(400, "42P10"), shows("a"))
    with Cloud(CONFIG, script) as cloud:
        assert cloud.push_sessions(rows("a")).acknowledged == {"a"}
        cloud.push_sessions(rows("a"))
    keys = [request.url.params["on_conflict"] for request in script.requests]
    assert keys == ["user_id,session_id", "session_id", "session_id"]


def test_a_table_without_any_such_key_holds_the_queue() -> None:
    with Cloud(CONFIG, ScriptedCloud(refuses(400, "42P10"))) as cloud, pytest.raises(Held):
        cloud.push_sessions(rows("a"))


def test_redirects_are_not_followed_with_the_token() -> None:
    script = ScriptedCloud(httpx.Response(302, headers={"Location": "http://portal.example/"}))
    with Cloud(CONFIG, script) as cloud, pytest.raises(Portal):
        cloud.push_sessions(rows("a"))
    assert len(script.requests) == 1


@pytest.mark.parametrize(
    ("failure", "kind", "words"),
    [
        (httpx.ConnectError("no route"), Offline, "cannot be reached"),
        (httpx.ConnectTimeout("slow"), Offline, "cannot be reached"),
        (httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED]"), Offline, "clock"),
        (httpx.ReadTimeout("slow"), Retry, "before the cloud had answered"),
        (httpx.RemoteProtocolError("cut"), Retry, "before the cloud had answered"),
        (httpx.UnsupportedProtocol("ftp"), Held, "address"),
    ],
)
def test_failures_of_the_connection_have_their_class(failure: Exception, kind: type, words: str) -> None:
    with Cloud(CONFIG, ScriptedCloud(failure)) as cloud, pytest.raises(kind, match=words) as raised:
        cloud.push_sessions(rows("a"))
    assert raised.type is kind


def test_a_server_that_drips_is_left_at_the_total_deadline_and_its_stream_is_closed() -> None:
    drip = Dripping()
    headers = {"Content-Type": "application/json", "Content-Range": "*/*"}
    script = ScriptedCloud(lambda _: httpx.Response(201, headers=headers, stream=drip), stores_all)
    config = CloudConfig(CONFIG.url, "k", "t", "user-1", total_s=0.2)
    with Cloud(config, script) as cloud:
        with pytest.raises(Retry, match="did not answer within"):
            cloud.push_sessions(rows("a"))
        drip.close()
        assert cloud.push_sessions(rows("a")).acknowledged == {"a"}


def test_an_endless_answer_does_not_fill_the_memory() -> None:
    flood = b" " * (ANSWER_BYTES_MAX + 1)
    headers = {"Content-Type": "application/json", "Content-Range": "*/*"}
    script = ScriptedCloud(httpx.Response(201, headers=headers, content=flood))
    with Cloud(CONFIG, script) as cloud, pytest.raises(Portal, match="far larger"):
        cloud.push_sessions(rows("a"))


def test_cancel_ends_a_request_that_hangs() -> None:
    asked = threading.Event()
    go = threading.Event()

    def hang(request: httpx.Request) -> httpx.Response:
        asked.set()
        assert go.wait(20)
        return stores_all(request)

    cloud = Cloud(CONFIG, ScriptedCloud(hang))
    caught: list[BaseException] = []

    def push() -> None:
        try:
            cloud.push_sessions(rows("a"))
        except Offline as error:
            caught.append(error)

    thread = threading.Thread(target=push)
    thread.start()
    assert asked.wait(10)
    cloud.cancel()
    thread.join(10)
    go.set()
    assert len(caught) == 1
    with pytest.raises(Offline, match="network is off"):
        cloud.push_sessions(rows("a"))
    cloud.close()


@pytest.mark.parametrize("url", ["http://cloud.example", "ftp://cloud.example", "cloud.example", ""])
def test_a_token_never_travels_in_the_clear(url: str) -> None:
    with pytest.raises(ValueError, match="https"):
        CloudConfig(url, "k", "t", "user-1")
    assert CloudConfig("http://127.0.0.1:3000", "k", "t", "user-1").url.startswith("http://")


def test_secrets_are_not_in_the_text_of_a_config() -> None:
    assert "token-of-tests" not in repr(CONFIG)
    assert "anon-key" not in repr(CONFIG)
