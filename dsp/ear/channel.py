"""Which input is the guitar in? Causal choice among 1 to 4 channels, with hysteresis.

An interface has its guitar socket on either side; a player must not have to know. The choice changes only when another
channel has been clearly louder for a while: hiss on an empty input, or a knock, takes nothing over.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from dsp.types import HOP_SAMPLES

Samples = NDArray[np.float32]

LOUDER: Final = 10.0 ** (10.0 / 10.0)  # 10 dB
FORGET: Final = 1.0 / 30.0  # per hop: 80 ms
HOLD_HOPS: Final = 40  # about 0.1 s
HEARD: Final = 10.0 ** (-65.0 / 10.0)


class ChannelChooser:
    """Blocks of shape (n, channels) in, the chosen channel (n,) out; any n. ``fixed`` names one channel for good."""

    def __init__(self, channels: int, fixed: int | None = None) -> None:
        if not 1 <= channels <= 4:
            raise ValueError(f"1 to 4 channels, not {channels}")
        if fixed is not None and not 0 <= fixed < channels:
            raise ValueError(f"channel {fixed + 1} was asked for, but there are only {channels}")
        self._channels = channels
        self._fixed = fixed is not None
        self.chosen = fixed or 0
        self._power = np.zeros(channels)
        self._hop = np.zeros((HOP_SAMPLES, channels))
        self._filled = 0
        self._louder_hops = 0

    def process(self, block: NDArray[np.float32]) -> Samples:
        """The samples of the channel that was chosen when they came; choices change at whole hops of the stream."""
        assert block.ndim == 2, "shape (n, channels)"
        assert block.shape[1] == self._channels, "the number of channels never changes"
        if self._fixed or self._channels == 1:
            return np.ascontiguousarray(block[:, self.chosen])
        out = np.empty(len(block), np.float32)
        start = 0
        while start < len(block):
            stop = min(len(block), start + HOP_SAMPLES - self._filled)
            out[start:stop] = block[start:stop, self.chosen]
            self._take(block[start:stop])
            start = stop
        return out

    def _take(self, part: NDArray[np.float32]) -> None:
        # Whole hops are measured: sums over parts would depend, in their last bits, on where the blocks were cut.
        self._hop[self._filled : self._filled + len(part)] = np.nan_to_num(part, nan=0.0, posinf=0.0, neginf=0.0)
        self._filled += len(part)
        if self._filled < HOP_SAMPLES:
            return
        self._power += FORGET * (np.einsum("nc,nc->c", self._hop, self._hop) / HOP_SAMPLES - self._power)
        self._filled = 0
        loudest = int(self._power.argmax())
        clearly = self._power[loudest] > max(HEARD, LOUDER * self._power[self.chosen])
        self._louder_hops = self._louder_hops + 1 if clearly else 0
        # Nothing heard so far on ours: there is nothing to hold on to.
        if clearly and (self._louder_hops >= HOLD_HOPS or self._power[self.chosen] < HEARD):
            self.chosen = loudest
            self._louder_hops = 0
