"""Mains hum, learnt in silence and taken out: 60 Hz lies 49 cents under B1, so no floor of frequency can keep it away.

Hum is a sum of sines at multiples of 50 or 60 Hz whose phases all hang on one: that of the mains. In silence each
multiple's phasor is read over 100 ms, five periods of the one and six of the other; a Kalman filter follows phase and
frequency of the mains, and what it expects is subtracted. Nothing is filtered, so no attack is smeared and a string at
60.0 Hz keeps its first partial. Under a note only the phase is followed, by those multiples that no string covers. The
less sure the phase, the weaker each multiple is taken out: by the mean of its phasor over that doubt.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from dsp.history import History
from dsp.level import WINDOW_HOPS
from dsp.types import HOP_SAMPLES, SAMPLE_RATE_HZ

Samples = NDArray[np.float32]
Phasors = NDArray[np.complex128]

MAINS_HZ: Final = (50.0, 60.0)
MULTIPLES: Final = np.arange(1, 16)
WINDOW: Final = SAMPLE_RATE_HZ // 10
DECIMATION: Final = 8
EVERY_HOPS: Final = 16
UNDER_NOTE_HOPS: Final = 32
SILENT_POWER: Final = 1e-10
SHARE_MIN: Final = 0.5  # of the power below 3 kHz: less hum than that disturbs nobody
MISFIT_MAX: Final = 0.1  # of the hum's power: more, and it is a string that rings near a multiple
LOCKED_AFTER: Final = 4  # readings that agreed: 0.23 s of silence
FADE_HOPS: Final = 16  # hum that vanished at once would be an onset
PHASE_FLOOR: Final = 1e-3  # turns, of one reading
START_HZ: Final = 0.1  # how far from nominal a grid is, standard deviation
AWAY_MAX_HZ: Final = 0.3
WANDER: Final = 0.003  # Hz per root second: a grid's own unrest
LOST_TURNS: Final = 0.3  # standard deviation of the phase beyond which to begin again
MISSES_MAX: Final = 6  # a knock spoils the readings of 100 ms: three of them
COVERED: Final = 0.3  # a reading so far (in power) from what was expected is a string's
CLEAR_SHARE: Final = 0.3
PHASE_UNDER_NOTE: Final = 0.006  # turns, besides what the misfit of the multiples says
CORRELATED: Final = 4.0  # a string that leaks into one reading leaks into the next
GONE: Final = 0.25  # of the hum's power: it was switched off
ADAPT_MIN: Final = 0.1


class HumRemover:
    """``remove`` every hop (shape (128,), DC removed), and then tell ``learn`` whether it was silent."""

    def __init__(self) -> None:
        self._history = History(WINDOW)
        self._silent_samples = 0
        self._sample = 0
        at = (np.arange(WINDOW // DECIMATION) * DECIMATION + (DECIMATION - 1) / 2) / SAMPLE_RATE_HZ
        # A mean over eight samples stands for its middle, and lowers a sine a little.
        lowered = np.sinc(np.outer(MAINS_HZ, MULTIPLES) * DECIMATION / SAMPLE_RATE_HZ)
        turns = np.exp(-2j * np.pi * np.multiply.outer(np.outer(MAINS_HZ, MULTIPLES), at))
        taper = 1.0 - np.cos(2 * np.pi * np.arange(len(at)) / len(at))  # Hann: a string's leak ends 20 Hz beside it
        self._read = (2.0 * DECIMATION / WINDOW * taper * turns / lowered[..., None]).reshape(-1, len(at))
        self._waves = [_waves(mains_hz) for mains_hz in MAINS_HZ]
        self._away_hz = 0.0
        self._mains = 0
        self._power = 0.0  # mean square of all hum as it was last known
        self._left_power = 0.0
        self._forget()

    def _forget(self) -> None:
        self._readings = 0
        self._misses = 0
        self._phase = 0.0  # turns by which the mains is ahead of its nominal frequency
        self._doubt = np.diag([1.0, START_HZ**2])  # covariance of phase (turns) and frequency (Hz)
        self._phasors: Phasors = np.zeros(len(MULTIPLES), np.complex128)
        self._at_sample = 0
        self._fade = 0
        self._now: Phasors = self._phasors
        self._turn: Phasors = self._phasors

    @property
    def mains_hz(self) -> float | None:
        """Frequency of the mains whose hum is taken out; ``None`` while there is none."""
        return MAINS_HZ[self._mains] + self._away_hz if self._readings >= LOCKED_AFTER else None

    @property
    def is_out(self) -> bool:
        """Whether hum is taken out, and has been for so long that no level still remembers it."""
        return self._fade >= FADE_HOPS + WINDOW_HOPS

    @property
    def left_power(self) -> float:
        """Mean square of known hum that is not taken out, because its phase is not known any more: it is noise."""
        return self._left_power

    def new_segment(self) -> None:
        """Samples are missing: the phase is unknown again, the frequency is not."""
        self._silent_samples = 0
        self._left_power = self._power
        self._forget()

    def remove(self, hop: Samples) -> Samples:
        """The hop without its hum; the hop itself while none is known."""
        self._history.push(hop)
        self._sample += HOP_SAMPLES
        if self._readings < LOCKED_AFTER:
            return hop
        if self._sample // HOP_SAMPLES % EVERY_HOPS == 1:  # the hop after a reading
            self._expect()
        waves = self._waves[self._mains]
        hum = np.einsum("k,kn->n", self._now.view(np.float64).astype(np.float32), waves)
        self._now = self._now * self._turn
        if self._fade < FADE_HOPS:
            hum *= ((self._fade + np.arange(HOP_SAMPLES, dtype=np.float32) / HOP_SAMPLES) / FADE_HOPS) ** 2
        self._fade += self._fade < FADE_HOPS + WINDOW_HOPS
        cleaned: Samples = hop - hum
        return cleaned

    def learn(self, *, silent: bool) -> None:
        """Whether the newest hop held no note."""
        self._silent_samples = self._silent_samples + HOP_SAMPLES if silent else 0
        if self._sample < WINDOW or self._sample // HOP_SAMPLES % EVERY_HOPS:
            return
        if self._silent_samples >= WINDOW:
            self._learn_in_silence()
        elif self._readings >= LOCKED_AFTER and self._sample // HOP_SAMPLES % UNDER_NOTE_HOPS == 0:
            both, _ = self._readings_of_all()
            self._keep_in_phase(self._as_of_start(self._mains, both[self._mains]))

    def _learn_in_silence(self) -> None:
        both, total = self._readings_of_all()
        powers = (np.abs(both) ** 2).sum(axis=1) / 2.0
        mains = int(powers.argmax())
        if total < GONE * self._power or total < SILENT_POWER:
            self._power = self._left_power = 0.0
            self._forget()
        elif powers[mains] < SHARE_MIN * total or (self._readings and mains != self._mains):
            self._miss()
        else:
            self._take(mains, self._as_of_start(mains, both[mains]), max(0.0, total - float(powers[mains])))

    def _readings_of_all(self) -> tuple[Phasors, float]:
        """Phasors of all multiples of both mains over the newest 100 ms, and the mean square of all below 3 kHz."""
        low = self._history.newest(WINDOW).reshape(-1, DECIMATION).mean(axis=1)
        both = np.einsum("kn,n->k", self._read, low).reshape(len(MAINS_HZ), -1)
        return both, float(np.einsum("n,n->", low, low)) / len(low)

    def _as_of_start(self, mains: int, read: Phasors) -> Phasors:
        """Phases as of a clock that started with the stream."""
        begin_s = (self._sample - WINDOW) / SAMPLE_RATE_HZ
        turned: Phasors = read * np.exp(-2j * np.pi * MULTIPLES * (MAINS_HZ[mains] * begin_s % 1.0))
        return turned

    def _miss(self) -> None:
        """Something else sounds beside the hum: once may be a knock, again and again it was no hum."""
        self._misses += 1
        if self._readings < LOCKED_AFTER or self._misses > MISSES_MAX:
            self._left_power = self._power
            self._forget()

    def _take(self, mains: int, read: Phasors, rest_power: float) -> None:
        _, doubt = self._predicted(self._sample - WINDOW // 2)
        if self._readings and doubt[0, 0] > LOST_TURNS**2:
            self._forget()
        if not self._readings:
            self._mains, self._phasors, self._phase = mains, read, 0.0
            self._doubt = np.diag([PHASE_FLOOR**2, START_HZ**2])
            self._at_sample, self._readings = self._sample - WINDOW // 2, 1
        elif self._follow(read, rest_power):
            self._readings += 1
            self._misses = 0
        else:
            self._miss()
        if self._readings >= LOCKED_AFTER:
            self._power = float((np.abs(self._phasors) ** 2).sum()) / 2.0

    def _predicted(self, sample: int) -> tuple[float, NDArray[np.float64]]:
        """Phase in turns and covariance, as far ahead as that sample."""
        ahead_s = (sample - self._at_sample) / SAMPLE_RATE_HZ
        step = np.array([[1.0, ahead_s], [0.0, 1.0]])
        wander = WANDER**2 * np.array([[ahead_s**3 / 3, ahead_s**2 / 2], [ahead_s**2 / 2, ahead_s]])
        return self._phase + self._away_hz * ahead_s, step @ self._doubt @ step.T + wander

    def _follow(self, read: Phasors, rest_power: float) -> bool:
        """Take one reading of silence in; false, and nothing is taken, where it is not the hum that was known."""
        phase, doubt = self._predicted(self._sample - WINDOW // 2)
        ahead, weight = self._ahead(read, phase, doubt)
        found = read * np.exp(-2j * np.pi * MULTIPLES * (phase + ahead))
        misfit = float((np.abs(found - self._phasors) ** 2).sum() / (np.abs(read) ** 2).sum())
        if misfit > MISFIT_MAX or not self._step(ahead, PHASE_FLOOR**2 + rest_power / WINDOW / weight):
            return False
        found = read * np.exp(-2j * np.pi * MULTIPLES * self._phase)
        self._phasors = self._phasors + max(1.0 / (self._readings + 1), ADAPT_MIN) * (found - self._phasors)
        return True

    def _keep_in_phase(self, read: Phasors) -> None:
        """Under a note: the multiples that no string has covered still tell of the phase; nothing else is learnt."""
        phase, doubt = self._predicted(self._sample - WINDOW // 2)
        expected = self._phasors * np.exp(2j * np.pi * MULTIPLES * phase)
        away = np.abs(read - expected) ** 2
        clear = away < COVERED * np.abs(expected) ** 2
        ahead, weight = self._ahead(np.where(clear, read, 0.0), phase, doubt)
        if weight > CLEAR_SHARE * self._power:
            self._step(ahead, PHASE_UNDER_NOTE**2 + CORRELATED * float(away[clear].mean()) / (4 * np.pi**2 * weight))

    def _ahead(self, read: Phasors, phase: float, doubt: NDArray[np.float64]) -> tuple[float, float]:
        """By how many turns a reading is ahead of that phase, and the weight of what says so."""
        expected = self._phasors * np.exp(2j * np.pi * MULTIPLES * phase)
        # A multiple counts by its strength, and not at all where its own phase may have come full circle.
        weights = np.abs(expected * read) * np.exp(-((2 * np.pi * MULTIPLES) ** 2) * doubt[0, 0] / 2)
        weight = float((weights * MULTIPLES**2).sum()) + 1e-30
        turned = np.angle(read * np.conj(expected)) / (2 * np.pi)
        return float((weights * MULTIPLES * turned).sum()) / weight, weight

    def _step(self, ahead: float, variance: float) -> bool:
        """Kalman step on one reading of the phase; false, and no step, where no grid could be so far away."""
        middle = self._sample - WINDOW // 2
        phase, doubt = self._predicted(middle)
        gain = doubt[:, 0] / (doubt[0, 0] + variance)
        away_hz = self._away_hz + float(gain[1]) * ahead
        if abs(away_hz) > AWAY_MAX_HZ:
            return False
        self._phase, self._away_hz, self._at_sample = phase + float(gain[0]) * ahead, away_hz, middle
        self._doubt = doubt - np.outer(gain, doubt[0])
        return True

    def _expect(self) -> None:
        """What to subtract from the hop at hand, and how it turns from hop to hop."""
        begin = self._sample - HOP_SAMPLES
        phase, doubt = self._predicted(begin + HOP_SAMPLES // 2)
        sure = np.exp(-((2 * np.pi * MULTIPLES) ** 2) * doubt[0, 0] / 2)
        nominal_hz = MAINS_HZ[self._mains]
        turns = nominal_hz * begin / SAMPLE_RATE_HZ % 1.0 + phase
        self._now = sure * self._phasors * np.exp(2j * np.pi * MULTIPLES * turns)
        per_hop = (nominal_hz + self._away_hz) * HOP_SAMPLES / SAMPLE_RATE_HZ
        self._turn = np.exp(2j * np.pi * MULTIPLES * per_hop)
        self._left_power = float(((1.0 - sure**2) * np.abs(self._phasors) ** 2).sum()) / 2.0


def _waves(mains_hz: float) -> NDArray[np.float32]:
    """Cosines and (negative) sines of every multiple over one hop, in turn: shape (2 multiples, hop)."""
    turns = np.multiply.outer(MULTIPLES * mains_hz, np.arange(HOP_SAMPLES) / SAMPLE_RATE_HZ)
    pairs = np.stack((np.cos(2 * np.pi * turns), -np.sin(2 * np.pi * turns)), axis=1)
    return pairs.reshape(-1, HOP_SAMPLES).astype(np.float32)
