"""Who may use the page: a browser that proved to be near the pedal, or the owner of its data directory.

Near means: its user read a PIN from the display, or followed the one-time link from the terminal that started the
pedal. Being on the same network proves nothing.
"""

import asyncio
import hmac
import math
import secrets
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from webui.errors import PairingRefused
from webui.tokens import PairedBrowser, TokenStore, digest, new_token

PIN_DIGITS = 6
PIN_TRIES = 5
PIN_LIFE_S = 60.0
# Six PINs of five tries in ten minutes: a guesser on the network needs five months for even odds of one hit,
# and the player sees every PIN that he did not ask for.
PINS_MAX = 6
PINS_WINDOW_S = 600.0
LINK_LIFE_S = 3600.0
LINKS_MAX = 8
BROWSERS_MAX = 32


@dataclass(frozen=True, slots=True)
class Pin:
    """The PIN on the display and how long it still counts, in seconds."""

    pin: str
    expires_s: float


class Pairing:
    """PINs, links and tokens. Called from one event loop only; ``clock`` is monotonic seconds.

    ``api_token`` is the secret of the local token file: it authorises the command line. At most ``BROWSERS_MAX``
    browsers stay paired; one more drops the oldest.
    """

    def __init__(
        self, store: TokenStore, *, api_token: str | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._clock = clock
        self._api_digest = digest(api_token) if api_token else None
        self._browsers = {browser.token_sha256: browser for browser in store.load()}
        self._pin: str | None = None
        self._pin_until = 0.0
        self._tries_left = 0
        self._shown_at: deque[float] = deque(maxlen=PINS_MAX)
        self._links: dict[str, float] = {}
        self._saving = asyncio.Lock()

    @property
    def pin_open(self) -> bool:
        """Whether a PIN is on the display and still counts."""
        return self._pin is not None and self._clock() < self._pin_until

    def begin(self) -> Pin:
        """The PIN to show. While one is open it stays: a stranger must not change it under the player's fingers.

        Raises ``PairingRefused`` when PINs were asked for too often.
        """
        now = self._clock()
        if not self.pin_open:
            full = len(self._shown_at) == PINS_MAX
            if full and now - self._shown_at[0] < PINS_WINDOW_S:
                wait_s = math.ceil(self._shown_at[0] + PINS_WINDOW_S - now)
                message = f"too many PINs were asked for: try again in {math.ceil(wait_s / 60)} min"
                raise PairingRefused(429, "pairing_busy", message, retry_after_s=wait_s)
            self._shown_at.append(now)
            self._pin = "".join(secrets.choice("0123456789") for _ in range(PIN_DIGITS))
            self._pin_until = now + PIN_LIFE_S
            self._tries_left = PIN_TRIES
        assert self._pin is not None
        return Pin(self._pin, self._pin_until - now)

    def redeem_pin(self, pin: str) -> str:
        """A new token for the browser that knows the PIN. Raises ``PairingRefused``; the fifth miss ends the PIN."""
        if not self.pin_open or self._pin is None:
            self._pin = None
            raise PairingRefused(409, "no_pin", "that PIN has expired: ask for a new one")
        if not hmac.compare_digest(pin.encode(), self._pin.encode()):
            self._tries_left -= 1
            if self._tries_left <= 0:
                self._pin = None
                raise PairingRefused(403, "pin_used_up", "five wrong PINs: ask for a new one", "pin")
            left = self._tries_left
            tries = "1 try" if left == 1 else f"{left} tries"
            raise PairingRefused(403, "wrong_pin", f"that is not the PIN on the display: {tries} left", "pin")
        self._pin = None
        return self._admit()

    def one_time_link(self) -> str:
        """A path, ``/pair/CODE``, that pairs the first browser to open it within the hour."""
        while len(self._links) >= LINKS_MAX:
            self._links.pop(next(iter(self._links)))
        code = new_token()
        self._links[digest(code)] = self._clock() + LINK_LIFE_S
        return f"/pair/{code}"

    def redeem_link(self, code: str) -> str:
        """A new token for the browser that opened the link. Raises ``PairingRefused``; a code counts once."""
        until = self._links.pop(digest(code), None)
        if until is None or self._clock() >= until:
            raise PairingRefused(403, "link_used", "this link was used before or is too old: pair with the PIN")
        return self._admit()

    def knows_browser(self, token: str) -> bool:
        """Whether this cookie was given to a browser here."""
        return digest(token) in self._browsers

    def knows_owner(self, token: str) -> bool:
        """Whether this is the secret of the local token file."""
        return self._api_digest is not None and hmac.compare_digest(digest(token), self._api_digest)

    async def forget_all(self) -> bool:
        """Every browser pairs again from now on. Open live sockets end with their connection. See ``save``."""
        self._browsers.clear()
        self._links.clear()
        self._pin = None
        return await self.save()

    async def save(self) -> bool:
        """Keep the list over a restart. False: the disk would not, and the browser stays paired until then only."""
        async with self._saving:
            try:
                await asyncio.to_thread(self._store.save, tuple(self._browsers.values()))
            except OSError:
                return False
        return True

    def _admit(self) -> str:
        token = new_token()
        while len(self._browsers) >= BROWSERS_MAX:
            self._browsers.pop(next(iter(self._browsers)))
        browser = PairedBrowser(digest(token), datetime.now(UTC).isoformat(timespec="seconds"))
        self._browsers[browser.token_sha256] = browser
        return token
