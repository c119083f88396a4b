"""One contract for the lights, on fake and on pins."""

import pytest
from gpiozero.pins.mock import MockFactory, MockPWMPin

from hardware.errors import DeviceLost, DeviceMissing
from hardware.fake import HISTORY_MAX, FakeLights
from hardware.leds import PinLights

PINS = (22, 27, 24, 23)


class FakeRig:
    def __init__(self) -> None:
        self.lights = FakeLights()

    def break_them(self) -> None:
        self.lights.fail()

    def shining(self) -> tuple[float, ...]:
        return (*self.lights.status_rgb, self.lights.beat_brightness)


class PinRig:
    def __init__(self) -> None:
        self.factory = MockFactory(pin_class=MockPWMPin)
        self.lights = PinLights(self.factory, *PINS)
        self.pins = [self.factory.pin(pin) for pin in PINS]

    def break_them(self) -> None:
        for pin in self.pins:
            pin.function = "input"  # an input cannot be set, and says so

    def shining(self) -> tuple[float, ...]:
        return tuple(pin.state for pin in self.pins)


@pytest.fixture(params=[FakeRig, PinRig])
def rig(request):
    return request.param()


def test_dark_at_first(rig):
    assert rig.shining() == (0, 0, 0, 0)


def test_each_led_shines_as_told(rig):
    rig.lights.status(1.0, 0.5, 0.25)
    rig.lights.beat(0.75)
    assert rig.shining() == (1.0, 0.5, 0.25, 0.75)
    rig.lights.beat(0.0)
    assert rig.shining() == (1.0, 0.5, 0.25, 0.0)


@pytest.mark.parametrize("wrong", [-0.1, 1.1, float("nan")])
def test_brighter_than_bright_is_a_mistake_of_ours(rig, wrong):
    with pytest.raises(AssertionError):
        rig.lights.status(0.0, wrong, 0.0)
    with pytest.raises(AssertionError):
        rig.lights.beat(wrong)


def test_close_is_dark_and_may_be_called_twice(rig):
    rig.lights.status(1.0, 1.0, 1.0)
    rig.lights.beat(1.0)
    rig.lights.close()
    rig.lights.close()
    assert not any(rig.shining())


def test_leds_that_do_not_obey_are_lost_and_not_remembered_as_set(rig):
    rig.break_them()
    for _ in range(2):
        with pytest.raises(DeviceLost, match="do not obey"):
            rig.lights.status(1.0, 0.0, 0.0)
        with pytest.raises(DeviceLost, match="do not obey"):
            rig.lights.beat(1.0)


def test_what_is_set_already_touches_no_pin():
    rig = PinRig()
    rig.lights.status(1.0, 0.0, 0.0)
    changes = len(rig.pins[0].states)
    rig.lights.status(1.0, 0.0, 0.0)
    assert len(rig.pins[0].states) == changes


def test_pins_that_do_not_open_are_missing_lights_and_leave_none_taken():
    factory = MockFactory(pin_class=MockPWMPin)
    with pytest.raises(DeviceMissing, match="No LEDs"):
        PinLights(factory, 22, 27, 24, 99)
    PinLights(factory, *PINS).close()


def test_pins_that_cannot_dim_are_missing_lights():
    with pytest.raises(DeviceMissing, match="No LEDs"):
        PinLights(MockFactory(), *PINS)


def test_the_fake_keeps_a_bounded_history():
    lights = FakeLights()
    for i in range(HISTORY_MAX + 10):
        lights.beat(i % 2)
    lights.status(0.0, 1.0, 0.0)
    assert len(lights.history) == HISTORY_MAX
    assert lights.history[-1] == ("status", (0.0, 1.0, 0.0))


def test_the_fake_refuses_use_after_close():
    lights = FakeLights()
    lights.close()
    with pytest.raises(AssertionError, match="after close"):
        lights.beat(1.0)
