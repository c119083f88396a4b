"""The pedal's board: footswitch, display and lights, real or simulated. Sound comes elsewhere, in the engine.

A part that is not there is a named fact, never an exception: the pedal runs with what it has.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, TypeVar

from hardware.board_config import BoardConfig
from hardware.errors import DeviceMissing
from hardware.fake import FakeDisplay, FakeLights, FakeSwitch
from hardware.gpio import open_pins
from hardware.leds import PinLights
from hardware.oled import open_oled
from hardware.ports import Display, Footswitch, Lights
from hardware.switches import PinSwitch

_Part = TypeVar("_Part")

BoardKind: TypeAlias = Literal["sim", "pi"]


@dataclass(frozen=True, slots=True)
class MissingPart:
    """A part that did not open: its name for the screen, and one line that says what to do."""

    part: str
    text: str


@dataclass(frozen=True, slots=True)
class Simulator:
    """The foot, the cable and the eyes of the simulated board: press, cut, look."""

    footswitch: FakeSwitch
    display: FakeDisplay
    lights: FakeLights


@dataclass(frozen=True, slots=True)
class Board:
    """What opened, and what did not (``missing``). ``sim`` is there on the simulated board only.

    ``open_display`` opens the display anew, after it was lost or missing; it raises ``DeviceMissing`` while it is.
    """

    kind: BoardKind
    footswitch: Footswitch | None
    display: Display | None
    lights: Lights | None
    open_display: Callable[[], Display]
    missing: tuple[MissingPart, ...] = ()
    sim: Simulator | None = None
    pins: Any = None

    def close(self) -> None:
        """Dark, blank, released, in the reverse order of opening. A display that was opened anew is its opener's."""
        for part in (self.lights, self.display, self.footswitch, self.pins):
            if part is not None:
                part.close()


def open_board(kind: BoardKind, config: BoardConfig) -> Board:
    """Open what is there. Never raises for a device: what is missing stands in ``Board.missing``."""
    return _open_sim() if kind == "sim" else open_pi(config)


def _open_sim() -> Board:
    sim = Simulator(FakeSwitch(), FakeDisplay(), FakeLights())
    return Board("sim", sim.footswitch, sim.display, sim.lights, sim.display.reopen, sim=sim)


def open_pi(config: BoardConfig, pins: Callable[[], Any] = open_pins) -> Board:
    """The board of a Pi. ``pins`` opens the pin factory; tests bring gpiozero's mock."""
    missing: list[MissingPart] = []

    def attempt(part: str, build: Callable[[], _Part]) -> _Part | None:
        try:
            return build()
        except DeviceMissing as error:
            missing.append(MissingPart(part, str(error)))
            return None

    def open_display() -> Display:
        return open_oled(config.i2c_bus, config.i2c_address, config.display, upside_down=config.display_upside_down)

    factory = None
    footswitch, lights = None, None
    try:
        factory = pins()
    except DeviceMissing as error:
        missing += [MissingPart("footswitch", str(error)), MissingPart("lights", str(error))]
    else:
        footswitch = attempt("footswitch", lambda: PinSwitch(factory, config.footswitch_pin))
        lights = attempt("lights", lambda: _open_lights(factory, config))
    display = attempt("display", open_display)
    return Board("pi", footswitch, display, lights, open_display, tuple(missing), pins=factory)


def _open_lights(factory: Any, config: BoardConfig) -> PinLights:
    return PinLights(factory, config.status_red_pin, config.status_green_pin, config.status_blue_pin, config.beat_pin)
