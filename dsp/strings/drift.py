"""How far each string has drifted while you play, from the session log alone: as it grows, and from a stored one.

Two facts per string, which are not the same: how far it sounds from equal temperament now (``cents``: a pressed
string and a fresh attack are sharp, so a string in tune reads a few cents above 0), and how far it has moved since the
session began (``drift_cents``), where all that is constant falls out.

Only plain notes are read: sure, settled, not bent, shaken or slid. Which string each was on comes from
``fingering``; a note that may lie on two says nothing. A string's first ``WINDOW_NOTES`` are compared with its newest,
``NOTES_MIN`` of each at the least. What changed in a pause was not while playing, somebody tuned: from there the string
is measured anew. Notes below a standard guitar, where no tuning was named, leave the strings unknown: then ranges of
pitch are told instead.
"""

import math
from collections import deque
from collections.abc import Iterable, Sequence
from statistics import median
from typing import Final

from dsp.facts import StringDrift, TuningDrift
from dsp.strings.fingering import Fingering
from dsp.strings.shift import Reading, shift
from dsp.theory.scales import note_name
from dsp.theory.tunings import TUNINGS
from dsp.types import (
    CHORD_NOTE_EARLY_SAMPLES,
    ChordStarted,
    LogEntry,
    NoteEnded,
    NoteRetracted,
    NoteStarted,
    Paused,
    Resumed,
    SegmentStarted,
    SessionSetup,
)

CONFIDENT: Final = 0.8
SETTLED_S: Final = 0.15  # a shorter note is mostly its attack, which is sharp
STRAIGHT_CENTS: Final = 40.0  # farther from a semitone it may be the next one
WINDOW_NOTES: Final = 48
WINDOW_S: Final = 150.0  # a string that is seldom played moves meanwhile
NOTES_MIN: Final = 12
FORGET_S: Final = 600.0  # a string that was not heard for so long is not known now
LONG_S: Final = 0.3
LEVEL_STEP_DB: Final = 6.0
PAUSE_S: Final = 3.0
CHECK_NOTES: Final = 16  # after a pause
TUNED_CENTS: Final = 3.0
RANGES: Final = ((0, 39), (40, 44), (45, 49), (50, 54), (55, 58), (59, 63), (64, 127))
RANGE_NAMES: Final = ("below E2", "E2 to G#2", "A2 to C#3", "D3 to F#3", "G3 to A#3", "B3 to D#4", "from E4 up")
LOW_NOTES: Final = 3  # so many below the lowest string, and it is another guitar
COMMON_STRINGS: Final = 4
ALIKE_CENTS: Final = 3.0
CLEARLY: Final = 4.5  # standard errors: every note is another chance to be wrong
HOLDS: Final = 0.6  # of what it takes to be told: below it, no longer


class DriftTracker:
    """``add`` every entry of a session's log, in order; ``drift`` says what is known so far. Bounded memory.

    A tuning that names no strings ("any", or one that only a newer pedal knows) is taken for the standard one.
    """

    def __init__(self, setup: SessionSetup) -> None:
        open_midis = TUNINGS.get(setup.tuning, TUNINGS["any"])
        self._assumed = len(open_midis) == 1
        open_midis = TUNINGS["standard"] if self._assumed else open_midis
        self._lowest_midi = open_midis[0]
        self._fingering = Fingering(open_midis)
        self._strings = [_String(len(open_midis) - i, note_name(midi)) for i, midi in enumerate(open_midis)]
        self._ranges = [_String(None, name) for name in RANGE_NAMES]
        self._undecided: deque[Reading | None] = deque()
        self._began: dict[tuple[int, int], int] = {}
        self._segment = SegmentStarted(0, 0)
        self._low_notes = 0
        self._at_s = 0.0
        self._paused_s: float | None = None

    def add(self, entry: LogEntry) -> None:
        """Take one entry in."""
        match entry:
            case SegmentStarted():
                self._segment = entry
                self._began.clear()
            case NoteStarted():
                self._began[entry.segment, entry.note_id] = entry.onset_sample
            case NoteRetracted():
                self._began.pop((entry.segment, entry.note_id), None)
            case ChordStarted():
                self._leave_aside(entry)
            case NoteEnded():
                self._hear(entry)
            case Paused():
                self._paused_s = self._seconds(entry.sample)
            case Resumed():
                self._resume(self._seconds(entry.sample))
            case _:
                pass

    def drift(self) -> TuningDrift:
        """Every string as it stands."""
        known = self._ranges if self._assumed and self._low_notes >= LOW_NOTES else self._strings
        told = tuple(string.drift(self._at_s) for string in known)
        return TuningDrift(told, common_drift(told))

    def _leave_aside(self, chord: ChordStarted) -> None:
        """The pitch of one string is not exact while others sound, nor is its place on the neck a melody's."""
        earliest_sample = chord.onset_sample - CHORD_NOTE_EARLY_SAMPLES
        strings = [key for key, at in self._began.items() if key[0] == chord.segment and at >= earliest_sample]
        for key in strings:
            del self._began[key]

    def _hear(self, note: NoteEnded) -> None:
        onset_sample = self._began.pop((note.segment, note.note_id), None)
        if onset_sample is None or note.confidence < CONFIDENT:
            return
        at_s = self._seconds(onset_sample)
        gap_s, self._at_s = at_s - self._at_s, at_s
        reading = _plain(note, at_s, self._seconds(note.offset_sample) - at_s)
        self._low_notes += note.midi < self._lowest_midi
        if reading is not None:
            index = next(i for i, (low, high) in enumerate(RANGES) if low <= note.midi <= high)
            self._ranges[index].add(reading)
        self._undecided.append(reading)
        for number in self._fingering.add(note.midi, gap_s):
            decided = self._undecided.popleft()
            if number is not None and decided is not None:
                self._strings[number].add(decided)

    def _resume(self, at_s: float) -> None:
        if self._paused_s is not None and at_s - self._paused_s >= PAUSE_S:
            for string in (*self._strings, *self._ranges):
                string.pause()
        self._paused_s = None

    def _seconds(self, sample: int) -> float:
        return self._segment.boottime_ns / 1e9 + sample / self._segment.sample_rate_hz


class _String:
    """The readings of one string that count: its first ones, and its newest."""

    def __init__(self, number: int | None, name: str) -> None:
        self._unknown = StringDrift(number, name)
        self._known: StringDrift | None = None
        self._first: list[Reading] = []
        self._later: deque[Reading] = deque(maxlen=WINDOW_NOTES)
        self._before: list[Reading] = []
        self._since_pause = 0

    def add(self, reading: Reading) -> None:
        self._known = None
        (self._first if len(self._first) < WINDOW_NOTES else self._later).append(reading)
        self._since_pause += 1
        if self._before and self._since_pause == CHECK_NOTES:
            self._look_for_tuning()

    def pause(self) -> None:
        """What is heard from here on may have been tuned."""
        self._before = self._newest(WINDOW_NOTES)
        self._since_pause = 0

    def drift(self, now_s: float) -> StringDrift:
        newest = self._newest(1)
        if not newest or newest[0].at_s < now_s - FORGET_S:
            return self._unknown
        if self._known is None:
            self._known = self._compare()
        return self._known

    def _compare(self) -> StringDrift:
        every = [*self._first, *self._later]
        half = min(len(self._first), len(every) // 2)
        start, recent = _together(every[:half]), _together(every[: half - len(every) - 1 : -1])
        if len(start) < NOTES_MIN:
            start, recent = [], _together(every[::-1])
        number, name = self._unknown.string, self._unknown.name
        if len(recent) < NOTES_MIN:
            return StringDrift(number, name, n=len(recent))
        found = shift(start, recent)
        return StringDrift(
            number,
            name,
            found.now_cents,
            found.now_se_cents,
            found.change_cents,
            found.change_se_cents,
            len(recent),
        )

    def _look_for_tuning(self) -> None:
        newest = self._newest(CHECK_NOTES)
        if len(self._before) >= NOTES_MIN:
            step = shift(self._before, newest)
            assert step.change_cents is not None
            assert step.change_se_cents is not None
            if abs(step.change_cents) >= max(TUNED_CENTS, CLEARLY * step.change_se_cents):
                self._first = newest
                self._later.clear()
        self._before = []

    def _newest(self, count: int) -> list[Reading]:
        return [*self._first, *self._later][-count:]


def tuning_drift(setup: SessionSetup, entries: Iterable[LogEntry]) -> TuningDrift:
    """The whole log at once."""
    tracker = DriftTracker(setup)
    for entry in entries:
        tracker.add(entry)
    return tracker.drift()


def common_drift(told: Sequence[StringDrift]) -> float | None:
    """What the strings drifted together, in cents: at least four of them, one at most apart, and clearly not zero."""
    known = [(s.drift_cents, s.drift_se_cents) for s in told if s.drift_cents is not None and s.drift_se_cents]
    if len(known) < COMMON_STRINGS:
        return None
    middle = median(drift for drift, _ in known)
    alike = [(drift, se) for drift, se in known if abs(drift - middle) <= max(ALIKE_CENTS, 3.0 * se)]
    if len(alike) < max(COMMON_STRINGS, len(known) - 1):
        return None
    weights = [1.0 / se**2 for _, se in alike]
    mean = sum(w * drift for w, (drift, _) in zip(weights, alike, strict=True)) / sum(weights)
    return round(mean, 2) if abs(mean) * math.sqrt(sum(weights)) >= CLEARLY else None


def worth_telling(drift: TuningDrift, threshold_cents: float, before: frozenset[str] = frozenset()) -> frozenset[str]:
    """Names of the strings whose drift the player should hear of: beyond the threshold, and clearly not zero.

    ``before``: those that were told last; they stay until they are well below, so that nothing flickers.
    """
    return frozenset(
        string.name
        for string in drift.strings
        if string.drift_cents is not None
        and string.drift_se_cents is not None
        and abs(string.drift_cents)
        >= (HOLDS if string.name in before else 1.0) * max(threshold_cents, CLEARLY * string.drift_se_cents)
    )


def _plain(note: NoteEnded, at_s: float, length_s: float) -> Reading | None:
    """The note as a reading, or ``None`` for one that tells nothing of its string's tuning."""
    if length_s < SETTLED_S or abs(note.cents) > STRAIGHT_CENTS:
        return None
    if note.slide or note.bend_cents or note.vibrato_hz:
        return None
    return Reading(at_s, note.cents, note.midi, 2 * int(note.level_dbfs // LEVEL_STEP_DB) + (length_s >= LONG_S))


def _together(readings: list[Reading]) -> list[Reading]:
    """As many of the first readings as belong to one moment, but enough of them where there are enough."""
    near = [r for r in readings[:WINDOW_NOTES] if abs(r.at_s - readings[0].at_s) <= WINDOW_S]
    return near if len(near) >= NOTES_MIN else readings[:NOTES_MIN]
