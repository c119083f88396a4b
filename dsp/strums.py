"""Strums: joins what listens for chords with what hears notes, and tells chords in the log.

Notes are heard as ever, and reported at once. When several strings turn out to have been struck together, their notes
become strings of one chord, or are taken back; until it is over, only strokes begin notes.
"""

from collections.abc import Callable
from typing import Final

from dsp.chords.listener import ChordListener, Samples, Verdict
from dsp.ear.hop import Hop
from dsp.ear.level import dbfs
from dsp.ear.notes import NoteMachine
from dsp.theory.chord_kinds import KINDS
from dsp.types import HOP_SAMPLES, SAMPLE_RATE_HZ, ChordEnded, ChordStarted, LogEntry, NoteStarted

MS: Final = SAMPLE_RATE_HZ // 1000

SURE: Final = 0.35
SURE_FIFTH: Final = 0.5  # one string's overtones hold a fifth too
EARLY: Final = 25 * MS  # a string's attack lies at most so long before it was noticed
LATE: Final = 10 * MS
LOOKS_BACK: Final = 44 * HOP_SAMPLES  # 117 ms after a stroke its beginning is still remembered
FIFTH: Final = "5"
TWO_SPREAD: Final = 76 * MS  # two strings so far apart are two notes
STRINGS_MIN: Final = 3
SURE_OF_TWO: Final = 0.45
STOPS: Final = frozenset((3, 4, 5, 8, 9))  # thirds, fourths, sixths: what is played; others were heard in dirt
STOP_SPREAD: Final = 30 * MS


class Strums:
    """``step`` with every hop, after the note machine; ids of chords begin at ``first_id``."""

    def __init__(self, segment: int, a4_hz: float, notes: NoteMachine, first_id: int = 0) -> None:
        self.next_id = first_id
        self._segment = segment
        self._notes = notes
        self._listener = ChordListener(a4_hz)
        self._open: int | None = None
        self._onset_sample = 0
        self._peak = 0.0

    @property
    def silent(self) -> bool:
        """No chord sounds, and none is about to be named; notes apart."""
        return not (self._notes.chord_rings or self._listener.naming)

    def step(self, hop: Hop, low: Callable[[int], Samples], told: list[LogEntry]) -> list[LogEntry]:
        """``low(n)``: the newest n samples at 12 kHz, n up to ``LOW_SAMPLES``; ``told``: of the notes in this hop."""
        entries = self._give_way(hop, told)
        listener = self._listener
        listener.ringing = self._notes.chord_rings
        if listener.stroke_sample is not None and hop.sample - listener.stroke_sample == LOOKS_BACK:
            self._onset_sample = self._notes.onset_between(
                listener.stroke_sample - EARLY, listener.stroke_sample + LATE
            ) or (hop.attack(listener.stroke_sample, True).at)
            self._peak = hop.peak_since(self._onset_sample)
        verdict = listener.update(hop.sample, hop.flux, hop.power, hop.noise_power, low)
        if verdict is not None and is_chord(verdict):
            entries += self._begin(hop, verdict)
        elif verdict is not None and is_double_stop(verdict):
            entries += self._begin_both(hop, verdict)
        if self._sounds and not self._notes.chord_rings:
            entries += self._end(hop.sample, hop)
        return entries

    def close(self, sample: int) -> list[LogEntry]:
        """The sound ends here: so does the chord."""
        ended, self._open = self._open, None
        return [] if ended is None else [ChordEnded(self._segment, ended, sample)]

    def _give_way(self, hop: Hop, told: list[LogEntry]) -> list[LogEntry]:
        """A note that is struck over a chord ends it, in the log; its strings may ring on."""
        begun = [entry for entry in told if isinstance(entry, NoteStarted)]
        return self._end(begun[0].onset_sample, hop) if begun and self._sounds else []

    def _begin(self, hop: Hop, verdict: Verdict) -> list[LogEntry]:
        guess, onset_sample = verdict.guess, self._onset_sample
        assert guess.root is not None
        assert guess.kind is not None
        entries = self._end(onset_sample, hop) if self._sounds else []
        tones = frozenset((guess.root + step) % 12 for step in KINDS[guess.kind])
        entries += self._notes.begin_strum(
            hop, onset_sample, verdict.until_sample, lambda midi: midi % 12 in tones, tones
        )
        bass = guess.root if guess.bass is None else guess.bass
        self._open, self.next_id = self.next_id, self.next_id + 1
        started = ChordStarted(
            self._segment,
            self._open,
            onset_sample,
            hop.sample,
            guess.root,
            guess.kind,
            bass,
            round(guess.confidence, 3),
            self._level_dbfs(hop),
        )
        return [*entries, started]

    def _begin_both(self, hop: Hop, verdict: Verdict) -> list[LogEntry]:
        entries = self._end(self._onset_sample, hop) if self._sounds else []
        low, high = verdict.guess.tones
        level_dbfs = self._level_dbfs(hop)
        return entries + self._notes.begin_both(hop, self._onset_sample, verdict.until_sample, (low, high), level_dbfs)

    def _level_dbfs(self, hop: Hop) -> float:
        return round(dbfs(max(self._peak, hop.peak_since(self._onset_sample)) ** 2), 2)

    @property
    def _sounds(self) -> bool:
        return self._open is not None or self._notes.holds_strings

    def _end(self, sample: int, hop: Hop) -> list[LogEntry]:
        return [*self._notes.end_chord(sample, hop), *self.close(sample)]


def is_chord(verdict: Verdict) -> bool:
    """Whether it is one, surely. A fourth, two strings whose upper one would be the root, is a double stop."""
    guess = verdict.guess
    if guess.what != "chord" or guess.confidence < SURE:
        return False
    if guess.kind == FIFTH:
        together = len(guess.tones) > 2 or verdict.spread_samples < TWO_SPREAD
        return together and guess.bass == guess.root and guess.confidence >= SURE_FIFTH
    return len(guess.tones) >= STRINGS_MIN


def is_double_stop(verdict: Verdict) -> bool:
    """Whether two strings were struck at once, surely: a third, a fourth or a sixth."""
    guess = verdict.guess
    named = guess.what == "double stop" or guess.kind == FIFTH  # a fourth is a fifth upside down
    if len(guess.tones) != 2 or not named or guess.confidence < SURE_OF_TWO:
        return False
    return guess.tones[1] - guess.tones[0] in STOPS and verdict.spread_samples < STOP_SPREAD
