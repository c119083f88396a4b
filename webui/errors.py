"""One shape for everything that is refused: ``{"error": {"code", "message", "field"}}``.

``code`` is a stable word for programs, ``message`` one line for people that says what to do, ``field`` the argument
that was wrong or ``null``. Nothing of our insides (types, paths, stack traces) ever leaves in one of these.

    Refused (HTTP 4xx)
    └── PairingRefused   the PIN or link is wrong, used up or asked for too often
    WebError (start-up)
    └── PortTaken        another program answers on this port: choose another
"""

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from webui.ports import CommandRefused

log = logging.getLogger(__name__)

CODES = {
    400: "malformed",
    401: "not_paired",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "not_json",
}


class Refused(Exception):
    """The web itself says no, before or without the pedal. ``retry_after_s``: when it makes sense to ask again."""

    def __init__(
        self, status: int, code: str, message: str, field: str | None = None, retry_after_s: int | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.field = field
        self.retry_after_s = retry_after_s


class PairingRefused(Refused):
    """The PIN or link is wrong, used up or asked for too often."""


class WebError(Exception):
    """The page cannot be served. The text is one line for the player."""


class PortTaken(WebError, OSError):
    """Another program answers on this port."""


def error_response(status: int, code: str, message: str, field: str | None = None) -> JSONResponse:
    """The one error shape."""
    return JSONResponse({"error": {"code": code, "message": message, "field": field}}, status)


def refused_response(refused: Refused) -> JSONResponse:
    """The one error shape for a ``Refused``, with ``Retry-After`` where it says so."""
    response = error_response(refused.status, refused.code, str(refused), refused.field)
    if refused.retry_after_s is not None:
        response.headers["Retry-After"] = str(refused.retry_after_s)
    return response


def field_and_message(errors: Sequence[Mapping[str, Any]]) -> tuple[str | None, str]:
    """The first thing wrong in pydantic's list, as (field, one line)."""
    first = errors[0]
    path = [str(part) for part in first["loc"] if part not in {"body", "query", "path"}]
    field = ".".join(path) or None
    reason = str(first["msg"]).rstrip(".")
    return field, f"{field}: {reason}" if field else reason


async def _validation(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    errors = error.errors()
    if errors[0]["type"] == "json_invalid":
        return error_response(400, "malformed", "the body is not JSON")
    field, message = field_and_message(errors)
    return error_response(422, "invalid", message, field)


async def _command(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, CommandRefused)
    return error_response(422 if error.field else 409, error.code, str(error), error.field)


async def _refused(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Refused)
    return refused_response(error)


async def _http(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    status = error.status_code
    response = error_response(status, CODES.get(status, "refused"), HTTPStatus(status).phrase.lower())
    response.headers.update(error.headers or {})
    return response


async def _unexpected(request: Request, _error: Exception) -> JSONResponse:
    log.error("request failed: %s %s", request.method, request.url.path)
    return error_response(500, "internal", "something went wrong inside the pedal; its log says what")


def install(app: FastAPI) -> None:
    """Give ``app`` the one error shape."""
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(CommandRefused, _command)
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)
