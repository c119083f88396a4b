"""PortAudio without PortAudio: as much of sounddevice as the driver uses, and the test is its audio thread."""

from types import SimpleNamespace

import numpy as np

from hardware.audio import BLOCK_FRAMES

OVERFLOW = SimpleNamespace(input_overflow=True, output_underflow=False)
UNDERFLOW = SimpleNamespace(input_overflow=False, output_underflow=True)


class PortAudioError(Exception):
    pass


class StandIn:
    """``error`` is raised when a stream is opened, ``error_both_ways`` when one with outputs is."""

    PortAudioError = PortAudioError

    def __init__(self) -> None:
        self.error: Exception | None = None
        self.error_both_ways: Exception | None = None
        self.speaks_at_start = True
        self.adc_s = 10.0
        self.stream: StandIn | None = None
        self.played: list[np.ndarray] = []
        self._exit_handler = lambda: None

    def RawInputStream(self, **settings):  # noqa: N802 - sounddevice's name
        if self.error:
            raise self.error
        self.settings, self.stream, self.active, self.closed = settings, self, True, False
        return self

    def RawStream(self, **settings):  # noqa: N802
        if self.error_both_ways:
            raise self.error_both_ways
        return self.RawInputStream(**settings)

    def start(self) -> None:
        if self.speaks_at_start:
            self.block(0)

    def close(self) -> None:
        self.closed = True

    def block(self, number: int, status=None, age_s: float = 0.004) -> None:
        """One callback, with this number in every sample; what the driver gave back is added to ``played``."""
        channels = self.settings["channels"]
        inputs, outputs = channels if isinstance(channels, tuple) else (channels, 0)
        frames = np.full((BLOCK_FRAMES, inputs), number, np.float32)
        played = np.full((BLOCK_FRAMES, outputs), np.nan, np.float32)
        times = SimpleNamespace(inputBufferAdcTime=self.adc_s, currentTime=self.adc_s + age_s)
        buffers = [memoryview(frames).cast("B")] + ([memoryview(played).cast("B")] if outputs else [])
        self.settings["callback"](*buffers, BLOCK_FRAMES, times, status)
        self.played.append(played)
        self.adc_s += BLOCK_FRAMES / 48_000
