"""The live socket over a real uvicorn on loopback: newest only, nobody waits for anybody, gone within a second."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.webui.conftest import API_TOKEN, DEADLINE_S, RunningServer
from tests.webui.fake_pedal import FakePedal
from webui import connection
from webui.live import HEARTBEAT_S, UPDATES_PER_SECOND
from webui.security import COOKIE


@contextmanager
def live(server: RunningServer, **options: Any) -> Iterator[ClientConnection]:
    """A paired browser's live socket."""
    cookie = {"Cookie": f"{COOKIE}={server.token()}"}
    url = f"ws://127.0.0.1:{server.port}/api/v1/live"
    with connect(url, origin=server.url, additional_headers=cookie, compression=None, **options) as client:
        yield client


def receive(client: ClientConnection) -> dict[str, Any]:
    return json.loads(client.recv(timeout=DEADLINE_S))


def next_state(client: ClientConnection) -> dict[str, Any]:
    while True:
        message = receive(client)
        if message["type"] == "state":
            return message["state"]


def close_code(client: ClientConnection) -> int | None:
    """Read on until the server closes; its code."""
    try:
        while True:
            receive(client)
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else None


def test_it_begins_with_a_snapshot(server):
    with live(server) as client:
        message = receive(client)
    assert message["type"] == "state"
    assert message["state"] == json.loads(server.pedal.live().model_dump_json())


def test_a_newer_state_arrives_when_the_hub_says_so(server):
    with live(server) as client:
        first = next_state(client)
        server.advance(1.0)
        assert next_state(client)["sequence"] == first["sequence"] + 1


def test_only_the_newest_of_many_states_arrives(server):
    with live(server) as client:
        next_state(client)

        def burst() -> None:
            for _ in range(500):
                server.pedal.advance(0.01)
                server.server.notify()

        server.call(burst)
        newest = server.pedal.sequence
        seen = [next_state(client)["sequence"]]
        while seen[-1] != newest:
            seen.append(next_state(client)["sequence"])
    assert len(seen) <= 2


def test_it_never_sends_more_than_the_promised_rate(server):
    with live(server) as client:
        next_state(client)
        stop = threading.Event()

        def play() -> None:
            while not stop.is_set():
                server.advance(0.001)

        player = threading.Thread(target=play)
        player.start()
        try:
            began = time.monotonic()
            for _ in range(15):
                next_state(client)
            took_s = time.monotonic() - began
        finally:
            stop.set()
            player.join()
    # Only a lower bound on time: a slow machine may take longer, never less.
    assert took_s >= 14 / UPDATES_PER_SECOND


def test_unchanged_state_is_not_sent_again_only_a_heartbeat(server):
    with live(server) as client:
        state = next_state(client)
        for _ in range(20):
            server.call(server.server.notify)
        began = time.monotonic()
        assert receive(client) == {"type": "alive", "sequence": state["sequence"]}
    assert time.monotonic() - began >= HEARTBEAT_S / 2
    assert HEARTBEAT_S + 1 / UPDATES_PER_SECOND < 2.0


def deaf_client(server: RunningServer) -> socket.socket:
    """A phone that fell asleep: connected, upgraded, and never reading again; with the smallest window it may have."""
    sleeper = socket.socket()
    sleeper.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
    sleeper.connect(("127.0.0.1", server.port))
    request = (
        f"GET /api/v1/live HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nOrigin: {server.url}\r\n"
        f"Cookie: {COOKIE}={server.token()}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    )
    sleeper.sendall(request.encode())
    assert sleeper.recv(12) == b"HTTP/1.1 101"
    return sleeper


def test_a_sleeping_phone_blocks_nobody_and_the_server_still_stops_at_once():
    with RunningServer(FakePedal(stored=1)) as server, deaf_client(server), live(server) as awake:
        for _ in range(20):
            server.advance(0.1)
            newest = server.pedal.sequence
            while next_state(awake)["sequence"] != newest:
                pass
        began = time.monotonic()
        server.run(server.server.stop())
        stopped_s = time.monotonic() - began
        assert close_code(awake) == 1001
    assert stopped_s < 1.0


def test_a_phone_that_takes_no_more_bytes_cannot_delay_the_end(monkeypatch):
    monkeypatch.setattr("webui.live.UPDATES_PER_SECOND", 10_000.0)

    def unsent(server: RunningServer) -> int:
        assert server.server._server is not None
        sizes = [one.transport.get_write_buffer_size() for one in server.server._server.server_state.connections]
        return max(sizes)

    with RunningServer(FakePedal()) as server, deaf_client(server):
        deadline = time.monotonic() + DEADLINE_S
        while not server.call(unsent, server) and time.monotonic() < deadline:
            server.advance(0.1)
        assert server.call(unsent, server) > 0
        began = time.monotonic()
        server.run(server.server.stop())
        assert time.monotonic() - began < 1.0


def test_a_sleeping_phone_is_let_go(monkeypatch):
    monkeypatch.setattr("webui.live.SEND_SECONDS_MAX", 0.1)
    with RunningServer(FakePedal()) as server, deaf_client(server):
        deadline = time.monotonic() + DEADLINE_S
        # Each turn of this loop asks the server's own loop, and so waits for it.
        while server.call(lambda: server.server._feed.clients) and time.monotonic() < deadline:
            server.advance(0.1)
        assert server.call(lambda: server.server._feed.clients) == 0


def test_a_live_socket_is_no_slow_request(monkeypatch):
    monkeypatch.setattr(connection, "REQUEST_SECONDS_MAX", 0.2)
    with RunningServer(FakePedal()) as server, live(server) as client:
        while receive(client)["type"] != "alive":  # the first comes long after the guard would have cut it
            pass


def test_whoever_speaks_is_shown_the_door(server):
    with live(server) as client:
        next_state(client)
        client.send("hello")
        assert close_code(client) == 1003


def test_one_client_too_many_is_told_to_come_back():
    with RunningServer(FakePedal(), clients_max=1) as server, live(server) as first:
        next_state(first)
        with live(server) as second:
            assert close_code(second) == 1013
        server.advance(1.0)
        assert next_state(first)["sequence"] == server.pedal.sequence


@pytest.mark.parametrize(
    ("headers", "origin", "status"),
    [
        ({}, "own", 401),
        ({"Cookie": f"{COOKIE}=wrong"}, "own", 401),
        ({"Authorization": "Bearer wrong"}, "own", 401),
        ({"Cookie": "paired"}, "http://evil.example", 403),
        ({"Cookie": "paired"}, "null", 403),
        ({"Cookie": "paired"}, None, 403),
    ],
)
def test_an_evil_page_gets_no_live_socket(server, headers, origin, status, caplog):
    if headers.get("Cookie") == "paired":
        headers = headers | {"Cookie": f"{COOKIE}={server.token()}"}
    origin = server.url if origin == "own" else origin
    with pytest.raises(InvalidStatus) as refused:
        connect(f"ws://127.0.0.1:{server.port}/api/v1/live", origin=origin, additional_headers=headers)
    assert refused.value.response.status_code == status
    assert set(json.loads(refused.value.response.body)) == {"error"}
    # A stranger must not be able to fill the log either.
    assert caplog.records == []


def test_a_rebound_name_gets_no_live_socket(server):
    cookie = {"Cookie": f"{COOKIE}={server.token()}"}
    host = f"evil.example:{server.port}"
    raw = socket.create_connection(("127.0.0.1", server.port))
    with pytest.raises(InvalidStatus) as refused:
        connect(f"ws://{host}/api/v1/live", sock=raw, origin=f"http://{host}", additional_headers=cookie)
    assert refused.value.response.status_code == 421


def test_the_command_line_watches_with_its_own_token(server):
    headers = {"Authorization": f"Bearer {API_TOKEN}"}
    with connect(f"ws://127.0.0.1:{server.port}/api/v1/live", additional_headers=headers) as client:
        assert receive(client)["type"] == "state"
