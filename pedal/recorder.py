"""The session log while it grows: what the ear hears goes to the journal, to the live score, and into a short memory.

The last 60 s are always remembered, so that a session begins at the press and not when the press was understood, and
so that "keep that" can come after the fact.
"""

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from dsp.log import encode
from dsp.replay import Replayer
from dsp.scores.session import LiveScore
from dsp.types import (
    Chord,
    ChordEnded,
    ChordStarted,
    Gap,
    GridSet,
    LogEntry,
    Mark,
    MarkRemoved,
    NoiseReading,
    Note,
    NoteCorrected,
    NoteEnded,
    NoteRetracted,
    NoteStarted,
    Paused,
    Resumed,
    SegmentStarted,
    SessionSetup,
)

MEMORY_NS: Final = 60_000_000_000
MEMORY_ENTRIES_MAX: Final = 8192
RECENT_NOTES: Final = 8
First = NoteStarted | ChordStarted
Later = NoteCorrected | NoteRetracted | NoteEnded | ChordEnded
Key = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Place:
    """A moment in musical time."""

    segment: int
    sample: int


class SegmentClock:
    """Boot time to segment and sample, and back, for the segments that are remembered."""

    def __init__(self) -> None:
        self._segments: deque[SegmentStarted] = deque(maxlen=64)

    @property
    def newest(self) -> SegmentStarted | None:
        """The segment that sounds now."""
        return self._segments[-1] if self._segments else None

    def add(self, started: SegmentStarted) -> None:
        """A new segment."""
        self._segments.append(started)

    def place(self, at_ns: int) -> Place:
        """Where this boot time lies; before the first segment, at its start."""
        for started in reversed(self._segments):
            if started.boottime_ns <= at_ns:
                return Place(started.segment, round((at_ns - started.boottime_ns) * started.sample_rate_hz / 1e9))
        return Place(self._segments[0].segment, 0) if self._segments else Place(0, 0)

    def boottime_ns(self, segment: int, sample: int) -> int | None:
        """When this sample was; ``None`` for a segment that is forgotten."""
        for started in reversed(self._segments):
            if started.segment == segment:
                return started.boottime_ns + round(sample * 1e9 / started.sample_rate_hz)
        return None

    def latency_samples(self, segment: int) -> int:
        """The round trip that timing takes out in this segment; 0 for one that is forgotten."""
        return next((s.latency_samples for s in self._segments if s.segment == segment), 0)

    def since(self, at_ns: int) -> list[SegmentStarted]:
        """The segments that were running at this time or began after it."""
        before = [s for s in self._segments if s.boottime_ns <= at_ns]
        return before[-1:] + [s for s in self._segments if s.boottime_ns > at_ns]


def sample_of(entry: LogEntry) -> int:
    """The sample at which an entry became true."""
    match entry:
        case NoteStarted() | ChordStarted():
            return entry.onset_sample
        case NoteCorrected():
            return entry.decided_sample
        case NoteRetracted():
            return entry.retracted_sample
        case NoteEnded() | ChordEnded():
            return entry.offset_sample
        case SegmentStarted():
            return 0
        case NoiseReading() | Mark() | MarkRemoved() | GridSet() | Gap() | Paused() | Resumed():
            return entry.sample


class Memory:
    """The last 60 s of entries. *Drop oldest*: by age, and by a bound on their number."""

    def __init__(self, clock: SegmentClock) -> None:
        self._clock = clock
        self._entries: deque[tuple[int, LogEntry]] = deque(maxlen=MEMORY_ENTRIES_MAX)

    def add(self, entry: LogEntry) -> None:
        """Remember it."""
        at_ns = self._clock.boottime_ns(entry.segment, sample_of(entry))
        if at_ns is None:
            return
        self._entries.append((at_ns, entry))
        while self._entries and self._entries[0][0] < at_ns - MEMORY_NS:
            self._entries.popleft()

    def since(self, from_ns: int) -> list[LogEntry]:
        """What happened since then, with the segments it lies in; notes and chords begun before are left out whole."""
        heard = [entry for at_ns, entry in self._entries if at_ns >= from_ns and not isinstance(entry, SegmentStarted)]
        return consistent([*self._clock.since(from_ns), *heard])


def key_of(entry: First | Later) -> Key:
    """Which note, or which chord, it speaks of."""
    if isinstance(entry, ChordStarted | ChordEnded):
        return "chord", entry.segment, entry.chord_id
    return "note", entry.segment, entry.note_id


def consistent(entries: Iterable[LogEntry]) -> list[LogEntry]:
    """Entries without the later words about what did not begin among them; segments in their place."""
    begun: set[Key] = set()
    kept: list[LogEntry] = []
    for entry in entries:
        if isinstance(entry, First):
            begun.add(key_of(entry))
        elif isinstance(entry, Later) and key_of(entry) not in begun:
            continue
        kept.append(entry)
    return kept


class Recording:
    """One open session: its log, the part of it that is not on disk yet, and its running score.

    Its log begins with ``Resumed`` and ends with ``Paused``: between them the practice clock ran. While it is paused,
    what is played (into the tuner, say) does not belong to it.
    """

    def __init__(self, session_id: str, setup: SessionSetup) -> None:
        self.session_id = session_id
        self.setup = setup
        self.entries: list[LogEntry] = []
        self.paused = False
        self.live = LiveScore(setup)
        self.on_entry: Callable[[LogEntry], None] = _nobody
        self._newest = Replayer(notes_max=RECENT_NOTES)
        self._unsaved: list[bytes] = []
        self._begun: set[Key] = set()
        self._notes = 0

    def add(self, entry: LogEntry) -> bool:
        """Take an entry in; false for what does not belong to the session."""
        if not self._belongs(entry):
            return False
        if isinstance(entry, First):
            self._begun.add(key_of(entry))
            self._notes += isinstance(entry, NoteStarted)
        elif isinstance(entry, NoteRetracted):
            self._begun.discard(key_of(entry))
            self._notes -= 1
        elif isinstance(entry, Paused | Resumed):
            self.paused = isinstance(entry, Paused)
        self.entries.append(entry)
        self._unsaved.append(encode(entry))
        self.live.add(entry)
        self._newest.add(entry)
        self.on_entry(entry)
        return True

    def _belongs(self, entry: LogEntry) -> bool:
        if isinstance(entry, First | NoiseReading):
            return not self.paused
        if isinstance(entry, Later):
            return key_of(entry) in self._begun
        return True

    def put_back(self, lines: list[bytes]) -> None:
        """These could not be written: they come first the next time."""
        self._unsaved[:0] = lines

    @property
    def notes(self) -> int:
        """How many notes were played so far."""
        return self._notes

    def recent(self) -> tuple[Note, ...]:
        """The newest notes as they stand, oldest first; at most ``RECENT_NOTES``."""
        return self._newest.record().notes

    def chord(self) -> Chord | None:
        """The newest chord, sounding or not."""
        return max(self._newest.record().chords, key=lambda c: (c.segment, c.onset_sample), default=None)

    def take_unsaved(self) -> list[bytes]:
        """What is to be written now; the caller has it from here on."""
        lines, self._unsaved = self._unsaved, []
        return lines


def _nobody(_: LogEntry) -> None:
    """Who else listens to a session's log."""
