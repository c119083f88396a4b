"""The live ear: blocks of samples in, frames and log entries out. The same samples give the same facts, however cut.

Causal and deterministic: everything happens in hops of 128 samples, and nothing looks past the hop at hand. One
pipeline hears one guitar; the stages are one file each and know nothing of one another.
"""

import math
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from dsp.chords.listener import LOW_SAMPLES
from dsp.ear.attack import Attack, AttackFinder
from dsp.ear.buzz import CLEAR, REACH, BuzzWatch, is_buzz
from dsp.ear.decay import decay_db_per_s
from dsp.ear.history import History
from dsp.ear.hop import Hop
from dsp.ear.hum import HumRemover
from dsp.ear.let_ring import WINDOW_SAMPLES, ringing_db
from dsp.ear.level import HighPass, LevelMeter
from dsp.ear.noise import FALLEN, READ_SAMPLES, NoiseFloor, aperiodic_power, aperiodic_samples
from dsp.ear.notes import NoteMachine
from dsp.ear.onset import OnsetDetector
from dsp.ear.overtones import WINDOW_MAX, WINDOW_MIN, Partials
from dsp.ear.partials import first_partial_hz
from dsp.ear.picked import AFTER_HOPS, BEFORE_HOPS
from dsp.ear.pitch import DECIMATION, Look, PitchTracker
from dsp.ear.wave import likeness
from dsp.strums import Strums
from dsp.theory.tunings import f0_min_hz
from dsp.types import HOP_SAMPLES, SAMPLE_RATE_HZ, Frame, LogEntry, NoiseReading, NoteEnded

Samples = NDArray[np.float32]
Heard: TypeAlias = Frame | LogEntry

FRAME_HOPS: Final = 4
LONG_HOPS: Final = 2
LEARN_AFTER: Final = SAMPLE_RATE_HZ // 10  # a note's tail is not noise
RECENT: Final = 8_192
REMEMBERED: Final = LOW_SAMPLES  # at 12 kHz, 600 ms: a strum and what rang before it
RINGS: Final = 0.85  # so clear a period is a string's or a machine's
RINGS_EVERY: Final = 4 * HOP_SAMPLES  # under notes
RINGS_HOPS: Final = 12  # 32 ms: by then hum is known for a machine
CALM_HOPS: Final = 56  # 150 ms between notes are silence; who starts a recording with the first note has none
FLUX_SHARE: Final = 0.25  # of a ringing string's decibels: with a lower floor its own flicker would be a note
LOUDEST: Final = 4.0  # 12 dB over full scale: no card gives more, a broken float file may


@dataclass(frozen=True, slots=True)
class PipelineConfig:
    """What the player has set. ``tuning``: "any" (down to B1 less 60 cents) or one of ``dsp.theory.tunings.TUNINGS``.

    ``sensitivity`` 0 to 1: how little above the noise a note may be (0.5: 7 dB).
    """

    a4_hz: float = 440.0
    tuning: str = "any"
    sensitivity: float = 0.5

    def __post_init__(self) -> None:
        if not 400.0 <= self.a4_hz <= 480.0:
            raise ValueError(f"A4 is 400 to 480 Hz, not {self.a4_hz}")
        if not 0.0 <= self.sensitivity <= 1.0:
            raise ValueError(f"sensitivity is 0 to 1, not {self.sensitivity}")


def clean(block: Samples) -> Samples:
    """A copy without NaN and infinity (silence), held to what a card can give."""
    if _is_sound(block):
        return block.astype(np.float32)
    finite: Samples = np.nan_to_num(block, nan=0.0, posinf=0.0, neginf=0.0)
    return np.clip(finite, -LOUDEST, LOUDEST).astype(np.float32, copy=False)


def _is_sound(block: Samples) -> bool:
    """Whether a card can give that: all but broken blocks."""
    return bool(len(block) and np.abs(block).max() <= LOUDEST)  # false for NaN too


def _no_look() -> None:
    """What a hop without a long look is given to ask for one."""


class Pipeline:
    """48 kHz mono in; ``finder`` says when attacks began. Raises ``ValueError`` for a tuning that is not known."""

    def __init__(self, config: PipelineConfig, segment: int = 0, finder: AttackFinder | None = None) -> None:
        self._config = config
        self._f0_min_hz = f0_min_hz(config.tuning, config.a4_hz)
        self._noise = NoiseFloor()
        self._hum = HumRemover()
        self._attack = finder or AttackFinder()
        self._calm_hops = 0
        self._noise_sure = False
        self.nonfinite_samples = 0
        self._reset(segment)

    def _reset(self, segment: int, first_id: int = 0, first_chord: int = 0) -> None:
        self._segment = segment
        self._sample = 0
        self._rest = np.zeros(0, np.float32)
        self._highpass = HighPass(SAMPLE_RATE_HZ)
        self._level = LevelMeter()
        self._onset = OnsetDetector()
        self._pitch = PitchTracker(self._f0_min_hz, REMEMBERED)
        self._recent = History(RECENT)
        self._notes = NoteMachine(segment, self._config.sensitivity, first_id)
        self._strums = Strums(segment, self._config.a4_hz, self._notes, first_chord)
        self._quiet_since = 0
        self._rings_hops = 0
        self._watch = BuzzWatch(self._config.a4_hz)

    @property
    def noise_dbfs(self) -> float:
        """Level of the learnt noise floor."""
        return self._noise.noise_dbfs

    @property
    def sample(self) -> int:
        """End of the last analysed hop, in samples of this segment."""
        return self._sample

    def process(self, block: Samples) -> list[Heard]:
        """Shape (n,), float32, any n; what it holds beyond whole hops waits for the next block.

        NaN and infinity are silence, and are counted in ``nonfinite_samples``.
        """
        assert block.ndim == 1, "mono, shape (n,)"
        samples = np.concatenate((self._rest, self._clean(block)), dtype=np.float32)
        heard: list[Heard] = []
        whole = len(samples) - len(samples) % HOP_SAMPLES
        for start in range(0, whole, HOP_SAMPLES):
            heard += self._hop(samples[start : start + HOP_SAMPLES])
        self._rest = samples[whole:]
        return heard

    def finish(self) -> list[LogEntry]:
        """The sound is over: close what is open. Nothing is reported that the last block did not."""
        closed = self._notes.close(self._sample, self._noise.power, self._noise.hum_power)
        return [*(self._with_noise(entry) for entry in closed), *self._strums.close(self._sample)]

    def begin_segment(self, segment: int) -> list[LogEntry]:
        """Samples were lost: close what is open and start anew at sample 0. The learnt noise floor stays."""
        closed = self.finish()
        self._noise.new_segment()
        self._hum.new_segment()
        self._reset(segment, self._notes.next_id, self._strums.next_id)
        return closed

    def _clean(self, block: Samples) -> Samples:
        if _is_sound(block):
            return block
        self.nonfinite_samples += int(len(block) - np.count_nonzero(np.isfinite(block)))
        return clean(block)

    def _hop(self, raw: Samples) -> list[Heard]:
        self._sample += HOP_SAMPLES
        count = self._sample // HOP_SAMPLES
        humming = self._highpass(raw)
        hop = self._hum.remove(humming)
        self._recent.push(hop)
        self._level.update(hop)
        flux = self._onset.update(hop)
        self._pitch.update(hop)
        quick = self._pitch.quick()
        machine = self._machine(flux, quick)
        facts = Hop(
            self._sample,
            self._config.a4_hz,
            flux,
            None if machine else quick,
            self._pitch.long if count % LONG_HOPS == 0 and not machine else _no_look,
            self._level.power,
            self._noise.power + self._hum.left_power + (self._level.power if machine else 0.0),
            self._noise.hum_power,
            self._pitch.refined_hz,
            self._attack_near,
            self._peak_since,
            self._partials,
            self._slope,
            self._likeness,
            self._decay_db_per_s,
            self._first_partial_hz,
            self._ringing_db,
            self._spectra,
        )
        told = self._notes.step(facts)
        told += self._strums.step(facts, self._pitch.low, told)
        heard: list[Heard] = [self._with_noise(entry) for entry in told]
        self._learn(humming, quick)
        if count % FRAME_HOPS == 0:
            heard.append(self._frame(facts))
        if self._sample % READ_SAMPLES == 0:
            noise, hum = round(self._noise.noise_dbfs, 1), round(self._noise.hum_dbfs, 1)
            heard.append(NoiseReading(self._segment, self._sample, noise, hum, self._noise_sure))
        return heard

    @property
    def _silent(self) -> bool:
        return self._notes.silent and self._strums.silent

    def _machine(self, flux: float, look: Look | None) -> bool:
        """Whether all that is heard is a machine's, not a string's."""
        if self._notes.silent:
            return False
        at, humming = self._notes.pitch, self._hum.may_be_turned_to(self._level.power)
        at_hz = None if at is None else self._config.a4_hz * 2.0 ** ((at - 69.0) / 12.0)
        low, begun = self._pitch.low(REACH), self._notes.next_id
        return self._watch.update(low, self._sample, flux, look, begun=begun, at_hz=at_hz, humming=humming)

    def _slope(self) -> Look | None:
        """The quick look of the sound's slope, unless that is a machine's; a dimmer is all slope."""
        look = self._pitch.slope()
        if look is None or look.clarity < CLEAR or is_buzz(self._pitch.low(REACH), look.f0_hz):
            return None
        return look

    def _learn(self, humming: Samples, look: Look | None) -> None:
        if not self._silent:
            self._quiet_since = self._sample + LEARN_AFTER
        first = not self._noise.known or self._sample < LEARN_AFTER
        silent = self._silent and (first or self._sample >= self._quiet_since)
        power, noise = self._level.power, self._ringing_noise(look)
        share = noise / (power + 1e-20)
        share = share if share < FALLEN else 1.0
        self._rings_hops = self._rings_hops + 1 if share < 1.0 else 0
        self._calm_hops = self._calm_hops + 1 if self._notes.silent and share >= 1.0 else 0
        self._noise_sure |= self._calm_hops >= CALM_HOPS
        # A string at 196 Hz would be learnt as hum at 200.
        self._hum.learn(silent=silent and self._rings_hops < RINGS_HOPS)
        rate = self._noise.update(humming, power, silent=silent, without_hum=self._hum.is_out, share=share)
        if rate:
            self._onset.learn_noise(rate, share**FLUX_SHARE)
        fallen = self._noise.bound(noise)
        if fallen < 1.0:
            self._onset.lower_noise(fallen**FLUX_SHARE)

    def _ringing_noise(self, look: Look | None) -> float:
        """As much as may be noise where a string rings (mean square), with infinity for what is none."""
        if look is None or look.clarity < RINGS or not (self._silent or self._sample % RINGS_EVERY == 0):
            return math.inf
        if is_buzz(self._pitch.low(REACH), look.f0_hz):
            return math.inf
        f0_hz = self._pitch.refined_hz(look.f0_hz)
        count = aperiodic_samples(f0_hz)
        return aperiodic_power(self._recent.newest(count), f0_hz) if self._sample >= count else math.inf

    def _frame(self, facts: Hop) -> Frame:
        look = facts.quick if self._notes.pitch is not None else None
        levels = (
            round(self._level.level_dbfs, 1),
            round(self._level.peak_dbfs, 1),
            round(self._noise.noise_dbfs, 1),
        )
        if look is None or look.clarity < 0.8:
            return Frame(self._segment, self._sample, *levels)
        midi = 69.0 + 12.0 * math.log2(look.f0_hz / self._config.a4_hz)
        nearest = math.floor(midi + 0.5)
        cents = round(100.0 * (midi - nearest), 1)
        return Frame(self._segment, self._sample, *levels, round(look.f0_hz, 3), nearest, cents, round(look.clarity, 3))

    def _with_noise(self, entry: LogEntry) -> LogEntry:
        """A note's end tells of all noise, hum included that the ear was spared; of none before silence was heard."""
        if not isinstance(entry, NoteEnded):
            return entry
        if not self._noise_sure:
            return replace(entry, noise_dbfs=None, hum_dbfs=None)
        noise, hum = round(self._noise.noise_dbfs, 1), round(self._noise.hum_dbfs, 1)
        return replace(entry, noise_dbfs=noise, hum_dbfs=hum)

    def _attack_near(self, rough: int, noticed: bool) -> Attack:
        """The attack near sample ``rough``, as a sample of this segment."""
        start = max(0, self._sample - RECENT)
        recent = self._recent.newest(self._sample - start)
        at = max(0, min(rough - start, len(recent) - 1))
        found = self._attack.find(recent, at, noticed=noticed)
        return Attack(start + found.at, found.sureness)

    def _peak_since(self, sample: int) -> float:
        count = max(HOP_SAMPLES, min(RECENT, self._sample - sample))
        return float(np.abs(self._recent.newest(count)).max())

    def _partials(self, since_sample: int, ringing_hz: float | None) -> Partials | None:
        count = min(WINDOW_MAX, (self._sample - since_sample) // DECIMATION)
        return Partials(self._pitch.low(count), ringing_hz) if count >= WINDOW_MIN else None

    def _likeness(self, f0_hz: float, before_sample: int) -> float:
        return likeness(self._recent.newest(min(RECENT, self._sample)), f0_hz, self._sample - before_sample)

    def _decay_db_per_s(self, f0_hz: float) -> float:
        return decay_db_per_s(self._recent.newest(min(RECENT, self._sample)), f0_hz)

    def _ringing_db(self, f0_hz: float, left_hz: float) -> float | None:
        return ringing_db(self._pitch.low(WINDOW_SAMPLES), f0_hz, left_hz, SAMPLE_RATE_HZ / DECIMATION)

    def _spectra(self, onset_sample: int) -> NDArray[np.float64]:
        back_hops = self._sample // HOP_SAMPLES - 1 - onset_sample // HOP_SAMPLES + BEFORE_HOPS
        return self._onset.spectra(back_hops, BEFORE_HOPS + AFTER_HOPS)

    def _first_partial_hz(self, rough_hz: float, start_sample: int, stop_sample: int) -> float | None:
        """``None`` also where that is forgotten already."""
        back, after = ((self._sample - sample) // DECIMATION for sample in (start_sample, stop_sample))
        if back > REMEMBERED:
            return None
        samples = self._pitch.low(back)[: back - after].astype(np.float64)
        return first_partial_hz(samples, rough_hz, SAMPLE_RATE_HZ / DECIMATION)
