"""The engine's loop on a source and a list: order, segments, channels, rates, and how it ends."""

import numpy as np
import pytest
from numpy.typing import NDArray

from dsp.types import SAMPLE_RATE_HZ, Frame, Gap, LogEntry, NoteStarted, SegmentStarted
from hardware.errors import DeviceMissing
from hardware.fake import FakeSource
from pedal.listen import Intake, run

Samples = NDArray[np.float32]


class ListSink:
    def __init__(self) -> None:
        self.frames: list[Frame] = []
        self.entries: list[LogEntry] = []
        self.turns = 0

    def frame(self, frame: Frame) -> None:
        self.frames.append(frame)

    def entry(self, entry: LogEntry) -> None:
        self.entries.append(entry)

    def turn(self) -> None:
        self.turns += 1


class CountingEar:
    """Reports one note per block and remembers what it was given."""

    def __init__(self) -> None:
        self.blocks: list[Samples] = []
        self.segment = 0

    def process(self, block: Samples) -> list[Frame | LogEntry]:
        self.blocks.append(block)
        note = NoteStarted(self.segment, len(self.blocks), 0, 1, 40, 0.0, 1.0, -20.0)
        return [note, Frame(self.segment, 1, -20.0, -10.0, -80.0)]

    def begin_segment(self, segment: int) -> list[LogEntry]:
        self.segment = segment
        return []

    def finish(self) -> list[LogEntry]:
        return [NoteStarted(self.segment, -1, 0, 1, 40, 0.0, 1.0, -20.0)]

    @property
    def heard(self) -> Samples:
        return np.concatenate(self.blocks)


def listen(
    source: FakeSource, channel: int = 0, turns_max: int = 10**6
) -> tuple[str, ListSink, CountingEar, list[Samples]]:
    sink, ear, remembered = ListSink(), CountingEar(), []  # type: ignore[var-annotated]
    intake = Intake(source, channel, remembered.append)
    why = run(intake, sink, ear, lambda: sink.turns >= turns_max, first_segment=7)
    return why, sink, ear, remembered


def ramp(seconds: float = 0.1) -> Samples:
    return np.linspace(-0.5, 0.5, round(seconds * SAMPLE_RATE_HZ), dtype=np.float32)


def test_everything_is_heard_once_in_order_and_remembered() -> None:
    why, sink, ear, remembered = listen(FakeSource(ramp(), chunk_frames=100))
    assert why == "the end of the samples"
    assert np.array_equal(ear.heard, ramp())
    assert np.array_equal(np.concatenate(remembered), ramp())
    assert isinstance(sink.entries[0], SegmentStarted)
    assert sink.entries[0].segment == 7
    assert len(sink.frames) == len(ear.blocks)


def test_what_still_sounds_at_the_end_is_told() -> None:
    _, sink, _, _ = listen(FakeSource(ramp()))
    assert sink.entries[-1] == NoteStarted(0, -1, 0, 1, 40, 0.0, 1.0, -20.0)


def test_it_stops_when_told_and_closes_the_source() -> None:
    source = FakeSource(np.zeros(10**6, np.float32))
    why, _, _, _ = listen(source, turns_max=3)
    assert why == "stopped"
    with pytest.raises(AssertionError, match="read of a source"):
        source.read(1)


def test_lost_samples_begin_a_new_segment_whose_clock_knows_of_the_gap() -> None:
    source = FakeSource(ramp(1.0), clock=lambda: 5_000)

    class LosingEar(CountingEar):
        def process(self, block: Samples) -> list[Frame | LogEntry]:
            if len(self.blocks) == 3:
                source.lose(4_800)
            return super().process(block)

    sink, ear = ListSink(), LosingEar()
    run(Intake(source, 0, lambda _: None), sink, ear, lambda: False, first_segment=7)
    began = [e for e in sink.entries if isinstance(e, SegmentStarted)]
    gaps = [e for e in sink.entries if isinstance(e, Gap)]
    heard_before = sum(len(b) for b in ear.blocks[:4])
    assert [s.segment for s in began] == [7, 8]
    assert gaps == [Gap(8, 0, 0.1, "lost samples")]
    assert began[1].boottime_ns - began[0].boottime_ns == pytest.approx((heard_before / 48_000 + 0.1) * 1e9, abs=1)


def test_what_lies_before_a_gap_is_not_smeared_over_it() -> None:
    loud, silent = np.full(4_410, 0.5, np.float32), np.zeros(8_820, np.float32)
    source = FakeSource(np.concatenate([loud, silent]), 44_100, chunk_frames=441)

    class LosingEar(CountingEar):
        def process(self, block: Samples) -> list[Frame | LogEntry]:
            if len(self.blocks) == 9:  # the tenth and last loud block: what comes now lies behind the gap
                source.lose(4_410)
            return super().process(block)

    ear = LosingEar()
    run(Intake(source, 0, lambda _: None), ListSink(), ear, lambda: False)
    assert ear.blocks[9].max() > 0.4
    assert np.concatenate(ear.blocks[10:]).max() == 0


def test_the_channel_that_was_asked_for_is_heard() -> None:
    both = np.stack([np.zeros_like(ramp()), ramp()], axis=1)
    _, _, ear, _ = listen(FakeSource(both), channel=2)
    assert np.array_equal(ear.heard, ramp())


def test_a_channel_that_is_not_there_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="channel 3"):
        listen(FakeSource(np.zeros((1_000, 2), np.float32)), channel=3)


def test_another_rate_becomes_48_khz() -> None:
    tone = np.sin(2 * np.pi * 440 * np.arange(44_100) / 44_100).astype(np.float32)
    _, _, ear, remembered = listen(FakeSource(tone, 44_100))
    assert len(ear.heard) == pytest.approx(48_000, abs=200)
    spectrum = np.abs(np.fft.rfft(ear.heard[4_800:43_200]))
    assert np.argmax(spectrum) * 48_000 / 38_400 == pytest.approx(440, abs=1.3)
    assert sum(map(len, remembered)) == len(ear.heard)


def test_a_source_that_does_not_open_says_so() -> None:
    class Absent(FakeSource):
        def start(self) -> int:
            raise DeviceMissing("plug it in")

    with pytest.raises(DeviceMissing, match="plug it in"):
        listen(Absent(ramp()))
