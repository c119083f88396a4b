"""Whether a note was picked, or hammered on, pulled off: judged by the sound around its onset, not by how it was found.

A pick sets the whole string off anew: all bands rise within some milliseconds, and the highest fall again soon. A
finger on the fretboard knocks, but the string goes on with what it had. How far the bands rise differs with guitar,
hand and noise, so a note is also compared with those before it: picked ones are alike, and beside a hammered one a
picked one stands out. What each sign weighs was learnt from guitars that the pedal is not measured on. A note in doubt
is taken for picked, since most notes are.
"""

from collections import deque
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dsp.ear.picked_weights import BIAS, WEIGHTS
from dsp.types import HOP_SAMPLES

Floats = NDArray[np.float64]

BEFORE_HOPS: Final = 8
AFTER_HOPS: Final = 18  # 48 ms: by then the knock of a finger is gone
BANDS: Final = (0, 4, 9, 17, 33, 60)  # first bins of 94 Hz, from 190 Hz: up to 0.6, 1, 1.8, 3.3, 5.8 and 10 kHz
BINS: Final = 105
LAG_HOPS: Final = 3
QUIET: Final = slice(BEFORE_HOPS - 5, BEFORE_HOPS - 1)
TIMES: Final = ((-1, 1), (1, 3), (3, 5), (5, 8), (8, 11), (11, 14), (14, 17))  # hops after the onset's own
RISING: Final = slice(BEFORE_HOPS - LAG_HOPS - 1, BEFORE_HOPS - LAG_HOPS + 6)
FADING: Final = slice(BEFORE_HOPS - LAG_HOPS + 6, BEFORE_HOPS - LAG_HOPS + 14)
LOUD: Final = slice(BEFORE_HOPS, BEFORE_HOPS + 6)
REMEMBERED: Final = 24
PLACES: Final = np.array((0.4, 0.75, 0.95))  # quantiles of them: a weak, a strong and the strongest one
FEW: Final = 2
PICKED_FIRST: Final = 2.7  # of 16 notes 15 are picked, as far as nothing is heard
RISES_MIN: Final = 0.08  # nepers: half of the bands rose by less in 1 of 340 picked notes and 1 of 4 hammered ones
SMALL: Final = 0.02
FAR: Final = 6.0  # nepers; more is no more sure
FAR_FROM_OTHERS: Final = 5.0


class PickJudge:
    """Remembers the notes before, so one for each stretch of sound; none is remembered that was taken back early."""

    def __init__(self) -> None:
        self._others: deque[Floats] = deque(maxlen=REMEMBERED)
        self._usual: Floats | None = None  # what is weak, strong and strongest among them

    def odds(self, spectra: Floats, *, remember: bool = False) -> float:
        """Logarithm of the odds that the note was picked; ``spectra`` as for ``features``.

        ``remember`` it where it was heard whole: those that follow are compared with it.
        """
        own, strength = features(spectra)
        odds = float(np.dot(WEIGHTS, self._weighed(own, strength))) + BIAS + PICKED_FIRST
        if remember:
            self._remember(strength)
            if np.median(strength[: len(BANDS)]) < RISES_MIN:
                return min(odds, -PICKED_FIRST)
        return odds

    def learn(self, spectra: Floats) -> Floats:
        """The numbers that the odds are made of, shape (112,); and remember it."""
        own, strength = features(spectra)
        weighed = self._weighed(own, strength)
        self._remember(strength)
        return weighed

    def _weighed(self, own: Floats, strength: Floats) -> Floats:
        beside = np.zeros((len(PLACES), len(strength))) if self._usual is None else strength - self._usual
        beside = np.minimum(np.maximum(beside, -FAR_FROM_OTHERS), FAR_FROM_OTHERS)
        return np.concatenate((own, beside.ravel(), [len(self._others) / REMEMBERED]))

    def _remember(self, strength: Floats) -> None:
        self._others.append(strength)
        if len(self._others) < FEW:
            return
        ordered = np.sort(np.array(self._others), axis=0)
        ranks = PLACES * (len(ordered) - 1)
        below = ranks.astype(np.int64)
        above = np.minimum(below + 1, len(ordered) - 1)
        self._usual = ordered[below] + (ranks - below)[:, None] * (ordered[above] - ordered[below])


def knows_all(onset_sample: int, now_sample: int) -> bool:
    """Whether everything that is judged has been heard."""
    return now_sample // HOP_SAMPLES >= onset_sample // HOP_SAMPLES + AFTER_HOPS


def features(spectra: Floats) -> tuple[Floats, Floats]:
    """What is weighed of a note's own sound, and how strong it is beside others.

    ``spectra``: log magnitudes (nepers, floored at the noise), shape (``BEFORE_HOPS + AFTER_HOPS``, ``BINS``).
    """
    assert spectra.shape == (BEFORE_HOPS + AFTER_HOPS, BINS)
    widened = spectra.copy()
    np.maximum(widened[:, 1:], spectra[:, :-1], out=widened[:, 1:])
    np.maximum(widened[:, :-1], spectra[:, 1:], out=widened[:, :-1])
    levels = _bands(spectra)
    quiet = levels[QUIET].mean(axis=0)
    rises = _bands(np.maximum(spectra[LAG_HOPS:] - widened[:-LAG_HOPS], 0.0))
    falls = _bands(np.maximum(spectra[:-LAG_HOPS] - widened[LAG_HOPS:], 0.0))
    strongest = rises[RISING].max(axis=0)
    own = [levels[BEFORE_HOPS + first : BEFORE_HOPS + last].mean(axis=0) - quiet for first, last in TIMES]
    own += [strongest, rises[RISING].sum(axis=0) / 4.0, falls[RISING].max(axis=0), falls[FADING].max(axis=0)]
    own.append(quiet - levels[LOUD].max())  # not as such: how loud the input is turned up says nothing
    strength = np.concatenate((strongest, levels[LOUD].max(axis=0), [np.log(strongest.mean() + SMALL)]))
    return np.clip(np.concatenate(own), -FAR, FAR), strength


def _bands(spectra: Floats) -> Floats:
    """Means over the bins of each band; shape (hops, bands)."""
    widths = np.diff((*BANDS, BINS))
    means: Floats = np.add.reduceat(spectra, BANDS, axis=1) / widths
    return means
