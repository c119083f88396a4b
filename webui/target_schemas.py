"""What should be played, and what became of it, as JSON."""

from typing import Literal

from pydantic import Field

from webui.closed import Closed

BARS_MAX = 1000
EVENTS_MAX = 500


class TargetView(Closed):
    """The piece that the next session follows. ``bars``: as played, repeats unfolded; ``segments``: their names."""

    title: str
    source: str
    track: str
    notes: int
    bars: int
    segments: list[str] = Field(default_factory=list)


class TrackView(Closed):
    """A track of the file that was given."""

    number: int
    name: str
    notes: int


class TargetGiven(TargetView):
    """The same, as answer to a file: ``tracks`` lists all that are in it, ``skipped`` what of it is not followed."""

    tracks: list[TrackView] = Field(default_factory=list)
    skipped: list[str] = Field(default_factory=list)


class NoTarget(Closed):
    """Nothing in particular is to be played."""

    target: None = None


class FollowLive(Closed):
    """Where in the piece the player is. ``bar``: the printed number; ``next``: the notes that are due, by name.

    ``trail``: what became of the newest notes, oldest first; ``reached`` of ``notes`` notes were hit or tried.
    ``fault``: why nothing is followed any more, else empty.
    """

    title: str
    notes: int
    bars: int
    bar: int | None = None
    segment: str = ""
    next: list[str] = Field(default_factory=list)
    tempo_bpm: float | None = None
    hits: int = 0
    wrong: int = 0
    extra: int = 0
    reached: int = 0
    trail: list[Literal["hit", "wrong", "missed", "extra"]] = Field(default_factory=list)
    fault: str = ""


class BarReport(Closed):
    """What became of one printed bar, its last pass: notes hit, hit with another pitch, left out."""

    number: int
    segment: str | None
    hits: int
    wrong: int
    missed: int
    signed_ms: float | None


class SegmentReport(Closed):
    """A named range of bars over all passes."""

    name: str
    played: int
    hits: int
    hit_share: float | None


class FollowEvent(Closed):
    """A stop, a repeat or a jump, and the bar where playing went on."""

    kind: Literal["stop", "repeat", "jump"]
    at_s: float
    bar: int | None


class FollowReport(Closed):
    """What became of the piece in a session, from its log. ``target`` is null where its piece is not kept any more."""

    target: TargetView | None
    hits: int = 0
    wrong: int = 0
    missed: int = 0
    extra: int = 0
    reached: int = 0
    accuracy: float | None = None
    passes: int = 0
    tempo_bpm: float | None = None
    signed_ms: float | None = None
    bars: list[BarReport] = Field(default_factory=list, max_length=BARS_MAX)
    segments: list[SegmentReport] = Field(default_factory=list)
    events: list[FollowEvent] = Field(default_factory=list, max_length=EVENTS_MAX)
