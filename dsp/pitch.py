"""Pitch, as soon as a period has been seen to repeat.

Normalised square difference (McLeod and Wyvill, 2005) at 12 kHz, but each lag is judged on the newest two lags' worth
of samples only: a high string need not wait for the window of a low one. A second, *long look* judges all lags on the
same 25 ms and says, a little later, whether the quick answer was right. The kept lag is refined at 48 kHz.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dsp.history import History
from dsp.types import HOP_SAMPLES

Samples = NDArray[np.float32]
Floats = NDArray[np.float64]

RATE_HZ: Final = 48_000
DECIMATION: Final = 4
TAPS: Final = 48
CUTOFF_HZ: Final = 2_600.0
LAG_MIN: Final = 8  # at 12 kHz: E6 and a little above
QUICK_TERMS_MIN: Final = 36  # 3 ms: fewer, and any tone-like click repeats
LONG_TERMS: Final = 264  # 22 ms
MOMENT: Final = 33
FIRST_OF_EQUALS: Final = 0.93  # the shortest lag that is nearly as good as the best is the period
CLARITY_MIN: Final = 0.5


@dataclass(frozen=True, slots=True)
class Look:
    """One judgement: pitch in Hz, clarity (0 to 1, NSDF at its peak) and how many samples (48 kHz) it rests on."""

    f0_hz: float
    clarity: float
    span_samples: int
    best_clarity: float = 0.0  # of any lag, also one that was not chosen
    best_f0_hz: float = 0.0  # of that lag
    share: float = 1.0  # mean power of what it rests on, against the loudest 3 ms of the last 22


class PitchTracker:
    """Call ``update`` with every hop, then ask for the looks that are wanted. ``f0_min_hz`` narrows the lags.

    ``low_samples``: how many samples at 12 kHz are kept for ``low``.
    """

    def __init__(self, f0_min_hz: float, low_samples: int = 0) -> None:
        self._lag_max = int(np.ceil(RATE_HZ / DECIMATION / f0_min_hz)) + 1
        self._lags = np.arange(LAG_MIN, self._lag_max + 1)
        self._full = History(4 * (2 * self._lag_max + 40) + TAPS)
        self._low = History(max(low_samples, self._lag_max + max(LONG_TERMS, self._lag_max) + 2))
        self._taps = _lowpass()
        self._f0_min_hz = f0_min_hz
        self._quick_terms = np.maximum(self._lags, QUICK_TERMS_MIN)
        self._width = int(self._quick_terms.max())
        self._mask = (np.arange(self._width)[None, :] < self._quick_terms[:, None]).astype(np.float32)
        self._weighted = np.zeros_like(self._mask)
        self._long_terms = np.full(len(self._lags), LONG_TERMS)
        self._sound = _Lagged(self._lag_max, self._width)
        self._slope = _Lagged(self._lag_max, self._width)
        self._recent = np.zeros(HOP_SAMPLES + TAPS - DECIMATION, np.float32)
        self._taps_at = np.lib.stride_tricks.sliding_window_view(self._recent, TAPS)[::DECIMATION]

    def update(self, hop: Samples) -> None:
        """Take one hop (48 kHz, DC removed) in."""
        self._full.push(hop)
        self._recent[:] = self._full.newest(len(self._recent))
        self._low.push(np.einsum("nt,t->n", self._taps_at, self._taps))
        self._sound.fill(self._low.newest(len(self._sound.newest_first))[::-1])

    def low(self, count: int) -> Samples:
        """The last ``count`` samples at 12 kHz (below 2 kHz as they were), oldest first; at most ``low_samples``."""
        return self._low.newest(count)

    def quick(self) -> Look | None:
        """The newest two periods' opinion."""
        return self._quick(self._sound)

    def slope(self) -> Look | None:
        """The same of the sound's slope, where what is low is 10 to 20 dB less.

        The pick's knock on a hollow body is lower than most notes and lasts as long as the first looks: there it hides
        the string from the ``quick`` look, or two and three periods fit better than one.
        """
        sound = self._sound.newest_first
        self._slope.fill(np.append(np.subtract(sound[:-1], sound[1:]), np.float32(0.0)))
        return self._quick(self._slope)

    def long(self) -> Look | None:
        """The opinion of the last 22 ms (and one lag more)."""
        # Not "@": on views it copies first, and a BLAS with threads wakes them for this little.
        sound = self._sound
        return self._judge(np.einsum("lt,t->l", sound.long, sound.newest_first[:LONG_TERMS]), self._long_terms, sound)

    def refined_hz(self, f0_hz: float) -> float:
        """The same pitch more exactly, from 48 kHz: NSDF around the lag over two periods, with a parabola on top."""
        lag = RATE_HZ / f0_hz
        reach = max(3, int(lag * 0.012) + 2)
        first = max(2, round(lag) - reach)
        terms = min(int(2 * lag), 4 * self._lag_max)
        newest_first = self._full.newest(first + 2 * reach + terms)[::-1]
        windows = np.lib.stride_tricks.sliding_window_view(newest_first, terms)[first : first + 2 * reach + 1]
        products = np.einsum("lt,t->l", windows, newest_first[:terms])
        energy = np.cumsum(newest_first.astype(np.float64) ** 2)
        lags = np.arange(first, first + len(products))
        nsdf = 2.0 * products / (energy[terms - 1] + energy[lags + terms - 1] - energy[lags - 1] + 1e-12)
        best = int(nsdf.argmax())
        if not 0 < best < len(nsdf) - 1:
            return f0_hz
        offset, _ = _parabola(nsdf[best - 1], nsdf[best], nsdf[best + 1])
        return float(RATE_HZ / (first + best + offset))

    def _quick(self, of: "_Lagged") -> Look | None:
        np.multiply(self._mask, of.newest_first[: self._width], out=self._weighted)
        return self._judge(np.einsum("lt,lt->l", of.quick, self._weighted), self._quick_terms, of)

    def _judge(self, products: Samples, terms: NDArray[np.int64], of: "_Lagged") -> Look | None:
        energy = of.energy
        both = energy[terms] + energy[self._lags + terms] - energy[self._lags]
        nsdf = 2.0 * products / (both + 1e-9)
        inner = nsdf[1:-1]
        peaks = np.flatnonzero((inner > nsdf[:-2]) & (inner >= nsdf[2:]) & (inner > CLARITY_MIN)) + 1
        if not len(peaks):
            return None
        tops = [_parabola(nsdf[p - 1], nsdf[p], nsdf[p + 1]) for p in peaks.tolist()]
        best_index, best = max(((i, height) for i, (_, height) in enumerate(tops)), key=lambda top: top[1])
        enough = FIRST_OF_EQUALS * best
        index = next(i for i, (_, height) in enumerate(tops) if height >= enough)
        offset, height = tops[index]
        at = int(peaks[index])
        lag = LAG_MIN + at + offset
        f0_hz = RATE_HZ / DECIMATION / lag
        if f0_hz < self._f0_min_hz:
            return None
        span = DECIMATION * int(lag + terms[at]) + TAPS
        best_f0_hz = RATE_HZ / DECIMATION / (LAG_MIN + int(peaks[best_index]) + tops[best_index][0])
        loudest = float(np.diff(energy[: LONG_TERMS + 1 : MOMENT]).max()) / MOMENT
        share = float(both[at] / (2.0 * terms[at]) / (loudest + 1e-12))
        return Look(float(f0_hz), float(min(1.0, height)), span, float(min(1.0, best)), float(best_f0_hz), share)


class _Lagged:
    """The newest samples at 12 kHz, newest first, and every lag's view of them: laid out once, filled anew."""

    def __init__(self, lag_max: int, quick_width: int) -> None:
        self.newest_first = np.zeros(lag_max + max(LONG_TERMS, quick_width) + 1, np.float32)
        self.quick = np.lib.stride_tricks.sliding_window_view(self.newest_first, quick_width)[LAG_MIN : lag_max + 1]
        self.long = np.lib.stride_tricks.sliding_window_view(self.newest_first, LONG_TERMS)[LAG_MIN : lag_max + 1]
        self.energy = np.zeros(len(self.newest_first) + 1)

    def fill(self, newest_first: Samples) -> None:
        self.newest_first[:] = newest_first
        np.cumsum(np.square(self.newest_first, dtype=np.float64), out=self.energy[1:])


def _parabola(left: float, top: float, right: float) -> tuple[float, float]:
    """Offset (−.5 to .5) and height of the vertex through three neighbours, the middle one highest."""
    bend = left - 2.0 * top + right
    if bend >= 0.0:
        return 0.0, top
    offset = 0.5 * (left - right) / bend
    return offset, top - 0.25 * (left - right) * offset


def _lowpass() -> Samples:
    """Windowed sinc (Hamming), linear phase, unit gain at DC; its delay is 0.5 ms."""
    at = np.arange(TAPS) - (TAPS - 1) / 2
    taps = np.sinc(2.0 * CUTOFF_HZ / RATE_HZ * at) * np.hamming(TAPS)
    lowpass: Samples = (taps / taps.sum()).astype(np.float32)
    return lowpass
