"""The live pipeline over a file: block by block, exactly as the engine does it, never a better offline one."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dsp.ear.channel import ChannelChooser
from dsp.ear.resample import Resampler
from dsp.pipeline import Pipeline, PipelineConfig
from dsp.tuning import Tuner, TunerReading
from dsp.types import HOP_SAMPLES, SAMPLE_RATE_HZ, Frame, LogEntry, SegmentStarted
from hardware.audio_file import AudioReader
from pedal.listen import CHANNELS_MAX

BLOCK_S: Final = HOP_SAMPLES / SAMPLE_RATE_HZ


@dataclass(frozen=True, slots=True)
class Heard:
    """What the ear made of a file. ``delay_s`` is what the resampler looked ahead; ``damage`` what the file lacks."""

    entries: list[LogEntry]
    rate_hz: int
    duration_s: float
    cpu_s: float
    delay_s: float = 0.0
    damage: str | None = None


class _Mono:
    """One channel of a file at 48 kHz, in blocks of about a hop."""

    def __init__(self, reader: AudioReader, channel: int) -> None:
        self._reader = reader
        self._channels = min(reader.channels, CHANNELS_MAX)
        self._chooser = ChannelChooser(self._channels, channel - 1 if channel else None)
        rate_hz = reader.sample_rate_hz
        self._resampler = None if rate_hz == SAMPLE_RATE_HZ else Resampler(rate_hz)
        self._block = max(1, round(BLOCK_S * rate_hz))
        self.frames = 0

    @property
    def delay_s(self) -> float:
        return 0.0 if self._resampler is None else self._resampler.delay_s

    def next(self) -> NDArray[np.float32] | None:
        frames = self._reader.read(self._block)
        if not len(frames):
            return None
        self.frames += len(frames)
        mono = self._chooser.process(frames[:, : self._channels])
        return mono if self._resampler is None else self._resampler.process(mono)


def hear(path: Path, config: PipelineConfig, channel: int = 0) -> Heard:
    """All log entries of a file. Raises ``UnreadableAudio`` or ``ValueError`` (settings, channel)."""
    with AudioReader(path) as reader:
        mono = _Mono(reader, channel)
        ear = Pipeline(config)
        entries: list[LogEntry] = [SegmentStarted(0, 0)]
        cpu_s = 0.0  # of the ear alone: to read a file in blocks of a hop costs half as much again
        while (block := mono.next()) is not None:
            began_s = time.process_time()
            heard = ear.process(block)
            cpu_s += time.process_time() - began_s
            entries += [found for found in heard if not isinstance(found, Frame)]
        entries += ear.finish()
        rate_hz = reader.sample_rate_hz
        return Heard(entries, rate_hz, mono.frames / rate_hz, cpu_s, mono.delay_s, reader.damage)


def tune(path: Path, config: PipelineConfig) -> tuple[list[TunerReading], float]:
    """All readings of the tuner over a file, and the resampler's look-ahead in seconds."""
    with AudioReader(path) as reader:
        mono = _Mono(reader, 0)
        tuner = Tuner(config)
        readings: list[TunerReading] = []
        while (block := mono.next()) is not None:
            readings += tuner.process(block)
        return readings, mono.delay_s
