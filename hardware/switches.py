"""A footswitch on a pin: raw edges, bounce and all, stamped with the time of the contact."""

import time
from collections.abc import Callable
from typing import Any, Final

from hardware.clock import BootClock, boottime_ns
from hardware.errors import DeviceMissing
from hardware.ports import Edge

_AGE_S_MAX: Final = 1.0


class PinSwitch:
    """A switch between a pin and ground. Raises ``DeviceMissing`` where the pin does not open.

    ``pins`` is a gpiozero pin factory. The pin itself is used, without gpiozero's ``Button``: that one debounces by
    throwing edges away, on its own clock.
    """

    def __init__(self, pins: Any, pin: int, clock: BootClock = boottime_ns) -> None:
        self._pins = pins
        self._clock = clock
        self._on_edge: Callable[[Edge], None] | None = None
        try:
            self._pin = pins.pin(pin)
            pins.reserve_pins(self, self._pin.info.name)
            self._pin.input_with_pull("up")
            self._pin.bounce = None
            self._pin.edges = "both"
        except Exception as error:  # gpiozero's and lgpio's errors share no base
            raise DeviceMissing(f"No footswitch: pin {pin} does not open ({error}).") from error

    def start(self, on_edge: Callable[[Edge], None]) -> bool:
        """Call ``on_edge`` from the GPIO thread for every edge from now on. Returns whether it is held down now."""
        self._on_edge = on_edge
        self._pin.when_changed = self._changed  # gpiozero keeps it weakly: it lives as long as this object
        return not self._pin.state

    def close(self) -> None:
        """Stop calling, and release the pin. May be called twice."""
        if self._pin is not None:
            self._on_edge = None
            self._pin.when_changed = None
            self._pins.release_all(self)
            self._pin.close()
            self._pin = None

    def _conflicts_with(self, _other: Any) -> bool:
        """gpiozero asks whoever reserves a pin: nobody shares this one."""
        return True

    def _changed(self, ticks: float, level: int) -> None:
        on_edge = self._on_edge
        if on_edge is not None and level in (0, 1):
            on_edge(Edge(pressed=level == 0, boottime_ns=self._stamp(ticks)))

    def _stamp(self, ticks: float) -> int:
        """CLOCK_BOOTTIME of the contact. ``ticks`` is the kernel's CLOCK_MONOTONIC in s, taken in the interrupt.

        Kernels that stamp with another clock are recognised by an impossible age; then it is now, late by the few ms
        that this thread waited.
        """
        now_ns = self._clock()
        age_s = time.monotonic() - ticks
        return now_ns - round(age_s * 1e9) if 0.0 <= age_s <= _AGE_S_MAX else now_ns
