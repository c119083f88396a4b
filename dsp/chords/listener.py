"""Strokes heard for chords: when a strum is over, how much of it to look at, and what it was.

A strum's strings follow each other within 45 ms; what comes later is another stroke, and ends the look at the first
one (so the strings of an arpeggio are never looked at together). A stroke is looked at twice: after ``LOOK`` it is
asked whether one string could be all that is heard, or all that has risen since. If not, the recogniser is asked
which strings they are, after ``NAME``, or as soon as the next stroke comes.

Over a chord that rings little rises when the same strings are struck again. There a stroke of the pick (its flux says
so) whose sound is not one new string's is the chord struck again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dsp.chords.recognise import ChordGuess, recognise
from dsp.chords.several import Partials, Strings, partials, strings
from dsp.types import HOP_SAMPLES, SAMPLE_RATE_HZ

Samples = NDArray[np.float32]

MS: Final = SAMPLE_RATE_HZ // 1000
DECIMATION: Final = 4  # to 12 kHz

FLUX_BEGINS: Final = 0.11
FLUX_GOES_ON: Final = 0.08  # the next string of a strum, over those that ring already
FLUX_CUTS: Final = 0.14
WARM_UP: Final = 30 * MS  # the first sound of all is always new, hum too
FLUX_STRONG: Final = 0.4
STRONG: Final = 0.4  # of the stroke's own flux
APART: Final = 52 * MS
LOOK: Final = 56 * HOP_SAMPLES  # 149 ms
LOOK_MIN: Final = 120 * MS  # shorter, the partials of two strings melt together
NAME: Final = 112 * HOP_SAMPLES  # 299 ms
SETTLES: Final = 30 * MS  # the pick and the body knock
NOTICED_LATE: Final = 6 * MS
RANG: Final = LOOK  # damped a moment before, it is still in what lies before the stroke
BEFORE: Final = 300 * MS
LOW_SAMPLES: Final = (NAME + BEFORE + 2 * NOTICED_LATE) // DECIMATION

LOUD: Final = 10.0 ** (7.0 / 10.0)  # above the noise
HOLDS: Final = 10.0 ** (-18.0 / 10.0)  # of its loudest, when it is looked at: muted strings and knocks are gone by then
ONE: Final = 0.88  # of the amplitude: one string explains that much of its own sound, bodies and rooms leave the rest
LEFT: Final = 0.15
NEW: Final = 0.38
FLUX_AGAIN: Final = 0.18
LOUDER: Final = 1.05
FRESH_NOTE: Final = 0.27
ONE_OF_NEW: Final = 0.93


@dataclass(slots=True)
class Stroke:
    """What is being looked at: noticed at ``rough_sample``, its newest string at ``newest_sample``."""

    rough_sample: int
    newest_sample: int
    flux: float
    loudest: float
    noise_power: float
    over_chord: bool
    strong_sample: int
    looked: Partials | None = None
    heard: Strings | None = None
    several: bool = False

    @property
    def is_loud(self) -> bool:
        """Whether it stands above the noise that there was when it began."""
        return self.loudest > LOUD * self.noise_power


@dataclass(frozen=True, slots=True)
class Verdict:
    """Several strings were struck near ``rough_sample``; nothing after ``until_sample`` was looked at."""

    rough_sample: int
    until_sample: int
    guess: ChordGuess
    again: bool  # the chord that rang, struck again
    spread_samples: int  # from the first to the last strong string


class ChordListener:
    """``update`` with every hop; ``ringing`` is set by the caller while a chord sounds."""

    def __init__(self, a4_hz: float) -> None:
        self.ringing = False
        self._a4_hz = a4_hz
        self._stroke: Stroke | None = None
        self._rang_sample = -RANG

    @property
    def naming(self) -> bool:
        """Whether several strings were struck, and it is waited for what they are."""
        return self._stroke is not None and self._stroke.several

    @property
    def stroke_sample(self) -> int | None:
        """Where the stroke that is being looked at was noticed; ``None`` while none is."""
        return self._stroke.rough_sample if self._stroke is not None else None

    def update(
        self, sample: int, flux: float, power: float, noise_power: float, low: Callable[[int], Samples]
    ) -> Verdict | None:
        """One hop further. ``low(n)``: the newest n samples at 12 kHz, n up to ``LOW_SAMPLES``."""
        stroke = self._stroke
        if self.ringing:
            self._rang_sample = sample
        if stroke is None:
            if flux >= FLUX_BEGINS and sample >= WARM_UP:
                self._stroke = self._begin(sample, flux, power, noise_power)
            return None
        stroke.loudest = max(stroke.loudest, power)
        apart = sample - stroke.newest_sample
        if flux >= FLUX_CUTS and apart > APART:
            self._stroke = self._begin(sample, flux, power, noise_power)
            return self._cut(stroke, sample - NOTICED_LATE, low, sample) if stroke.is_loud else None
        if flux >= FLUX_GOES_ON and apart <= APART:
            stroke.newest_sample = sample
            if flux >= max(STRONG * stroke.flux, FLUX_STRONG):
                stroke.strong_sample = sample
            stroke.flux = max(stroke.flux, flux)
        age = sample - stroke.rough_sample
        if age == LOOK and (power < HOLDS * stroke.loudest or not stroke.is_loud):
            self._stroke = None
        elif age == LOOK:
            stroke.looked = self._look(stroke, sample, low, sample)
        elif age == LOOK + HOP_SAMPLES and stroke.looked is not None:
            self._judge(stroke)
            if not stroke.several:
                self._stroke = None
        elif age >= NAME:
            self._stroke = None
            return self._name(stroke, sample, low, sample)
        return None

    def _begin(self, sample: int, flux: float, power: float, noise_power: float) -> Stroke:
        return Stroke(sample, sample, flux, power, noise_power, sample - self._rang_sample < RANG, sample)

    def _cut(self, stroke: Stroke, until: int, low: Callable[[int], Samples], sample: int) -> Verdict | None:
        """The next stroke has begun: judge by what was heard until then."""
        if until - stroke.rough_sample < LOOK_MIN:
            return None
        if stroke.heard is None:
            stroke.looked = stroke.looked or self._look(stroke, until, low, sample)
            self._judge(stroke)
        return self._name(stroke, until, low, sample) if stroke.several else None

    def _look(self, stroke: Stroke, until: int, low: Callable[[int], Samples], sample: int) -> Partials:
        begin = stroke.rough_sample - NOTICED_LATE
        count = until - begin - SETTLES
        return partials(_between(low, sample, until - count, until), _between(low, sample, begin - count, begin))

    def _judge(self, stroke: Stroke) -> None:
        assert stroke.looked is not None
        heard = stroke.heard = strings(stroke.looked)
        stroke.several = not (heard.of_all.share >= ONE or heard.of_all.left <= LEFT)
        if heard.new >= NEW:
            stroke.several &= not (heard.of_new.share >= ONE or heard.of_new.left <= LEFT)
        else:
            note = heard.fresh >= FRESH_NOTE and heard.of_new.share >= ONE_OF_NEW
            struck = stroke.flux >= FLUX_AGAIN or heard.louder >= LOUDER
            stroke.several &= (self.ringing or stroke.over_chord) and struck and not note

    def _name(self, stroke: Stroke, until: int, low: Callable[[int], Samples], sample: int) -> Verdict | None:
        assert stroke.heard is not None
        begin = stroke.rough_sample - NOTICED_LATE
        again = stroke.heard.new < NEW
        # Strings that ring on would not be struck ones to the recogniser; struck again, they are all that there is.
        before = _between(low, sample, begin - (0 if again else BEFORE), begin)
        guess = recognise(_between(low, sample, begin, until), before, self._a4_hz)
        return Verdict(stroke.rough_sample, until, guess, again, stroke.strong_sample - stroke.rough_sample)


def _between(low: Callable[[int], Samples], sample: int, begin: int, end: int) -> Samples:
    """Samples at 12 kHz from ``begin`` to ``end`` (both at 48 kHz), as far as they are remembered."""
    back = min((sample - begin) // DECIMATION, LOW_SAMPLES, sample // DECIMATION)
    newest = low(back)
    return newest[: max(0, back - (sample - end) // DECIMATION)]
