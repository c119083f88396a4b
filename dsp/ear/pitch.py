"""Pitch, as soon as a period has been seen to repeat.

Normalised square difference (McLeod and Wyvill, 2005) at 12 kHz, but each lag is judged on the newest two lags' worth
of samples only: a high string need not wait for the window of a low one. A second, *long look* judges all lags on the
same 25 ms and says, a little later, whether the quick answer was right. The kept lag is refined at 48 kHz.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dsp.ear.history import History
from dsp.ear.lagged import LAG_MIN, LONG_TERMS, QUICK_TERMS_MIN, Energies, Lagged, Unfollowed
from dsp.types import HOP_SAMPLES

Samples = NDArray[np.float32]
Floats = NDArray[np.float64]

RATE_HZ: Final = 48_000
DECIMATION: Final = 4
TAPS: Final = 48
CUTOFF_HZ: Final = 2_600.0
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
        self._full = History(4 * (2 * self._lag_max + 40) + TAPS)
        self._sound = Lagged(self._lag_max)
        self._slope = Unfollowed(self._lag_max)
        self._low = History(max(low_samples, HOP_SAMPLES // DECIMATION))
        self._taps = _lowpass()
        self._f0_min_hz = f0_min_hz
        self._recent = np.zeros(HOP_SAMPLES + TAPS - DECIMATION, np.float32)
        self._taps_at = np.lib.stride_tricks.sliding_window_view(self._recent, TAPS)[::DECIMATION]

    def update(self, hop: Samples) -> None:
        """Take one hop (48 kHz, DC removed) in."""
        self._full.push(hop)
        self._recent[:] = self._full.newest(len(self._recent))
        low = np.vecdot(self._taps_at, self._taps)
        self._low.push(low)
        self._sound.follow(low)

    def low(self, count: int) -> Samples:
        """The last ``count`` samples at 12 kHz (below 2 kHz as they were), oldest first; at most ``low_samples``."""
        return self._low.newest(count)

    def quick(self) -> Look | None:
        """The newest two periods' opinion."""
        energies = self._sound.energies
        return self._judge(self._sound.quick, energies.quick(), energies, 0)

    def slope(self) -> Look | None:
        """The same of the sound's slope, where what is low is 10 to 20 dB less.

        The pick's knock on a hollow body is lower than most notes and lasts as long as the first looks: there it hides
        the string from the ``quick`` look, or two and three periods fit better than one.
        """
        sound = self._sound.newest_first
        count = len(self._slope.newest_first)
        products, energies = self._slope.fill(sound[:count] - sound[1 : count + 1]), self._slope.energies
        return self._judge(products, energies.quick(), energies, 0)

    def long(self) -> Look | None:
        """The opinion of the last 22 ms (and one lag more)."""
        energies = self._sound.energies
        return self._judge(self._sound.long, energies.long(), energies, LONG_TERMS)

    def refined_hz(self, f0_hz: float) -> float:
        """The same pitch more exactly, from 48 kHz: NSDF around the lag over two periods, with a parabola on top."""
        lag = RATE_HZ / f0_hz
        reach = max(3, int(lag * 0.012) + 2)
        first = max(2, round(lag) - reach)
        terms = min(int(2 * lag), 4 * self._lag_max)
        samples = self._full.newest(first + 2 * reach + terms)
        # Every lag's window, the longest lag first; made by hand, because the helper for it costs more than the sums.
        windows = np.ndarray((2 * reach + 1, terms), np.float32, samples, 0, samples.strides * 2)
        products = np.vecdot(windows, samples[-terms:])[::-1]
        squares = np.square(samples, dtype=np.float64)
        energy = np.add.accumulate(squares[terms : terms + 2 * reach] - squares[: 2 * reach])[::-1]
        oldest = np.add.reduce(squares[:terms])
        both = np.full(2 * reach + 1, np.add.reduce(squares[-terms:]) + oldest + 1e-12)
        both[:-1] += energy
        nsdf = 2.0 * products / both
        best = int(nsdf.argmax())
        if not 0 < best < len(nsdf) - 1:
            return f0_hz
        offset, _ = _parabola(nsdf[best - 1], nsdf[best], nsdf[best + 1])
        return float(RATE_HZ / (first + best + offset))

    def _judge(self, products: NDArray[np.floating], both: Floats, energies: Energies, terms: int) -> Look | None:
        """``products`` and energies of ``both`` factors at each lag; ``terms``: over how many samples, 0 for quick."""
        nsdf = 2.0 * products / (both + 1e-9)
        rises = nsdf[1:] > nsdf[:-1]
        peaks = np.flatnonzero(rises[:-1] > rises[1:]) + 1
        peaks = peaks[nsdf[peaks] > CLARITY_MIN]
        if not len(peaks):
            return None
        # A few plain numbers: as arrays they would cost several times as much.
        around = zip(nsdf[peaks - 1].tolist(), nsdf[peaks].tolist(), nsdf[peaks + 1].tolist(), strict=True)
        tops = [_parabola(left, top, right) for left, top, right in around]
        heights = [height for _, height in tops]
        best = max(heights)
        best_index = heights.index(best)
        enough = FIRST_OF_EQUALS * best
        index = next(i for i, height in enumerate(heights) if height >= enough)
        offset, height = tops[index]
        at = int(peaks[index])
        lag = LAG_MIN + at + offset
        f0_hz = RATE_HZ / DECIMATION / lag
        if f0_hz < self._f0_min_hz:
            return None
        rests_on = terms or max(LAG_MIN + at, QUICK_TERMS_MIN)
        span = DECIMATION * int(lag + rests_on) + TAPS
        best_f0_hz = RATE_HZ / DECIMATION / (LAG_MIN + int(peaks[best_index]) + tops[best_index][0])
        share = float(both[at]) / (2.0 * rests_on) / (energies.loudest() + 1e-12)
        return Look(f0_hz, min(1.0, height), span, min(1.0, best), best_f0_hz, share)


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
