"""Sound of one string: a recorded note at an exact pitch, damped, bent along a curve, or hammered on to the next."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import soxr
from scipy.interpolate import CubicSpline

from tests.takes.measure import Samples, attack_index
from tests.takes.sources import Source

RATE_HZ = 48_000
LEAD_SAMPLES = 240
"""What is kept before an onset and faded in: cut there, the envelope would pass its threshold late."""
RELEASE_S = 0.025
OVERSAMPLED = 4
"""Between these a cubic is as good as the recording."""
SETTLES_S = 0.09
"""After so long a note's attack is over, and the string only rings."""


@dataclass(frozen=True)
class Voice:
    """Sound at 48 kHz, attack peak 1; ``lead`` of its samples come before its onset."""

    samples: Samples
    lead: int
    source: str

    @property
    def seconds(self) -> float:
        """From its onset."""
        return (len(self.samples) - self.lead) / RATE_HZ

    def scaled(self, gain: float) -> "Voice":
        return Voice(self.samples * gain, self.lead, self.source)


def plucked(source: Source, f0_hz: float) -> Voice:
    """The recording at that pitch, from its onset on."""
    samples = soxr.resample(source.samples, source.rate_hz * f0_hz / source.f0_hz, RATE_HZ, quality="VHQ")
    onset = attack_index(samples, RATE_HZ)
    lead = min(onset, LEAD_SAMPLES)
    samples = samples[onset - lead :].copy()
    samples[:lead] *= np.sin(np.linspace(0, np.pi / 2, lead)) ** 2
    return Voice(samples / np.abs(samples[: RATE_HZ // 10]).max(), lead, source.name)


def bent(source: Source, f0_hz: float, cents_at: Callable[[Samples], Samples], seconds: float) -> Voice:
    """The same, its pitch moved by a curve: ``cents_at`` maps seconds after the onset to cents.

    The recording is read faster and slower, as a tape would be: every partial moves by the same ratio.
    """
    straight = plucked(source, f0_hz)
    fine = soxr.resample(straight.samples, RATE_HZ, RATE_HZ * OVERSAMPLED, quality="VHQ")
    at_s = (np.arange(round(seconds * RATE_HZ) + straight.lead) - straight.lead) / RATE_HZ
    speed = 2.0 ** (np.where(at_s < 0, 0.0, cents_at(np.maximum(at_s, 0.0))) / 1200)
    # Trapezoids: where the tape stands is the integral of its speed.
    read = np.concatenate([[0.0], np.cumsum((speed[1:] + speed[:-1]) / 2)]) * OVERSAMPLED
    read = read[read < len(fine) - 1]
    bent_samples = CubicSpline(np.arange(len(fine)), fine)(read)
    return Voice(bent_samples, straight.lead, source.name)


def damped(voice: Voice, seconds: float, release_s: float = RELEASE_S) -> Voice:
    """As long as that after its onset, the end of it under the flesh of the hand."""
    count = min(len(voice.samples), voice.lead + round(seconds * RATE_HZ))
    out = voice.samples[:count].copy()
    fade = min(count, round(release_s * RATE_HZ))
    out[count - fade :] *= 0.5 * (1 + np.cos(np.linspace(0, np.pi, fade)))
    return Voice(out, voice.lead, voice.source)


def joined(first: Voice, following: list[tuple[Voice, float]], knock: Samples, cross_s: float = 0.006) -> Voice:
    """One string that changes its pitch without a pick: each following voice enters at its time after the first onset.

    Of what follows only the ringing is heard, at the loudness that the string has just then; in the middle of the
    cross-fade it is as loud as what it takes over from. ``knock`` is the finger on the fret, added where it begins.
    """
    out = first.samples.copy()
    cross = round(cross_s * RATE_HZ)
    for voice, at_s in following:
        at = first.lead + round(at_s * RATE_HZ)
        ringing = voice.samples[voice.lead + round((SETTLES_S + 0.3 * at_s) * RATE_HZ) :]
        gain = _rms(out[at - RATE_HZ // 50 : at]) / _rms(ringing[: RATE_HZ // 25])
        fade = np.sin(np.linspace(0, np.pi / 2, cross)) ** 2
        longer = np.zeros(at + len(ringing))
        longer[: at + cross] = out[: at + cross]
        longer[at : at + cross] *= 1 - fade
        entering = ringing * gain
        entering[:cross] *= fade
        longer[at:] += entering
        longer[at : at + len(knock)] += knock * _rms(entering[cross : cross + RATE_HZ // 50])
        out = longer
    return Voice(out, first.lead, first.source)


def _rms(samples: Samples) -> float:
    return float(np.sqrt(np.mean(samples**2)) + 1e-12)
