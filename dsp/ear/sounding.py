"""The note that sounds: where its pitch is now, whether it proves itself, and its final numbers."""

import math
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from dsp.ear.curve import curve_numbers
from dsp.ear.hop import Hop
from dsp.ear.intonation import Intonation
from dsp.ear.level import dbfs
from dsp.ear.pitch import Look
from dsp.types import HOP_SAMPLES, SAMPLE_RATE_HZ, NoteEnded

MS: Final = SAMPLE_RATE_HZ // 1000

CLEAR: Final = 0.86
AGREE_SEMITONES: Final = 0.4
NEAR_SEMITONES: Final = 0.6
BESIDE_SEMITONES: Final = 0.56  # so far from the reported semitone that another one must be reported
GLIDE_CLEAR: Final = 0.96
GLIDE_SEMITONES: Final = 0.22  # per hop
EARLY_SHARP: Final = 0.25  # semitones at the stroke; of 1200 first readings half were 5 to 30 cents sharp, 1 in 20 60
SETTLES: Final = 80 * MS
SHARP_CLEAR: Final = 0.92
SLEW_SEMITONES: Final = 0.06  # per hop
CURVE_HOPS: Final = 4
CURVE_MAX: Final = 1_024  # 11 s
CORRECT_WITHIN: Final = 110 * MS
CORRECT_LOOKS: Final = 3
YOUNG_LOOKS: Final = 8
PROVE_HOPS: Final = 14  # 37 ms: what is taken back within 40 ms misled nobody
FALL_MAX: Final = 10.0 ** (-15.0 / 10.0)  # a string that is not held down is gone in no time; a note is not
DECAY_MAX_DB_PER_S: Final = 220.0  # real strings: 0 to 190 if held (1 in 200: more), 230 to 800 if let go
DECAY_SURE_DB_PER_S: Final = 100.0
SUNK: Final = 10.0 ** (-10.0 / 10.0)  # 1 note in 300 that is held down: if it also decays so fast, 1 in 700
DECAY_SUNK_DB_PER_S: Final = 140.0
DECAY_HOPS: Final = (PROVE_HOPS - 2, PROVE_HOPS)
INTO_FRETS_MAX: Final = 3
SPLINTER: Final = 40 * MS
LOST: Final = 60 * MS
ATTACK: Final = 50 * MS
RUNG: Final = 200 * MS  # by then a string that was let go is silent


@dataclass(slots=True)
class Sounding:
    """Mutable: it lives only inside the note machine."""

    note_id: int
    onset_sample: int
    decided_sample: int
    midi: int
    confidence: float
    level_dbfs: float
    at: float  # where its pitch is now, fractional MIDI
    last_heard_sample: int
    loudest: float
    trail: float = 0.0  # the last look that followed on from the one before
    before: float | None = None  # the pitch that sounded until its onset, and may ring on
    struck: bool = True
    slid: bool = False  # into, or off
    arrived: bool = False  # by a slide: nobody has to judge whether it was picked
    picked: bool | None = None  # judged by all of its attack
    weighed: bool = False
    listened: bool = False
    ringing_db: float | None = None
    heard: int = 0
    looked: int = 0
    clarity: float = 0.0  # mean of the looks that were of this note
    beside: int = 0
    decay_db_per_s: float = 0.0
    said: list[int] = field(default_factory=list)  # the newest three semitones that were reported
    moved_sample: int = 0
    doubts: list[float] = field(default_factory=list)
    curve: list[tuple[int, float]] = field(default_factory=list)
    intonation: Intonation = field(default_factory=Intonation)

    def young(self, hop: Hop) -> bool:
        """Whether a change of pitch would rather be a correction."""
        return hop.sample - self.onset_sample < CORRECT_WITHIN and self.heard < YOUNG_LOOKS

    def near(self, look: Look, midi: float) -> bool:
        """Whether this look is still of this note: close by, or on the way of a bend.

        A bend moves in small steps and stays clear; between two frets the period is blurred for a moment.
        """
        if look.clarity >= GLIDE_CLEAR and abs(midi - self.trail) <= GLIDE_SEMITONES:
            self.trail = self.at = midi
            return True
        return abs(midi - self.at) < NEAR_SEMITONES

    def stay(self, hop: Hop, look: Look, midi: float) -> bool:
        """Take a look of this note in. Returns whether the pitch has settled on another semitone than was reported."""
        self.heard += 1
        self._weigh(hop)
        self.clarity += (look.clarity - self.clarity) / self.heard
        self.last_heard_sample = hop.sample
        self.at += float(np.clip(midi - self.at, -SLEW_SEMITONES, SLEW_SEMITONES))
        if abs(midi - self.at) < 0.1:
            self.trail = midi
        if hop.sample // HOP_SAMPLES % CURVE_HOPS == 0 and look.clarity >= CLEAR:
            refined = hop.midi(hop.refined_hz(look.f0_hz))
            if abs(refined - midi) < AGREE_SEMITONES:
                self.curve.append((hop.sample - look.span_samples // 2, refined))
            if len(self.curve) >= CURVE_MAX:  # feedback may go on for ever
                del self.curve[: CURVE_MAX // 2 : 2]
        self.intonation.hear(hop, self.onset_sample, look.f0_hz)
        early = hop.sample - self.decided_sample < CORRECT_WITHIN // 2
        heard = settled(midi, look.clarity, hop.sample - self.onset_sample)
        self.beside = self.beside + 1 if early and abs(heard - self.midi) > BESIDE_SEMITONES else 0
        return self.beside >= CORRECT_LOOKS

    def _weigh(self, hop: Hop) -> None:
        """Its level, told at its end: of a hollow body's attack, which grows for 30 ms, the report saw a part.

        And, later, whether the string that was left is heard under it still.
        """
        if not self.weighed and hop.sample - self.onset_sample >= ATTACK:
            self.weighed = True
            if hop.sample - self.onset_sample < 2 * ATTACK:
                self.level_dbfs = max(self.level_dbfs, round(dbfs(hop.peak_since(self.onset_sample) ** 2), 2))

        if not self.listened and hop.sample - self.onset_sample >= RUNG:
            self.listened = True
            if self.before is not None and abs(self.before - self.at) > NEAR_SEMITONES:
                self.ringing_db = hop.ringing_db(hop.f0_hz(self.at), hop.f0_hz(self.before))

    def doubted(self, hop: Hop) -> float | None:
        """The pitch that the long look keeps saying instead, while the note is young; ``None`` if it agrees."""
        age = hop.sample - self.onset_sample
        if age > CORRECT_WITHIN:
            return None
        look = hop.long
        if look is None or look.span_samples > age + 6 * MS:
            return None
        midi = hop.midi(look.f0_hz)
        if look.clarity < CLEAR or abs(settled(midi, look.clarity, age) - self.midi) < BESIDE_SEMITONES:
            self.doubts.clear()
            return None
        if self.doubts and abs(self.doubts[-1] - midi) > AGREE_SEMITONES:
            self.doubts.clear()
        self.doubts.append(midi)
        return midi if len(self.doubts) >= CORRECT_LOOKS else None

    def move(self, midi: float, rests_at: float, sample: int) -> bool:
        """It was another pitch all along, and will rest there. Returns whether that changes the semitone."""
        self.at = self.trail = midi
        self.curve.clear()
        self.intonation.measured.clear()
        self.doubts.clear()
        self.beside = 0
        self.heard = max(self.heard, self.looked // 2)  # what it was until now says nothing against it
        self.last_heard_sample = sample
        before, (self.midi, _) = self.midi, split(rests_at)
        if self.midi != before:
            self.said, self.moved_sample = [*self.said[-2:], self.midi], sample
        return self.midi != before

    def was_slid_into(self) -> bool:
        """Whether what was said of its pitch went from fret to fret, as a finger does; a wrong first look jumps."""
        steps = np.diff(self.said)
        return len(steps) == 2 and bool(steps[0] * steps[1] > 0 and np.abs(steps).max() <= INTO_FRETS_MAX)

    def leave(self, sample: int) -> None:
        """It was left then: what the curve holds of the way is not its own."""
        self.curve = [point for point in self.curve if point[0] <= sample]
        self.at = self.curve[-1][1] if self.curve else float(self.midi)

    def has_no_pitch(self) -> bool:
        """At its proof: hardly any look since the report was of this note."""
        return self.looked == PROVE_HOPS and self.heard < PROVE_HOPS // 2

    def has_fallen(self, hop: Hop) -> bool:
        """Until its proof: the string was not held down, or it was a click."""
        return self.looked <= PROVE_HOPS and hop.power < FALL_MAX * self.loudest

    def dies(self, hop: Hop) -> bool:
        """At its proof: it dies faster than a string that is held down."""
        if self.looked in DECAY_HOPS:
            self.decay_db_per_s = max(self.decay_db_per_s, hop.decay_db_per_s(hop.f0_hz(self.at)))
        if self.looked != PROVE_HOPS or self.has_no_pitch():
            return False
        has_sunk = hop.power < SUNK * self.loudest and self.decay_db_per_s > DECAY_SUNK_DB_PER_S
        return has_sunk or self.decay_db_per_s > DECAY_MAX_DB_PER_S

    def holds(self) -> bool:
        """At its proof: surely a string that is held down."""
        return self.looked == PROVE_HOPS and self.decay_db_per_s < DECAY_SURE_DB_PER_S

    def is_splinter(self, until_sample: int) -> bool:
        """Unproven, and so short that nobody played it: a click's bleed, a finger that was there before the pick."""
        return self.looked < PROVE_HOPS and until_sample - self.onset_sample < SPLINTER

    def is_over(self, hop: Hop) -> bool:
        """Not heard for a while; a shorter while where it has sunk into the noise."""
        unheard = hop.sample - self.last_heard_sample
        return unheard > LOST or (unheard > LOST // 3 and hop.power < 2.0 * hop.noise_power)

    def ended(self, segment: int, sample: int, noise_power: float, hum_power: float) -> NoteEnded:
        """Its final numbers. The reported semitone stands."""
        numbers = curve_numbers(self.curve, self.onset_sample, self.at)
        slid = self.slid or self.was_slid_into()
        straight = not (slid or numbers.bend_cents or numbers.vibrato_hz)
        if straight:
            pitch = self.intonation.pitch(numbers.pitch, sample)
        else:
            pitch = numbers.pitch + self.intonation.beside_period(self.curve, numbers.pitch)
        cents = 100.0 * (pitch - self.midi)
        if abs(cents) > 70.0:
            cents = 100.0 * (self.at - self.midi) if abs(self.at - self.midi) < 0.7 else 0.0
        held = self.heard / self.looked if self.looked else 1.0
        sure = max(self.confidence, confidence(self.clarity, self.loudest, noise_power))
        return NoteEnded(
            segment,
            self.note_id,
            max(sample, self.onset_sample + HOP_SAMPLES),
            self.midi,
            round(cents, 2),
            round(sure * (0.4 + 0.6 * held), 3),
            self.level_dbfs,
            slid,
            round(numbers.bend_cents, 1),
            round(numbers.vibrato_hz, 2),
            round(dbfs(noise_power), 1),
            round(dbfs(hum_power), 1),
            round(numbers.vibrato_cents, 1),
            None if self.ringing_db is None else round(self.ringing_db, 1),
            self.picked,
        )


def settled(midi: float, clarity: float, age_samples: int) -> float:
    """Where a pitch read so early will come to rest: a struck string is taut, and sharp at first.

    What is unclear may be two strings at once, and lies between them instead.
    """
    return midi if clarity < SHARP_CLEAR else midi - max(0.0, EARLY_SHARP * (1.0 - age_samples / SETTLES))


def split(midi: float) -> tuple[int, float]:
    """Nearest semitone, and the cents from it."""
    semitone = math.floor(midi + 0.5)
    return semitone, round(100.0 * (midi - semitone), 2)


def confidence(clarity: float, power: float, noise_power: float) -> float:
    """How clear the period was, less where the note hardly stands above the noise; 0 to 1."""
    above = power / (power + 4.0 * noise_power + 1e-12)
    return round(max(0.0, min(1.0, (clarity - 0.6) / 0.36)) * above, 3)
