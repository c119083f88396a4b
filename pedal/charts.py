"""What the session page draws, from the log's record: clicks, gaps, pauses, the scale's rows, the neck. Pure."""

from collections.abc import Iterable, Sequence

from dsp.replay import SessionRecord
from dsp.strings.neck import neck
from dsp.theory.chord_names import chord_name
from dsp.theory.names import pitch_class
from dsp.theory.scales import pitch_classes
from dsp.types import LogEntry, Note, Paused, Resumed, SegmentStarted, SessionSetup
from pedal.note_names import pitch_names
from webui.session_schemas import CHORDS_MAX, ChordView, ClickView, GapView, NeckView, PlaceView, ScaleView, SpanView


class SessionClock:
    """Segments and samples to seconds since the stomp, rounded to 0.1 ms."""

    def __init__(self, start_boottime_ns: int, segments: Iterable[SegmentStarted]) -> None:
        self._start_ns = start_boottime_ns
        self._segments = {s.segment: s for s in segments}

    def at_s(self, segment: int, sample: int) -> float:
        """A segment that the log does not hold is taken to have begun with the session."""
        started = self._segments.get(segment, SegmentStarted(segment, self._start_ns))
        return round((started.boottime_ns - self._start_ns) / 1e9 + sample / started.sample_rate_hz, 4)

    def latency_samples(self, segment: int) -> int:
        """The round trip after which a played beat is heard in this segment."""
        started = self._segments.get(segment)
        return 0 if started is None else started.latency_samples


def clicks(record: SessionRecord, clock: SessionClock) -> list[ClickView]:
    """The clicks that counted, where they are heard; each ends where the next begins, or with its segment's notes."""
    found: list[ClickView] = []
    for number in dict.fromkeys(grid.segment for grid in record.grids):
        latency = clock.latency_samples(number)
        grids = sorted((g for g in record.grids if g.segment == number), key=lambda g: g.sample)
        last = max((n.offset_sample or n.onset_sample for n in record.notes if n.segment == number), default=0)
        ends = [g.sample for g in grids[1:]] + [max(last, grids[-1].sample)]
        found += [
            ClickView(
                from_s=clock.at_s(number, grid.sample + latency),
                to_s=clock.at_s(number, end + latency),
                bpm=grid.bpm,
                beats_per_bar=grid.beats_per_bar,
                subdivision=grid.subdivision,
            )
            for grid, end in zip(grids, ends, strict=True)
            if grid.bpm > 0
        ]
    return found


def chords(record: SessionRecord, clock: SessionClock) -> list[ChordView]:
    """Chords by name; one that sounded to the end of the log lasts until it was named."""
    return [
        ChordView(
            onset_s=clock.at_s(c.segment, c.onset_sample),
            offset_s=clock.at_s(c.segment, c.decided_sample if c.offset_sample is None else c.offset_sample),
            name=chord_name(c.root, c.kind, c.bass),
            confidence=round(c.confidence, 3),
        )
        for c in record.chords[:CHORDS_MAX]
    ]


def gaps(record: SessionRecord, clock: SessionClock) -> list[GapView]:
    """Where sound is missing."""
    return [
        GapView(at_s=clock.at_s(g.segment, g.sample), lost_s=round(g.lost_s, 3), reason=g.reason) for g in record.gaps
    ]


def pauses(entries: Iterable[LogEntry], clock: SessionClock) -> list[SpanView]:
    """The rests between practising; the pause that ends a session is none."""
    found: list[SpanView] = []
    since_s: float | None = None
    for entry in entries:
        if isinstance(entry, Paused):
            since_s = clock.at_s(entry.segment, entry.sample)
        elif isinstance(entry, Resumed) and since_s is not None:
            found.append(SpanView(from_s=since_s, to_s=clock.at_s(entry.segment, entry.sample)))
            since_s = None
    return found


def scale_view(setup: SessionSetup, taste: str) -> ScaleView:
    """The scale's pitch classes, and the names of all twelve by the player's taste."""
    return ScaleView(
        root=pitch_class(setup.scale_root),
        pitch_classes=sorted(pitch_classes(setup.scale_root, setup.scale_kind, setup.scale_type)),
        pitch_names=list(pitch_names(taste, setup.scale_root, setup.scale_kind, setup.scale_type)),
    )


def neck_view(setup: SessionSetup, record: SessionRecord, notes: Sequence[Note]) -> NeckView:
    """Where on the neck these notes lay."""
    found = neck(setup, record, notes)
    return NeckView(
        strings=list(found.open_midis),
        places=[
            PlaceView(string=p.string, fret=p.fret, midi=p.midi, n=p.n, likely=round(p.likely, 2)) for p in found.places
        ],
        sure=found.sure,
        notes=found.notes,
    )
