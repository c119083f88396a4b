"""From state to light: the OLED on a thread of its own, the LEDs at once. Both are *latest*: nothing ever queues."""

import contextlib
import logging
import threading
import time
from collections.abc import Callable
from typing import Final

from PIL import Image

from hardware.errors import DeviceError
from hardware.ports import Display, Lights
from pedal import lights, screens
from pedal.state import Mode, State

FRAME_S: Final = 1 / 15
TUNER_FRAME_S: Final = 1 / 25
RETRY_S: Final = 1.0
# An unchanged picture is shown again so often: a display that came loose is noticed also while nothing moves.
REFRESH_S: Final = 1.0
log = logging.getLogger(__name__)


class Screen:
    """Draws the newest state and shows it, in its own thread, because I2C takes 25 ms and nobody may wait for it.

    One pending state, *latest*. A display that is lost or missing is opened anew every second; ``on_health`` is told
    from that thread when it goes and when it comes.
    """

    def __init__(
        self, display: Display | None, reopen: Callable[[], Display], on_health: Callable[[bool, str], None]
    ) -> None:
        self._display = display
        self._reopen = reopen
        self._on_health = on_health
        self._pending: State | None = None
        self._changed = threading.Condition()
        self._stopping = False
        self._shown: bytes | None = None
        self._refresh_at_s = 0.0
        self._thread = threading.Thread(target=self._run, name="oled", daemon=True)
        self.last: Image.Image | None = None

    def start(self) -> None:
        """Show from now on."""
        self._thread.start()

    def update(self, state: State) -> None:
        """The newest state; replaces one that was not drawn yet."""
        with self._changed:
            self._pending = state
            self._changed.notify()

    def stop(self) -> None:
        """Show what is pending, then blank and release the display; bounded."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        self._thread.join(timeout=0.5)

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._pending is not None or self._stopping)
                state, self._pending = self._pending, None
                stopping = self._stopping
            if state is not None:
                self._show(screens.draw(state))
            if stopping:
                self._close()
                return
            with self._changed:
                self._changed.wait_for(lambda: self._stopping, timeout=self._pause_s(state))

    def _pause_s(self, state: State | None) -> float:
        if self._display is None:
            return RETRY_S
        return TUNER_FRAME_S if state is not None and state.mode is Mode.TUNER else FRAME_S

    def _show(self, image: Image.Image) -> None:
        self.last = image
        pixels, now_s = image.tobytes(), time.monotonic()
        if self._display is not None and pixels == self._shown and now_s < self._refresh_at_s:
            return
        self._refresh_at_s = now_s + REFRESH_S
        was_lost = self._display is None
        try:
            self._display = self._display or self._reopen()
            self._display.show(image)
        except DeviceError as error:
            self._close()
            if not was_lost:
                self._on_health(False, str(error))
            return
        self._shown = pixels
        if was_lost:
            self._on_health(True, "working")

    def _close(self) -> None:
        display, self._display, self._shown = self._display, None, None
        if display is not None:
            with contextlib.suppress(DeviceError):
                display.close()


class Lamps:
    """The LEDs; writes only what changed. A lamp that cannot be set is logged once and never again in the way."""

    def __init__(self, lamps: Lights | None) -> None:
        self._lamps = lamps
        self.status: lights.Rgb = lights.DARK
        self.beat = 0.0

    def update(self, state: State) -> None:
        """Set both LEDs for this state and its time."""
        status, beat = lights.status(state), lights.beat(state)
        if self._lamps is None:
            return
        try:
            if status != self.status:
                self._lamps.status(*status)
            if beat != self.beat:
                self._lamps.beat(beat)
        except DeviceError as error:
            self._lamps = None
            log.warning("the LEDs are gone: %s", error)
        self.status, self.beat = status, beat
