"""The shared database over PostgREST: push rows, and believe only what the server shows back.

    with Cloud(config) as cloud:
        result = cloud.push_sessions(rows)

Raises: ``Offline`` (no network) and its ``Portal``, ``Retry`` and its ``TooLarge``, ``Rejected`` (one of these rows),
``Held`` (the table), ``AuthHeld`` (the account).
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from typing import Final, Self

import httpx

from sync.answers import Answer, NoConflictKey, shown_ids
from sync.errors import Held, Offline, Portal, Retry, SyncError
from sync.payload import SESSION_COLUMNS, Column, Row

PROFILE: Final = "fretcoach"
PUSH_PREFER: Final = "resolution=ignore-duplicates,missing=default,return=representation"
CONFLICT_KEYS: Final = ("user_id,session_id", "session_id")
ANSWER_BYTES_MAX: Final = 1 << 20
LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True)
class CloudConfig:
    """Where the account lives. ``total_s``: the most that one request may take, whatever the server does."""

    url: str
    api_key: str = field(repr=False)
    token: str = field(repr=False)
    user_id: str
    total_s: float = 20.0

    def __post_init__(self) -> None:
        url = httpx.URL(self.url)
        if url.scheme != "https" and url.host not in LOOPBACK:
            raise ValueError(f"the cloud's address must begin with https://, not {self.url}")


@dataclass(frozen=True, slots=True)
class PushResult:
    """``acknowledged``: shown back by the server. ``foreign``: taken by another account; never ours again."""

    acknowledged: frozenset[str]
    foreign: frozenset[str]


class Cloud:
    """One account on one server. Used by one thread; ``cancel`` may come from any."""

    def __init__(
        self,
        config: CloudConfig,
        transport: httpx.BaseTransport | None = None,
        columns: tuple[Column, ...] = SESSION_COLUMNS,
    ) -> None:
        self._config = config
        self._columns = columns
        self._conflict_keys = list(CONFLICT_KEYS)
        self._cancelled = threading.Event()
        self._answered: threading.Event | None = None
        self._transport = transport
        self._tls = httpx.create_ssl_context() if transport is None else None  # costs 20 ms: once, not per request
        self._client = self._new_client()

    def _new_client(self) -> httpx.Client:
        """Redirects are never followed: a portal's would take the token to a stranger. Nor is a proxy asked."""
        return httpx.Client(
            base_url=self._config.url,
            timeout=httpx.Timeout(self._config.total_s / 2),
            transport=self._transport,
            verify=True if self._tls is None else self._tls,
            follow_redirects=False,
            trust_env=False,
            headers={
                "apikey": self._config.api_key,
                "Authorization": f"Bearer {self._config.token}",
                "Accept": "application/json",
                "Accept-Profile": PROFILE,
                "Content-Profile": PROFILE,
            },
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Give up all connections."""
        self._cancelled.set()
        self._client.close()

    @property
    def cancelled(self) -> bool:
        """Whether this cloud was given up: every request would raise ``Offline``."""
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """Give up the request that is under way, and every later one, at once: they raise ``Offline``."""
        self._cancelled.set()
        if (answered := self._answered) is not None:
            answered.set()

    def push_sessions(self, rows: Sequence[Row]) -> PushResult:
        """Tell the server about these sessions, all or none, and return which of them it has.

        An id that is not in the answer may be there from an earlier try whose answer was lost, or belong to another
        account, of which we are told nothing: so absent ids are read back.
        """
        assert rows, "nothing to push"
        ids = frozenset(str(row["session_id"]) for row in rows)
        shown = self._insert(rows) & ids
        if absent := ids - shown:
            shown |= self._read_back(absent) & absent
        return PushResult(shown, ids - shown)

    def _insert(self, rows: Sequence[Row]) -> frozenset[str]:
        while True:
            parameters = {
                "select": "session_id",
                "columns": ",".join(column.name for column in self._columns),
                "on_conflict": self._conflict_keys[0],
            }
            try:
                return self._ask("POST", parameters, rows)
            except NoConflictKey:
                if len(self._conflict_keys) == 1:
                    raise
                self._conflict_keys.pop(0)  # remembered: the plain documented schema has only session_id

    def _read_back(self, ids: frozenset[str]) -> frozenset[str]:
        wanted = f"in.({','.join(sorted(ids))})"
        return self._ask("GET", {"select": "session_id", "session_id": wanted, "user_id": f"eq.{self._config.user_id}"})

    def _ask(self, method: str, parameters: Mapping[str, str], rows: Sequence[Row] | None = None) -> frozenset[str]:
        prefer = {"Prefer": PUSH_PREFER} if method == "POST" else {}

        def work(client: httpx.Client) -> Answer:
            request = client.build_request(method, "/sessions", params=dict(parameters), json=rows, headers=prefer)
            return _fetch(client, request)

        return shown_ids(self._within_deadline(work), datetime.now(UTC))

    def _within_deadline(self, work: Callable[[httpx.Client], Answer]) -> Answer:
        """Run ``work`` on a thread of its own and stop waiting after ``total_s`` or ``cancel``.

        A read timeout starts anew with every byte, so a server that drips would hold the queue for ever, and looking
        up a name knows no timeout at all. The thread left behind is a daemon, and its sockets are closed under it.
        """
        client = self._client
        box: list[Answer | Exception] = []
        self._answered = answered = threading.Event()
        if self._cancelled.is_set():
            raise Offline("the network is off")

        def run() -> None:
            try:
                box.append(work(client))
            except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL, SyncError, OSError, RuntimeError) as error:
                box.append(error)
            finally:
                answered.set()

        threading.Thread(target=run, name="sync-request", daemon=True).start()
        answered.wait(self._config.total_s)
        if not box:
            client.close()
            self._client = self._new_client()
            if self._cancelled.is_set():
                raise Offline("the network is off")
            raise Retry(f"the cloud did not answer within {self._config.total_s:.0f} s")
        if isinstance(box[0], Exception):
            raise _as_sync_error(box[0]) from box[0]
        return box[0]


def _fetch(client: httpx.Client, request: httpx.Request) -> Answer:
    """Send, and read a bounded answer: a stranger must not fill the memory."""
    response = client.send(request, stream=True)
    try:
        body = bytearray()
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > ANSWER_BYTES_MAX:
                raise Portal("the answer is far larger than the cloud's can be")
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status_code, headers, bytes(body))
    finally:
        response.close()


def _as_sync_error(error: Exception) -> SyncError:
    if isinstance(error, SyncError):
        return error
    if isinstance(error, httpx.InvalidURL | httpx.UnsupportedProtocol):
        return Held("the cloud's address is not an address: link the account again")
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return Offline("the cloud's certificate does not hold: is the pedal's clock right?")
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        return Offline("the cloud cannot be reached")
    return Retry("the connection broke before the cloud had answered")
