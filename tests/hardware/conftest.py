"""What the device tests share: a clock in the hand, and recordings made on the spot."""

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.rigs.jackd import JackRig


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


def without_silence(frames: np.ndarray) -> np.ndarray:
    """From the first sound on: a JACK card is silent until its cables are in, a block or two after its start."""
    return frames[int(np.argmax(frames.any(axis=1))) :]


@pytest.fixture
def after_silence():
    return without_silence


@pytest.fixture
def jack_rig():
    """A JACK server with a guitar that plays the ramp, for another process. Needs the rig "jack"."""
    with JackRig() as rig, rig.guitar():
        yield rig


@pytest.fixture
def jack_card(jack_rig, monkeypatch):
    """The same, and PortAudio in this process sees it as the card "guitar"."""
    for name in ("JACK_DEFAULT_SERVER", "JACK_NO_START_SERVER", "JACK_NO_AUDIO_RESERVATION"):
        monkeypatch.setenv(name, jack_rig.environment[name])
    sounddevice = import_module("sounddevice")
    sounddevice._terminate()  # PortAudio looks for cards once; let it look again
    sounddevice._initialize()
    yield jack_rig
    sounddevice._terminate()  # before the server goes: PortAudio would wait for it for ever
    monkeypatch.undo()
    sounddevice._initialize()
