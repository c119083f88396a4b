"""What comes with a guitar and is no note: hiss, hum, fingers, knocks, clicks, pops. RMS levels are in dBFS."""

from collections.abc import Callable

import numpy as np

from tests.takes.measure import Samples
from tests.takes.strings import RATE_HZ

HISS_DBFS, HUM_DBFS, QUIET_HISS_DBFS = -55.0, -43.0, -72.0
DIRTY_HISS_DBFS, DIRTY_HUM_DBFS, FINGER_DBFS = -50.0, -38.0, -38.0
HUM_ORDERS = 12
FINGERS_EVERY_S = 0.7

Rng = np.random.Generator
Dirt = Callable[[Rng, int], Samples]


def amplitude(level_dbfs: float) -> float:
    return 10.0 ** (level_dbfs / 20)


def at_level(samples: Samples, level_dbfs: float) -> Samples:
    """With this RMS."""
    return samples / np.sqrt(np.mean(samples**2)) * amplitude(level_dbfs)


def hiss(rng: Rng, count: int, level_dbfs: float = HISS_DBFS, colour_samples: float = 6.0) -> Samples:
    """A quiet room and an input stage: noise that falls gently with frequency."""
    white = rng.standard_normal(count + 64)
    return at_level(np.convolve(white, np.exp(-np.arange(64) / colour_samples), mode="valid")[:count], level_dbfs)


def hum(rng: Rng, count: int, mains_hz: float, level_dbfs: float = HUM_DBFS) -> Samples:
    """Mains and its multiples in random phase: the odd ones strong, as a pickup near a transformer has them."""
    mains_hz *= 1 + rng.uniform(-4e-4, 4e-4)
    at_s = np.arange(count) / RATE_HZ
    out = np.zeros(count)
    for order in range(1, HUM_ORDERS + 1):
        level = rng.uniform(0.5, 1.0) * order ** rng.uniform(-1.2, -0.6) * (1.0 if order % 2 else 0.4)
        out += level * np.sin(2 * np.pi * order * mains_hz * at_s + rng.uniform(0, 2 * np.pi))
    return at_level(out, level_dbfs)


def finger(rng: Rng, seconds: float) -> Samples:
    """A finger that slides along a wound string: noise in a moving band, peak 1."""
    count = round(seconds * RATE_HZ)
    centre_hz = np.linspace(rng.uniform(1200, 2500), rng.uniform(2000, 5000), count)
    turn = np.exp(2j * np.pi * np.cumsum(centre_hz) / RATE_HZ)
    slow = np.convolve(
        rng.standard_normal(count + 99) + 1j * rng.standard_normal(count + 99), np.hanning(100), mode="valid"
    )
    out = (slow * turn).real * np.sin(np.linspace(0, np.pi, count)) ** 2
    return out / np.abs(out).max()


def knock(rng: Rng) -> Samples:
    """A knuckle on the body: a few wooden resonances that die within 30 ms, peak 1."""
    at_s = np.arange(round(0.12 * RATE_HZ)) / RATE_HZ
    out = 0.2 * rng.standard_normal(len(at_s)) * np.exp(-at_s / 0.002)
    for _ in range(4):
        ring = np.sin(2 * np.pi * rng.uniform(70, 420) * at_s + rng.uniform(0, 2 * np.pi))
        out += rng.uniform(0.4, 1.0) * ring * np.exp(-at_s / rng.uniform(0.006, 0.018))
    out *= np.minimum(1.0, at_s / 0.0008)
    return out / np.abs(out).max()


def fret_tap(rng: Rng) -> Samples:
    """The small knock with which a finger meets a fret: 4 ms, peak 1."""
    at_s = np.arange(round(0.012 * RATE_HZ)) / RATE_HZ
    soft = np.convolve(rng.standard_normal(len(at_s) + 23), np.hanning(24), mode="valid")
    out = soft * np.exp(-at_s / 0.002) * np.minimum(1.0, at_s / 0.0005)
    return out / np.abs(out).max()


def click(rng: Rng) -> Samples:
    """A metronome that leaks into the microphone: a short beep of 2 to 3 kHz, peak 1."""
    at_s = np.arange(round(0.03 * RATE_HZ)) / RATE_HZ
    return np.sin(2 * np.pi * rng.uniform(2000, 3000) * at_s) * np.exp(-at_s / 0.006)


def pop(rng: Rng) -> Samples:
    """A plug that moves: a step that the input's coupling lets fall, and some crackle; peak 1."""
    at_s = np.arange(round(0.25 * RATE_HZ)) / RATE_HZ
    out = rng.choice([-1.0, 1.0]) * np.exp(-at_s / rng.uniform(0.002, 0.03))
    for _ in range(rng.integers(0, 12)):
        out[rng.integers(0, len(out) // 3)] += rng.uniform(-0.6, 0.6)
    return out / np.abs(out).max()


def fingers(rng: Rng, count: int) -> Samples:
    """A little of ``finger`` now and then, peak at FINGER_DBFS."""
    out = np.zeros(count)
    at_s = 0.0
    while (at_s := at_s + rng.exponential(FINGERS_EVERY_S)) < count / RATE_HZ:
        one = finger(rng, rng.uniform(0.06, 0.2)) * amplitude(FINGER_DBFS) * rng.uniform(0.3, 1.0)
        start = round(at_s * RATE_HZ)
        out[start : start + len(one)] += one[: count - start]
    return out


def _dirty(rng: Rng, count: int) -> Samples:
    mains_hz = float(rng.choice([50.0, 60.0]))
    return hiss(rng, count, DIRTY_HISS_DBFS) + hum(rng, count, mains_hz, DIRTY_HUM_DBFS) + fingers(rng, count)


CONDITIONS: dict[str, Dirt] = {
    "clean": lambda rng, count: np.zeros(count),
    "hiss": hiss,
    "hum50": lambda rng, count: hum(rng, count, 50.0) + hiss(rng, count, QUIET_HISS_DBFS),
    "hum60": lambda rng, count: hum(rng, count, 60.0) + hiss(rng, count, QUIET_HISS_DBFS),
    "dirty": _dirty,
    "quiet": lambda rng, count: hiss(rng, count, QUIET_HISS_DBFS),
}
"""What is laid under a take, by the name that its truth states. ``quiet`` is also 24 dB down."""
