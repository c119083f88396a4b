"""The Pi's pins, opened once and shared by switch and lights."""

from importlib import import_module
from pathlib import Path
from typing import Any, Final

from hardware.errors import DeviceMissing

CHIP_LABELS: Final = ("pinctrl-rp1", "pinctrl-bcm2711", "pinctrl-bcm2835")
"""The header's pins on a Pi 5, 4 and older. By label: their number changed from kernel to kernel."""


def open_pins() -> Any:
    """The pin factory of a Pi, gpiozero's on lgpio; the caller closes it. Raises ``DeviceMissing``.

    Built here and by name: gpiozero's own search ends in a factory that does not work, or in a misleading message.
    """
    try:
        lgpio = import_module("lgpio")
        factory = import_module("gpiozero.pins.lgpio").LGPIOFactory
    except ImportError as error:
        raise DeviceMissing(
            "No GPIO: the package lgpio is not installed (pip install 'practice-pedal[pi]')."
        ) from error
    try:
        return factory(chip=find_chip(lgpio))
    except Exception as error:  # lgpio.error, and gpiozero's for a board that is no Pi, share no base
        raise DeviceMissing(f"No GPIO: this board's pins do not open ({error}).") from error


def find_chip(lgpio: Any, devices: Path = Path("/dev")) -> int | None:
    """Number of the chip whose label says that it drives the header, or ``None``: then gpiozero's rule holds."""
    for path in sorted(devices.glob("gpiochip*")):
        number = int(path.name.removeprefix("gpiochip"))
        try:
            handle = lgpio.gpiochip_open(number)
        except lgpio.error:
            continue  # not ours to open; the header's chip is, by the udev rule
        label = lgpio.gpio_get_chip_info(handle)[3]
        lgpio.gpiochip_close(handle)
        if label in CHIP_LABELS:
            return number
    return None
