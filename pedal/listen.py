"""The engine's loop: sound in, facts out, at its own pace.

A plain function of a source, a sink, an ear and a question whether to stop: a recording and a list in tests, a sound
card and a socket on the device.
"""

import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from dsp.channel import ChannelChooser
from dsp.types import HOP_SAMPLES, SAMPLE_RATE_HZ, Frame, Gap, LogEntry, SegmentStarted
from hardware.audio_port import AudioSource

HOPS_PER_TURN: Final = 4
IDLE_S: Final = 0.002
CHANNELS_MAX: Final = 4
Samples = NDArray[np.float32]

if TYPE_CHECKING:
    from dsp.resample import Resampler


class Sink(Protocol):
    """Where the findings go."""

    def frame(self, frame: Frame) -> None:
        """What is heard now; may be dropped."""

    def entry(self, entry: LogEntry) -> None:
        """A musical fact; never dropped silently."""

    def turn(self) -> None:
        """Called once per turn of the loop: send what waits, read what was ordered."""


class Ear(Protocol):
    """What listens: ``dsp.pipeline.Pipeline``, or something simpler in a test."""

    def process(self, block: Samples) -> list[Frame | LogEntry]:
        """Samples in, facts out."""

    def begin_segment(self, segment: int) -> list[LogEntry]:
        """Samples are missing: close what sounds, count from 0 again."""

    def finish(self) -> list[LogEntry]:
        """No more samples: close what sounds."""


class Intake:
    """From the source's channels and rate to mono at 48 kHz; ``remember`` is given every sample of it.

    ``channel`` counts from 1; 0 chooses the one with signal. One that is not there raises ``ValueError``.
    """

    def __init__(self, source: AudioSource, channel: int, remember: Callable[[Samples], None]) -> None:
        self.source = source
        self._channel = channel
        self._remember = remember
        self._chooser: ChannelChooser | None = None
        self._resampler: Resampler | None = None

    def frames(self) -> Samples:
        """At most a few hops, so that the loop looks at its other duties between them."""
        return self.source.read(HOPS_PER_TURN * HOP_SAMPLES)

    def mono(self, frames: Samples) -> Samples:
        """One channel at 48 kHz."""
        if self._chooser is None:
            fixed = self._channel - 1 if self._channel else None
            self._chooser = ChannelChooser(frames.shape[1], fixed)
        samples = self._chooser.process(frames)
        if self.source.sample_rate_hz != SAMPLE_RATE_HZ:
            self._resampler = self._resampler or _resampler(self.source.sample_rate_hz)
            samples = self._resampler.process(samples)
        self._remember(samples)
        return samples

    def forget(self) -> None:
        """What lies before a gap must not be smeared over it."""
        self._resampler = None


def _resampler(rate_hz: int) -> "Resampler":
    """Loaded only for a recording of another rate: a sound card never needs it, and the engine stays small."""
    from dsp.resample import Resampler  # noqa: PLC0415

    return Resampler(rate_hz)


def run(intake: Intake, sink: Sink, ear: Ear, stop: Callable[[], bool], *, first_segment: int = 0) -> str:
    """Listen until told to stop or until the source ends; returns why it ended ("stopped" when told).

    Raises ``DeviceError`` if the source does not open. After lost samples a new segment begins.
    """
    source, segment, lost, heard = intake.source, first_segment, 0, 0
    began_ns = source.start()
    sink.entry(SegmentStarted(segment, began_ns))
    try:
        while not stop():
            frames = intake.frames()
            health = source.health()
            if health.lost_samples > lost:
                gap_s = (health.lost_samples - lost) / source.sample_rate_hz
                lost, segment = health.lost_samples, segment + 1
                began_ns += round((heard / SAMPLE_RATE_HZ + gap_s) * 1e9)
                heard = 0
                intake.forget()
                _hand_on(sink, [*ear.begin_segment(segment), SegmentStarted(segment, began_ns)])
                sink.entry(Gap(segment, 0, gap_s, "lost samples"))
            if len(frames):
                samples = intake.mono(frames)
                heard += len(samples)
                _hand_on(sink, ear.process(samples))
            sink.turn()
            if not len(frames) and health.ended is not None:
                return health.ended
            if len(frames) < HOP_SAMPLES:  # less than a hop was there: all is heard, wait for more
                time.sleep(IDLE_S)
        return "stopped"
    finally:
        source.stop()
        _hand_on(sink, ear.finish())
        sink.turn()


def _hand_on(sink: Sink, found: Iterable[Frame | LogEntry]) -> None:
    for item in found:
        if isinstance(item, Frame):
            sink.frame(item)
        else:
            sink.entry(item)
