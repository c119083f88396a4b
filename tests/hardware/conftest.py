"""What the device tests share: a clock in the hand, and recordings made on the spot."""

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
import soundfile

from hardware import audio
from hardware.cards import SoundCard
from tests.hardware.stand_in import StandIn
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
def portaudio(monkeypatch):
    """A stand-in for PortAudio, with one card that only hears."""
    stand_in = StandIn()
    monkeypatch.setattr(audio, "portaudio", lambda: stand_in)
    monkeypatch.setattr(audio, "list_cards", lambda: (SoundCard("Solo: Audio", 2, 3, "ALSA", 1, "1235:8211"),))
    return stand_in


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


@contextmanager
def seen_by_portaudio(rig, monkeypatch):
    """PortAudio in this process sees what is plugged into the rig."""
    for name in ("JACK_DEFAULT_SERVER", "JACK_NO_START_SERVER", "JACK_NO_AUDIO_RESERVATION"):
        monkeypatch.setenv(name, rig.environment[name])
    sounddevice = import_module("sounddevice")
    sounddevice._terminate()  # PortAudio looks for cards once; let it look again
    sounddevice._initialize()
    yield rig
    sounddevice._terminate()  # before the server goes: PortAudio would wait for it for ever
    monkeypatch.undo()
    sounddevice._initialize()


@pytest.fixture
def jack_card(jack_rig, monkeypatch):
    """The same, and PortAudio in this process sees it as the card "guitar"."""
    with seen_by_portaudio(jack_rig, monkeypatch) as rig:
        yield rig


@pytest.fixture
def plug_cable(monkeypatch):
    """Starts a JACK server of a period, with a card "cable" that hears what it plays, so many frames later.

    A synchronous server waits for whoever is late, and calls it an overflow; no frame is ever lost by that.
    """
    monkeypatch.setattr(audio, "lost_frames", lambda _late_s: 0)
    with ExitStack() as stack:

        def plug(period_frames: int, delay_frames: int) -> JackRig:
            rig = stack.enter_context(JackRig(period_frames))
            stack.enter_context(rig.cable("cable", delay_frames))
            return stack.enter_context(seen_by_portaudio(rig, monkeypatch))

        yield plug
