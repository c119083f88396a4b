"""The engine process: ``python -P -m pedal.engine ORDER``. It wires a real source to the hub's socket and listens.

It stays small on purpose (no asyncio, no web, no pictures): other Python in the same interpreter would make the ear
late. A lost sound card is never reopened in place: this process says what happened and ends, the hub starts a new one.
"""

import ctypes
import gc
import os
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from dsp.log import encode
from dsp.pipeline import Pipeline, PipelineConfig
from dsp.types import SAMPLE_RATE_HZ, Frame, LogEntry
from hardware.audio_port import AudioSource
from hardware.cable import CableSource
from hardware.errors import DeviceBusy, DeviceError, DeviceMissing
from hardware.memory import MemoryWriter
from hardware.wav import FileSource
from pedal.link import ENTRY, FRAME, ORDER, ROUND_TRIP, STATE, Link, LinkClosed, number, pack, unpack
from pedal.listen import Ear, Intake, Samples, run
from pedal.measure import RoundTripMeter
from pedal.order import EXIT_BUSY, EXIT_LOST, EXIT_MISSING, EXIT_STOPPED, Order

FRAME_SAMPLES: Final = SAMPLE_RATE_HZ // 30
TURNS_PER_ORDER: Final = 8  # 16 ms: to find nothing 500 times a second costs more than 30 frames
SWITCH_INTERVAL_S: Final = 0.0005
PRIORITY: Final = 50
PR_SET_PDEATHSIG: Final = 1
MCL_CURRENT_FUTURE_ONFAULT: Final = 7  # lock what is used, not every page that some library has only reserved


class HubSink:
    """Findings to the hub: every entry, and a frame at most 30 times a second. Also hears the hub's orders.

    ``obeys`` says who carries out which order; the others end the engine.
    """

    def __init__(self, link: Link) -> None:
        self._link = link
        self._sequence = 0
        self._next_frame_sample = 0
        self._segment = -1
        self.stopped = False
        self.lost_reason: str | None = None
        self.obeys: dict[str, Callable[[dict[str, Any]], None]] = {}
        self._refused_told = 0
        self._turns = -1  # the first turn reads orders

    def frame(self, frame: Frame) -> None:
        """Send it if it is time for one and nothing waits before it."""
        if frame.segment == self._segment and frame.sample < self._next_frame_sample:
            return
        self._segment, self._next_frame_sample = frame.segment, frame.sample + FRAME_SAMPLES
        values = (frame.segment, frame.sample, frame.level_dbfs, frame.peak_dbfs, frame.noise_dbfs)
        heard = (frame.f0_hz, frame.midi, frame.cents, frame.confidence)
        self._link.send_latest(FRAME, pack({"f": [*values, *heard]}))

    def entry(self, entry: LogEntry) -> None:
        """Send it, numbered, sooner or later."""
        self._link.send(ENTRY, number(self._sequence, encode(entry)))
        self._sequence += 1

    def state(self, state: str, text: str) -> None:
        """Say how the sound is: "streaming", "missing", "busy", "lost"."""
        self._link.send(STATE, pack({"state": state, "text": text}))

    def round_trip(self, message: dict[str, Any]) -> None:
        """Which card it is, how measuring its round trip goes, and what was found."""
        self._link.send(ROUND_TRIP, pack(message))

    def turn(self) -> None:
        """Send what waits; read orders, now and then. A hub that is gone ends the engine."""
        self._turns += 1
        try:
            self._link.flush()
            if self._turns % TURNS_PER_ORDER:
                return
            for kind, payload in self._link.receive():
                if kind == ORDER:
                    self._obey(unpack(payload))
        except LinkClosed:
            self.stopped = True

    def _obey(self, order: dict[str, Any]) -> None:
        obey = self.obeys.get(str(order.get("do")))
        if obey is not None:
            obey(order)
            return
        if order.get("do") == "unplug":
            self.lost_reason = "the sound card was unplugged"
        self.stopped = True


def open_source(order: Order) -> AudioSource:
    """The source that the order names. Raises ``DeviceError`` or ``ValueError``."""
    if not order.plugged:
        raise DeviceMissing("plug the sound card in")
    if order.recording:
        return CableSource(FileSource(Path(order.recording), loop=True), plugged=order.cable)
    from hardware.audio import CardSource  # noqa: PLC0415  (PortAudio, its callback and 15 MB only where a card is used)

    return CardSource(order.card or None)


def listen(order: Order, sink: HubSink) -> int:
    """One run of the engine; returns the exit status and has told the hub the reason."""
    try:
        source = open_source(order)
        remember = MemoryWriter(order.memory_fd).write if order.memory_fd >= 0 else _forget
        intake = Intake(source, order.channel, remember)
        config = PipelineConfig(a4_hz=order.a4_hz, tuning=order.tuning, sensitivity=order.sensitivity)
        ear: Ear = Pipeline(config, segment=order.first_segment)
        become_real_time()
        meter = _meter(order, source, sink)
        sink.state("streaming", source.name)
        why = run(intake, sink, ear, lambda: sink.stopped, first_segment=order.first_segment, aside=meter)
    except DeviceMissing as error:
        sink.state("missing", str(error))
        return EXIT_MISSING
    except DeviceBusy as error:
        sink.state("busy", str(error))
        return EXIT_BUSY
    except (DeviceError, ValueError) as error:
        sink.state("lost", str(error))
        return EXIT_LOST
    if why == "stopped" and sink.lost_reason is None:
        return EXIT_STOPPED
    sink.state("lost", sink.lost_reason or why)
    return EXIT_LOST


def _meter(order: Order, source: AudioSource, sink: HubSink) -> RoundTripMeter:
    """Measures this source's round trip when the hub says so; a simulated cable is the hub's to plug."""
    known = order.latency_samples(source.name, source.sample_rate_hz, source.block_frames)
    meter = RoundTripMeter(source, known, sink.round_trip)
    sink.obeys["measure"] = lambda _: meter.begin()
    sink.obeys["listen"] = lambda _: meter.cancel()
    if isinstance(source, CableSource):
        sink.obeys["cable"] = lambda told: source.plug(plugged=bool(told["plugged"]))
    return meter


def become_real_time() -> None:
    """Ask for what keeps the ear on time; each part is refused quietly where the user may not have it.

    The callback's thread inherits the scheduling class, and must: the lower one, holding the interpreter's lock,
    would stall the higher.
    """
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    gc.collect()
    gc.freeze()
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(PRIORITY))
    except (PermissionError, OSError):
        return
    # Locked memory only together with real time: on a laptop without the right it would count against the user's limit.
    ctypes.CDLL(None).mlockall(MCL_CURRENT_FUTURE_ONFAULT)


def _forget(_samples: Samples) -> None:
    """Where there is no shared memory, nothing is remembered."""


def main() -> None:
    """Be the engine process until the source ends, the hub says so, or the hub is gone."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the hub, which then ends us in order
    order = Order.from_json(sys.argv[1])
    sink = HubSink(Link(socket.socket(fileno=order.link_fd)))
    try:
        status = listen(order, sink)
        sink.turn()
    except LinkClosed:
        status = EXIT_STOPPED
    sys.exit(status)


if __name__ == "__main__":
    main()
