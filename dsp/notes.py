"""The note machine: where a beginning meets a pitch there is a note.

A note starts fast, on two agreeing looks at what came after an onset, or where a pitch jumps and stays (hammer-on,
pull-off). What was said too early is corrected or taken back by the long look. Bends and vibrato move slowly and stay
one note; a held note is one note; a stroke on the same pitch is a new one if it is a stroke.
"""

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from dsp.curve import curve_numbers
from dsp.evidence import Evidence
from dsp.level import dbfs
from dsp.pitch import Look
from dsp.types import LogEntry, NoteCorrected, NoteEnded, NoteRetracted, NoteStarted

HOP: Final = 128
MS: Final = 48  # samples

FLUX_NEW: Final = 0.11  # something began
FLUX_STROKE: Final = 0.40
DIP_STROKE: Final = 0.12
DIP_LOUD_STROKE: Final = 0.04
FLUX_PICKED: Final = 0.25
ONSET_APART: Final = 45 * MS
RISES_FOR: Final = 12 * MS
STRONGER: Final = 1.5
ONSET_WAITS: Final = 110 * MS
AGREE_SEMITONES: Final = 0.4
CLEAR: Final = 0.86
ENOUGH: Final = 0.36  # two clear looks
ENOUGH_SAME: Final = 1.6  # so clearly the same that the onset was none
ENOUGH_YOUNG: Final = 0.6
ENOUGH_CHANGE: Final = 1.1
ENOUGH_FAR: Final = 4.0  # an octave or a twelfth away without a stroke: rather an overtone that outlives the rest
YOUNG_LOOKS: Final = 8
CHANGE_SEMITONES: Final = 0.6
SAME_SEMITONES: Final = 0.5
GLIDE_CLEAR: Final = 0.96
GLIDE_SEMITONES: Final = 0.22  # per hop
SLEW_SEMITONES: Final = 0.06  # per hop; the fastest bends and vibratos stay below
ABOVE_NOISE: Final = 10.0 ** (7.0 / 10.0)
LOST: Final = 60 * MS
CORRECT_WITHIN: Final = 110 * MS
CORRECT_LOOKS: Final = 3
PROVE_AFTER: Final = 32 * MS
WARM_UP: Final = 30 * MS


@dataclass(slots=True)
class Hop:
    """What the earlier stages heard in one hop. ``quick`` every hop, ``long`` every second one."""

    sample: int
    flux: float
    quick: Look | None
    long: Look | None
    power: float
    noise_power: float
    refined_hz: Callable[[float], float]
    locate: Callable[[int], int]
    peak_since: Callable[[int], float]


@dataclass(slots=True)
class _Pending:
    """An onset that waits for its pitch."""

    rough: int
    flux: float
    before: float | None  # the pitch that sounded then
    clarity_before: float
    dip: float = 1.0  # how unclear that pitch became
    evidence: Evidence = field(default_factory=Evidence)


@dataclass(slots=True)
class _Open:
    """The note that sounds."""

    note_id: int
    onset: int
    decided: int
    midi: int
    confidence: float
    level_dbfs: float
    at: float  # where its pitch is now, fractional MIDI
    trail: float  # the last look that followed on from the one before
    last_heard: int
    curve: list[tuple[int, float]] = field(default_factory=list)
    loudest: float = 0.0
    heard: int = 0
    looked: int = 0
    beside: int = 0
    doubts: list[float] = field(default_factory=list)


class NoteMachine:
    """``step`` with every hop gives the log entries that it causes."""

    def __init__(self, segment: int, a4_hz: float, sensitivity: float, first_id: int = 0) -> None:
        self.segment = segment
        self._a4_hz = a4_hz
        self._above_noise = ABOVE_NOISE * 10.0 ** ((0.5 - sensitivity) * 0.8)
        self.next_id = first_id
        self._pending: _Pending | None = None
        self._open: _Open | None = None
        self._last_onset = -ONSET_APART
        self._last_flux = 0.0
        self._clarity = 0.0
        self._change = Evidence()
        self._fluxes: deque[tuple[int, float]] = deque(maxlen=24)

    @property
    def silent(self) -> bool:
        """Neither a note nor an onset that waits for one."""
        return self._open is None and self._pending is None

    @property
    def pitch(self) -> float | None:
        """The pitch that sounds, fractional MIDI."""
        return self._open.at if self._open is not None else None

    def step(self, hop: Hop) -> list[LogEntry]:
        """One hop further."""
        self._fluxes.append((hop.sample, hop.flux))
        self._notice(hop)
        entries: list[LogEntry] = []
        if self._pending is not None:
            entries += self._await_pitch(hop)
        if self._open is not None:
            entries += self._follow(hop)
        return entries

    def close(self, sample: int, noise_dbfs: float | None, hum_dbfs: float | None) -> list[LogEntry]:
        """The sound ends here: end what is open, report nothing new."""
        self._pending = None
        return self._end(sample, noise_dbfs, hum_dbfs)

    def _notice(self, hop: Hop) -> None:
        """Something began? Keep it until its pitch is clear, or until it is too old to have one."""
        pending = self._pending
        if pending is not None and hop.sample - pending.rough > ONSET_WAITS:
            pending = self._pending = None
        if hop.sample < WARM_UP:
            return
        since = hop.sample - self._last_onset
        if since <= RISES_FOR:
            self._last_flux = max(self._last_flux, hop.flux)
            if pending is not None:
                pending.flux = self._last_flux
        # Shortly after a finger or a squeak only something clearly stronger is the stroke itself.
        elif hop.flux >= self._needed_flux(since):
            at = self._open.at if self._open is not None else None
            clarity = self._clarity
            if pending is not None and pending.before is not None:
                at, clarity = pending.before, pending.clarity_before
            self._pending = _Pending(hop.sample, hop.flux, at, clarity)
            self._last_onset, self._last_flux = hop.sample, hop.flux
        self._clarity += 0.25 * ((hop.quick.clarity if hop.quick is not None else 0.0) - self._clarity)

    def _needed_flux(self, since: int) -> float:
        if since >= ONSET_APART:
            return FLUX_NEW
        return max(FLUX_STROKE, (0.5 if since > ONSET_APART // 2 else STRONGER) * self._last_flux)

    def _await_pitch(self, hop: Hop) -> list[LogEntry]:
        pending, look = self._pending, hop.quick
        assert pending is not None
        pending.dip = min(pending.dip, look.clarity if look is not None else 0.0)
        if look is None or hop.sample - look.span_samples < pending.rough - HOP:
            return []
        midi = self._midi(look.f0_hz)
        rival = pending.evidence.add(midi, look, hop.sample)
        if rival is None or rival.looks < 2 or rival.weight < ENOUGH:
            return []
        if hop.power < self._above_noise * hop.noise_power:
            return []
        same = self._open is not None and pending.before is not None and abs(midi - pending.before) < SAME_SEMITONES
        if same and not self._is_stroke(pending):
            if rival.weight > ENOUGH_SAME:
                self._pending = None
            return []
        self._pending = None
        onset = hop.locate(pending.rough)
        return self._begin(hop, onset, midi, rival.clarity, pending.flux >= FLUX_PICKED)

    def _is_stroke(self, pending: _Pending) -> bool:
        """On the same pitch: a stroke breaks the period of the string for a moment; a squeak or a beat does not."""
        dip = pending.clarity_before - pending.dip
        return dip >= DIP_STROKE or (pending.flux >= FLUX_STROKE and dip >= DIP_LOUD_STROKE)

    def _follow(self, hop: Hop) -> list[LogEntry]:
        note = self._open
        assert note is not None
        if hop.sample == note.decided:
            return []
        note.looked += 1
        look = hop.quick
        if look is not None and look.clarity >= 0.75:
            midi = self._midi(look.f0_hz)
            if self._glides(note, look, midi) or abs(midi - note.at) < CHANGE_SEMITONES:
                entries = self._stay(note, hop, look, midi)
            else:
                entries = self._moved(note, hop, look, midi)
            if entries:
                return entries
        if note.looked == PROVE_AFTER // HOP and note.heard < note.looked // 2:
            return self._retract(note, hop.sample)
        faded = hop.power < 2.0 * hop.noise_power
        if hop.sample - note.last_heard > LOST or (faded and hop.sample - note.last_heard > LOST // 3):
            return self._end(note.last_heard, dbfs(hop.noise_power), None)
        return self._doubt(note, hop)

    @staticmethod
    def _glides(note: _Open, look: Look, midi: float) -> bool:
        """A bend moves in small steps and stays clear; between two frets the period is blurred for a moment."""
        if look.clarity < GLIDE_CLEAR or abs(midi - note.trail) > GLIDE_SEMITONES:
            return False
        note.trail = note.at = midi
        return True

    def _stay(self, note: _Open, hop: Hop, look: Look, midi: float) -> list[LogEntry]:
        self._change.clear()
        note.heard += 1
        note.last_heard = hop.sample
        note.at += float(np.clip(midi - note.at, -SLEW_SEMITONES, SLEW_SEMITONES))
        if abs(midi - note.at) < 0.1:
            note.trail = midi
        beside = hop.sample - note.decided < CORRECT_WITHIN // 2 and abs(midi - note.midi) > 0.56
        note.beside = note.beside + 1 if beside else 0
        if note.beside >= CORRECT_LOOKS:
            return self._correct(note, hop, midi, look.clarity)
        if hop.sample // HOP % 4 == 0 and look.clarity >= CLEAR:
            refined = self._midi(hop.refined_hz(look.f0_hz))
            if abs(refined - midi) < AGREE_SEMITONES:
                note.curve.append((hop.sample - look.span_samples // 2, refined))
        return []

    def _moved(self, note: _Open, hop: Hop, look: Look, midi: float) -> list[LogEntry]:
        """The pitch is elsewhere: once it stays there it is another note, struck or not."""
        young = hop.sample - note.onset < CORRECT_WITHIN and note.heard < YOUNG_LOOKS
        rival = self._change.add(midi, look, hop.sample)
        overtone = min(abs(abs(midi - note.at) - far) for far in (12.0, 19.02, 24.0, 27.86)) < 0.5
        enough = ENOUGH_YOUNG if young else ENOUGH_FAR if overtone else ENOUGH_CHANGE
        if rival is None or rival.weight < enough or hop.power < self._above_noise * hop.noise_power:
            return []
        if self._pending is not None:
            return []
        if young:
            return self._correct(note, hop, midi, look.clarity)
        onset = self._soft_onset(rival.since)
        return self._begin(hop, onset, self._midi(hop.refined_hz(look.f0_hz)), look.clarity, stroke=False)

    def _soft_onset(self, guess: int) -> int:
        """Where the flux was greatest around the guess: a hammer has a small knock of its own."""
        near = [(flux, sample) for sample, flux in self._fluxes if abs(sample - 2 * HOP - guess) < 12 * MS]
        flux, sample = max(near, default=(0.0, 0))
        return sample - 2 * HOP if flux > 0.06 else guess

    def _doubt(self, note: _Open, hop: Hop) -> list[LogEntry]:
        """The long look at a young note: does it say the same?"""
        look = hop.long
        if (
            look is None
            or hop.sample - note.onset > CORRECT_WITHIN
            or look.span_samples > hop.sample - note.onset + 6 * MS
        ):
            return []
        midi = self._midi(look.f0_hz)
        if look.clarity < CLEAR or abs(midi - note.midi) < 0.56:
            note.doubts.clear()
            return []
        if note.doubts and abs(note.doubts[-1] - midi) > AGREE_SEMITONES:
            note.doubts.clear()
        note.doubts.append(midi)
        return self._correct(note, hop, midi, look.clarity) if len(note.doubts) >= CORRECT_LOOKS else []

    def _begin(self, hop: Hop, onset: int, midi: float, clarity: float, stroke: bool) -> list[LogEntry]:
        onset = min(onset, hop.sample)
        entries: list[LogEntry] = []
        if self._open is not None:
            onset = max(onset, self._open.onset + HOP)
            entries += self._end(onset, dbfs(hop.noise_power), None)
        semitone, cents = _split(midi)
        level = round(dbfs(hop.peak_since(onset) ** 2), 2)
        confidence = round(_confidence(clarity, hop.power, hop.noise_power), 3)
        self._open = _Open(self.next_id, onset, hop.sample, semitone, confidence, level, midi, midi, hop.sample)
        self.next_id += 1
        self._change.clear()
        entries.append(
            NoteStarted(self.segment, self._open.note_id, onset, hop.sample, semitone, cents, confidence, level, stroke)
        )
        return entries

    def _correct(self, note: _Open, hop: Hop, midi: float, clarity: float) -> list[LogEntry]:
        note.at = note.trail = midi
        note.curve.clear()
        note.doubts.clear()
        self._change.clear()
        note.last_heard = hop.sample
        semitone, cents = _split(midi)
        if semitone == note.midi:
            return []
        note.midi = semitone
        note.confidence = round(_confidence(clarity, hop.power, hop.noise_power), 3)
        return [NoteCorrected(self.segment, note.note_id, hop.sample, semitone, cents, note.confidence)]

    def _retract(self, note: _Open, sample: int) -> list[LogEntry]:
        self._open = None
        self._change.clear()
        if sample - note.onset < ONSET_WAITS and self._pending is None:
            # Something did begin there: its pitch may still become clear.
            self._pending = _Pending(note.onset + HOP, FLUX_STROKE, None, 0.0)
        return [NoteRetracted(self.segment, note.note_id, sample)]

    def _end(self, sample: int, noise_dbfs: float | None, hum_dbfs: float | None) -> list[LogEntry]:
        note, self._open = self._open, None
        self._change.clear()
        if note is None:
            return []
        numbers = curve_numbers(note.curve, note.onset, note.at)
        # The reported semitone stands; its cents may pass 50 where a string sits between two frets.
        cents = round(100.0 * (numbers.pitch - note.midi), 2)
        if abs(cents) > 70.0:
            cents = round(100.0 * (note.at - note.midi), 2) if abs(note.at - note.midi) < 0.7 else 0.0
        return [
            NoteEnded(
                self.segment,
                note.note_id,
                max(sample, note.onset + HOP),
                note.midi,
                cents,
                note.confidence,
                note.level_dbfs,
                numbers.slide,
                round(numbers.bend_cents, 1),
                round(numbers.vibrato_hz, 2),
                None if noise_dbfs is None else round(noise_dbfs, 1),
                None if hum_dbfs is None else round(hum_dbfs, 1),
            )
        ]

    def _midi(self, f0_hz: float) -> float:
        return 69.0 + 12.0 * math.log2(f0_hz / self._a4_hz)


def _split(midi: float) -> tuple[int, float]:
    """Nearest semitone, and the cents from it."""
    semitone = math.floor(midi + 0.5)
    return semitone, round(100.0 * (midi - semitone), 2)


def _confidence(clarity: float, power: float, noise_power: float) -> float:
    """How clear the period was, less where the note hardly stands above the noise."""
    above = power / (power + 4.0 * noise_power + 1e-12)
    return max(0.0, min(1.0, (clarity - 0.6) / 0.36)) * above
