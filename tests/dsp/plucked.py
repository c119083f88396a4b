"""Strings for the ear's tests, made by formula: stiff, decaying, with a pick's click; the same every time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dsp.pipeline import Pipeline, PipelineConfig
from dsp.types import Frame, LogEntry, NoteStarted, SegmentStarted, SessionSetup

RATE_HZ = 48_000
Samples = NDArray[np.float32]


@dataclass(frozen=True)
class Played:
    """A note to be placed: onset and length in s, fractional MIDI pitch, peak level."""

    onset_s: float
    midi: float
    length_s: float = 0.3
    peak: float = 0.25


def f0_hz(midi: float, a4_hz: float = 440.0) -> float:
    return float(a4_hz * 2.0 ** ((midi - 69.0) / 12.0))


def pluck(midi: float, seconds: float, stiffness: float = 3e-5, a4_hz: float = 440.0) -> NDArray[np.float64]:
    """One string, peak 1, whose first partial is exactly ``midi``."""
    at = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    base = f0_hz(midi, a4_hz) / np.sqrt(1.0 + stiffness)
    sound = np.zeros(len(at))
    for k in range(1, 16):
        f_hz = base * k * np.sqrt(1.0 + stiffness * k * k)
        if f_hz < 9_000:
            sound += np.sin(2 * np.pi * f_hz * at + 0.7 * k) * np.exp(-at * (1.2 + 0.5 * k)) / k**1.2
    click = np.random.default_rng(round(100 * midi)).normal(size=len(at)) * np.exp(-at / 0.002) * 0.15
    sound = (sound + click) * np.minimum(1.0, at / 0.0015)
    fade = np.minimum(1.0, (at[-1] - at) / 0.008)
    return sound * fade / np.abs(sound).max()


def take(notes: Sequence[Played], seconds: float, noise: float = 1e-5, a4_hz: float = 440.0) -> Samples:
    """All notes in one take, over white noise of this RMS."""
    sound = np.random.default_rng(7).normal(size=int(seconds * RATE_HZ)) * noise
    for note in notes:
        start = round(note.onset_s * RATE_HZ)
        one = note.peak * pluck(note.midi, note.length_s, a4_hz=a4_hz)[: len(sound) - start]
        sound[start : start + len(one)] += one
    return sound.astype(np.float32)


SUNG_ONSET_S = 0.4
SUNG_S = 1.6


def sung(midi_at: Callable[[float], float], level_at: Callable[[float], float] = lambda _: 1.0) -> Samples:
    """One string, struck once, whose pitch and level follow these functions of the seconds since its stroke."""
    at = np.arange(int((SUNG_S - SUNG_ONSET_S) * RATE_HZ)) / RATE_HZ
    phase = 2 * np.pi * np.cumsum(440.0 * 2.0 ** ((np.vectorize(midi_at)(at) - 69.0) / 12.0)) / RATE_HZ
    sound = sum(np.sin(k * phase + 0.5 * k) * np.exp(-at * (1.0 + 0.3 * k)) / k for k in range(1, 9))
    sound += np.random.default_rng(1).normal(size=len(at)) * np.exp(-at / 0.002) * 0.2
    out = np.random.default_rng(2).normal(size=int(SUNG_S * RATE_HZ)) * 1e-5
    out[-len(at) :] += 0.15 * sound * np.vectorize(level_at)(at) * np.minimum(1.0, at / 0.0015)
    return out.astype(np.float32)


def hum(seconds: float, mains_hz: float, rms: float) -> Samples:
    at = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    sound = sum(np.sin(2 * np.pi * k * mains_hz * at + k) / k for k in range(1, 9))
    return (rms * sound / np.sqrt(np.mean(sound**2))).astype(np.float32)


def hear(samples: Samples, block: int = 128, config: PipelineConfig | None = None, finish: bool = True) -> list[Any]:
    """Everything that the pipeline says of a take."""
    pipeline = Pipeline(config or PipelineConfig())
    heard: list[Any] = []
    for start in range(0, len(samples), block):
        heard += pipeline.process(samples[start : start + block])
    return heard + (pipeline.finish() if finish else [])


def entries(heard: Sequence[Any]) -> list[LogEntry]:
    return [item for item in heard if not isinstance(item, Frame)]


def started(heard: Sequence[Any]) -> list[NoteStarted]:
    return [item for item in heard if isinstance(item, NoteStarted)]


def log_of(heard: Sequence[Any], *extra: LogEntry) -> list[LogEntry]:
    return [SegmentStarted(0, 0), *extra, *entries(heard)]


LICK = [Played(0.4 + 0.3 * i, midi) for i, midi in enumerate((45, 48, 50, 52, 55, 57, 60, 64))]
SETUP = SessionSetup(scale_root="A", scale_kind="minor", scale_type="pentatonic")
