"""What the first stages heard in one hop: all that the note machine knows of the sound."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from dsp.ear.attack import Attack
from dsp.ear.overtones import Partials
from dsp.ear.picked import AFTER_HOPS, BEFORE_HOPS, BINS, Floats
from dsp.ear.pitch import Look

CLEARER: Final = 0.03
SAME_SEMITONES: Final = 0.5
CLEAR_ENOUGH: Final = 0.985  # looks so clear, if they agree, need no second opinion


def nothing_rings(_f0_hz: float, _left_hz: float) -> float | None:
    """Where no sound is there to be looked into."""
    return None


def no_spectra(_onset_sample: int) -> Floats:
    """Where nothing was heard: nothing rises."""
    return np.zeros((BEFORE_HOPS + AFTER_HOPS, BINS))


@dataclass(slots=True)
class Hop:
    """Facts of 128 samples. ``quick`` comes with every hop, ``long`` with every second one, if it is asked for.

    ``sample`` is the end of the hop. Powers are mean squares: of the last 16 ms, of the learnt noise, of the hum in it.
    """

    sample: int
    a4_hz: float
    flux: float
    quick: Look | None
    look_long: Callable[[], Look | None]
    power: float
    noise_power: float
    hum_power: float
    refined_hz: Callable[[float], float]
    attack: Callable[[int, bool], Attack]  # near a sample, where the flux noticed it or else a guess
    peak_since: Callable[[int], float]
    partials: Callable[[int, float | None], Partials | None]  # of what began at a sample, over a ringing f0_hz
    slope: Callable[[], Look | None]  # a look of the sound's slope, at which a knock weighs less
    likeness: Callable[[float, int], float]  # of a sound of this f0_hz now and before that sample
    decay_db_per_s: Callable[[float], float]  # of a sound of this f0_hz, now
    first_partial_hz: Callable[[float, int, int], float | None]  # of a string near this f0_hz, between two samples

    ringing_db: Callable[[float, float], float | None] = nothing_rings  # under an f0_hz, of the string left at another

    spectra: Callable[[int], Floats] = no_spectra  # around an onset, as ``dsp.ear.picked`` judges them

    _long: Look | None = field(default=None, init=False)
    _looked_long: bool = field(default=False, init=False)

    @property
    def long(self) -> Look | None:
        """The opinion of the last 22 ms; made when it is first asked for, since most hops never do."""
        if not self._looked_long:
            self.long = self.look_long()
        return self._long

    @long.setter
    def long(self, look: Look | None) -> None:
        self._long, self._looked_long = look, True

    def f0_hz(self, midi: float) -> float:
        """Frequency of a fractional MIDI number at the player's A4."""
        return float(self.a4_hz * 2.0 ** ((midi - 69.0) / 12.0))

    def midi(self, f0_hz: float) -> float:
        """Fractional MIDI number at the player's A4."""
        return 69.0 + 12.0 * math.log2(f0_hz / self.a4_hz)

    def keep_to(self, sounding: float) -> None:
        """A quick look at an overtone, while the pitch that sounds (fractional MIDI) explains more, is one at that."""
        look = self.quick
        if look is None or look.best_clarity - look.clarity < CLEARER:
            return
        if abs(self.midi(look.best_f0_hz) - sounding) < SAME_SEMITONES:
            self.quick = replace(look, f0_hz=look.best_f0_hz, clarity=look.best_clarity)

    def hear_slope(self) -> None:
        """Believe the clearer one of the sound's quick look and its slope's."""
        slope = self.slope()
        if slope is not None and (self.quick is None or slope.clarity > self.quick.clarity):
            self.quick = slope

    def hear_overtones(self, since_sample: int, ringing: float | None) -> None:
        """Look once more at looks that may read too low, at the partials of what began at ``since_sample``.

        ``ringing``: the pitch that sounded before, fractional MIDI.
        """
        looks = [look for look in (self.quick, self.long) if look is not None]
        agree = len({round(look.f0_hz / 40.0) for look in looks}) < 2
        if agree and all(look.clarity > CLEAR_ENOUGH for look in looks):
            return
        partials = self.partials(since_sample, None if ringing is None else self.f0_hz(ringing))
        if partials is not None:
            self.quick = _without_false_bass(self.quick, partials)
            self.long = _without_false_bass(self.long, partials)


def _without_false_bass(look: Look | None, partials: Partials) -> Look | None:
    return None if look is None else replace(look, f0_hz=partials.without_false_bass(look.f0_hz))
