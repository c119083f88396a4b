"""The board runs with what is there, and names what is not."""

import pytest
from gpiozero.pins.mock import MockFactory, MockPWMPin

from hardware import board, gpio
from hardware.board import open_board, open_pi
from hardware.board_config import BoardConfig
from hardware.errors import DeviceMissing
from hardware.fake import FakeDisplay, FakeLights, FakeSwitch
from hardware.leds import PinLights
from hardware.switches import PinSwitch


class Pins(MockFactory):
    """Pins that dim and pins that do not, as asked for; and whether they were closed."""

    def __init__(self) -> None:
        super().__init__(pin_class=MockPWMPin)
        self.closed = False

    def close(self) -> None:
        self.closed = True
        super().close()


@pytest.fixture
def display(monkeypatch):
    fake = FakeDisplay()
    asked = []

    def open_oled(*arguments, **settings):
        asked.append((arguments, settings))
        return fake.reopen()

    monkeypatch.setattr(board, "open_oled", open_oled)
    fake.asked = asked
    return fake


def test_all_there(display):
    pins = Pins()
    opened = open_pi(BoardConfig(i2c_bus=3, i2c_address=0x3D, display="sh1106", display_upside_down=True), lambda: pins)
    assert opened.missing == ()
    assert opened.kind == "pi"
    assert opened.sim is None
    assert isinstance(opened.footswitch, PinSwitch)
    assert isinstance(opened.lights, PinLights)
    assert opened.display is display
    assert display.asked == [((3, 0x3D, "sh1106"), {"upside_down": True})]
    opened.close()
    assert pins.closed


def test_the_pins_are_those_of_the_configuration(display):
    pins = Pins()
    opened = open_pi(BoardConfig(5, 6, 12, 13, 16), lambda: pins)
    heard = []
    opened.footswitch.start(heard.append)
    pins.pin(5).drive_low()
    assert [edge.pressed for edge in heard] == [True]
    opened.lights.status(0.25, 0.5, 0.75)
    opened.lights.beat(1.0)
    assert [pins.pin(pin).state for pin in (6, 12, 13, 16)] == [0.25, 0.5, 0.75, 1.0]
    opened.close()


def test_nothing_there_is_three_missing_parts_and_no_exception(display):
    def no_pins():
        raise DeviceMissing("No GPIO: this is no Pi.")

    display.fail()
    opened = open_pi(BoardConfig(), no_pins)
    assert (opened.footswitch, opened.lights, opened.display) == (None, None, None)
    assert [part.part for part in opened.missing] == ["footswitch", "lights", "display"]
    assert all(part.text and "\n" not in part.text for part in opened.missing)
    opened.close()


def test_each_part_may_be_missing_alone(display):
    opened = open_pi(BoardConfig(footswitch_pin=99), Pins)
    assert [part.part for part in opened.missing] == ["footswitch"]
    assert opened.lights is not None
    opened.close()
    opened = open_pi(BoardConfig(beat_pin=99), Pins)
    assert [part.part for part in opened.missing] == ["lights"]
    assert opened.footswitch is not None
    opened.close()


def test_a_display_that_was_missing_can_be_opened_later(display):
    display.fail()
    opened = open_pi(BoardConfig(), Pins)
    with pytest.raises(DeviceMissing):
        opened.open_display()
    display.mend()
    assert opened.open_display() is display
    opened.close()


def test_the_real_pi_board_on_a_machine_without_one_opens_anyway():
    """No pins, no bus 77: whatever this machine is, a missing part is no exception."""
    opened = open_board("pi", BoardConfig(i2c_bus=77))
    assert "display" in [part.part for part in opened.missing]
    opened.close()


def test_the_simulated_board_is_whole_and_has_hands():
    opened = open_board("sim", BoardConfig())
    assert opened.kind == "sim"
    assert opened.missing == ()
    assert isinstance(opened.sim.footswitch, FakeSwitch)
    assert isinstance(opened.sim.lights, FakeLights)
    heard = []
    opened.footswitch.start(heard.append)
    opened.sim.footswitch.press()
    assert [edge.pressed for edge in heard] == [True]
    opened.sim.display.fail()
    with pytest.raises(DeviceMissing):
        opened.open_display()
    opened.sim.display.mend()
    assert opened.open_display() is opened.display
    opened.close()
    with pytest.raises(AssertionError):
        opened.lights.beat(1.0)


class Lgpio:
    """Chips with labels; number 1 is not ours to open."""

    class error(Exception):  # noqa: N801 - lgpio's name
        pass

    def __init__(self, labels: dict[int, str]) -> None:
        self.labels = labels
        self.open: set[int] = set()

    def gpiochip_open(self, number: int) -> int:
        if number == 1:
            raise self.error("permission denied")
        self.open.add(number)
        return number

    def gpio_get_chip_info(self, handle: int) -> tuple[int, int, str, str]:
        return 0, 54, f"gpiochip{handle}", self.labels[handle]

    def gpiochip_close(self, handle: int) -> None:
        self.open.remove(handle)


@pytest.mark.parametrize(
    ("labels", "number"),
    [
        ({0: "gpio-brcmstb@107d508500", 1: "?", 11: "gpio-brcmstb", 4: "pinctrl-rp1"}, 4),
        ({0: "pinctrl-rp1", 10: "gpio-brcmstb"}, 0),
        ({0: "pinctrl-bcm2711", 1: "?"}, 0),
        ({0: "gpio-sim.0"}, None),
        ({}, None),
    ],
)
def test_the_chip_is_found_by_its_label(tmp_path, labels, number):
    for chip in labels:
        (tmp_path / f"gpiochip{chip}").touch()
    lgpio = Lgpio(labels)
    assert gpio.find_chip(lgpio, tmp_path) == number
    assert lgpio.open == set()


def test_without_lgpio_it_says_what_to_install(monkeypatch):
    def fail(name):
        raise ImportError(name)

    monkeypatch.setattr(gpio, "import_module", fail)
    with pytest.raises(DeviceMissing, match="lgpio is not installed"):
        gpio.open_pins()


def test_a_board_that_is_no_pi_is_missing_pins(monkeypatch):
    class Modules:
        error = Lgpio.error

        @staticmethod
        def LGPIOFactory(chip):  # noqa: N802 - gpiozero's name
            raise RuntimeError("unable to determine the revision")

    monkeypatch.setattr(gpio, "import_module", lambda name: Modules)
    monkeypatch.setattr(gpio, "find_chip", lambda lgpio: None)
    with pytest.raises(DeviceMissing, match=r"do not open .*revision"):
        gpio.open_pins()
