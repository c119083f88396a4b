"""The book of notes: the one that sounds, the one that was left for it, and the log entries that tell of them.

What is a note, and when, the note machine decides; here stands how it is said. Each note that was started is ended or
retracted exactly once; only one that turns out to be of a chord, and no tone of it, may be taken back after its end.
"""

from collections import deque
from collections.abc import Callable
from typing import Final

from dsp.ear.evidence import Evidence
from dsp.ear.hop import Hop
from dsp.ear.level import dbfs
from dsp.ear.picked import PickJudge, knows_all
from dsp.ear.pitch import Look
from dsp.ear.slide import Left
from dsp.ear.sounding import FALL_MAX, Sounding, confidence, settled, split
from dsp.ear.strokes import MS, WAITS, Pending, StrokeWatch
from dsp.types import CHORD_NOTE_EARLY_SAMPLES, HOP_SAMPLES, LogEntry, NoteCorrected, NoteRetracted, NoteStarted

RINGS_ON: Final = 500 * MS
ECHO: Final = 65 * MS
SAME_SEMITONES: Final = 0.5
TOLD: Final = 8  # notes whose end was told, that may still turn out to be of a chord


class NoteBook:
    """At most one note is ``open``; ``left`` is the one before it, while its end is not told; ids begin at ``next_id``.

    ``change``: looks at another pitch than that of the open note; ``held``: the notes that are strings of a chord.
    """

    def __init__(self, segment: int, next_id: int, strokes: StrokeWatch) -> None:
        self.segment = segment
        self.next_id = next_id
        self.open: Sounding | None = None
        self.left: Left | None = None
        self.change = Evidence()
        self.held: list[Sounding] = []
        self._last: Sounding | None = None
        self._told: deque[Sounding] = deque(maxlen=TOLD)
        self._strokes = strokes
        self._judge = PickJudge()

    def begin(
        self, hop: Hop, onset_sample: int, midi: float, clarity: float, stroke: bool, slid: bool = False
    ) -> list[LogEntry]:
        """Start a note; ``midi`` is where its pitch is now, ``slid`` whether a finger slid there."""
        onset_sample = min(onset_sample, hop.sample)
        before = self.ringing(hop)
        if self.open is not None:
            onset_sample = max(onset_sample, self.open.onset_sample + HOP_SAMPLES)
        ended = self._leave(hop, onset_sample)
        semitone, cents = split(settled(midi, clarity, hop.sample - onset_sample))
        level = round(dbfs(hop.peak_since(onset_sample) ** 2), 2)
        sure = confidence(clarity, hop.power, hop.noise_power)
        note_id, self.next_id = self.next_id, self.next_id + 1
        loudest = self._strokes.loudest_since(onset_sample)
        self.open = Sounding(
            note_id, onset_sample, hop.sample, semitone, sure, level, midi, hop.sample, loudest, midi, before
        )
        self.open.struck, self.open.slid, self.open.said = stroke, slid, [semitone]
        self.open.arrived = slid
        self.change.clear()
        picked = self._was_picked(self.open, hop)
        started = NoteStarted(self.segment, note_id, onset_sample, hop.sample, semitone, cents, sure, level, picked)
        return [*ended, started]

    def weigh(self, hop: Hop) -> None:
        """Once all of the open note's attack was heard: was it picked? Told at its end."""
        note = self.open
        if note is None or note.picked is not None or not knows_all(note.onset_sample, hop.sample):
            return
        note.picked = self._was_picked(note, hop, whole=True)

    def _was_picked(self, note: Sounding, hop: Hop, *, whole: bool = False) -> bool:
        """Out of silence, or on the pitch that sounded, only a pick begins a note."""
        likely = self._judge.odds(hop.spectra(note.onset_sample), remember=whole) > 0.0
        if note.arrived:
            return False
        return likely or note.before is None or abs(note.before - note.at) < SAME_SEMITONES

    def _leave(self, hop: Hop, sample: int) -> list[LogEntry]:
        """Another note begins at ``sample``: what became of the open one is told later."""
        note, self.open = self.open, None
        if note is None:
            if self.left is not None:
                self.left.sliding = False
            return self.tell_left(hop.noise_power, hop.hum_power)
        if note.is_splinter(sample):
            return self.retract(note, hop, for_good=True)
        told = self.tell_left(hop.noise_power, hop.hum_power)
        self._last, self.left = note, Left(note, sample, self._strokes.power_at(sample))
        return told

    def correct(self, note: Sounding, hop: Hop, midi: float, look: Look | None) -> list[LogEntry]:
        """Its pitch is ``midi``, as ``look`` says; nothing is told where that is the semitone that was reported."""
        self.change.clear()
        clarity = look.clarity if look is not None else 0.0
        rests_at = settled(midi, clarity, hop.sample - note.onset_sample)
        if not note.move(midi, rests_at, hop.sample):
            return []
        pending = self._strokes.pending
        if pending is not None and is_echo(pending, note):
            self._strokes.pending = None  # it was judged by a pitch that never was
        note.confidence = confidence(clarity, hop.power, hop.noise_power)
        semitone, cents = split(rests_at)
        return [NoteCorrected(self.segment, note.note_id, hop.sample, semitone, cents, note.confidence)]

    def retract(self, note: Sounding, hop: Hop, *, for_good: bool = False) -> list[LogEntry]:
        """It was no note; unless ``for_good``, its onset may still be that of another."""
        self.open = None
        self.change.clear()
        if not for_good and hop.sample - note.onset_sample < WAITS and hop.power > FALL_MAX * note.loudest:
            self._strokes.wait_again(note.onset_sample)
        return [NoteRetracted(self.segment, note.note_id, hop.sample)]

    def end(self, sample: int, noise_power: float, hum_power: float) -> list[LogEntry]:
        """The open note was over at ``sample``."""
        told = self.tell_left(noise_power, hum_power)
        note, self.open = self.open, None
        self.change.clear()
        self._last = note or self._last
        self._told.extend([note] if note is not None else [])
        return told + ([note.ended(self.segment, sample, noise_power, hum_power)] if note is not None else [])

    def onset_between(self, from_sample: int, to_sample: int) -> int | None:
        """The first onset of a note between these two, if one was reported lately."""
        notes = [*self._told, *([self.left.note] if self.left else []), *([self.open] if self.open else [])]
        return min((n.onset_sample for n in notes if from_sample <= n.onset_sample <= to_sample), default=None)

    def give_to_strum(
        self, hop: Hop, onset_sample: int, until_sample: int, belongs: Callable[[int], bool]
    ) -> list[LogEntry]:
        """The notes that began with a strum are its strings where they belong to it, or were none; others are over."""
        entries: list[LogEntry] = []
        begun_sample = onset_sample - CHORD_NOTE_EARLY_SAMPLES
        for note in [*self._told]:
            if begun_sample <= note.onset_sample <= until_sample and not belongs(note.midi):
                entries.append(NoteRetracted(self.segment, note.note_id, hop.sample))
                self._told.remove(note)
        if self.left is not None and self.left.note.onset_sample < begun_sample:
            entries += self.tell_left(hop.noise_power, hop.hum_power)
        left = self.left.note if self.left is not None else None
        sounding = [note for note in (left, self.open) if note is not None]
        self.left = self.open = None
        self.change.clear()
        for note in sounding:
            if note.onset_sample < begun_sample:
                entries.append(note.ended(self.segment, onset_sample, hop.noise_power, hop.hum_power))
            elif belongs(note.midi):
                self.held.append(note)
            else:
                entries.append(NoteRetracted(self.segment, note.note_id, hop.sample))
        return entries

    def hold(self, hop: Hop, onset_sample: int, midi: int, sure: float, level_dbfs: float) -> list[LogEntry]:
        """A string that was struck with another one: a note whose cents nobody could measure."""
        note_id, self.next_id = self.next_id, self.next_id + 1
        self.held.append(
            Sounding(note_id, onset_sample, hop.sample, midi, sure, level_dbfs, float(midi), hop.sample, hop.power)
        )
        return [NoteStarted(self.segment, note_id, onset_sample, hop.sample, midi, 0.0, sure, level_dbfs)]

    def end_held(self, sample: int, noise_power: float, hum_power: float) -> list[LogEntry]:
        """The chord is over, and so are its strings."""
        held, self.held = self.held, []
        return [note.ended(self.segment, sample, noise_power, hum_power) for note in held]

    def ringing(self, hop: Hop) -> float | None:
        """The pitch that sounds, or did a moment ago and may ring on."""
        note = self.open or self._last
        return note.at if note is not None and hop.sample - note.last_heard_sample < RINGS_ON else None

    def tell_left(self, noise_power: float, hum_power: float) -> list[LogEntry]:
        """The end of the note that was left, if it was not told yet."""
        left, self.left = self.left, None
        if left is None:
            return []
        left.note.slid |= left.sliding
        self._told.append(left.note)
        return [left.note.ended(self.segment, left.sample, noise_power, hum_power)]


def is_echo(pending: Pending, note: Sounding) -> bool:
    """Whether it is too faint, so soon after the note's own stroke, to be a second one."""
    return not pending.is_loud and pending.rough_sample - note.onset_sample < ECHO
