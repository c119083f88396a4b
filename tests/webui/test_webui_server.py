"""The server: real port, clear refusals, connections with limits, and a clean end."""

import asyncio
import signal
import socket
import time

import httpx
import pytest

from tests.webui.conftest import API_TOKEN, MemoryTokenStore, RunningServer
from tests.webui.fake_pedal import FakePedal
from webui import connection
from webui.config import WebConfig
from webui.errors import PortTaken, WebError
from webui.pairing import Pairing
from webui.server import WebServer


def request(server: RunningServer, path: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {API_TOKEN}"}
    with httpx.Client(trust_env=False) as client:
        return client.get(server.url + path, headers=headers)


def test_it_answers_on_the_port_it_returned(server):
    assert server.port > 0
    assert request(server, "/healthz").json() == {"status": "ok"}
    assert request(server, "/api/v1/state").json()["mode"] == "idle"


def test_a_taken_port_is_one_clear_line(server):
    with (
        pytest.raises(PortTaken, match=rf"port {server.port} is taken: .*--port"),
        RunningServer(FakePedal(), port=server.port),
    ):
        pass


def test_an_address_that_is_not_ours_is_one_clear_line():
    with pytest.raises(WebError, match="choose another address"), RunningServer(FakePedal(), host="203.0.113.7"):
        pass


def test_a_name_that_does_not_exist_is_one_clear_line():
    with pytest.raises(WebError, match="choose another address"), RunningServer(FakePedal(), host="no.such.invalid"):
        pass


def test_signals_stay_with_the_hub():
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]

    async def once() -> list[object]:
        server = WebServer(FakePedal(), WebConfig(port=0), Pairing(MemoryTokenStore()))
        port = await server.start()
        # Once it has answered, uvicorn has done all that it does at its start.
        async with httpx.AsyncClient(trust_env=False) as client:
            await client.get(f"http://127.0.0.1:{port}/healthz")
        during = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
        await server.stop()
        await server.stop()
        return during

    with asyncio.Runner() as runner:
        # asyncio's own runner holds SIGINT while it runs; what counts is that SIGTERM and the rest are untouched.
        assert runner.run(once())[1] == before[1]
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


def test_stop_before_start_is_nothing():
    asyncio.run(WebServer(FakePedal(), WebConfig(port=0), Pairing(MemoryTokenStore())).stop())


def test_stop_frees_the_port_and_takes_less_than_a_second():
    with RunningServer(FakePedal()) as server:
        with httpx.Client(trust_env=False) as kept_alive:
            kept_alive.get(server.url + "/healthz")
            began = time.monotonic()
            server.run(server.server.stop())
            assert time.monotonic() - began < 1.0
        with RunningServer(FakePedal(), port=server.port) as again:
            assert again.port == server.port


def closed_by_peer(client: socket.socket) -> bool:
    client.settimeout(10)
    try:
        return client.recv(1) == b""
    except ConnectionResetError:
        return True


@pytest.mark.parametrize(
    "half",
    [
        b"",
        b"GET / HTTP/1.1\r\nHost: loc",
        b"POST /api/v1/pair HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\nContent-Length: 9\r\n\r\n{",
    ],
)
def test_a_request_that_never_ends_is_dropped(monkeypatch, half):
    monkeypatch.setattr(connection, "REQUEST_SECONDS_MAX", 0.2)
    with RunningServer(FakePedal()) as server, socket.create_connection(("127.0.0.1", server.port)) as slow:
        slow.sendall(half)
        slow.settimeout(10)
        answer = b""
        while chunk := _read(slow):
            answer += chunk
        assert answer == b"" or answer.startswith(b"HTTP/1.1 4")


def _read(client: socket.socket) -> bytes:
    try:
        return client.recv(4096)
    except ConnectionResetError:
        return b""


def test_one_address_cannot_take_all_connections(monkeypatch):
    monkeypatch.setattr(connection, "CONNECTIONS_PER_ADDRESS_MAX", 3)
    with RunningServer(FakePedal()) as server:
        clients = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(4)]
        try:
            assert closed_by_peer(clients[-1])
            clients[0].sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert clients[0].recv(12) == b"HTTP/1.1 200"
        finally:
            for client in clients:
                client.close()


def test_not_even_http_gets_one_clear_line_and_no_trace(server):
    with socket.create_connection(("127.0.0.1", server.port)) as client:
        client.sendall(b"\x16\x03\x01 nonsense\r\n\r\n")
        answer = client.recv(4096)
    assert answer.startswith(b"HTTP/1.1 400")
    assert b"Traceback" not in answer
