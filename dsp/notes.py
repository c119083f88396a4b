"""The note machine: where a beginning meets a pitch there is a note.

A note starts fast, on two agreeing looks at what came after an onset, or where a pitch jumps and stays (hammer-on,
pull-off). What was said too early is corrected or taken back by the long look. Bends and vibrato move slowly and stay
one note; a held note is one note; a stroke on the same pitch is a new one if it is a stroke.
"""

from typing import Final

from dsp.decay import PlayedLevel
from dsp.evidence import Evidence, Rival
from dsp.hop import Hop
from dsp.level import dbfs
from dsp.pitch import Look
from dsp.sounding import CORRECT_WITHIN, FALL_MAX, PROVE_HOPS, Sounding, confidence, settled, split
from dsp.strokes import MS, WAITS, Pending, StrokeWatch
from dsp.types import HOP_SAMPLES, LogEntry, NoteCorrected, NoteRetracted, NoteStarted

FOLLOW_CLEAR: Final = 0.75
SAME_SEMITONES: Final = 0.5
ENOUGH: Final = 0.30  # two clear looks
ENOUGH_AGAIN: Final = 0.9  # after one was taken back
ENOUGH_SAME: Final = 1.6  # so clearly the same that the onset was none
ENOUGH_YOUNG: Final = 0.6
ENOUGH_CHANGE: Final = 1.1
ENOUGH_FAR: Final = 4.0  # an octave or a twelfth away without a stroke: rather an overtone that outlives the rest
ENOUGH_LOOKS: Final = 3  # at one pitch, where nothing spoke for the one that was reported
OVERTONES: Final = (12.0, 19.02, 24.0, 27.86)
FLUX_LATE: Final = 2 * HOP_SAMPLES  # a window of 512 notices an attack some 5 ms after it began
RINGS_ON: Final = 500 * MS
FLUX_SURE: Final = 0.9  # no squeak is so broad
LEVEL_CHANGE: Final = 10.0 ** (0.5 / 10.0)
ALIKE: Final = 0.8
ECHO: Final = 65 * MS
USUAL_DB: Final = 10.0  # so far below the other notes a short note is still a note
ABOVE_NOISE_DB: Final = 7.0
SENSITIVITY_DB: Final = 8.0  # from sensitivity 0 to 1


class NoteMachine:
    """``step`` with every hop gives the log entries that it causes."""

    def __init__(self, segment: int, sensitivity: float, first_id: int = 0) -> None:
        self.segment = segment
        self.next_id = first_id
        self._above_noise = 10.0 ** ((ABOVE_NOISE_DB + (0.5 - sensitivity) * SENSITIVITY_DB) / 10.0)
        self._strokes = StrokeWatch()
        self._open: Sounding | None = None
        self._last: Sounding | None = None
        self._change = Evidence()
        self._played = PlayedLevel()

    @property
    def silent(self) -> bool:
        """Neither a note nor an onset that waits for one."""
        return self._open is None and self._strokes.pending is None

    @property
    def pitch(self) -> float | None:
        """The pitch that sounds, fractional MIDI."""
        return self._open.at if self._open is not None else None

    def step(self, hop: Hop) -> list[LogEntry]:
        """One hop further."""
        self._strokes.update(hop, self.pitch)
        entries: list[LogEntry] = []
        pending = self._strokes.pending
        if self._open is not None:
            hop.keep_to(self._open.at)
        if pending is not None:
            hop.hear_overtones(pending.rough_sample - FLUX_LATE, self._ringing(hop))
        elif self._open is not None and hop.sample - self._open.onset_sample < CORRECT_WITHIN:
            hop.hear_overtones(self._open.onset_sample, self._open.before)
        if pending is not None:
            entries += self._await_pitch(pending, hop)
        if self._open is not None and self._open.decided_sample < hop.sample:
            entries += self._follow(self._open, hop)
        return entries

    def close(self, sample: int, noise_power: float, hum_power: float) -> list[LogEntry]:
        """The sound ends here: end what is open, report nothing new."""
        self._strokes.pending = None
        return self._end(sample, noise_power, hum_power)

    def _await_pitch(self, pending: Pending, hop: Hop) -> list[LogEntry]:
        """The looks at what came after the onset: once they agree, there is a note."""
        look = hop.quick
        if look is None or hop.sample - look.span_samples < pending.rough_sample - FLUX_LATE:
            return []
        midi = hop.midi(look.f0_hz)
        rival = pending.evidence.add(midi, look, hop.sample)
        enough = ENOUGH_AGAIN if pending.again else ENOUGH
        if rival is None or rival.looks < 2 or rival.weight < enough or not self._is_loud(hop):
            return []
        if not pending.evidence.leads(rival):
            return []
        same = self._open is not None and pending.before is not None and abs(midi - pending.before) < SAME_SEMITONES
        if same and not pending.is_stroke:
            if rival.weight > ENOUGH_SAME:
                self._strokes.pending = None
            return []
        if same and self._rings_on(pending, hop, midi):
            self._strokes.pending = None
            return []
        self._strokes.pending = None
        if self._open is not None and self._open.young(hop) and self._is_echo(pending, self._open):
            # No second stroke so soon after the first: the first look was at its noise.
            return self._correct(self._open, hop, midi, look)
        return self._begin(hop, hop.locate(pending.rough_sample), midi, rival, stroke=pending.picked)

    def _rings_on(self, pending: Pending, hop: Hop, midi: float) -> bool:
        """Whether the string was disturbed but not set off anew: it swings as before, and no louder."""
        before_sample = pending.rough_sample - FLUX_LATE
        change = hop.power / (self._strokes.power_at(before_sample) + 1e-12)
        if not pending.picked:
            return change < 1.0
        if pending.flux >= FLUX_SURE or not 1.0 / LEVEL_CHANGE < change < LEVEL_CHANGE:
            return False
        return hop.likeness(hop.f0_hz(midi), before_sample) > ALIKE

    @staticmethod
    def _is_echo(pending: Pending, note: Sounding) -> bool:
        return not pending.is_loud and pending.rough_sample - note.onset_sample < ECHO

    def _follow(self, note: Sounding, hop: Hop) -> list[LogEntry]:
        """The note goes on, moves, proves itself or ends."""
        note.looked += 1
        note.loudest = max(note.loudest, hop.power)
        if note.dies(hop) and not self._played.is_usual(note.loudest, USUAL_DB):
            return self._retract(note, hop, for_good=True)
        look = hop.quick
        if look is not None and look.clarity >= FOLLOW_CLEAR:
            entries = self._look_at(note, hop, look)
            if entries:
                return entries
        if note.has_fallen(hop):
            return self._retract(note, hop)
        if note.has_no_pitch():
            other = self._change.best()
            if other is not None and other.looks >= ENOUGH_LOOKS and other.clarity >= FOLLOW_CLEAR:
                return self._correct(note, hop, other.midi, hop.quick)
            return self._retract(note, hop)
        if note.holds():
            self._played.learn(note.loudest)
        if note.is_over(hop):
            # Over before it was proven: it was a knock.
            if note.looked <= PROVE_HOPS:
                return self._retract(note, hop)
            return self._end(note.last_heard_sample, hop.noise_power, hop.hum_power)
        midi = note.doubted(hop)
        return self._correct(note, hop, midi, hop.long) if midi is not None else []

    def _look_at(self, note: Sounding, hop: Hop, look: Look) -> list[LogEntry]:
        midi = hop.midi(look.f0_hz)
        if not note.near(look, midi):
            return self._moved(note, hop, look, midi)
        self._change.clear()
        return self._correct(note, hop, midi, look) if note.stay(hop, look, midi) else []

    def _moved(self, note: Sounding, hop: Hop, look: Look, midi: float) -> list[LogEntry]:
        """The pitch is elsewhere: once it stays there it is another note, struck or not."""
        rival = self._change.add(midi, look, hop.sample)
        young = note.young(hop)
        overtone = min(abs(abs(midi - note.at) - far) for far in OVERTONES) < SAME_SEMITONES
        enough = ENOUGH_YOUNG if young else ENOUGH_FAR if overtone else ENOUGH_CHANGE
        if rival is None or rival.weight < enough or not self._is_loud(hop) or self._strokes.pending is not None:
            return []
        if young:
            return self._correct(note, hop, midi, look)
        onset_sample = self._strokes.soft_onset(rival.since_sample)
        return self._begin(hop, onset_sample, hop.midi(hop.refined_hz(look.f0_hz)), rival, stroke=False)

    def _begin(self, hop: Hop, onset_sample: int, midi: float, rival: Rival, stroke: bool) -> list[LogEntry]:
        onset_sample = min(onset_sample, hop.sample)
        ended: list[LogEntry] = []
        before = self._ringing(hop)
        if self._open is not None:
            onset_sample = max(onset_sample, self._open.onset_sample + HOP_SAMPLES)
            if self._open.is_splinter(onset_sample):
                ended = self._retract(self._open, hop, for_good=True)
            else:
                ended = self._end(onset_sample, hop.noise_power, hop.hum_power)
        semitone, cents = split(settled(midi, rival.clarity, hop.sample - onset_sample))
        level = round(dbfs(hop.peak_since(onset_sample) ** 2), 2)
        sure = confidence(rival.clarity, hop.power, hop.noise_power)
        note_id, self.next_id = self.next_id, self.next_id + 1
        loudest = self._strokes.loudest_since(onset_sample)
        self._open = Sounding(
            note_id, onset_sample, hop.sample, semitone, sure, level, midi, hop.sample, loudest, midi, before
        )
        self._change.clear()
        started = NoteStarted(self.segment, note_id, onset_sample, hop.sample, semitone, cents, sure, level, stroke)
        return [*ended, started]

    def _correct(self, note: Sounding, hop: Hop, midi: float, look: Look | None) -> list[LogEntry]:
        self._change.clear()
        clarity = look.clarity if look is not None else 0.0
        rests_at = settled(midi, clarity, hop.sample - note.onset_sample)
        if not note.move(midi, rests_at, hop.sample):
            return []
        pending = self._strokes.pending
        if pending is not None and self._is_echo(pending, note):
            self._strokes.pending = None  # it was judged by a pitch that never was
        note.confidence = confidence(clarity, hop.power, hop.noise_power)
        semitone, cents = split(rests_at)
        return [NoteCorrected(self.segment, note.note_id, hop.sample, semitone, cents, note.confidence)]

    def _retract(self, note: Sounding, hop: Hop, *, for_good: bool = False) -> list[LogEntry]:
        self._open = None
        self._change.clear()
        if not for_good and hop.sample - note.onset_sample < WAITS and hop.power > FALL_MAX * note.loudest:
            self._strokes.wait_again(note.onset_sample)
        return [NoteRetracted(self.segment, note.note_id, hop.sample)]

    def _end(self, sample: int, noise_power: float, hum_power: float) -> list[LogEntry]:
        note, self._open = self._open, None
        self._change.clear()
        self._last = note or self._last
        return [note.ended(self.segment, sample, noise_power, hum_power)] if note is not None else []

    def _ringing(self, hop: Hop) -> float | None:
        """The pitch that sounds, or did a moment ago and may ring on."""
        note = self._open or self._last
        return note.at if note is not None and hop.sample - note.last_heard_sample < RINGS_ON else None

    def _is_loud(self, hop: Hop) -> bool:
        return bool(hop.power >= self._above_noise * hop.noise_power)
