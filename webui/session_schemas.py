"""Sessions that are kept, as JSON: the list, one session with what was made of it, and its notes page by page.

Times are seconds on the session's own clock: 0 is the stomp.
"""

from typing import Final, Literal

from pydantic import Field

from webui.closed import Closed
from webui.fact_schemas import ChordCountView, CoverageView, CurveView
from webui.schemas import DriftView, MetricsView, NoteView

# An hour of 16ths is over 10,000 notes: they come in pages, so that no answer is larger than a phone likes.
NOTES_MAX: Final = 2000
CHORDS_MAX: Final = 4000


class SessionRow(Closed):
    """A session in a list. ``start`` and ``end`` are ISO 8601 in UTC."""

    session_id: str
    start: str | None
    end: str | None
    state: Literal["open", "closed", "interrupted"]
    duration_s: float
    notes: int
    scale: str
    metrics: MetricsView


class SessionPage(Closed):
    """A page of the list of sessions. ``next`` is the ``before`` of the following page, ``null`` on the last one."""

    sessions: list[SessionRow]
    next: str | None


class NotesPage(Closed):
    """Some notes of a session, from number ``first`` on. ``next`` is the ``first`` of the following page, or null."""

    notes: list[NoteView] = Field(max_length=NOTES_MAX)
    first: int
    next: int | None


class ClickView(Closed):
    """A click that counted from ``from_s`` (its first beat, as it is heard in the recording) to ``to_s``."""

    from_s: float
    to_s: float
    bpm: float
    beats_per_bar: int
    subdivision: int


class GapView(Closed):
    """Before ``at_s`` sound is missing: ``lost_s`` seconds of it, about, and why."""

    at_s: float
    lost_s: float
    reason: str


class SpanView(Closed):
    """From, to."""

    from_s: float
    to_s: float


class ScaleView(Closed):
    """What the session is scored against. ``pitch_names``: of all twelve pitch classes, C first, as this key spells."""

    root: int
    pitch_classes: list[int]
    pitch_names: list[str]


class ChordView(Closed):
    """A chord as it was heard; its tones are no notes of the timeline."""

    onset_s: float
    offset_s: float
    name: str
    confidence: float


class PlaceView(Closed):
    """A place of the neck: ``n`` notes surely there, ``likely`` as many by what the hand did before and after."""

    string: int
    fret: int
    midi: int
    n: int
    likely: float


class NeckView(Closed):
    """Where on the neck was played. ``strings``: open pitches, the lowest first. ``sure`` of ``notes`` are certain."""

    strings: list[int] = Field(default_factory=list)
    places: list[PlaceView] = Field(default_factory=list)
    sure: int = 0
    notes: int = 0


class SessionDetail(SessionRow):
    """A session with what was made of it. ``timeline``: its first notes; where ``notes_next`` is a number, there are
    more under ``/notes?first=``.
    """

    timeline: list[NoteView] = Field(default_factory=list, max_length=NOTES_MAX)
    notes_next: int | None = None
    marks_s: list[float] = Field(default_factory=list)
    gaps_s: list[float] = Field(default_factory=list)
    gaps: list[GapView] = Field(default_factory=list)
    pauses: list[SpanView] = Field(default_factory=list)
    clicks: list[ClickView] = Field(default_factory=list)
    chords: list[ChordView] = Field(default_factory=list, max_length=CHORDS_MAX)
    scale_tones: ScaleView
    # Whether it followed a piece: then /follow has the report.
    followed: bool = False
    coverage: CoverageView = CoverageView()
    chord_count: ChordCountView = ChordCountView()
    curve: CurveView = CurveView()
    neck: NeckView = NeckView()
    tuning_drift: DriftView = DriftView()
