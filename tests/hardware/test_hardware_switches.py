"""One contract for every footswitch: every edge, at once, with the time of the contact."""

import itertools
import threading
import time

import pytest
from gpiozero.pins.mock import MockFactory

from hardware.clock import boottime_ns
from hardware.errors import DeviceMissing
from hardware.fake import FakeSwitch
from hardware.ports import Edge
from hardware.switches import PinSwitch

PIN = 17


class FakeFoot:
    def __init__(self) -> None:
        self.switch = FakeSwitch()

    def press(self) -> None:
        self.switch.press()

    def release(self) -> None:
        self.switch.release()


class PinFoot:
    """The real driver on gpiozero's mock pins; the foot pulls the pin to ground."""

    def __init__(self) -> None:
        self.factory = MockFactory()
        self.switch = PinSwitch(self.factory, PIN)
        self.pin = self.factory.pin(PIN)

    def press(self) -> None:
        self.pin.drive_low()

    def release(self) -> None:
        self.pin.drive_high()


@pytest.fixture(params=[FakeFoot, PinFoot])
def foot(request):
    foot = request.param()
    yield foot
    foot.switch.close()


@pytest.fixture
def heard():
    return []


def test_every_edge_in_order_bounce_and_all(foot, heard):
    assert foot.switch.start(heard.append) is False
    for _ in range(3):
        foot.press()
        foot.release()
    foot.press()
    assert [edge.pressed for edge in heard] == [True, False] * 3 + [True]


def test_the_time_is_that_of_the_contact(foot, heard):
    foot.switch.start(heard.append)
    before_ns = boottime_ns()
    foot.press()
    foot.release()
    after_ns = boottime_ns()
    assert before_ns - 1_000_000 <= heard[0].boottime_ns <= heard[1].boottime_ns <= after_ns


def test_held_at_power_on(foot, heard):
    foot.press()
    assert foot.switch.start(heard.append) is True
    assert heard == []
    foot.release()
    assert [edge.pressed for edge in heard] == [False]


def test_silent_after_close_which_may_come_twice(foot, heard):
    foot.switch.start(heard.append)
    foot.switch.close()
    foot.switch.close()
    foot.press()
    assert heard == []


def test_edges_come_from_any_thread(foot, heard):
    """lgpio calls from a thread of its own; gpiozero's mock does not, which hides what is not made for it."""
    seen = threading.Event()
    threads = []

    def on_edge(edge: Edge) -> None:
        threads.append(threading.current_thread())
        heard.append(edge)
        if len(heard) == 200:
            seen.set()

    foot.switch.start(on_edge)

    def stamp() -> None:
        for _ in range(100):
            foot.press()
            foot.release()

    stranger = threading.Thread(target=stamp)
    stranger.start()
    assert seen.wait(10)
    stranger.join()
    assert [edge.pressed for edge in heard] == [True, False] * 100
    assert set(threads) == {stranger}
    stamps = [edge.boottime_ns for edge in heard]
    assert max(before - after for before, after in itertools.pairwise(stamps)) < 1_000_000


def test_the_kernels_own_stamp_counts_not_the_moment_of_handling(clock):
    switch = PinSwitch(MockFactory(), PIN, clock=clock)
    assert clock.now_ns - 1_000_000_000 < switch._stamp(time.monotonic() - 0.005) <= clock.now_ns - 5_000_000


@pytest.mark.parametrize("ticks", [0.0, 1.7e9, -1.0])
def test_a_stamp_of_another_clock_is_now(clock, ticks):
    switch = PinSwitch(MockFactory(), PIN, clock=clock)
    if ticks == 0.0 and time.monotonic() < 1.0:
        pytest.fail("the machine has just booted: 0 is a possible stamp")
    assert switch._stamp(ticks) == clock.now_ns


def test_a_level_that_is_no_level_is_no_edge(heard):
    """lgpio reports a watchdog's timeout as level 2."""
    switch = PinSwitch(MockFactory(), PIN)
    switch.start(heard.append)
    switch._changed(time.monotonic(), 2)
    assert heard == []


def test_a_pin_that_is_none_is_a_missing_switch():
    with pytest.raises(DeviceMissing, match="No footswitch: pin 99 does not open"):
        PinSwitch(MockFactory(), 99)


def test_the_pin_is_ours_until_close_and_free_after_it():
    factory = MockFactory()
    switch = PinSwitch(factory, PIN)
    with pytest.raises(DeviceMissing, match="already in use"):
        PinSwitch(factory, PIN)
    switch.close()
    PinSwitch(factory, PIN).close()


def test_the_fake_plays_a_script_with_its_own_times(heard):
    switch = FakeSwitch()
    switch.start(heard.append)
    script = [Edge(True, 1_000), Edge(False, 350_000_000), Edge(False, 350_000_000)]
    switch.play(script)
    assert heard == script
    assert not switch.pressed


def test_the_fake_refuses_what_no_switch_can_do():
    switch = FakeSwitch()
    switch.play([Edge(True, 1_000)])
    with pytest.raises(AssertionError, match="before the last one"):
        switch.play([Edge(False, 999)])
    switch.start(print)
    with pytest.raises(AssertionError, match="started twice"):
        switch.start(print)
    switch.close()
    with pytest.raises(AssertionError, match="after close"):
        switch.start(print)
