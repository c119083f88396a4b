"""The engine's loop: sound in, facts out, at its own pace.

A plain function of a source, a sink, an ear and a question whether to stop: a recording and a list in tests, a sound
card and a socket on the device.
"""

import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from dsp.ear.channel import ChannelChooser
from dsp.types import HOP_SAMPLES, SAMPLE_RATE_HZ, Frame, Gap, LogEntry, SegmentStarted
from hardware.audio_port import AudioSource

HOPS_PER_TURN: Final = 4
POLL_S: Final = 0.0022
CHANNELS_MAX: Final = 4
Samples = NDArray[np.float32]

if TYPE_CHECKING:
    from dsp.ear.resample import Resampler


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
    from dsp.ear.resample import Resampler  # noqa: PLC0415

    return Resampler(rate_hz)


class Aside(Protocol):
    """What may take the sound for itself for a while, as ``pedal.measure`` does; meanwhile the ear hears nothing."""

    @property
    def running(self) -> bool:
        """Whether it wants the sound now."""

    @property
    def latency_samples(self) -> int:
        """The round trip, at 48 kHz, that segments from now on have taken out of timing; 0: not known."""

    def opened(self) -> None:
        """The source runs now: what it can do is final."""

    def hear(self, frames: Samples, at_sample: int) -> None:
        """The source's frames, all channels; the first is sample ``at_sample`` since its start, lost ones counted."""


def run(
    intake: Intake,
    sink: Sink,
    ear: Ear,
    stop: Callable[[], bool],
    *,
    first_segment: int = 0,
    aside: Aside | None = None,
) -> str:
    """Listen until told to stop or until the source ends; returns why it ended ("stopped" when told).

    Raises ``DeviceError`` if the source does not open. After lost samples a new segment begins.
    """
    listener = _Listener(intake, sink, ear, first_segment, aside)
    listener.start()
    try:
        while not stop():
            began_s = time.monotonic()
            heard, ended = listener.turn()
            sink.turn()
            if not heard and ended is not None:
                return ended
            if heard < HOPS_PER_TURN * HOP_SAMPLES:  # that was all there was; what came meanwhile waits no longer
                time.sleep(max(0.0, began_s + POLL_S - time.monotonic()))
        return "stopped"
    finally:
        intake.source.stop()
        _hand_on(sink, ear.finish())
        sink.turn()


class _Listener:
    """One run over a source: counts its samples, and begins a segment wherever the ear has missed some."""

    def __init__(self, intake: Intake, sink: Sink, ear: Ear, segment: int, aside: Aside | None) -> None:
        self._intake = intake
        self._source = intake.source
        self._sink = sink
        self._ear = ear
        self._aside = aside
        self._segment = segment
        self._started_ns = 0
        self._position = 0  # the source's sample that is read next, lost ones counted
        self._lost = 0
        self._deaf_from: int | None = None

    def start(self) -> None:
        """Open the source and begin its first segment."""
        self._started_ns = self._source.start()
        if self._aside is not None:
            self._aside.opened()
        self._sink.entry(self._segment_here())

    def turn(self) -> tuple[int, str | None]:
        """A few hops, if there are so many; returns how many frames, and why the source has ended."""
        self._listen_again()
        frames = self._intake.frames()
        health = self._source.health()
        lost, self._lost = health.lost_samples - self._lost, health.lost_samples
        self._position += lost
        aside = self._aside
        if aside is not None and aside.running:
            if self._deaf_from is None:
                self._deaf_from = self._position
            aside.hear(frames, self._position)
        else:
            if lost > 0:
                self._new_segment(lost, "lost samples")
            if len(frames):
                _hand_on(self._sink, self._ear.process(self._intake.mono(frames)))
        self._position += len(frames)
        return len(frames), health.ended

    def _listen_again(self) -> None:
        """Whoever had the sound for itself is done: for the ear that was a gap."""
        if self._deaf_from is not None and self._aside is not None and not self._aside.running:
            missed = self._position - self._deaf_from
            self._deaf_from = None
            self._new_segment(missed, "the round trip was measured")

    def _new_segment(self, missed: int, why: str) -> None:
        self._segment += 1
        self._intake.forget()
        _hand_on(self._sink, [*self._ear.begin_segment(self._segment), self._segment_here()])
        self._sink.entry(Gap(self._segment, 0, missed / self._source.sample_rate_hz, why))

    def _segment_here(self) -> SegmentStarted:
        began_ns = self._started_ns + round(self._position * 1e9 / self._source.sample_rate_hz)
        latency = self._aside.latency_samples if self._aside is not None else 0
        return SegmentStarted(self._segment, began_ns, latency_samples=latency)


def _hand_on(sink: Sink, found: Iterable[Frame | LogEntry]) -> None:
    for item in found:
        if isinstance(item, Frame):
            sink.frame(item)
        else:
            sink.entry(item)
