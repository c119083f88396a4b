"""The gate in front of every route, HTTP and WebSocket: closed, unless listed here as open.

It stands before routing, so that a route which somebody adds tomorrow is closed without having thought of it.
"""

import asyncio
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from webui.errors import Refused, refused_response
from webui.hosts import host_allowed, origin_allowed
from webui.limits import BODY_BYTES_MAX, UPLOAD_SECONDS_MAX, UPLOADS, RateLimiter, read_body, replay, too_large
from webui.pairing import Pairing
from webui.tokens import digest

COOKIE = "pedal_token"
SAFE_METHODS = frozenset({"GET", "HEAD"})
# The page itself holds no secret: it must load in order to ask for the PIN.
OPEN_ROUTES = frozenset(
    {
        ("GET", "/"),
        ("HEAD", "/"),
        ("GET", "/healthz"),
        ("HEAD", "/healthz"),
        ("POST", "/api/v1/pair/begin"),
        ("POST", "/api/v1/pair"),
    }
)
OPEN_PREFIXES = ("/static/", "/pair/")


def is_open(method: str, path: str) -> bool:
    """Whether this may be asked for without being paired."""
    return (method, path) in OPEN_ROUTES or (method in SAFE_METHODS and path.startswith(OPEN_PREFIXES))


def _cookie(headers: Headers) -> str | None:
    try:
        morsel = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return None
    return morsel.value if morsel else None


def _bearer(headers: Headers) -> str | None:
    kind, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" and token else None


def _bucket(scope: Scope, token: str | None) -> str:
    """Whose allowance this request takes. A paired browser has its own: a stranger's flood must not lock it out."""
    if token is not None:
        return f"browser {digest(token)}"
    client = scope.get("client")
    return client[0] if client else ""


def _answer_headers(host: str, secure: bool) -> dict[str, str]:
    # Older Safari does not count ws: as 'self', so the live socket is named. The host has been checked by now.
    live = f" ws://{host} wss://{host}" if host else ""
    headers = {
        "Content-Security-Policy": f"default-src 'self'; connect-src 'self'{live}; object-src 'none'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    }
    if secure:
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
    return headers


def _check_declared(headers: Headers, bytes_max: int) -> None:
    """Refused before a byte is read, where the length is said."""
    declared = headers.get("content-length", "0")
    if declared.isdigit() and int(declared) > bytes_max:
        raise too_large(bytes_max)


def _content_type(headers: Headers) -> str:
    return headers.get("content-type", "").partition(";")[0].strip().lower()


class Gate:
    """ASGI middleware: host, rate, origin, pairing, size and type, in this order; then the security headers."""

    def __init__(self, app: ASGIApp, pairing: Pairing, hosts: frozenset[str], limiter: RateLimiter) -> None:
        self._app = app
        self._pairing = pairing
        self._hosts = hosts
        self._limiter = limiter
        self._uploading = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let it through, or answer in its place."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        checked_host = ""
        try:
            checked_host = self._check_host(scope, headers)
            self._check_caller(scope, headers, checked_host)
            if scope["type"] == "http" and scope["method"] not in SAFE_METHODS:
                body = await self._body(scope, headers, receive)
                receive = replay(body, receive)
        except Refused as refused:
            answer = refused_response(refused)
            await answer(scope, receive, self._with_headers(scope, send, checked_host))
            # uvicorn counts a refused handshake as done once the connection is closed, one turn of the loop later;
            # returning before that fills the log with an error that is none.
            await asyncio.sleep(0)
            return
        await self._app(scope, receive, self._with_headers(scope, send, checked_host))

    def _check_host(self, scope: Scope, headers: Headers) -> str:
        values = headers.getlist("host")
        server = scope.get("server")
        if len(values) != 1 or not host_allowed(values[0], self._hosts, server[0] if server else None):
            raise Refused(421, "unknown_host", "this pedal does not answer to that name: open it by its address")
        return values[0]

    def _check_caller(self, scope: Scope, headers: Headers, host: str) -> None:
        bearer, cookie = _bearer(headers), _cookie(headers)
        owner = bearer is not None and self._pairing.knows_owner(bearer)
        paired = cookie is not None and self._pairing.knows_browser(cookie)
        if not owner and not self._limiter.allows(_bucket(scope, cookie if paired else None)):
            raise Refused(429, "too_many", "too many requests: wait a moment", retry_after_s=1)
        # A browser names the page that speaks in every unsafe request and every WebSocket. Who names none is no
        # browser, and must bring the owner's token instead of a cookie.
        method = "GET" if scope["type"] == "websocket" else scope["method"]
        origin = headers.get("origin")
        needs_origin = scope["type"] == "websocket" or method not in SAFE_METHODS
        named_wrong = origin is not None and not origin_allowed(origin, host)
        if named_wrong or (origin is None and needs_origin and not owner):
            raise Refused(403, "foreign_origin", "another web page asked for this: use the pedal's own page")
        open_door = scope["type"] == "http" and is_open(method, scope["path"])
        if not (owner or paired or open_door):
            raise Refused(401, "not_paired", "this browser is not paired with the pedal: pair it first")

    async def _body(self, scope: Scope, headers: Headers, receive: Receive) -> bytes:
        bytes_max = UPLOADS.get((scope["method"], scope["path"]))
        if bytes_max is not None:
            return await self._upload(headers, receive, bytes_max)
        _check_declared(headers, BODY_BYTES_MAX)
        body = await read_body(receive)
        kind = _content_type(headers)
        if body and kind != "application/json":
            raise Refused(415, "not_json", "send JSON, with content-type application/json")
        return body

    async def _upload(self, headers: Headers, receive: Receive, bytes_max: int) -> bytes:
        """A file. One at a time: two of them, held up in the air, would be memory that the ear needs."""
        _check_declared(headers, bytes_max)
        if _content_type(headers) != "application/octet-stream":
            raise Refused(415, "not_a_file", "send the file's bytes, with content-type application/octet-stream")
        if self._uploading:
            raise Refused(429, "busy", "another file is on its way: wait a moment", retry_after_s=5)
        self._uploading = True
        try:
            return await read_body(receive, bytes_max, UPLOAD_SECONDS_MAX)
        finally:
            self._uploading = False

    def _with_headers(self, scope: Scope, send: Send, host: str) -> Send:
        extra = _answer_headers(host, scope.get("scheme") in {"https", "wss"})

        async def with_headers(message: Message) -> None:
            if message["type"].endswith("http.response.start"):
                headers = MutableHeaders(scope=message)
                for name, value in extra.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        return with_headers
