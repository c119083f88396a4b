"""Mains hum, learnt in silence and taken out: 60 Hz lies 49 cents under B1, so no floor of frequency can keep it away.

Hum is a sum of sines at multiples of 50 or 60 Hz whose phases all hang on one: that of the mains. In silence each
multiple's phasor is read over 100 ms, five periods of the one and six of the other; a Kalman filter follows phase and
frequency of the mains, and what it expects is subtracted. Nothing is filtered, so no attack is smeared and a string at
60.0 Hz keeps its first partial. Under a note only the phase is followed, by those multiples that no string covers, and
what stays the same for most of a second is learnt (``dsp.ear.mains_under_notes``). The less sure the phase, the weaker
each multiple is taken out: by the mean of its phasor over that doubt. A grid that surprises again and again wanders
more.
"""

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dsp.ear.history import History
from dsp.ear.level import WINDOW_HOPS
from dsp.ear.mains import MAINS_HZ, MULTIPLES, WINDOW, MainsReader, Phasors, Reading
from dsp.ear.mains_under_notes import READINGS, UnderNotes
from dsp.types import HOP_SAMPLES, SAMPLE_RATE_HZ

Samples = NDArray[np.float32]

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
WANDER_MAX: Final = 0.1  # a generator's, or a recording's whose tape runs unevenly
SURPRISE: Final = 4.0  # square of the standard deviations by which a reading differs
LOST_TURNS: Final = 0.3  # standard deviation of the phase beyond which to begin again
SLACK: Final = 0.004  # of its power: hum breathes as the player moves, and what was not yet followed is no note
ALIKE: Final = 0.9  # squared correlation
STEADY_KNOWN: Final = 2  # readings that say that known hum has changed: another pickup, another way to sit
STEADY_NEW: Final = 5  # and, under what was taken for a note, that it is hum: a guitar was plugged in
MISSES_MAX: Final = 6  # a knock spoils the readings of 100 ms: three of them
MIDDLE_S: Final = (READINGS - 1) / 2 * UNDER_NOTE_HOPS * HOP_SAMPLES / SAMPLE_RATE_HZ
COVERED: Final = 0.3  # a reading so far (in power) from what was expected is a string's
CLEAR_SHARE: Final = 0.3
PHASE_UNDER_NOTE: Final = 0.006  # turns, besides what the misfit of the multiples says
CORRELATED: Final = 4.0  # a string that leaks into one reading leaks into the next
AUDIBLE: Final = 1e-4  # of the hum's power: with less, a multiple is not worth its cost
TURNED_MAX: Final = 10.0 ** (12.0 / 10.0)  # towards a transformer
GONE: Final = 0.25  # of the hum's power: it was switched off
ADAPT_MIN: Final = 0.3  # a player who turns around changes the hum within half a second


class HumRemover:
    """``remove`` every hop (shape (128,), DC removed), and then tell ``learn`` whether it was silent."""

    def __init__(self) -> None:
        self._history = History(WINDOW)
        self._silent_samples = 0
        self._sample = 0
        self._reader = MainsReader()
        self._under = UnderNotes()
        self._waves = [_waves(mains_hz) for mains_hz in MAINS_HZ]
        self._away_hz = 0.0
        self._mains = 0
        self._power = 0.0  # mean square of all hum as it was last known
        self._left_power = 0.0
        self._changed_power = 0.0
        self._readings = 0
        self._going_hops = 0
        self._kept_waves = self._waves[0]
        self._forget()

    def _forget(self) -> None:
        if self._readings >= LOCKED_AFTER:
            # Hum that came back at once would be an onset.
            self._going, self._going_turn, self._going_waves = self._now, self._turn, self._kept_waves
            self._going_hops = FADE_HOPS
        self._wander = WANDER
        self._readings = 0
        self._misses = 0
        self._phase = 0.0  # turns by which the mains is ahead of its nominal frequency
        self._under.forget()
        self._doubt = np.diag([1.0, START_HZ**2])  # covariance of phase (turns) and frequency (Hz)
        self._phasors: Phasors = np.zeros(len(MULTIPLES), np.complex128)
        self._at_sample = 0
        self._fade = 0
        self._now: Phasors = self._phasors
        self._turn: Phasors = self._phasors
        self._kept_waves = self._waves[self._mains]

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
        """Mean square of known hum that is not taken out, its phase or its strength being another now: it is noise."""
        return max(self._left_power, self._changed_power, SLACK * self._power)

    def may_be_turned_to(self, power: float) -> bool:
        """Whether known hum could become so loud (mean square) because its coil is turned."""
        return self._readings >= LOCKED_AFTER and power < TURNED_MAX * self._power

    def new_segment(self) -> None:
        """Samples are missing: the phase is unknown again, the frequency is not."""
        self._silent_samples = 0
        self._left_power = self._power
        self._forget()
        self._going_hops = 0

    def remove(self, hop: Samples) -> Samples:
        """The hop without its hum; the hop itself while none is known."""
        self._history.push(hop)
        self._sample += HOP_SAMPLES
        if self._going_hops:
            hop = hop - _waved(self._going, self._going_waves) * (1.0 - _rise(FADE_HOPS - self._going_hops))
            self._going = self._going * self._going_turn
            self._going_hops -= 1
        if self._readings < LOCKED_AFTER:
            return hop
        if self._sample // HOP_SAMPLES % EVERY_HOPS == 1:  # the hop after a reading
            self._expect()
        hum = _waved(self._now, self._kept_waves)
        self._now = self._now * self._turn
        if self._fade < FADE_HOPS:
            hum *= _rise(self._fade)
        self._fade += self._fade < FADE_HOPS + WINDOW_HOPS
        cleaned: Samples = hop - hum
        return cleaned

    def learn(self, *, silent: bool) -> None:
        """Whether the newest hop held no note."""
        self._silent_samples = self._silent_samples + HOP_SAMPLES if silent else 0
        in_silence, hops = self._silent_samples >= WINDOW, self._sample // HOP_SAMPLES
        if self._sample < WINDOW or hops % (EVERY_HOPS if in_silence else UNDER_NOTE_HOPS):
            return
        known = self._readings >= LOCKED_AFTER
        reading = self._reader.read(self._history.newest(WINDOW), self._sample)
        changed_power = self._changed(reading.phasors[self._mains]) if known else 0.0 if in_silence else reading.power
        changed = changed_power > MISFIT_MAX * reading.power
        self._changed_power = changed_power if changed and reading.steady else 0.0
        if changed and reading.steady >= (STEADY_KNOWN if known else STEADY_NEW):
            self._begin(reading)
            self._readings = LOCKED_AFTER
        elif in_silence:
            self._learn_in_silence(reading)
        else:
            if known:
                self._keep_in_phase(reading.phasors[self._mains])
            self._find_under_notes(reading)

    def _find_under_notes(self, reading: Reading) -> None:
        found = self._under.find(reading)
        if found is None:
            return
        mains, phasors = found
        if self._readings < LOCKED_AFTER:
            hum_power = float((np.abs(phasors) ** 2).sum()) / 2.0
            self._begin(replace(reading, mains=mains, power=hum_power), phasors)
            self._readings = LOCKED_AFTER
        elif mains == self._mains:
            # What a string had covered before.
            power = np.abs(self._phasors) ** 2
            missing = (power < AUDIBLE * power.sum()) & (phasors != 0.0)
            age_s = (self._sample - self._at_sample - WINDOW // 2) / SAMPLE_RATE_HZ - MIDDLE_S
            phase = self._phase + self._away_hz * age_s
            self._phasors = np.where(missing, phasors * np.exp(-2j * np.pi * MULTIPLES * phase), self._phasors)

    def _changed(self, read: Phasors) -> float:
        """Mean square of the hum that came or went; 0 where its multiples are not those of the same hum, scaled."""
        phase, _ = self._predicted(self._sample - WINDOW // 2)
        expected = self._phasors * np.exp(2j * np.pi * MULTIPLES * phase)
        both = np.abs(np.vdot(expected, read)) ** 2
        alike = both > ALIKE * float((np.abs(expected) ** 2).sum() * (np.abs(read) ** 2).sum())
        return float((np.abs(read - expected) ** 2).sum()) / 2.0 if alike else 0.0

    def _learn_in_silence(self, reading: Reading) -> None:
        if reading.total_power < max(GONE * self._power, SILENT_POWER):
            self._power = self._left_power = 0.0
            self._forget()
        elif reading.power < SHARE_MIN * reading.total_power or (self._readings and reading.mains != self._mains):
            self._miss()
        else:
            self._take(reading)

    def _miss(self) -> None:
        """Something else sounds beside the hum: once may be a knock, again and again it was no hum."""
        self._misses += 1
        if self._readings < LOCKED_AFTER or self._misses > MISSES_MAX:
            self._left_power = self._power
            self._forget()

    def _take(self, reading: Reading) -> None:
        _, doubt = self._predicted(self._sample - WINDOW // 2)
        if self._readings and doubt[0, 0] > LOST_TURNS**2:
            self._forget()
        if not self._readings:
            self._begin(reading)
        elif self._follow(reading.phasors[self._mains], max(0.0, reading.total_power - reading.power)):
            self._readings += 1
            self._misses = 0
        else:
            self._miss()
        if self._readings >= LOCKED_AFTER:
            self._power = float((np.abs(self._phasors) ** 2).sum()) / 2.0

    def _begin(self, reading: Reading, phasors: Phasors | None = None) -> None:
        """Believe this reading, whatever was known before; of that only the frequency stays."""
        self._forget()
        self._away_hz = self._away_hz if reading.mains == self._mains else 0.0
        self._mains = reading.mains
        self._phasors = reading.phasors[reading.mains] if phasors is None else phasors
        self._doubt = np.diag([PHASE_FLOOR**2, START_HZ**2])
        self._at_sample, self._readings, self._power = self._sample - WINDOW // 2, 1, reading.power

    def _predicted(self, sample: int) -> tuple[float, NDArray[np.float64]]:
        """Phase in turns and covariance, as far ahead as that sample."""
        ahead_s = (sample - self._at_sample) / SAMPLE_RATE_HZ
        step = np.array([[1.0, ahead_s], [0.0, 1.0]])
        wander = self._wander**2 * np.array([[ahead_s**3 / 3, ahead_s**2 / 2], [ahead_s**2 / 2, ahead_s]])
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
        surprise = ahead * ahead / (doubt[0, 0] + variance)
        self._wander = min(WANDER_MAX, 1.5 * self._wander) if surprise > SURPRISE else max(WANDER, 0.95 * self._wander)
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
        power = np.abs(self._phasors) ** 2
        kept = power > AUDIBLE * power.sum()
        multiples = MULTIPLES[kept]
        self._kept_waves = self._waves[self._mains].reshape(-1, 2, HOP_SAMPLES)[kept].reshape(-1, HOP_SAMPLES)
        self._now = (sure * self._phasors)[kept] * np.exp(2j * np.pi * multiples * turns)
        per_hop = (nominal_hz + self._away_hz) * HOP_SAMPLES / SAMPLE_RATE_HZ
        self._turn = np.exp(2j * np.pi * multiples * per_hop)
        self._left_power = float(((1.0 - sure**2) * power).sum()) / 2.0


def _waved(phasors: Phasors, waves: NDArray[np.float32]) -> Samples:
    hum: Samples = np.einsum("k,kn->n", phasors.view(np.float64).astype(np.float32), waves)
    return hum


def _rise(hops: int) -> Samples:
    """From 0 to 1 over ``FADE_HOPS``: the part of it that falls into this hop."""
    rise = (hops + np.arange(HOP_SAMPLES) / HOP_SAMPLES) / FADE_HOPS
    return (rise * rise).astype(np.float32)


def _waves(mains_hz: float) -> NDArray[np.float32]:
    """Cosines and (negative) sines of every multiple over one hop, in turn: shape (2 multiples, hop)."""
    turns = np.multiply.outer(MULTIPLES * mains_hz, np.arange(HOP_SAMPLES) / SAMPLE_RATE_HZ)
    pairs = np.stack((np.cos(2 * np.pi * turns), -np.sin(2 * np.pi * turns)), axis=1)
    return pairs.reshape(-1, HOP_SAMPLES).astype(np.float32)
