"""The gate: every route is closed unless listed, and a list of attacks is refused entirely."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.routing import Route, WebSocketRoute

from tests.webui.conftest import API_TOKEN
from webui.app import build_routes
from webui.hosts import host_allowed, host_name, origin_allowed
from webui.limits import RateLimiter
from webui.security import OPEN_PREFIXES, OPEN_ROUTES, is_open

OPEN_ON_PURPOSE = {
    "GET /",
    "HEAD /",
    "GET /healthz",
    "HEAD /healthz",
    "GET /static/{name:path}",
    "HEAD /static/{name:path}",
    "GET /pair/{code}",
    "POST /api/v1/pair",
    "POST /api/v1/pair/begin",
}


def flat(routes, prefix=""):
    """(path template, route) of all routes; an included router keeps its own list and the prefix it hangs under."""
    for route in routes:
        if isinstance(route, Route | WebSocketRoute):
            yield prefix + route.path, route
        else:
            yield from flat(route.original_router.routes, prefix + route.include_context.prefix)


def table(web):
    """(method or WEBSOCKET, path template) of every route there is, from the router and from what OpenAPI says."""
    app = build_routes(web.pedal, web.config, web.pairing, web.feed)
    found = set()
    for path, route in flat(app.routes):
        found |= {(method, path) for method in getattr(route, "methods", None) or {"WEBSOCKET"}}
    documented = {(method.upper(), path) for path, methods in app.openapi()["paths"].items() for method in methods}
    assert documented <= found
    return found


def test_every_route_is_closed_unless_it_is_open_on_purpose(web):
    routes = table(web)
    assert len(routes) >= 25
    assert ("WEBSOCKET", "/api/v1/live") in routes
    assert ("GET", "/api/v1/openapi.json") in routes
    opened = set()
    for method, template in routes:
        path = template.replace("{session_id}", "x").replace("{name:path}", "app.js").replace("{code}", "x")
        if method == "WEBSOCKET":
            continue  # walked over a real socket in test_webui_live
        answer = web.ask(method, path, paired=False)
        if answer.status_code != 401:
            opened.add(f"{method} {template}")
    assert opened == OPEN_ON_PURPOSE
    assert web.pedal.commands == []


def test_a_path_that_does_not_exist_is_closed_too(web):
    assert web.get("/api/v1/who-knows", paired=False).status_code == 401
    assert web.get("/metrics", paired=False).status_code == 401


@given(st.sampled_from(["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"]), st.text(max_size=30))
@settings(deadline=None)
def test_no_unsafe_method_is_open_but_the_two_of_pairing(method, tail):
    for prefix in OPEN_PREFIXES:
        assert not is_open(method, prefix + tail)
    assert {route for route in OPEN_ROUTES if route[0] == "POST"} == {
        ("POST", "/api/v1/pair"),
        ("POST", "/api/v1/pair/begin"),
    }


# --- who speaks


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "http://localhost:8080.evil.example",
        "http://localhost:9090",
        "http://localhost",
        "null",
        "",
        "file://",
        "http://user@localhost:8080",
        "http://localhost:8080/path",
    ],
)
def test_csrf_is_refused_and_does_nothing(web, origin):
    answer = web.post("/api/v1/session/start", headers={"origin": origin})
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "foreign_origin"
    assert web.pedal.commands == []


def test_a_cookie_without_an_origin_changes_nothing(web):
    assert web.post("/api/v1/session/start", headers={"origin": None}).status_code == 403
    assert web.post("/api/v1/session/start").status_code == 200


def test_a_form_cannot_speak_json(web):
    form = {"content-type": "text/plain"}
    answer = web.post("/api/v1/board/audio", headers=form, content=b'{"plugged": false}')
    assert (answer.status_code, answer.json()["error"]["code"]) == (415, "not_json")
    assert web.pedal.commands == []


def test_the_owners_token_needs_no_origin_and_a_wrong_one_opens_nothing(web):
    bare = {"origin": None}
    good = web.post("/api/v1/session/start", paired=False, headers=bare | {"authorization": f"Bearer {API_TOKEN}"})
    assert good.status_code == 200
    for wrong in ("Bearer nope", "Bearer ", "Bearer", f"Basic {API_TOKEN}", API_TOKEN):
        assert web.get("/api/v1/state", paired=False, headers={"authorization": wrong}).status_code == 401


def test_the_owners_token_is_no_cookie_and_a_cookie_is_no_bearer(web):
    assert web.get("/api/v1/state", paired=False, headers={"cookie": f"pedal_token={API_TOKEN}"}).status_code == 401
    token = web.pairing.redeem_link(web.pairing.one_time_link().removeprefix("/pair/"))
    assert web.get("/api/v1/state", paired=False, headers={"authorization": f"Bearer {token}"}).status_code == 401


@pytest.mark.parametrize(
    "cookie", ["pedal_token=", "pedal_token", "=;=;", 'pedal_token="\\"', "a" * 5000, "pedal_token=\u00e9"]
)
def test_odd_cookies_open_nothing(web, cookie):
    headers = {"cookie": cookie.encode("latin-1")}
    assert web.get("/api/v1/state", paired=False, headers=headers).status_code == 401


def test_no_cors_whoever_asks(web):
    for answer in (
        web.get("/api/v1/state", headers={"origin": "http://localhost:8080"}),
        web.ask("OPTIONS", "/api/v1/state", headers={"access-control-request-method": "GET"}),
    ):
        assert not [name for name in answer.headers if name.startswith("access-control")]


# --- to whom it speaks


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("LOCALHOST:8080", 200),
        ("pedal.local", 200),
        ("pedal.local.", 200),
        ("127.0.0.1:8080", 200),
        ("practice.lan", 200),
        ("192.168.1.77", 421),
        ("evil.example", 421),
        ("localhost.evil.example", 421),
        ("127.0.0.1.nip.io", 421),
        ("localhost:8080@evil.example", 421),
        ("", 421),
        ("local host", 421),
        ("[::1", 421),
    ],
)
def test_dns_rebinding_is_refused(make_web, host, status):
    assert make_web(hosts=("Practice.LAN",)).get("/api/v1/state", headers={"host": host}).status_code == status


@pytest.mark.parametrize(
    ("header", "local", "allowed"),
    [
        ("10.0.0.5", "10.0.0.5", True),
        ("10.0.0.5", "10.0.0.6", False),
        ("[fe80::1]:80", "fe80::1", True),
        ("[FE80:0::1]", "fe80::1", True),
        ("192.168.4.1:8080", "::ffff:192.168.4.1", True),
        ("10.0.0.5", None, False),
    ],
)
def test_an_address_counts_only_where_the_connection_came_in(header, local, allowed):
    assert host_allowed(header, frozenset(), local) is allowed


@given(st.text(max_size=40))
@settings(deadline=None)
def test_no_host_or_origin_however_odd_raises_or_passes(text):
    assert not host_allowed(text, frozenset(), "10.1.2.3") or host_name(text) in {
        "localhost",
        "pedal.local",
        "10.1.2.3",
    }
    assert not origin_allowed(text, "pedal.local")


# --- what it says


def test_answers_carry_the_headers_that_keep_other_pages_out(web):
    for answer in (
        web.get("/"),
        web.get("/api/v1/state"),
        web.get("/api/v1/state", paired=False),
        web.get("/static/x"),
    ):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "server" not in answer.headers
    assert web.get("/api/v1/state").headers["cache-control"] == "no-store"


def test_over_https_the_page_stands_alone_and_the_cookie_is_secure(web):
    path = web.pairing.one_time_link()
    assert web.get("https://127.0.0.1:8080/").headers["cross-origin-opener-policy"] == "same-origin"
    assert "Secure" in web.get(f"https://127.0.0.1:8080{path}", paired=False).headers["set-cookie"]


def test_a_refused_name_is_not_echoed_into_the_policy(web):
    answer = web.get("/", headers={"host": "evil.example"})
    assert "evil" not in answer.headers["content-security-policy"]


# --- how much it takes


def test_a_body_over_64_kb_is_refused_declared_or_streamed(web):
    big = b'{"edges":' + b" " * (64 * 1024) + b"[]}"
    json_type = {"content-type": "application/json"}
    assert web.post("/api/v1/board/edges", content=big, headers=json_type).status_code == 413

    async def drip():
        for _ in range(70):
            yield b" " * 1024

    streamed = web.post("/api/v1/board/edges", content=drip(), headers=json_type)
    assert (streamed.status_code, streamed.json()["error"]["code"]) == (413, "too_large")


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"nonsense",
        b"\xff\xfe",
        b'{"a4_hz": NaN}',
        b'{"a4_hz": Infinity}',
        b'{"a4_hz": 1e999}',
        b"[" * 60_000,
        b'{"a4_hz": "__proto__"}',
        b"[]",
        b"null",
        b'"a4_hz"',
    ],
)
def test_malformed_json_is_refused_in_one_line(web, body):
    answer = web.ask("PATCH", "/api/v1/settings", content=body, headers={"content-type": "application/json"})
    assert answer.status_code in {400, 422}
    assert set(answer.json()["error"]) == {"code", "message", "field"}
    assert "Traceback" not in answer.text
    assert web.pedal.commands == []


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(max_size=5), st.lists, max_leaves=5))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_json_however_odd_presses_the_switch(web, value):
    body = json.dumps({"edges": value}).encode()
    answer = web.post("/api/v1/board/edges", content=body, headers={"content-type": "application/json"})
    assert answer.status_code in {400, 422}
    assert web.pedal.commands == []


@pytest.mark.parametrize(
    "path",
    [
        "/static/../security.py",
        "/static/..%2fsecurity.py",
        "/static/%2e%2e/%2e%2e/pyproject.toml",
        "/static//etc/passwd",
        "/static/..\\security.py",
        "/static/app.js%00.html",
        "/static/",
    ],
)
def test_there_is_no_path_to_traverse(web, path):
    answer = web.get(path, paired=False)
    assert answer.status_code in {401, 404}
    assert b"import" not in answer.content


def test_a_flood_from_one_address_is_slowed_and_neither_the_owner_nor_a_paired_phone_notices(web):
    answers = [web.get("/healthz", paired=False).status_code for _ in range(260)]
    assert answers[:200] == [200] * 200
    assert 429 in answers
    assert {web.get("/api/v1/state").status_code for _ in range(20)} == {200}
    owner = {"authorization": f"Bearer {API_TOKEN}"}
    assert {web.get("/api/v1/state", paired=False, headers=owner).status_code for _ in range(20)} == {200}


@given(st.lists(st.floats(0, 2), min_size=1, max_size=200))
@settings(deadline=None)
def test_the_limiter_never_lets_through_more_than_burst_and_rate(waits):
    now = 0.0
    limiter = RateLimiter(per_second=5, burst=10, clock=lambda: now)
    allowed = 0
    for wait in waits:
        now += wait
        allowed += limiter.allows("a")
    assert allowed <= 10 + 5 * sum(waits) + 1e-6


def test_a_paired_phone_that_floods_is_slowed_too(web):
    answers = [web.get("/healthz").status_code for _ in range(260)]
    assert 429 in answers
    assert web.get("/healthz", paired=False).status_code == 200


def test_the_limiter_remembers_a_bounded_number_of_addresses():
    limiter = RateLimiter(addresses_max=3, clock=lambda: 0.0)
    for number in range(100):
        limiter.allows(f"10.0.0.{number}")
    assert len(limiter._buckets) == 3
