"""The simulated devices: the pedal runs on them wherever there is no pedal, with the verbs of a hand or a foot.

Each enforces its Protocol: wrong size, wrong order, or use after ``close`` raises ``AssertionError`` here, because it
would fail in a worse way on a Pi. Each can be broken on purpose.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from hardware.audio_port import AudioHealth, OnlyHears
from hardware.clock import BootClock, boottime_ns
from hardware.errors import DeviceLost, DeviceMissing
from hardware.ports import OLED_SIZE, Edge

HISTORY_MAX = 1000


class FakeDisplay:
    """Keeps the last image. ``fail`` cuts its cable, ``mend`` plugs it in again (then it shows nothing, as a real one).

    ``shown`` counts the images that arrived.
    """

    def __init__(self) -> None:
        self.shown = 0
        self._image = Image.new("1", OLED_SIZE)
        self._working = True
        self._closed = False
        self._in_use = threading.Lock()

    @property
    def image(self) -> Image.Image:
        """What the glass shows now: a copy, mode "1"; dark while the cable is cut."""
        return self._image.copy()

    @property
    def working(self) -> bool:
        """Whether the cable is in."""
        return self._working

    def fail(self) -> None:
        """Cut the cable: the glass goes dark and ``show`` raises."""
        self._working = False
        self._image = Image.new("1", OLED_SIZE)

    def mend(self) -> None:
        """Plug the cable in again."""
        self._working = True

    def reopen(self) -> "FakeDisplay":
        """Open it anew, as after ``DeviceLost``. Raises ``DeviceMissing`` while the cable is cut."""
        if not self._working:
            raise DeviceMissing("No display: check its cable.")
        self._closed = False
        return self

    def show(self, image: Image.Image) -> None:
        """Show a mode "1" image of ``OLED_SIZE``. Raises ``DeviceLost`` while the cable is cut."""
        assert not self._closed, "show after close"
        assert image.mode == "1", f"the display takes mode 1, not {image.mode}"
        assert image.size == OLED_SIZE, f"the display takes {OLED_SIZE}, not {image.size}"
        assert self._in_use.acquire(blocking=False), "two threads at the display"
        try:
            if not self._working:
                raise DeviceLost("The display does not answer: check its cable.")
            self._image = image.copy()
            self.shown += 1
        finally:
            self._in_use.release()

    def close(self) -> None:
        """Blank and release."""
        self._closed = True
        self._image = Image.new("1", OLED_SIZE)


class FakeSwitch:
    """A footswitch without a foot: ``press``, ``release``, or a script of edges with ``play``.

    Held down before ``start``, it is held at power-on.
    """

    def __init__(self, clock: BootClock = boottime_ns) -> None:
        self._clock = clock
        self._on_edge: Callable[[Edge], None] | None = None
        self._started = False
        self._closed = False
        self._pressed = False
        self._newest_ns = 0

    @property
    def pressed(self) -> bool:
        """Whether the foot is on it."""
        return self._pressed

    def start(self, on_edge: Callable[[Edge], None]) -> bool:
        """Call ``on_edge`` for every edge from now on. Returns whether it is held down now."""
        assert not self._closed, "start after close"
        assert not self._started, "started twice"
        self._started = True
        self._on_edge = on_edge
        return self._pressed

    def press(self) -> None:
        """Step on it, now."""
        self._emit(Edge(pressed=True, boottime_ns=self._clock()))

    def release(self) -> None:
        """Step off, now."""
        self._emit(Edge(pressed=False, boottime_ns=self._clock()))

    def play(self, edges: Iterable[Edge]) -> None:
        """Hand over edges as they are stamped, all at once: 350 ms between two stamps are 350 ms, however busy we are.

        Bounce is allowed, going back in time is not: a contact cannot.
        """
        for edge in edges:
            self._emit(edge)

    def close(self) -> None:
        """Stop calling. The foot may go on, unheard."""
        self._closed = True
        self._on_edge = None

    def _emit(self, edge: Edge) -> None:
        assert edge.boottime_ns >= self._newest_ns, "an edge before the last one"
        self._newest_ns = edge.boottime_ns
        self._pressed = edge.pressed
        if self._on_edge is not None:
            self._on_edge(edge)


class FakeLights:
    """Keeps what shines, and the last 1000 changes in ``history`` as ("status", (r, g, b)) and ("beat", (b,)).

    ``fail`` breaks them: then every change raises ``DeviceLost``.
    """

    def __init__(self) -> None:
        self.status_rgb = (0.0, 0.0, 0.0)
        self.beat_brightness = 0.0
        self.history: deque[tuple[str, tuple[float, ...]]] = deque(maxlen=HISTORY_MAX)
        self._working = True
        self._closed = False

    def fail(self) -> None:
        """Break them."""
        self._working = False

    def status(self, red: float, green: float, blue: float) -> None:
        """Set the status LED; each 0 to 1. Raises ``DeviceLost``."""
        self._check(red, green, blue)
        self.status_rgb = (red, green, blue)
        self.history.append(("status", self.status_rgb))

    def beat(self, brightness: float) -> None:
        """Set the beat LED, 0 to 1. Raises ``DeviceLost``."""
        self._check(brightness)
        self.beat_brightness = brightness
        self.history.append(("beat", (brightness,)))

    def close(self) -> None:
        """All dark."""
        self._closed = True
        self.status_rgb = (0.0, 0.0, 0.0)
        self.beat_brightness = 0.0

    def _check(self, *values: float) -> None:
        assert not self._closed, "lights after close"
        assert all(0.0 <= value <= 1.0 for value in values), f"brightness is 0 to 1, not {values}"
        if not self._working:
            raise DeviceLost("The LEDs do not obey (broken on purpose).")


class FakeSource(OnlyHears):
    """Sound at once, as fast as it is read: ``samples`` is (frames,) or (frames, channels), float32.

    No sound output; ``cable.CableSource`` around it has one. ``read`` gives at most ``chunk_frames`` at a time. At the
    end ``health().ended`` is set; ``lose`` and ``unplug`` break it on purpose.
    """

    def __init__(
        self,
        samples: NDArray[np.float32],
        sample_rate_hz: int = 48_000,
        chunk_frames: int | None = None,
        clock: BootClock = boottime_ns,
    ) -> None:
        self._samples = samples.reshape(len(samples), -1).astype(np.float32, copy=False)
        assert 1 <= self.channels <= 4, "1 to 4 channels"
        self._sample_rate_hz = sample_rate_hz
        self._chunk_frames = chunk_frames
        self._clock = clock
        self._position = 0
        self._state = "new"
        self._health = AudioHealth()

    @property
    def name(self) -> str:
        """Stable name."""
        return "fake"

    @property
    def sample_rate_hz(self) -> int:
        """As given."""
        return self._sample_rate_hz

    @property
    def channels(self) -> int:
        """As the samples have."""
        return int(self._samples.shape[1])

    def start(self) -> int:
        """Begin. Returns CLOCK_BOOTTIME in ns."""
        assert self._state == "new", f"start of a source that is {self._state}"
        self._state = "running"
        return self._clock()

    def read(self, frames_max: int) -> NDArray[np.float32]:
        """The next frames, shape (frames, channels)."""
        assert self._state == "running", f"read of a source that is {self._state}"
        assert frames_max > 0
        if self._health.ended is not None:
            return self._samples[:0].copy()
        end = self._position + min(frames_max, self._chunk_frames or frames_max)
        out = self._samples[self._position : end].copy()
        self._position += len(out)
        if self._position >= len(self._samples):
            self.unplug("the end of the samples")
        return out

    def health(self) -> AudioHealth:
        """Counters now."""
        return self._health

    def stop(self) -> None:
        """Close. May be called twice."""
        self._state = "stopped"

    def lose(self, samples: int) -> None:
        """Skip that many: the next ``read`` begins after the gap."""
        self._position += samples
        self._health = AudioHealth(self._health.lost_samples + samples, self._health.overflows + 1, self._health.ended)

    def unplug(self, reason: str = "the cable was pulled") -> None:
        """End it now, for good."""
        self._health = AudioHealth(self._health.lost_samples, self._health.overflows, reason)
