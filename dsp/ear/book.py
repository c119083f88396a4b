"""The book of notes: the one that sounds, the one that was left for it, and the log entries that tell of them.

What is a note, and when, the note machine decides; here stands how it is said. Each note that was started is ended or
retracted exactly once.
"""

from typing import Final

from dsp.ear.evidence import Evidence
from dsp.ear.hop import Hop
from dsp.ear.level import dbfs
from dsp.ear.pitch import Look
from dsp.ear.slide import Left
from dsp.ear.sounding import FALL_MAX, Sounding, confidence, settled, split
from dsp.ear.strokes import MS, WAITS, Pending, StrokeWatch
from dsp.types import HOP_SAMPLES, LogEntry, NoteCorrected, NoteRetracted, NoteStarted

RINGS_ON: Final = 500 * MS
ECHO: Final = 65 * MS


class NoteBook:
    """At most one note is ``open``; ``left`` is the one before it, while its end is not told; ids begin at ``next_id``.

    ``change``: looks at another pitch than that of the open note.
    """

    def __init__(self, segment: int, next_id: int, strokes: StrokeWatch) -> None:
        self.segment = segment
        self.next_id = next_id
        self.open: Sounding | None = None
        self.left: Left | None = None
        self.change = Evidence()
        self._last: Sounding | None = None
        self._strokes = strokes

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
        self.change.clear()
        started = NoteStarted(self.segment, note_id, onset_sample, hop.sample, semitone, cents, sure, level, stroke)
        return [*ended, started]

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
        return told + ([note.ended(self.segment, sample, noise_power, hum_power)] if note is not None else [])

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
        return [left.note.ended(self.segment, left.sample, noise_power, hum_power)]


def is_echo(pending: Pending, note: Sounding) -> bool:
    """Whether it is too faint, so soon after the note's own stroke, to be a second one."""
    return not pending.is_loud and pending.rough_sample - note.onset_sample < ECHO
