"""The tuner: 25 readings per second of the first partial, exact where the string allows, silent where it does not.

Which string it is comes from the long look of ``dsp.ear.pitch``, seen twice; how far it is off comes from the partials.
The window begins after the attack and grows with the note to 200 ms: fast first, then exact.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dsp.ear.hum import HumRemover
from dsp.ear.level import HighPass, LevelMeter
from dsp.ear.partials import first_partial_hz
from dsp.ear.pitch import DECIMATION, Look, PitchTracker
from dsp.pipeline import PipelineConfig, clean
from dsp.theory.tunings import f0_min_hz
from dsp.types import HOP_SAMPLES, SAMPLE_RATE_HZ

Samples = NDArray[np.float32]

READING_HOPS: Final = 15  # 25 per second
LOOK_HOPS: Final = 5
LOOKS: Final = 2
SILENT_HOPS: Final = 188  # half a second without a string
WINDOW: Final = 9_600  # 200 ms
WINDOW_MIN: Final = 1_920
ATTACK_SAMPLES: Final = 480  # 10 ms: the pick still holds the string
ATTACK_RATIO: Final = 10.0 ** (6.0 / 10.0)
CLEAR: Final = 0.8
SAME_SEMITONES: Final = 0.5
QUIET: Final = 10.0 ** (-85.0 / 10.0)


@dataclass(frozen=True, slots=True)
class TunerReading:
    """One reading. ``sample``: the middle of what it was measured on; ``decided_sample``: when it was known.

    ``f0_hz`` (first partial), ``midi`` (nearest semitone) and ``cents`` are ``None`` when unsure.
    """

    sample: int
    decided_sample: int
    f0_hz: float | None
    midi: int | None
    cents: float | None
    confidence: float


class Tuner:
    """48 kHz mono blocks of any size in, readings out. Raises ``ValueError`` for a tuning that is not known."""

    def __init__(self, config: PipelineConfig) -> None:
        self._a4_hz = config.a4_hz
        self._highpass = HighPass(SAMPLE_RATE_HZ)
        self._hum = HumRemover()
        self._level = LevelMeter()
        self._pitch = PitchTracker(f0_min_hz(config.tuning, config.a4_hz), WINDOW // DECIMATION)
        self._rest = np.zeros(0, np.float32)
        self._sample = 0
        self._attack = 0
        self._slow_power = 0.0
        self._looks: list[Look] = []
        self._read = False
        self._unclear_hops = 0

    def process(self, block: Samples) -> list[TunerReading]:
        """Shape (n,), float32. NaN and infinity are silence."""
        assert block.ndim == 1, "mono, shape (n,)"
        samples = np.concatenate((self._rest, clean(block)))
        readings: list[TunerReading] = []
        whole = len(samples) - len(samples) % HOP_SAMPLES
        for start in range(0, whole, HOP_SAMPLES):
            readings += self._hop(samples[start : start + HOP_SAMPLES])
        self._rest = samples[whole:]
        return readings

    def _hop(self, raw: Samples) -> list[TunerReading]:
        self._sample += HOP_SAMPLES
        count = self._sample // HOP_SAMPLES
        hop = self._hum.remove(self._highpass(raw))
        self._level.update(hop)
        self._pitch.update(hop)
        power = self._level.power
        if power > ATTACK_RATIO * self._slow_power and power > QUIET and self._sample - self._attack > WINDOW_MIN:
            self._attack = self._sample
            self._looks.clear()
            self._read = False
        self._slow_power += 0.06 * (power - self._slow_power)
        if count % LOOK_HOPS == 0:
            self._look()
        # Hum that is not known yet looks like a string, but one that never fades. An attack or a tail without a clear
        # pitch is a string too: what was learnt from it was half a cent.
        self._unclear_hops = 0 if self._looks else self._unclear_hops + 1
        self._hum.learn(silent=self._unclear_hops > SILENT_HOPS)
        # A player who has just plucked waits for the needle: the first reading of a note does not wait for the beat.
        first = not self._read and len(self._looks) == LOOKS and self._length() >= WINDOW_MIN
        if count % READING_HOPS and not first:
            return []
        reading = self._reading()
        self._read = self._read or reading.f0_hz is not None
        return [reading]

    def _look(self) -> None:
        """Twice the same long look, of the note alone, is a string."""
        look = self._pitch.long() if self._level.power > QUIET else None
        if look is None or look.clarity < CLEAR or look.span_samples > self._sample - self._attack + ATTACK_SAMPLES:
            self._looks.clear()
            return
        if self._looks and abs(12.0 * math.log2(look.f0_hz / self._looks[-1].f0_hz)) > SAME_SEMITONES:
            self._looks.clear()
        self._looks = [*self._looks[1 - LOOKS :], look]

    def _length(self) -> int:
        """Samples of this note alone, at most ``WINDOW``, in whole thirds at 12 kHz."""
        length = min(WINDOW, self._sample - self._attack - ATTACK_SAMPLES)
        return length - length % (3 * DECIMATION)

    def _reading(self) -> TunerReading:
        length = self._length()
        if len(self._looks) < LOOKS or length < WINDOW_MIN:
            return TunerReading(self._sample, self._sample, None, None, None, 0.0)
        look = self._looks[-1]
        samples = self._pitch.low(length // DECIMATION).astype(np.float64)
        f0_hz = first_partial_hz(samples, look.f0_hz, SAMPLE_RATE_HZ / DECIMATION) or look.f0_hz
        # Farther from the look than any string is stiff: the partials were not this string's.
        if abs(12.0 * math.log2(f0_hz / look.f0_hz)) > SAME_SEMITONES:
            return TunerReading(self._sample, self._sample, None, None, None, 0.0)
        midi = 69.0 + 12.0 * math.log2(f0_hz / self._a4_hz)
        nearest = math.floor(midi + 0.5)
        confidence = round(look.clarity * min(1.0, 0.5 + 0.5 * length / WINDOW), 3)
        cents = round(100.0 * (midi - nearest), 3)
        return TunerReading(self._sample - length // 2, self._sample, round(f0_hz, 5), nearest, cents, confidence)
