"""Other sample rates to 48 kHz, as a stream whose delay is known to the sample.

A polyphase windowed sinc (Kaiser; Smith and Gossett, 1984). A library resampler hands its output out in lumps that
depend on how the input was cut, so that the time at which something could be known would too; here an output sample
is handed out exactly when the last input sample that it is made of has come.
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dsp.types import SAMPLE_RATE_HZ

Samples = NDArray[np.float32]

HALF_TAPS: Final = 32  # at the lower of the two rates
KAISER_BETA: Final = 9.0  # side lobes below −90 dB
PASSBAND: Final = 0.92  # of half the lower rate
RATE_MIN_HZ, RATE_MAX_HZ = 4_000, 768_000
STEP_OUTPUTS: Final = 4_096


class Resampler:
    """Mono float32 at ``rate_hz`` in, at 48 kHz out. Raises ``ValueError`` for rates outside 4 to 768 kHz."""

    def __init__(self, rate_hz: int) -> None:
        if not RATE_MIN_HZ <= rate_hz <= RATE_MAX_HZ:
            raise ValueError(f"a sample rate of {rate_hz} Hz cannot be used; convert the file to 44100 or 48000 Hz")
        common = math.gcd(rate_hz, SAMPLE_RATE_HZ)
        self._up, self._down = SAMPLE_RATE_HZ // common, rate_hz // common
        self._half = math.ceil(HALF_TAPS * max(1.0, rate_hz / SAMPLE_RATE_HZ))
        self._same = rate_hz == SAMPLE_RATE_HZ
        self._cutoff = PASSBAND * min(1.0, SAMPLE_RATE_HZ / rate_hz)
        self.delay_s = 0.0 if self._same else self._half / rate_hz
        self._buffer = np.zeros(self._half, np.float32)  # silence before the first sample
        self._first = -self._half  # input index of the buffer's first sample
        self._next = 0  # output index to come

    def process(self, block: Samples) -> Samples:
        """Shape (n,), any n; returns the outputs that are complete now, shape (m,), on the input's own clock."""
        if self._same:
            return block
        # One NaN would make a whole kernel's length of them.
        finite = np.nan_to_num(block, nan=0.0, posinf=0.0, neginf=0.0).astype(np.float32, copy=False)
        self._buffer = np.concatenate((self._buffer, finite))
        end = self._first + len(self._buffer)
        # Output n lies at input n·down/up and needs the ``half`` samples after it.
        last = ((end - self._half) * self._up - 1) // self._down
        parts = [
            self._outputs(np.arange(start, min(start + STEP_OUTPUTS, last + 1)))
            for start in range(self._next, last + 1, STEP_OUTPUTS)
        ]
        self._next = max(self._next, last + 1)
        drop = self._next * self._down // self._up - self._half + 1 - self._first
        if drop > 0:
            self._buffer = self._buffer[drop:]
            self._first += drop
        return np.concatenate(parts) if parts else np.zeros(0, np.float32)

    def _outputs(self, numbers: NDArray[np.int64]) -> Samples:
        whole, part = np.divmod(numbers * self._down, self._up)
        windows = np.lib.stride_tricks.sliding_window_view(self._buffer, 2 * self._half)
        inputs = windows[whole - self._half + 1 - self._first]
        places, kernel_of = np.unique(part, return_inverse=True)
        kernels = self._kernels(places / self._up)
        out: Samples = np.einsum("nt,nt->n", inputs, kernels[kernel_of]).astype(np.float32)
        return out

    def _kernels(self, fractions: NDArray[np.float64]) -> NDArray[np.float64]:
        """One row of taps per place between two input samples; each row sums to 1, so DC stays what it was."""
        away = np.arange(2 * self._half)[None, :] - (self._half - 1) - fractions[:, None]
        inside = np.clip(1.0 - (away / self._half) ** 2, 0.0, None)
        taps = np.sinc(self._cutoff * away) * np.i0(KAISER_BETA * np.sqrt(inside))
        return np.asarray(taps / taps.sum(axis=1, keepdims=True), np.float64)
