"""What the device tests share: a clock in the hand, and recordings made on the spot."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import soundfile


@dataclass
class HandClock:
    """CLOCK_BOOTTIME that moves when the test says so."""

    now_ns: int = 5_000_000_000

    def __call__(self) -> int:
        return self.now_ns

    def advance(self, seconds: float) -> None:
        self.now_ns += round(seconds * 1e9)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def write_ramp(tmp_path):
    """Writes a WAV of float samples that say their own number: frame n, channel c holds n + c / 4."""

    def write(frames: int, rate: int = 1000 * 8, channels: int = 1, name: str = "ramp.wav") -> Path:
        samples = np.arange(frames, dtype=np.float32)[:, None] + 0.25 * np.arange(channels, dtype=np.float32)
        soundfile.write(tmp_path / name, samples, rate, subtype="FLOAT")
        return tmp_path / name

    return write
