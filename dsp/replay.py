"""A session log told again: entries in, notes and chords after all corrections and everything else by kind out.

Every number of a session is computed from what this gives, live and afterwards alike, so a stored log reproduces it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TypeVar

from dsp.types import (
    CHORD_NOTE_EARLY_SAMPLES,
    Chord,
    ChordEnded,
    ChordStarted,
    Gap,
    GridSet,
    LogEntry,
    Mark,
    NoiseReading,
    Note,
    NoteCorrected,
    NoteEnded,
    NoteRetracted,
    NoteStarted,
    Paused,
    Report,
    Resumed,
    SegmentStarted,
)

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Retracted:
    """A note that was reported and taken back."""

    segment: int
    note_id: int
    onset_sample: int
    midi: int
    decided_sample: int
    retracted_sample: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """Unbroken practice: from sample ``first`` of a segment, ``at_s`` on the practice clock, to sample ``last``."""

    segment: int
    first: int
    last: int
    at_s: float


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """What a log holds. Notes and chords stand in the order of segments, then onsets; all else in that of the log."""

    notes: tuple[Note, ...] = ()
    retracted: tuple[Retracted, ...] = ()
    segments: tuple[SegmentStarted, ...] = ()
    grids: tuple[GridSet, ...] = ()
    noise: tuple[NoiseReading, ...] = ()
    marks: tuple[Mark, ...] = ()
    gaps: tuple[Gap, ...] = ()
    practised_s: float = 0.0
    chords: tuple[Chord, ...] = ()
    practised: tuple[Stretch, ...] = ()

    def segment(self, number: int) -> SegmentStarted:
        """The segment's facts, or the defaults where the log does not hold them."""
        return next((s for s in self.segments if s.segment == number), SegmentStarted(number, 0))


class PracticeClock:
    """The time practised, in seconds of sound: from ``Resumed`` to ``Paused``, by samples within each segment.

    A log that does not begin with ``Resumed`` runs from its first entry. A later segment runs from its sample 0. A
    note's report (``NoteStarted``) moves the clock to where it was decided, a noise reading once per second.
    """

    def __init__(self) -> None:
        self._done_s = 0.0
        self._running = True
        self._segment: int | None = None
        self._rate_hz: dict[int, int] = {}
        self._from = self._to = 0
        self._began = False
        self._over: list[Stretch] = []

    @property
    def stretches(self) -> tuple[Stretch, ...]:
        """What was practised without a break, in order."""
        return (*self._over, *self._stretch())

    @property
    def elapsed_s(self) -> float:
        """Seconds practised so far."""
        return self._done_s + self._stretch_s()

    def add(self, entry: LogEntry) -> None:
        """Move on to this entry's sample."""
        if isinstance(entry, SegmentStarted):
            self._rate_hz[entry.segment] = entry.sample_rate_hz
            if self._began and entry.segment != self._segment:
                self._enter(entry.segment, 0)
            return
        sample = _sample(entry)
        if not self._began or entry.segment != self._segment:
            self._enter(entry.segment, sample)
            self._began = True
        if isinstance(entry, Resumed) and not self._running:
            self._from = self._to = sample
            self._running = True
        if self._running:
            self._to = max(self._to, sample)
        if isinstance(entry, Paused) and self._running:
            self._leave()
            self._from = self._to
            self._running = False

    def _enter(self, segment: int, sample: int) -> None:
        self._leave()
        self._segment = segment
        self._from = self._to = sample

    def _leave(self) -> None:
        self._over += self._stretch()
        self._done_s += self._stretch_s()

    def _stretch(self) -> list[Stretch]:
        if not self._running or self._segment is None or self._to == self._from:
            return []
        return [Stretch(self._segment, self._from, self._to, self._done_s)]

    def _stretch_s(self) -> float:
        if not self._running or self._segment is None:
            return 0.0
        return (self._to - self._from) / self._rate_hz.get(self._segment, 48_000)


def _sample(entry: LogEntry) -> int:
    match entry:
        case NoteStarted() | NoteCorrected() | ChordStarted():
            return entry.decided_sample
        case NoteRetracted():
            return entry.retracted_sample
        case NoteEnded() | ChordEnded():
            return entry.offset_sample
        case SegmentStarted():
            return 0
        case _:
            return entry.sample


class Replayer:
    """The log, entry by entry. ``notes_max`` bounds what is kept of each kind, oldest first; ``None`` keeps all."""

    def __init__(self, notes_max: int | None = None) -> None:
        self._notes_max = notes_max
        self._notes: dict[tuple[int, int], Note] = {}
        self._chords: dict[tuple[int, int], Chord] = {}
        self._retracted: list[Retracted] = []
        self._segments: list[SegmentStarted] = []
        self._grids: list[GridSet] = []
        self._noise: list[NoiseReading] = []
        self._marks: list[Mark] = []
        self._gaps: list[Gap] = []
        self._clock = PracticeClock()

    def add(self, entry: LogEntry) -> None:
        """Take one entry in. A correction of a note that the log does not hold is passed over: its start was lost."""
        self._clock.add(entry)
        match entry:
            case NoteStarted():
                self._start(entry)
            case NoteCorrected() | NoteEnded() | NoteRetracted():
                self._change(entry)
            case ChordStarted():
                self._start_chord(entry)
            case ChordEnded():
                self._end_chord(entry)
            case SegmentStarted():
                self._keep(self._segments, entry)
            case GridSet():
                self._keep(self._grids, entry)
            case NoiseReading():
                self._keep(self._noise, entry)
            case Mark():
                self._keep(self._marks, entry)
            case Gap():
                self._keep(self._gaps, entry)
            case Paused() | Resumed():
                pass

    def record(self) -> SessionRecord:
        """All that is known now."""
        order = {s.segment: index for index, s in reversed(list(enumerate(self._segments)))}
        notes = sorted(
            self._notes.values(), key=lambda n: (order.get(n.segment, -1), n.segment, n.onset_sample, n.note_id)
        )
        chords = sorted(
            self._chords.values(), key=lambda c: (order.get(c.segment, -1), c.segment, c.onset_sample, c.chord_id)
        )
        return SessionRecord(
            tuple(notes),
            tuple(self._retracted),
            tuple(self._segments),
            tuple(self._grids),
            tuple(self._noise),
            tuple(self._marks),
            tuple(self._gaps),
            self._clock.elapsed_s,
            tuple(chords),
            self._clock.stretches,
        )

    def _start(self, entry: NoteStarted) -> None:
        self._notes[entry.segment, entry.note_id] = Note(
            entry.segment,
            entry.note_id,
            entry.onset_sample,
            None,
            entry.midi,
            entry.cents,
            entry.confidence,
            entry.level_dbfs,
            entry.stroke,
            (Report(entry.decided_sample, entry.midi),),
        )
        self._bound(self._notes)

    def _start_chord(self, entry: ChordStarted) -> None:
        self._chords[entry.segment, entry.chord_id] = Chord(
            entry.segment,
            entry.chord_id,
            entry.onset_sample,
            None,
            entry.decided_sample,
            entry.root,
            entry.kind,
            entry.bass,
            entry.confidence,
            entry.level_dbfs,
        )
        self._bound(self._chords)
        earliest_sample = entry.onset_sample - CHORD_NOTE_EARLY_SAMPLES
        for key, note in reversed(self._notes.items()):
            if note.segment != entry.segment or note.reports[0].decided_sample < earliest_sample:
                break
            if note.onset_sample >= earliest_sample and note.chord_id is None:
                self._notes[key] = replace(note, chord_id=entry.chord_id)

    def _end_chord(self, entry: ChordEnded) -> None:
        key = entry.segment, entry.chord_id
        if key in self._chords:
            self._chords[key] = replace(self._chords[key], offset_sample=entry.offset_sample)

    def _bound(self, kept: dict[tuple[int, int], _T]) -> None:
        while self._notes_max is not None and len(kept) > self._notes_max:
            del kept[next(iter(kept))]

    def _change(self, entry: NoteCorrected | NoteEnded | NoteRetracted) -> None:
        key = entry.segment, entry.note_id
        note = self._notes.get(key)
        if note is None:
            return
        match entry:
            case NoteRetracted():
                del self._notes[key]
                first = note.reports[0]
                self._keep(
                    self._retracted,
                    Retracted(*key, note.onset_sample, first.midi, first.decided_sample, entry.retracted_sample),
                )
            case NoteCorrected():
                self._notes[key] = replace(
                    note,
                    midi=entry.midi,
                    cents=entry.cents,
                    confidence=entry.confidence,
                    reports=(*note.reports, Report(entry.decided_sample, entry.midi)),
                )
            case NoteEnded():
                self._notes[key] = replace(
                    note,
                    offset_sample=entry.offset_sample,
                    midi=entry.midi,
                    cents=entry.cents,
                    confidence=entry.confidence,
                    level_dbfs=entry.level_dbfs,
                    slide=entry.slide,
                    bend_cents=entry.bend_cents,
                    vibrato_hz=entry.vibrato_hz,
                    noise_dbfs=entry.noise_dbfs,
                    hum_dbfs=entry.hum_dbfs,
                    vibrato_cents=entry.vibrato_cents,
                    ringing_db=entry.ringing_db,
                    stroke=note.stroke if entry.stroke is None else entry.stroke,
                    picked=entry.stroke,
                )

    def _keep(self, kept: list[_T], entry: _T) -> None:
        kept.append(entry)
        if self._notes_max is not None and len(kept) > self._notes_max:
            del kept[0]


def replay(entries: Iterable[LogEntry]) -> SessionRecord:
    """The whole log at once."""
    replayer = Replayer()
    for entry in entries:
        replayer.add(entry)
    return replayer.record()
