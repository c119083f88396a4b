"""A session in numbers: while it runs, and once it is over, from the same log by the same rules.

``LiveScore`` looks at the last ``WINDOW_NOTES`` notes only, so that it costs the same after an hour as after a minute;
what is stored comes from ``summarise``, which sees everything.
"""

from collections.abc import Callable, Iterable
from typing import Final

from dsp.facts import TuningDrift
from dsp.replay import Replayer, replay
from dsp.rhythm.by_note import errors_by_note
from dsp.scores.coverage import chord_count, coverage
from dsp.scores.curve import curve
from dsp.scores.metrics import confident, score
from dsp.scores.strokes import singles, strokes
from dsp.strings.drift import DriftTracker
from dsp.theory.scales import pitch_classes
from dsp.types import LogEntry, Metrics, Note, SessionSetup, Summary

WINDOW_NOTES: Final = 96

__all__ = ["LiveScore", "in_scale", "replay", "summarise"]


def summarise(setup: SessionSetup, entries: Iterable[LogEntry]) -> Summary:
    """Everything of a session, from its log alone. Raises ``ValueError`` for a scale that is not known."""
    record = replay(entries)
    sure = confident(record.notes)
    alone = singles(sure)
    correct = sum(in_scale(setup, note) for note in alone)
    return Summary(
        duration_s=record.practised_s,
        notes=len(record.notes),
        correct_notes=correct,
        wrong_notes=len(alone) - correct,
        unique_notes=len({note.midi for note in sure}),
        marks=len(record.marks),
        gaps=len(record.gaps),
        metrics=score(setup, record),
        strokes=len(strokes(record, sure)),
        coverage=coverage(setup, record, alone),
        chords=chord_count(setup, record),
        curve=curve(setup, record),
    )


def in_scale(setup: SessionSetup, note: Note) -> bool:
    """Whether the note belongs to the session's scale."""
    return note.midi % 12 in pitch_classes(setup.scale_root, setup.scale_kind, setup.scale_type)


class LiveScore:
    """Running metrics over the last ``WINDOW_NOTES`` notes; cheap enough to ask four times per second."""

    def __init__(self, setup: SessionSetup) -> None:
        self._setup = setup
        self._replayer = Replayer(notes_max=WINDOW_NOTES)
        self._drift = DriftTracker(setup)
        self._metrics: Metrics | None = None

    def add(self, entry: LogEntry) -> None:
        """Take one log entry in."""
        self._replayer.add(entry)
        self._drift.add(entry)
        self._metrics = None

    def metrics(self) -> Metrics:
        """The numbers as they stand; computed again only when the log grew."""
        if self._metrics is None:
            self._metrics = score(self._setup, self._replayer.record())
        return self._metrics

    def later(self) -> Callable[[], Metrics]:
        """What computes the numbers as they stand now, whenever and in whatever thread it is called."""
        record = self._replayer.record()
        return lambda: score(self._setup, record)

    def errors_ms(self) -> dict[tuple[int, int], float]:
        """How early (negative) or late each of these notes was against the click, by (segment, note_id)."""
        record = self._replayer.record()
        return errors_by_note(record, confident(record.notes))

    def drift(self) -> TuningDrift:
        """How the strings have drifted since the session began; this sees all of it, in bounded memory."""
        return self._drift.drift()
