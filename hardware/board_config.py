"""Which pins and which display: the facts of one unit's wiring.

Apart from ``board``, so that who only reads the configuration need not wait for the drivers.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

DisplayKind: TypeAlias = Literal["ssd1306", "sh1106"]


@dataclass(frozen=True, slots=True)
class BoardConfig:
    """Device facts, as ``pedal.toml`` holds them. Pins are BCM numbers; the switch closes to ground."""

    footswitch_pin: int = 17
    status_red_pin: int = 22
    status_green_pin: int = 27
    status_blue_pin: int = 24
    beat_pin: int = 23
    i2c_bus: int = 1
    i2c_address: int = 0x3C
    display: DisplayKind = "ssd1306"
    display_upside_down: bool = False
