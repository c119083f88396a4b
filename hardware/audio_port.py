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

    ``late_samples`` of sound were placed too late and never played; ``underflows``: how often the card says that it had
    nothing to play.

    A loss is counted by the ``read`` that returns the first frames after it, and no ``read`` returns frames from both
    sides of one: when ``lost_samples`` has grown, the gap lies exactly before the frames of that ``read``.
    """

    lost_samples: int = 0
    overflows: int = 0
    ended: str | None = None
    late_samples: int = 0
    underflows: int = 0


class AudioSource(Protocol):
    """Sound in, and out where there is an output. One thread starts, reads, plays and stops it.

    Both directions count the same samples, lost ones included: what is played at sample n is handed to the card
    together with sample n of the input, and comes back through a cable at n + the round trip's latency.
    """

    @property
    def name(self) -> str:
        """Stable name, for the screen and the log."""

    @property
    def sample_rate_hz(self) -> int:
        """Samples per second and channel; fixed while it is open."""

    @property
    def channels(self) -> int:
        """1 to 4."""

    @property
    def output_channels(self) -> int:
        """0 to 2; 0: no sound output here. Final once it is started."""

    @property
    def block_frames(self) -> int:
        """Frames that the card exchanges at a time; 0 for what is no card."""

    @property
    def position(self) -> int:
        """The sample whose output the card takes next; what is played before it is too late."""

    def start(self) -> int:
        """Open and run. Returns CLOCK_BOOTTIME in ns at sample 0. Raises ``DeviceError``."""

    def read(self, frames_max: int) -> NDArray[np.float32]:
        """What has arrived and was not read yet, shape (frames, channels), at most ``frames_max``; never waits."""

    def play(self, at_sample: int, frames: NDArray[np.float32]) -> int:
        """Add ``frames``, shape (frames, output channels), −1 to 1, to what plays from ``at_sample`` on.

        Returns how many came too late and stay silent. At most 0.5 s ahead of ``position``, and only where there is an
        output; never waits.
        """

    def health(self) -> AudioHealth:
        """Counters now; cheap, callable at any time."""

    def stop(self) -> None:
        """Close. May be called twice."""


class OnlyHears:
    """The player's side of a source without an output: silent, and says so."""

    @property
    def output_channels(self) -> int:
        """None."""
        return 0

    @property
    def block_frames(self) -> int:
        """No card."""
        return 0

    @property
    def position(self) -> int:
        """Nothing is ever taken."""
        return 0

    def play(self, at_sample: int, frames: NDArray[np.float32]) -> int:
        """Asked for by nobody who has looked at ``output_channels``."""
        raise AssertionError(f"no sound output here: {len(frames)} frames at sample {at_sample}")
