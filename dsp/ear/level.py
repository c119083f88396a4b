"""Levels: RMS and peak in dB relative to full scale, and the high-pass that keeps DC and rumble out of everything."""

import math
from collections import deque
from typing import Final

import aubio
import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]

SILENCE_DBFS: Final = -120.0
WINDOW_HOPS: Final = 6  # 16 ms: shorter, and the level of a low string would beat with its own period
HIGHPASS_HZ: Final = 28.0


def dbfs(power: float) -> float:
    """Mean square to dB, −120 at the least."""
    return 10.0 * math.log10(power) if power > 1e-12 else SILENCE_DBFS


class HighPass:
    """Second-order Butterworth high-pass at 28 Hz (bilinear transform), state in double precision.

    It takes DC away within 20 ms and turns the phase of B1 a little, which no pitch or onset minds.
    """

    def __init__(self, rate_hz: int) -> None:
        warp = math.tan(math.pi * HIGHPASS_HZ / rate_hz)
        norm = 1.0 / (1.0 + math.sqrt(2.0) * warp + warp * warp)
        self._filter = aubio.digital_filter(3)
        self._filter.set_biquad(
            norm,
            -2.0 * norm,
            norm,
            2.0 * (warp * warp - 1.0) * norm,
            (1.0 - math.sqrt(2.0) * warp + warp * warp) * norm,
        )

    def __call__(self, hop: Samples) -> Samples:
        """Filtered copy, same shape; the state goes on from call to call."""
        # The filter hands out one buffer again and again: whoever kept it would see the next hop in it.
        return np.array(self._filter(hop), np.float32)


class LevelMeter:
    """RMS over the last 16 ms, and the peak of the last hop."""

    def __init__(self) -> None:
        self._powers: deque[float] = deque([0.0] * WINDOW_HOPS, maxlen=WINDOW_HOPS)
        self.hop_power = 0.0
        self.peak = 0.0

    def update(self, hop: Samples) -> None:
        """Take one hop in."""
        self.hop_power = float(np.dot(hop, hop)) / len(hop)
        self.peak = float(np.abs(hop).max())
        self._powers.append(self.hop_power)

    @property
    def power(self) -> float:
        """Mean square over the window."""
        return sum(self._powers) / WINDOW_HOPS

    @property
    def level_dbfs(self) -> float:
        """RMS level, −120 at the least."""
        return dbfs(self.power)

    @property
    def peak_dbfs(self) -> float:
        """Peak of the last hop, −120 at the least."""
        return dbfs(self.peak * self.peak)
