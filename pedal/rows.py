"""Stored sessions as rows and details: for the page and for ``pedal sessions``. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from dsp.replay import SessionRecord, replay
from dsp.rhythm.by_note import errors_by_note
from dsp.scores.metrics import confident
from dsp.scores.session import in_scale, summarise
from dsp.strings.drift import tuning_drift
from dsp.types import LogEntry, Metrics, Summary
from pedal import charts, words
from pedal.charts import SessionClock
from pedal.fact_views import of_summary
from pedal.settings import Settings
from pedal.views import drift_view, metrics_view, note_view
from sync.records import StoredSession
from webui.schemas import NoteView
from webui.session_schemas import NOTES_MAX, NotesPage, SessionDetail, SessionRow


@dataclass(frozen=True, slots=True)
class Whole:
    """A session with everything that was made of it: its detail, and all its notes."""

    detail: SessionDetail
    notes: tuple[NoteView, ...]

    def page(self, first: int) -> NotesPage:
        """The notes from number ``first`` on, as many as go into one answer."""
        return notes_page(self.notes, first)


def row(
    stored: StoredSession, *, running_id: str | None, summary: Summary | None = None, closes: bool = False
) -> SessionRow:
    """One line of the list. An open session that no daemon is running is "interrupted" until the next start.

    ``summary``: of a session that has none yet, where somebody has read its log. ``closes``: a daemon asks, so what is
    open and no longer runs is being closed this moment: nothing broke off, and no player shall read that.
    """
    header = stored.header
    summary = stored.summary or summary
    state: Literal["open", "closed", "interrupted"] = stored.state
    if state == "open" and header.session_id != running_id:
        state = "closed" if closes else "interrupted"
    return SessionRow(
        session_id=header.session_id,
        start=header.start_wall,
        end=stored.end.end_wall if stored.end is not None else None,
        state=state,
        duration_s=round(summary.duration_s, 3) if summary is not None else 0.0,
        notes=summary.notes if summary is not None else 0,
        scale=words.scale(header.setup),
        metrics=metrics_view(summary.metrics if summary is not None else Metrics()),
    )


def whole(
    stored: StoredSession,
    log: Iterable[LogEntry],
    *,
    running_id: str | None,
    settings: Settings | None = None,
    closes: bool = False,
) -> Whole:
    """A session with its notes and charts, on its own clock: 0 is the stomp.

    ``settings``: from which drift of a string on it is told; the usual ones where none are given.
    """
    entries = list(log)
    record = replay(entries)
    header = stored.header
    setup = header.setup
    drift = tuning_drift(setup, entries)
    clock = SessionClock(header.start_boottime_ns, record.segments)
    summary = stored.summary or summarise(setup, entries)
    notes = _timeline(stored, record, clock)
    base = row(stored, running_id=running_id, summary=summary, closes=closes)
    first = notes_page(notes, 0)
    detail = SessionDetail(
        **base.model_dump() | {"notes": len(notes), "metrics": metrics_view(summary.metrics, whole=True)},
        timeline=first.notes,
        notes_next=first.next,
        marks_s=[clock.at_s(m.segment, m.sample) for m in record.marks],
        gaps_s=[clock.at_s(g.segment, g.sample) for g in record.gaps],
        gaps=charts.gaps(record, clock),
        pauses=charts.pauses(entries, clock),
        clicks=charts.clicks(record, clock),
        chords=charts.chords(record, clock),
        followed=bool(setup.piece),
        scale_tones=charts.scale_view(setup, (settings or Settings()).note_names),
        neck=charts.neck_view(setup, record, confident(record.notes)),
        **of_summary(summary),
        tuning_drift=drift_view(drift, (settings or Settings()).drift_to_tell(drift)),
    )
    return Whole(detail, notes)


def notes_page(notes: tuple[NoteView, ...], first: int) -> NotesPage:
    """At most ``NOTES_MAX`` notes from number ``first`` on."""
    after = first + NOTES_MAX
    return NotesPage(notes=list(notes[first:after]), first=first, next=after if after < len(notes) else None)


def _timeline(stored: StoredSession, record: SessionRecord, clock: SessionClock) -> tuple[NoteView, ...]:
    setup = stored.header.setup
    errors_ms = errors_by_note(record, confident(record.notes))
    return tuple(
        note_view(
            note,
            clock.at_s(note.segment, note.onset_sample),
            None if note.offset_sample is None else clock.at_s(note.segment, note.offset_sample),
            in_scale=in_scale(setup, note),
            signed_ms=errors_ms.get((note.segment, note.note_id)),
        )
        for note in record.notes
    )
