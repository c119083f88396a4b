"""Lessons for the finder of attacks: random playing on random guitars, dirty in every way, its onsets known exactly.

Not music: what matters is everything that may lie around an attack. Strings that ring on or are damped just before,
fingers, clicks, hiss and hum at any level, soft and loud notes after one another.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from tests.takes.dirt import amplitude, click, finger, hiss, hum, knock
from tests.takes.measure import Samples, hz_of
from tests.takes.sources import Guitar
from tests.takes.strings import RATE_HZ, Voice, damped, plucked

SECONDS: Final = 20.0
FIRST_S, LAST_S = 0.5, 0.8
STEP_S: Final = (0.075, 0.7)
POOL: Final = (3, 14)
TUNE_CENTS: Final = 15.0
LEADS: Final = (0, 2, 10, 48, 96, 180, 240)
"""Recordings are cut at any distance before their onset; none of them may become a sign of one."""

Rng = np.random.Generator


@dataclass(frozen=True)
class Lesson:
    """Mono at 48 kHz, and where its notes begin (samples)."""

    samples: np.ndarray
    onsets: np.ndarray


def lesson(rng: Rng, guitars: Sequence[Guitar], seconds: float = SECONDS) -> Lesson:
    """A take like no other."""
    guitar = guitars[rng.integers(len(guitars))]
    voices = [_voice(rng, guitar) for _ in range(rng.integers(*POOL))]
    out = np.zeros(round(seconds * RATE_HZ))
    onsets = []
    step_s = float(np.exp(rng.uniform(*np.log(STEP_S))))
    style = rng.choice(["normal", "ringing", "staccato", "mixed"], p=[0.35, 0.3, 0.1, 0.25])
    leaks, fidgets = rng.random() < 0.2, rng.random() < 0.35
    at_s = FIRST_S
    while at_s < seconds - LAST_S:
        length_s = step_s * rng.choice([1.0, 1.0, 1.0, 2.0, 0.5 if step_s > 0.15 else 1.0]) * rng.uniform(0.96, 1.04)
        voice = voices[rng.integers(len(voices))].scaled(amplitude(rng.uniform(-12, 0)))
        note = damped(_shortened(rng, voice), _held_s(rng, style, length_s), rng.uniform(0.01, 0.04))
        onset = round(at_s * RATE_HZ)
        _place(out, note.samples, onset - note.lead)
        onsets.append(onset)
        if leaks:
            _place(out, click(rng) * amplitude(rng.uniform(-45, -26)), onset + round(rng.normal(0, 0.012) * RATE_HZ))
        if fidgets and rng.random() < 0.4:
            noise = finger(rng, rng.uniform(0.01, 0.1)) if rng.random() < 0.7 else knock(rng)
            _place(out, noise * amplitude(rng.uniform(-50, -26)), onset - round(rng.uniform(-0.01, 0.08) * RATE_HZ))
        at_s += length_s
    return Lesson(_recorded(rng, _coloured(rng, out)), np.array(onsets))


def _voice(rng: Rng, guitar: Guitar) -> Voice:
    source = guitar.notes[rng.integers(len(guitar.notes))]
    midi = source.midi + rng.integers(-4, 5) + rng.uniform(-TUNE_CENTS, TUNE_CENTS) / 100
    return plucked(source, hz_of(midi))


def _shortened(rng: Rng, voice: Voice) -> Voice:
    lead = min(voice.lead, round(LEADS[rng.integers(len(LEADS))] * rng.uniform(0.8, 1.2)))
    return Voice(voice.samples[voice.lead - lead :], lead, voice.source)


def _held_s(rng: Rng, style: str, length_s: float) -> float:
    if style == "mixed":
        style = rng.choice(["normal", "ringing", "staccato"])
    if style == "ringing":
        return length_s * rng.uniform(1.2, 4.0)
    return length_s * rng.uniform(0.3, 0.8) if style == "staccato" else length_s - rng.uniform(0.0, 0.012)


def _place(out: Samples, sound: Samples, start: int) -> None:
    first = max(0, start)
    part = sound[first - start : len(out) - start]
    out[first : first + len(part)] += part


def _coloured(rng: Rng, samples: Samples) -> Samples:
    """Through another amplifier: a tilt of a few dB per octave."""
    if rng.random() < 0.5:
        return samples
    hz = np.maximum(np.fft.rfftfreq(len(samples), 1 / RATE_HZ), 80.0)
    return np.fft.irfft(np.fft.rfft(samples) * (hz / 1000.0) ** rng.uniform(-0.25, 0.25), len(samples))


def _recorded(rng: Rng, samples: Samples) -> Samples:
    """At some level, with some noise under it, rounded to 16 bits."""
    samples = samples * amplitude(rng.uniform(-14, -5)) / np.abs(samples).max()
    condition = rng.choice(["clean", "hiss", "hum", "dirty", "quiet"], p=[0.3, 0.2, 0.15, 0.2, 0.15])
    count, mains_hz, colour = len(samples), float(rng.choice([50.0, 60.0])), rng.uniform(1.0, 12.0)
    if condition in {"hum", "dirty"}:
        samples = samples + hum(rng, count, mains_hz, rng.uniform(-52, -35))
    if condition in {"hiss", "dirty"}:
        samples = samples + hiss(rng, count, rng.uniform(-64, -48), colour)
    if condition == "quiet":
        samples = samples * amplitude(-24) + hiss(rng, count, rng.uniform(-80, -68), colour)
    return np.round(np.clip(samples, -1, 1) * 32_767) / 32_767
