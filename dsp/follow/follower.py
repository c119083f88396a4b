"""Where the player is, note by note: log entries in, verdicts out, each from nothing but the log so far.

The verdict on a note may be changed by the notes that follow it: whether two strange notes were slips or a jump shows
at the third. So the newest ``WINDOW_NOTES`` notes stay open, and a change is told as a new verdict on the same note;
what is older is final. A correction or retraction by the ear goes back to the state before that note and weighs again.
"""

from collections import Counter, deque
from dataclasses import dataclass, replace
from typing import Final

from dsp.follow.model import STRUM_S
from dsp.follow.pace import unknown
from dsp.follow.places import NOWHERE, Origins, Places, Weigher, at_rest
from dsp.follow.sound import Sound, chord_sound, note_sound
from dsp.follow.steps import laid_out
from dsp.follow.target import Target
from dsp.follow.verdicts import RETRACTED, NoteFollowed, Stroke, moves_between, verdict_on
from dsp.types import (
    CHORD_NOTE_EARLY_SAMPLES,
    SAMPLE_RATE_HZ,
    ChordStarted,
    GridSet,
    LogEntry,
    NoteCorrected,
    NoteEnded,
    NoteRetracted,
    NoteStarted,
    SegmentStarted,
)

WINDOW_NOTES: Final = 40
CLICK_SEEN: Final = 4.0  # a click says as much about the tempo as so many intervals
STRUM_SAMPLES: Final = round(STRUM_S * SAMPLE_RATE_HZ)


@dataclass(frozen=True, slots=True)
class Position:
    """Where the player is now. ``next_index``: the target's note that is due; ``None`` before the first and at the end.

    ``bar``: printed number of that note's bar. ``segment``: that of the newest stroke. ``tempo_bpm``: the player's own.
    """

    next_index: int | None = None
    bar: int | None = None
    segment: str | None = None
    tempo_bpm: float | None = None
    hits: int = 0
    wrong: int = 0
    extra: int = 0


@dataclass(frozen=True, slots=True)
class _Heard:
    """A note in the window: what the ear said, the beliefs before and after it, and where they came from."""

    sound: Sound
    at_s: float
    before: Places
    was: int
    after: Places
    origins: Origins


class Follower:
    """One target, one player. Raises ``ValueError`` for a target that cannot be followed (see ``laid_out``)."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.steps = laid_out(target)
        self._weigher = Weigher(self.steps)
        self._places = at_rest(self.steps, unknown(self.hypotheses))
        self._here = NOWHERE
        self._window: deque[_Heard] = deque()
        self._told: dict[tuple[int, int], NoteFollowed] = {}
        self._before_window: Stroke | None = None
        self._counts: Counter[str] = Counter()
        self._clock = _Clock()

    @property
    def segment_starts_s(self) -> dict[int, float]:
        """Where each segment's sample 0 lies on the follower's line of time."""
        return dict(self._clock.starts_s)

    @property
    def hypotheses(self) -> int:
        """How many are weighed at every note."""
        return 2 * len(self.steps)

    def add(self, entry: LogEntry) -> list[NoteFollowed]:
        """Take one entry in; what is now said otherwise, or for the first time, about notes. In order of the notes."""
        match entry:
            case NoteStarted():
                self._window.append(self._weighed(note_sound(entry)))
                return self._verdicts(entry.segment, entry.decided_sample)
            case ChordStarted():
                return self._take_chord(entry)
            case NoteCorrected():
                return self._correct(entry, entry.decided_sample)
            case NoteEnded():
                return self._correct(entry, entry.offset_sample)
            case NoteRetracted():
                return self._retract(entry)
            case SegmentStarted():
                self._clock.begin(entry)
            case GridSet():
                self._take_tempo(entry)
            case _:
                pass
        return []

    def position(self) -> Position:
        """Costs next to nothing: read off the newest beliefs."""
        counted = self._counts["hit"], self._counts["wrong"], self._counts["extra"]
        if self._here == NOWHERE:
            return Position(None, None, None, None, *counted)
        best = self._here % len(self.steps)
        here = self.steps.notes[best][0]
        due = self.steps.notes[best + 1][0] if best + 1 < len(self.steps) else None
        bars = self.target.bars
        bar = bars[(due or here).bar].number if (due or here).bar < len(bars) else None
        # By the note that was played: who loops a segment never leaves it.
        segment = self.target.segment_at(bars[here.bar].number) if here.bar < len(bars) else None
        return Position(
            due.index if due else None,
            bar,
            segment.name if segment else None,
            self.target_bpm(here.beat) / float(self._places.pace.rate[self._here]),
            *counted,
        )

    def target_bpm(self, beat: float) -> float:
        """The piece's own tempo there."""
        return next((t.bpm for t in reversed(self.target.tempi) if t.beat <= beat), self.target.tempi[0].bpm)

    def _weighed(self, sound: Sound) -> _Heard:
        at_s = self._clock.seconds(sound.segment, sound.onset_sample)
        before, was = self._places, self._here
        after, origins = self._weigher.heard(before, at_s, sound)
        self._places = after
        self._here = origins.led_from(self._here, after)
        return _Heard(sound, at_s, before, was, after, origins)

    def _correct(self, entry: NoteCorrected | NoteEnded, sample: int) -> list[NoteFollowed]:
        key = entry.segment, entry.note_id
        found = next((n for n, h in enumerate(self._window) if h.sound.key == key), None)
        if found is None or self._window[found].sound.midi == entry.midi:
            return []
        sound = replace(self._window[found].sound, midi=entry.midi, trust=min(1.0, max(0.0, entry.confidence)))
        self._weigh_again(found, [sound, *(h.sound for h in list(self._window)[found + 1 :])])
        return self._verdicts(entry.segment, sample)

    def _retract(self, entry: NoteRetracted) -> list[NoteFollowed]:
        key = entry.segment, entry.note_id
        if all(h.sound.key != key for h in self._window):
            return []
        return self._replace({key}, None, entry.segment, entry.retracted_sample)

    def _take_chord(self, chord: ChordStarted) -> list[NoteFollowed]:
        """A chord, where the target has any: the strings of it that were told as notes are part of it now."""
        if not self.steps.chords.any():
            return []
        sound = chord_sound(chord)
        strings = {h.sound.key for h in self._window if _is_string(h.sound, sound)}
        return self._replace(strings, sound, chord.segment, chord.decided_sample)

    def _replace(
        self, gone: set[tuple[int, int]], sound: Sound | None, segment: int, sample: int
    ) -> list[NoteFollowed]:
        """Without the sounds ``gone``, and with ``sound`` at its time, everything from there on is weighed again."""
        window = list(self._window)
        from_sample = None if sound is None else sound.onset_sample
        place = next(
            (n for n, h in enumerate(window) if h.sound.key in gone or _later(h.sound, segment, from_sample)),
            len(window),
        )
        after = [h.sound for h in window[place:] if h.sound.key not in gone]
        if sound is not None:
            later = next((n for n, s in enumerate(after) if _later(s, segment, from_sample)), len(after))
            after.insert(later, sound)
        if place < len(window):
            self._weigh_again(place, after)
        else:
            self._window.extend(self._weighed(one) for one in after)
        taken_back = [self._forget(h.sound.key, segment, sample) for h in window if h.sound.key in gone]
        return [*taken_back, *self._verdicts(segment, sample)]

    def _forget(self, key: tuple[int, int], segment: int, sample: int) -> NoteFollowed:
        told = self._told.pop(key)
        self._counts[told.state] -= 1
        return replace(
            told, state=RETRACTED, step=None, index=None, moves=(), decided_segment=segment, decided_sample=sample
        )

    def _weigh_again(self, place: int, sounds: list[Sound]) -> None:
        self._places, self._here = self._window[place].before, self._window[place].was
        while len(self._window) > place:
            self._window.pop()
        self._window.extend([self._weighed(sound) for sound in sounds])

    def _take_tempo(self, grid: GridSet) -> None:
        """A click says how fast it will be."""
        if grid.bpm <= 0:
            return
        step = 0 if self._here == NOWHERE else self._here % len(self.steps)
        rate = self.target_bpm(self.steps.notes[step][0].beat) / grid.bpm
        told = unknown(self.hypotheses, rate, CLICK_SEEN)
        pace = replace(self._places.pace, rate=told.rate, seen=told.seen)
        self._places = replace(self._places, pace=pace)

    def _verdicts(self, segment: int, sample: int) -> list[NoteFollowed]:
        changed: list[NoteFollowed] = []
        last = self._before_window
        for heard, step in zip(self._window, self._way(), strict=True):
            moves: tuple[str, ...] = ()
            if step is not None:
                stroke = Stroke(step, heard.at_s, float(heard.after.pace.rate[step]))
                moves = moves_between(self.steps, last, stroke)
                last = stroke
            verdict = verdict_on(self.steps, heard.sound, heard.at_s, step, moves)
            key = heard.sound.key
            told = self._told.get(key)
            if told is None or not told.says_the_same(verdict):
                verdict = replace(verdict, decided_segment=segment, decided_sample=sample)
                self._counts[verdict.state] += 1
                if told is not None:
                    self._counts[told.state] -= 1
                self._told[key] = verdict
                changed.append(verdict)
        self._close()
        return changed

    def _way(self) -> list[int | None]:
        """The step of each note in the window on the likeliest way, ``None`` for one too many."""
        steps: list[int | None] = []
        place = self._here
        for heard in reversed(self._window):
            step, place = heard.origins.back(place)
            steps.append(step)
        return steps[::-1]

    def _close(self) -> None:
        """What leaves the window is final."""
        while len(self._window) > WINDOW_NOTES:
            heard = self._window.popleft()
            told = self._told.pop(heard.sound.key)
            if told.step is not None:
                self._before_window = Stroke(told.step, heard.at_s, float(heard.after.pace.rate[told.step]))


def _is_string(note: Sound, chord: Sound) -> bool:
    """Whether a note that was told before is a string of the chord: it began within the strum, or rings with it."""
    since = note.onset_sample - chord.onset_sample
    if note.segment != chord.segment or note.classes or since < -CHORD_NOTE_EARLY_SAMPLES:
        return False
    return since <= STRUM_SAMPLES or note.midi % 12 in chord.classes


def _later(sound: Sound, segment: int, sample: int | None) -> bool:
    return sample is not None and sound.segment == segment and sound.onset_sample > sample


class _Clock:
    """One line of time over all segments: by the boot times, and never backwards."""

    def __init__(self) -> None:
        self.starts_s: dict[int, float] = {}
        self._rate_hz: dict[int, int] = {}
        self._first_ns: int | None = None
        self._newest_s = 0.0

    def begin(self, segment: SegmentStarted) -> None:
        if self._first_ns is None:
            self._first_ns = segment.boottime_ns
        start_s = (segment.boottime_ns - self._first_ns) / 1e9
        if self.starts_s:
            start_s = max(start_s, self._newest_s)
        self.starts_s.setdefault(segment.segment, start_s)
        self._rate_hz[segment.segment] = segment.sample_rate_hz

    def seconds(self, segment: int, sample: int) -> float:
        start_s = self.starts_s.setdefault(segment, self._newest_s)
        at_s = start_s + sample / self._rate_hz.get(segment, 48_000)
        self._newest_s = max(self._newest_s, at_s)
        return at_s
