"""The RGB status LED and the beat LED, on pins, dimmed by PWM."""

from importlib import import_module
from typing import Any

from hardware.errors import DeviceLost, DeviceMissing


class PinLights:
    """Four LEDs between a pin and ground. Raises ``DeviceMissing`` where a pin does not open.

    ``pins`` is a gpiozero pin factory whose pins can do PWM. Setting what is set already touches no pin.
    """

    def __init__(self, pins: Any, red_pin: int, green_pin: int, blue_pin: int, beat_pin: int) -> None:
        self._status: Any = None
        gpiozero = import_module("gpiozero")
        try:
            self._status = gpiozero.RGBLED(red_pin, green_pin, blue_pin, pin_factory=pins)
            self._beat = gpiozero.PWMLED(beat_pin, pin_factory=pins)
        except Exception as error:  # gpiozero's and lgpio's errors share no base
            if self._status is not None:
                self._status.close()
            raise DeviceMissing(f"No LEDs: their pins do not open ({error}).") from error
        self._status_rgb = (0.0, 0.0, 0.0)
        self._beat_brightness = 0.0

    def status(self, red: float, green: float, blue: float) -> None:
        """Set the status LED; each 0 to 1. Raises ``DeviceLost``."""
        assert all(0.0 <= value <= 1.0 for value in (red, green, blue))
        if (red, green, blue) != self._status_rgb:
            self._set(self._status, (red, green, blue))
            self._status_rgb = (red, green, blue)

    def beat(self, brightness: float) -> None:
        """Set the beat LED, 0 to 1. Raises ``DeviceLost``."""
        assert 0.0 <= brightness <= 1.0
        if brightness != self._beat_brightness:
            self._set(self._beat, brightness)
            self._beat_brightness = brightness

    def close(self) -> None:
        """All dark, pins released. May be called twice."""
        self._status.close()
        self._beat.close()

    def _set(self, led: Any, value: object) -> None:
        try:
            led.value = value
        except Exception as error:  # gpiozero's and lgpio's errors share no base
            raise DeviceLost(f"The LEDs do not obey ({error}).") from error
