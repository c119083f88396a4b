"""The OLED: SSD1306 or SH1106, 128×64, on I2C, through luma."""

from importlib import import_module
from typing import Any, Final

from PIL import Image

from hardware.errors import DeviceLost, DeviceMissing
from hardware.ports import OLED_SIZE

_NOP: Final = 0xE3
_HALF_TURN: Final = 2


class Oled:
    """A luma device as a ``Display``. A frame is 23 ms at 400 kHz; for an unchanged image the display is only
    asked whether it is still there (two bytes).

    ``serial`` is the bus that the device was built on; it is released with it.
    """

    def __init__(self, device: Any, serial: Any) -> None:
        self._device = device
        self._serial = serial
        self._shown: bytes | None = None

    def show(self, image: Image.Image) -> None:
        """Show a mode "1" image of ``OLED_SIZE``. Raises ``DeviceLost``: then close this one and open a new one."""
        assert self._device is not None, "show after close"
        assert image.mode == "1"
        assert image.size == OLED_SIZE
        pixels, shown = image.tobytes(), self._shown
        self._shown = None
        try:
            if pixels == shown:
                self._serial.command(_NOP)
            else:
                self._device.display(image)
        except _bus_errors() as error:
            raise DeviceLost("The display does not answer: check its cable.") from error
        self._shown = pixels

    def close(self) -> None:
        """Blank and release; a display that is gone already is no error. May be called twice."""
        device, self._device = self._device, None
        if device is None:
            return
        try:
            device.cleanup()
        except _bus_errors():
            self._serial.cleanup()  # luma gives up at the first byte that fails, with the bus still open


def open_oled(bus: int, address: int, kind: str, *, upside_down: bool = False, serial: Any = None) -> Oled:
    """Open the display of that ``kind`` ("ssd1306", "sh1106"). Raises ``DeviceMissing``.

    ``serial`` stands in for the I2C bus in tests. The display is asked first whether it is there: luma registers every
    device it builds for the end of the program, so that trying again and again would fill the memory.
    """
    assert kind in {"ssd1306", "sh1106"}
    missing = f"No display at I2C bus {bus}, address 0x{address:02x}: check its cable, and that I2C is switched on."
    try:
        serial = serial or import_module("luma.core.interface.serial").i2c(port=bus, address=address)
        try:
            serial.command(_NOP)
            build = getattr(import_module("luma.oled.device"), kind)
            return Oled(build(serial, rotate=_HALF_TURN if upside_down else 0), serial)
        except _bus_errors():
            serial.cleanup()
            raise
    except ImportError as error:
        raise DeviceMissing("No display: the packages luma.oled and smbus2 are not installed.") from error
    except _bus_errors() as error:
        raise DeviceMissing(missing) from error


def _bus_errors() -> tuple[type[Exception], ...]:
    """What luma raises when a display does not answer: its own error for some codes, the system's for the others."""
    return (import_module("luma.core.error").Error, OSError)
