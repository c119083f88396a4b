"""A simulated output, and a cable from it back into the first input: the simulated board's way to measure a round trip.

Faithful to a card in what matters: one count of samples for both directions, lost ones included; a constant delay;
sound that is placed too late stays silent and is counted; and the guitar is not heard while the cable has its place.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from hardware.audio_port import AudioHealth, AudioSource
from hardware.play_ring import PLAY_S, PlayRing

CABLE_FRAMES: Final = 523
"""The delay of the simulated card, 10.9 ms at 48 kHz: like a real one's, and no whole number of blocks."""


class CableSource:
    """``source`` with one output. While ``plugged``, what is played comes back in input 1, ``delay_frames`` later.

    ``gain`` is what the way does to it: −1 turns it over, 20 lets it clip as an input does.
    """

    def __init__(
        self, source: AudioSource, *, delay_frames: int = CABLE_FRAMES, gain: float = 1.0, plugged: bool = False
    ) -> None:
        assert delay_frames >= 0
        self._source = source
        self._player = PlayRing(round(PLAY_S * source.sample_rate_hz), 1)
        self._under_way = np.zeros(delay_frames, np.float32)
        self._gain = gain
        self._plugged = plugged
        self._lost = 0

    @property
    def name(self) -> str:
        """The source's."""
        return self._source.name

    @property
    def sample_rate_hz(self) -> int:
        """The source's."""
        return self._source.sample_rate_hz

    @property
    def channels(self) -> int:
        """The source's."""
        return self._source.channels

    @property
    def output_channels(self) -> int:
        """One."""
        return self._player.channels

    @property
    def block_frames(self) -> int:
        """The source's."""
        return self._source.block_frames

    @property
    def position(self) -> int:
        """The sample that is read next: here input and output move with the reader, not with the clock."""
        return self._player.position

    def start(self) -> int:
        """Start the source."""
        return self._source.start()

    def plug(self, *, plugged: bool) -> None:
        """Put the cable in, in the guitar's place, or take it out again."""
        self._plugged = plugged

    def play(self, at_sample: int, frames: NDArray[np.float32]) -> int:
        """Add ``frames``, shape (frames, 1), to what plays from ``at_sample`` on; returns how many were too late."""
        return self._player.place(at_sample, frames)

    def read(self, frames_max: int) -> NDArray[np.float32]:
        """The source's frames, or what comes back through the cable and silence in the other inputs."""
        frames = self._source.read(min(frames_max, self._player.capacity_frames))
        lost = self._source.health().lost_samples
        if lost > self._lost:
            self._pass(lost - self._lost)
            self._lost = lost
        back = self._come_back(len(frames))
        if not self._plugged:
            return frames
        heard = np.zeros_like(frames)
        np.clip(self._gain * back, -1.0, 1.0, out=heard[:, 0])
        return heard

    def health(self) -> AudioHealth:
        """The source's, and what was placed too late."""
        health = self._source.health()
        return AudioHealth(health.lost_samples, health.overflows, health.ended, self._player.late_frames)

    def stop(self) -> None:
        """Stop the source."""
        self._source.stop()

    def _come_back(self, count: int) -> NDArray[np.float32]:
        """The next ``count`` samples at the far end of the cable."""
        sent = np.zeros((count, 1), np.float32)
        self._player.take(sent)
        on_its_way = np.concatenate((self._under_way, sent[:, 0]))
        self._under_way = on_its_way[count:]
        return on_its_way[:count]

    def _pass(self, count: int) -> None:
        """The reader missed ``count`` samples: what arrived meanwhile is gone, and so is what was to be played."""
        self._player.skip(count)
        still = self._under_way[count:]
        self._under_way = np.concatenate((still, np.zeros(len(self._under_way) - len(still), np.float32)))
