"""Strings of a chord that ring on: until when, and what a note over them may be.

They are over when a hand damps them, when they have sunk into the noise, or when a note that was struck over them is
so clear that nothing else can be there.
"""

from dataclasses import dataclass
from typing import Final

from dsp.ear.hop import Hop
from dsp.types import SAMPLE_RATE_HZ

MS: Final = SAMPLE_RATE_HZ // 1000

DAMPED: Final = 10.0 ** (-14.0 / 10.0)  # within ``WITHIN``: strings lose that only under a hand
WITHIN: Final = 60 * MS
SUNK: Final = 2.0  # times the noise
SUNK_FOR: Final = 40 * MS
FAR_DOWN: Final = 10.0 ** (-40.0 / 10.0)  # of its loudest
ALONE_CLEAR: Final = 0.97
ALONE_FOR: Final = 60 * MS


@dataclass(slots=True)
class Ringing:
    """A chord of these ``tones`` (pitch classes). Mutable: it lives in the note machine only."""

    tones: frozenset[int]
    loudest: float = 0.0
    _own_power: float = 0.0
    _bare_samples: int = 0
    _sunk_samples: int = 0
    _alone_samples: int = 0
    _last_sample: int = 0

    def goes_on(self, hop: Hop, power_before: float, over: float | None) -> bool:
        """One hop further: whether it still rings. ``power_before``: mean square ``WITHIN`` ago.

        ``over``: the note (fractional MIDI) that was struck over it. That one of its own tones is clear says nothing:
        so is a fifth.
        """
        step = hop.sample - self._last_sample if self._last_sample else 0
        self._last_sample = hop.sample
        self.loudest = max(self.loudest, hop.power)
        sunk = hop.power < SUNK * hop.noise_power or hop.power < FAR_DOWN * self.loudest
        self._sunk_samples = self._sunk_samples + step if sunk else 0
        look = hop.quick
        foreign = over is not None and round(over) % 12 not in self.tones
        alone = foreign and look is not None and look.clarity >= ALONE_CLEAR
        self._alone_samples = self._alone_samples + step if alone else 0
        # A note that dies over it takes no string of it along: then what they had without it counts.
        self._bare_samples = self._bare_samples + step if over is None else 0
        if self._bare_samples >= WITHIN or not self._own_power:
            self._own_power = power_before
        damped = hop.power < DAMPED * min(power_before, self._own_power)
        return not (damped or self._sunk_samples >= SUNK_FOR or self._alone_samples >= ALONE_FOR)
