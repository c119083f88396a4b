"""Pairing over HTTP: show a PIN, redeem it, or follow the one-time link."""

import asyncio
import logging
from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import Field

from webui.closed import Closed
from webui.errors import PairingRefused
from webui.pairing import Pairing
from webui.ports import Pedal
from webui.security import COOKIE

log = logging.getLogger(__name__)

# Browsers cap cookies at 400 days; each pairing starts anew.
COOKIE_SECONDS = 400 * 24 * 3600


class PinIn(Closed):
    """What the player read from the display."""

    pin: Annotated[str, Field(pattern=r"^[0-9]{6}$")]


class PinShown(Closed):
    """A PIN is on the display for this long."""

    expires_s: float
    digits: int = 6


class Paired(Closed):
    """This browser may use the page. ``kept`` false: only until the pedal restarts, its storage refused to write."""

    paired: bool = True
    kept: bool


class Link(Closed):
    """A path that pairs the first browser to open it."""

    path: str


def _give(response: Response, request: Request, token: str) -> None:
    response.set_cookie(
        COOKIE,
        token,
        max_age=COOKIE_SECONDS,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
        path="/",
    )


class _Shown:
    """The PIN on the display, taken away when it no longer counts."""

    def __init__(self, pedal: Pedal) -> None:
        self._pedal = pedal
        self._timer: asyncio.TimerHandle | None = None

    def show(self, pin: str, seconds: float) -> None:
        self.clear()
        self._pedal.show_pin(pin)
        self._timer = asyncio.get_running_loop().call_later(seconds, self.clear)

    def clear(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
            self._pedal.show_pin(None)


def pair_router(pedal: Pedal, pairing: Pairing) -> APIRouter:
    """The open doors, and the one that makes new links for who is already inside."""
    router = APIRouter(tags=["pairing"])
    shown = _Shown(pedal)

    @router.post("/api/v1/pair/begin")
    async def begin() -> PinShown:
        """Show a PIN on the pedal's display."""
        pin = pairing.begin()
        shown.show(pin.pin, pin.expires_s)
        return PinShown(expires_s=round(pin.expires_s, 1))

    @router.post("/api/v1/pair")
    async def pair(body: PinIn, request: Request, response: Response) -> Paired:
        """Pair this browser with the PIN from the display."""
        try:
            token = pairing.redeem_pin(body.pin)
        finally:
            if not pairing.pin_open:
                shown.clear()
        _give(response, request, token)
        return Paired(kept=await _kept(pairing))

    @router.post("/api/v1/pair/link")
    async def link() -> Link:
        """A new one-time link, for another browser."""
        return Link(path=pairing.one_time_link())

    @router.get("/pair/{code}", include_in_schema=False)
    async def follow(code: str, request: Request) -> Response:
        """Pair the browser that opened the link, and show it the page."""
        try:
            token = pairing.redeem_link(code)
        except PairingRefused:
            # A person reads this, not a script: the page says it, and offers the PIN.
            return RedirectResponse("/#link-used", status_code=303)
        await _kept(pairing)
        response = RedirectResponse("/", status_code=303)
        _give(response, request, token)
        return response

    return router


async def _kept(pairing: Pairing) -> bool:
    kept = await pairing.save()
    if not kept:
        log.warning("storage refused the list of paired browsers: this pairing lasts until the restart")
    return kept
