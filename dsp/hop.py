"""What the first stages heard in one hop: all that the note machine knows of the sound."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from dsp.pitch import Look


@dataclass(slots=True)
class Hop:
    """Facts of 128 samples. ``quick`` comes with every hop, ``long`` with every second one.

    ``sample`` is the end of the hop. Powers are mean squares: of the last 16 ms, of the learnt noise, of the hum in it.
    """

    sample: int
    a4_hz: float
    flux: float
    quick: Look | None
    long: Look | None
    power: float
    noise_power: float
    hum_power: float
    refined_hz: Callable[[float], float]
    locate: Callable[[int], int]  # the attack near a sample
    peak_since: Callable[[int], float]
    decay_db_per_s: Callable[[float], float]  # of a sound of this f0_hz, now

    def f0_hz(self, midi: float) -> float:
        """Frequency of a fractional MIDI number at the player's A4."""
        return float(self.a4_hz * 2.0 ** ((midi - 69.0) / 12.0))

    def midi(self, f0_hz: float) -> float:
        """Fractional MIDI number at the player's A4."""
        return 69.0 + 12.0 * math.log2(f0_hz / self.a4_hz)
