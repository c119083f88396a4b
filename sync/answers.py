"""What an HTTP answer means for the queue. Pure: a response in, nothing or an exception out.

An answer is the server's own only with a JSON type and ``Content-Range`` or ``Preference-Applied``: a captive portal
says 200 to everything. Classes follow the HTTP status and the class of the SQLSTATE, never exact PGRST3xx codes.
"""

import email.utils
import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sync.errors import AuthHeld, Held, Portal, Rejected, Retry, SyncError, TooLarge

RETRY_AFTER_S_MAX: Final = 3600.0
_TRANSIENT: Final = frozenset({408, 425, 429})
_POISON_CODES: Final = frozenset({"23502", "23505", "23514"})
_READ_ONLY: Final = "25006"
_NO_CONFLICT_KEY: Final = "42P10"


class NoConflictKey(Held):
    """The server's table has no such unique key: ask with another."""


class Dependency(Retry):
    """The row refers to one that is not there yet."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP response without its library: header names in lower case, body whole."""

    status: int
    headers: dict[str, str]
    body: bytes


def shown_ids(answer: Answer, now: datetime) -> frozenset[str]:
    """Return the ``session_id`` of every row that the server shows. Raises ``SyncError`` for every other answer."""
    if not 200 <= answer.status < 300:
        raise refusal(answer, now)
    if not _is_json(answer) or not {"content-range", "preference-applied"} & answer.headers.keys():
        raise Portal("something other than the cloud answered: a WiFi log-in page?")
    with suppress(ValueError, TypeError, KeyError):
        rows = json.loads(answer.body)
        if isinstance(rows, list):
            return frozenset(str(row["session_id"]) for row in rows)
    raise Retry("the cloud's answer was cut short")


def refusal(answer: Answer, now: datetime) -> SyncError:
    """Return the exception for an answer outside 2xx."""
    status = answer.status
    if status >= 500 and status != 511:
        return Retry(f"the cloud has a problem of its own ({status})", retry_after_s(answer, now))
    if status in _TRANSIENT:
        return Retry(f"the cloud asks for patience ({status})", retry_after_s(answer, now))
    if status == 413:
        return TooLarge("the cloud wants smaller requests")
    if not _is_json(answer) or status < 400 or status in {407, 511}:
        return Portal(f"something other than the cloud answered ({status}): a WiFi log-in page?")
    problem = _problem(answer)
    code, text = str(problem.get("code") or ""), str(problem.get("message") or "no reason given")
    if status == 401 or (status == 403 and code != "23503"):
        return AuthHeld(f"the cloud refuses this account: link it again ({text})")
    return _by_code(status, code, text)


def _by_code(status: int, code: str, text: str) -> SyncError:
    if code == _READ_ONLY:
        return Retry("the cloud is read-only for now")
    if code == _NO_CONFLICT_KEY:
        return NoConflictKey(text)
    if code == "23503":
        return Dependency(text)
    if code in _POISON_CODES or code[:2] == "22":
        return Rejected(f"{text} ({code})")
    if code.startswith(("42", "PGRST1", "PGRST2")) or status in {404, 406}:
        return Held(f"the cloud's table is not what this pedal knows: {text} ({code or status})")
    return Retry(f"the cloud said {status}: {text}")


def retry_after_s(answer: Answer, now: datetime) -> float | None:
    """Return what Retry-After asks for in seconds (a number or a date), at most an hour; ``None`` without one."""
    asked = answer.headers.get("retry-after", "").strip()
    if not asked:
        return None
    if asked.isdigit():
        return min(float(asked), RETRY_AFTER_S_MAX)
    try:
        moment = email.utils.parsedate_to_datetime(asked)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return min(max(0.0, (moment - now).total_seconds()), RETRY_AFTER_S_MAX)


def _is_json(answer: Answer) -> bool:
    return answer.headers.get("content-type", "").split(";")[0].strip().lower() in {
        "application/json",
        "application/vnd.pgrst.object+json",
    }


def _problem(answer: Answer) -> dict[str, Any]:
    try:
        problem = json.loads(answer.body)
    except ValueError:
        return {}
    return problem if isinstance(problem, dict) else {}
