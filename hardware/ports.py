"""The Protocols of all devices: what the pedal may ask of hardware, real or simulated.

A fake enforces them: wrong size, wrong order, or use after ``close`` raises ``AssertionError`` in a fake, because it
would fail in a worse way on a Pi.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from PIL import Image

from hardware.audio_port import AudioHealth, AudioSource

__all__ = ["OLED_SIZE", "AudioHealth", "AudioSource", "Display", "Edge", "Footswitch", "Lights"]

OLED_SIZE = (128, 64)


@dataclass(frozen=True, slots=True)
class Edge:
    """The footswitch changed. ``boottime_ns`` is CLOCK_BOOTTIME of the contact itself, not of its handling."""

    pressed: bool
    boottime_ns: int


class Display(Protocol):
    """A small monochrome picture. ``show`` may take 25 ms: call it from its own thread."""

    def show(self, image: Image.Image) -> None:
        """Show a mode "1" image of ``OLED_SIZE``. Raises ``DeviceLost``."""

    def close(self) -> None:
        """Blank and release."""


class Footswitch(Protocol):
    """Raw edges, bounce and all; debouncing is policy and lives in ``pedal.gestures``."""

    def start(self, on_edge: Callable[[Edge], None]) -> bool:
        """Call ``on_edge`` from any thread for every edge from now on. Returns whether it is held down now."""

    def close(self) -> None:
        """Stop calling."""


class Lights(Protocol):
    """The RGB status LED and the beat LED."""

    def status(self, red: float, green: float, blue: float) -> None:
        """Set the status LED; each 0 to 1. Raises ``DeviceLost``."""

    def beat(self, brightness: float) -> None:
        """Set the beat LED, 0 to 1. Raises ``DeviceLost``."""

    def close(self) -> None:
        """All dark, pins released."""
