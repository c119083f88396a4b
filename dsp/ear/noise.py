"""What sounds when no note does: the noise floor, learnt in silence, and how much of it is mains hum.

No gate is fixed: a quiet guitar on a quiet input is heard like a loud one. What was learnt is kept across segments,
because lost samples do not change the cable.
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dsp.ear.history import History
from dsp.ear.level import dbfs

Samples = NDArray[np.float32]

RATE_HZ: Final = 48_000
READ_SAMPLES: Final = 48_000
FAST_HOPS: Final = 12  # the first 32 ms of silence are believed at once
SLOW_HOPS: Final = 150  # and then the floor follows within 0.4 s
RISE_MAX: Final = 10.0 ** (3.0 / 10.0)  # what stands 3 dB above the floor is not silence yet
FALLEN: Final = 10.0 ** (-6.0 / 10.0)  # so far below the floor for 32 ms: it was turned down, or another cable
APERIODIC_MS_MIN: Final = 10
APERIODIC_MARGIN: Final = 4.0  # 6 dB: noise is not the same in every 10 ms, and strings fade
HUM_WINDOW: Final = 8_192  # 171 ms: 5.9 Hz per bin keeps 50 Hz and its multiples apart from hiss
MAINS_HZ: Final = (50.0, 60.0)
MAINS_PERIOD: Final = 960  # 20 ms: shorter, and the level of hum would beat with its own period
HARMONICS: Final = 12


class NoiseFloor:
    """Learns from hops that the note machine calls silent."""

    def __init__(self) -> None:
        self._power = 0.0
        self._total_power = 0.0
        self._without_hum = False
        self._hops = 0
        self._hum_share = 0.0
        self._low_run = 0
        self._silent_run = 0
        self._history = History(HUM_WINDOW)
        self._window = np.hanning(HUM_WINDOW).astype(np.float32)

    @property
    def known(self) -> bool:
        """Whether any silence has been heard yet."""
        return self._hops > 0

    @property
    def power(self) -> float:
        """Mean square of the noise that the ear must rise above, full scale 1; hum that is taken out is not in it."""
        return self._power

    @property
    def hum_power(self) -> float:
        """Mean square of the mains hum, taken out or not."""
        return self._total_power * self._hum_share

    @property
    def noise_dbfs(self) -> float:
        """Level of all that is not a note, with all its hum."""
        return dbfs(self._total_power)

    @property
    def hum_dbfs(self) -> float:
        """Level of mains hum in it."""
        return dbfs(self.hum_power)

    def new_segment(self) -> None:
        """Samples are missing: the hum's window starts again, the floor stays."""
        self._silent_run = 0

    def bound(self, power: float) -> float:
        """No noise is stronger than ``power`` (mean square). Returns by how much the floor falls: 1, not at all.

        Where listening begins inside a ringing string, or a note was taken back, the floor holds that string; and a
        player who goes on never leaves the silence in which it would fall.
        """
        if power >= FALLEN * self._power:
            return 1.0
        share = power / self._power
        self._power = power
        self._total_power *= share
        return share

    def update(
        self, hop: Samples, power: float, *, silent: bool, without_hum: bool = False, share: float = 1.0
    ) -> float:
        """Take one hop in, as it came. Returns the rate at which noise may be learnt from it: 0 where it held a note.

        ``power``: what the ear hears of it (mean square), and ``without_hum`` whether hum was taken out of that.
        ``share`` (0 to 1): as much of it as may be noise, where a string rings that is no note.
        """
        self._history.push(hop)
        if not silent:
            self._silent_run = 0
            return 0.0
        self._silent_run += 1
        if without_hum != self._without_hum:
            # What remains is another noise altogether.
            self._without_hum = without_hum
            self._hops = 0
        power *= share
        self._low_run = self._low_run + 1 if power < FALLEN * self._power else 0
        if self._low_run > FAST_HOPS:
            self._hops = self._low_run = 0
        rate = max(1.0 / FAST_HOPS if self._hops < 4 * FAST_HOPS else 1.0 / SLOW_HOPS, 1.0 / (self._hops + 1))
        self._power = self._nearer(self._power, power, rate)
        period = self._history.newest(MAINS_PERIOD)
        self._total_power = self._nearer(self._total_power, share * float(np.dot(period, period)) / MAINS_PERIOD, rate)
        self._hops += 1
        if self._silent_run * len(hop) >= HUM_WINDOW and self._silent_run % 64 == 0:
            self._hum_share = hum_share(self._history.newest(HUM_WINDOW) * self._window)
        return rate

    def _nearer(self, floor: float, power: float, rate: float) -> float:
        # A tail that still rings must not lift the floor at once, but a louder room must in the end.
        target = power if self._hops < FAST_HOPS else min(power, floor * RISE_MAX + 1e-12)
        return floor + rate * (target - floor)


def aperiodic_power(newest: Samples, f0_hz: float) -> float:
    """At most so much of a sound with this pitch is noise: mean square of what a period does not repeat, and a margin.

    ``newest``: shape (n,), 48 kHz, oldest first; at least ``aperiodic_samples(f0_hz)`` of them.
    """
    lag = RATE_HZ / f0_hz
    count = _window(lag)
    last = newest[-count:]
    away = [last - newest[-count - at : -at] for at in (int(lag), int(lag) + 1)]
    return APERIODIC_MARGIN * min(float(np.dot(one, one)) for one in away) / (2.0 * count)


def aperiodic_samples(f0_hz: float) -> int:
    """How many samples ``aperiodic_power`` looks at."""
    lag = RATE_HZ / f0_hz
    return int(lag) + 1 + _window(lag)


def _window(lag: float) -> int:
    return max(APERIODIC_MS_MIN * RATE_HZ // 1000, int(lag))


def hum_share(windowed: Samples) -> float:
    """Share (0 to 1) of the power that stands in narrow lines at multiples of 50 or 60 Hz, the better of the two.

    ``windowed``: ``HUM_WINDOW`` samples under a Hann window. Each line counts only as far as it rises above what lies
    beside it, so white noise gives nearly 0, and so does silence.
    """
    power = np.abs(np.fft.rfft(windowed)) ** 2
    total = float(power[4:].sum())
    if total <= 1e-9:
        return 0.0
    return min(1.0, max(_lines(power, mains_hz) for mains_hz in MAINS_HZ) / total)


def _lines(power: NDArray[np.floating], mains_hz: float) -> float:
    bin_hz = RATE_HZ / HUM_WINDOW
    lines = 0.0
    for harmonic in range(1, HARMONICS + 1):
        centre = math.floor(harmonic * mains_hz / bin_hz + 0.5)
        line = float(power[centre - 2 : centre + 3].sum())
        beside = float(np.concatenate((power[max(0, centre - 4) : centre - 2], power[centre + 3 : centre + 5])).mean())
        if line > 20.0 * beside:
            lines += line - 5.0 * beside
    return lines
