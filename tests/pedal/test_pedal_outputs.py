"""State to light: the newest picture wins, a lost display is told once and comes back, LEDs change when they should."""

import queue
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from PIL import Image

from hardware.errors import DeviceMissing
from hardware.fake import FakeDisplay, FakeLights
from pedal import gallery, outputs, screens
from pedal.outputs import Lamps, Screen

PATIENCE_S = 10.0
STATES = gallery.states()


class Watched(FakeDisplay):
    """Hands every shown picture to the test."""

    def __init__(self) -> None:
        super().__init__()
        self.pictures: queue.Queue[bytes] = queue.Queue()

    def show(self, image: Image.Image) -> None:
        super().show(image)
        self.pictures.put(image.tobytes())


class Rig:
    def __init__(self, display: FakeDisplay | None, reopen: Any = None) -> None:
        self.health: queue.Queue[tuple[bool, str]] = queue.Queue()
        self.screen = Screen(display, reopen or (lambda: display), lambda *told: self.health.put(told))
        self.screen.start()


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FRAME_S", "TUNER_FRAME_S", "RETRY_S", "REFRESH_S"):
        monkeypatch.setattr(outputs, name, 0.001)


@pytest.fixture
def display() -> Iterator[Watched]:
    return Watched()


def test_the_newest_state_is_shown(display: Watched) -> None:
    rig = Rig(display)
    for name in ("session", "idle"):
        rig.screen.update(STATES[name])
    newest = screens.draw(STATES["idle"]).tobytes()
    while display.pictures.get(timeout=PATIENCE_S) != newest:
        pass
    rig.screen.stop()


def test_a_slow_display_never_makes_anybody_wait() -> None:
    entered, release = threading.Event(), threading.Event()

    class Slow(Watched):
        def show(self, image: Image.Image) -> None:
            entered.set()
            release.wait(PATIENCE_S)
            super().show(image)

    display = Slow()
    rig = Rig(display)
    rig.screen.update(STATES["idle"])
    assert entered.wait(PATIENCE_S)
    for _ in range(1_000):
        rig.screen.update(STATES["session"])
    rig.screen.update(STATES["review"])
    release.set()
    shown = [display.pictures.get(timeout=PATIENCE_S) for _ in range(2)]
    assert shown == [screens.draw(STATES[name]).tobytes() for name in ("idle", "review")]
    rig.screen.stop()


def test_a_display_lost_while_nothing_moves_is_noticed_and_comes_back(display: Watched) -> None:
    rig = Rig(display, display.reopen)
    rig.screen.update(STATES["idle"])
    display.pictures.get(timeout=PATIENCE_S)
    display.fail()
    rig.screen.update(STATES["idle"])
    assert rig.health.get(timeout=PATIENCE_S)[0] is False
    display.mend()
    rig.screen.update(STATES["idle"])
    assert rig.health.get(timeout=PATIENCE_S)[0] is True
    assert rig.health.empty()
    rig.screen.stop()


def test_without_a_display_the_pictures_are_still_drawn_for_the_page() -> None:
    asked = threading.Event()

    def nothing_there() -> FakeDisplay:
        asked.set()
        raise DeviceMissing("no display")

    rig = Rig(None, nothing_there)
    rig.screen.update(STATES["idle"])
    assert asked.wait(PATIENCE_S)
    rig.screen.stop()
    assert rig.screen.last is not None
    assert rig.health.empty()


def test_lamps_write_what_changed_and_only_that() -> None:
    lights = FakeLights()
    lamps = Lamps(lights)
    for _ in range(3):
        lamps.update(STATES["idle"])
    written = len(lights.history)
    assert lights.status_rgb == lamps.status
    lamps.update(replace(STATES["session"]))
    assert len(lights.history) == written + 1


def test_lamps_that_break_do_not_stop_the_pedal(caplog: pytest.LogCaptureFixture) -> None:
    lights = FakeLights()
    lamps = Lamps(lights)
    lights.fail()
    for name in ("idle", "session", "idle"):
        lamps.update(STATES[name])
    assert len(caplog.records) == 1
    Lamps(None).update(STATES["idle"])
