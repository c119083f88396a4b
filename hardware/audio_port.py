"""The Protocol of everything that sound comes from. Apart from ``ports``, so that the engine never loads a picture.

The engine process must stay small: it imports sound from here, never ``hardware.ports``, which knows PIL.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class AudioHealth:
    """Counters since ``start``. ``lost_samples`` never reached us; ``ended`` is final, with its reason.

    A loss is counted by the ``read`` that returns the first frames after it, and no ``read`` returns frames from both
    sides of one: when ``lost_samples`` has grown, the gap lies exactly before the frames of that ``read``.
    """

    lost_samples: int = 0
    overflows: int = 0
    ended: str | None = None


class AudioSource(Protocol):
    """Sound in. One thread starts, reads and stops it; a sound card fills it from its callback."""

    @property
    def name(self) -> str:
        """Stable name, for the screen and the log."""

    @property
    def sample_rate_hz(self) -> int:
        """Samples per second and channel; fixed while it is open."""

    @property
    def channels(self) -> int:
        """1 to 4."""

    def start(self) -> int:
        """Open and run. Returns CLOCK_BOOTTIME in ns at sample 0. Raises ``DeviceError``."""

    def read(self, frames_max: int) -> NDArray[np.float32]:
        """What has arrived and was not read yet, shape (frames, channels), at most ``frames_max``; never waits."""

    def health(self) -> AudioHealth:
        """Counters now; cheap, callable at any time."""

    def stop(self) -> None:
        """Close. May be called twice."""
