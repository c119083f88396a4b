"""Stored sessions as rows and details: for the page and for ``pedal sessions``. Pure."""

from collections.abc import Callable, Iterable

from dsp.replay import SessionRecord, replay
from dsp.scores.session import in_scale
from dsp.strings.drift import tuning_drift
from dsp.types import LogEntry, Metrics, SegmentStarted
from pedal import words
from pedal.settings import Settings
from pedal.views import drift_view, metrics_view, note_view
from sync.records import StoredSession
from webui.schemas import NoteView, SessionDetail, SessionRow


def row(stored: StoredSession, *, running_id: str | None) -> SessionRow:
    """One line of the list. An open session that no daemon is running is "interrupted" until the next start."""
    header, summary = stored.header, stored.summary
    state = stored.state
    return SessionRow(
        session_id=header.session_id,
        start=header.start_wall,
        end=stored.end.end_wall if stored.end is not None else None,
        state="interrupted" if state == "open" and header.session_id != running_id else state,
        duration_s=round(summary.duration_s, 3) if summary is not None else 0.0,
        notes=summary.notes if summary is not None else 0,
        scale=words.scale(header.setup),
        metrics=metrics_view(summary.metrics if summary is not None else Metrics()),
    )


def detail(
    stored: StoredSession, log: Iterable[LogEntry], *, running_id: str | None, settings: Settings | None = None
) -> SessionDetail:
    """A session with its notes, marks and gaps, on its own clock: 0 is the stomp.

    ``settings``: from which drift of a string on it is told; the usual ones where none are given.
    """
    entries = list(log)
    record = replay(entries)
    header = stored.header
    drift = tuning_drift(header.setup, entries)
    clock = {s.segment: s for s in record.segments}

    def at_s(segment: int, sample: int) -> float:
        started = clock.get(segment, SegmentStarted(segment, header.start_boottime_ns))
        return (started.boottime_ns - header.start_boottime_ns) / 1e9 + sample / started.sample_rate_hz

    base = row(stored, running_id=running_id)
    return SessionDetail(
        **base.model_dump() | {"notes": len(record.notes)},
        timeline=_timeline(stored, record, at_s),
        marks_s=[round(at_s(m.segment, m.sample), 3) for m in record.marks],
        gaps_s=[round(at_s(g.segment, g.sample), 3) for g in record.gaps],
        tuning_drift=drift_view(drift, (settings or Settings()).drift_to_tell(drift)),
    )


def _timeline(stored: StoredSession, record: SessionRecord, at_s: Callable[[int, int], float]) -> list[NoteView]:
    setup = stored.header.setup
    return [
        note_view(
            note,
            at_s(note.segment, note.onset_sample),
            None if note.offset_sample is None else at_s(note.segment, note.offset_sample),
            in_scale=in_scale(setup, note),
        )
        for note in record.notes
    ]
