"""Everything that can happen to the pedal. What it decides to do stands in ``commands``.

Frozen data. Every event carries its own time, CLOCK_BOOTTIME in ns, because
the reducer has no clock. Musical facts carry their segment and sample besides.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from dsp.facts import TuningDrift
from dsp.types import Frame, Metrics, Note, Summary
from pedal.round_trip import Latency
from pedal.settings import Settings

if TYPE_CHECKING:  # the engine waits for what this module loads
    from pedal.followed import Followed
    from pedal.target_file import Piece

PartName = Literal["audio", "oled", "cloud", "network", "storage", "board"]
PartState = Literal["ok", "waiting", "missing", "fault", "off"]
SessionKind = Literal["practice", "click", "trainer", "plan", "jam"]


@dataclass(frozen=True, slots=True)
class EdgeSeen:
    """The footswitch changed."""

    at_ns: int
    pressed: bool


@dataclass(frozen=True, slots=True)
class Ticked:
    """Time has passed."""

    at_ns: int


@dataclass(frozen=True, slots=True)
class Heard:
    """The newest frame of the ear."""

    at_ns: int
    frame: Frame


@dataclass(frozen=True, slots=True)
class NotePlayed:
    """A note began (it may still be corrected or taken back), or a chord."""

    at_ns: int


@dataclass(frozen=True, slots=True)
class Scored:
    """The running session's numbers as they stand; ``recent`` are its newest notes with their place on its clock.

    ``chord`` names the newest one; ``chord_sounds``: it still does. ``late_ms``: how late each of ``recent`` was
    against the click, early negative, ``None`` without one.
    """

    at_ns: int
    metrics: Metrics
    notes: int
    recent: tuple[tuple[float, Note], ...] = ()
    drift: TuningDrift = TuningDrift()
    chord: str = ""
    chord_sounds: bool = False
    late_ms: tuple[float | None, ...] = ()


@dataclass(frozen=True, slots=True)
class SessionOpened:
    """The hub has given the session that the reducer began its identity."""

    at_ns: int
    session_id: str


@dataclass(frozen=True, slots=True)
class SessionSaved:
    """A session is closed and on disk."""

    at_ns: int
    session_id: str
    summary: Summary
    kept: bool = False
    drift: TuningDrift = TuningDrift()


@dataclass(frozen=True, slots=True)
class PartChanged:
    """A part of the pedal works, does not, or works again."""

    at_ns: int
    name: PartName
    state: PartState
    text: str


@dataclass(frozen=True, slots=True)
class SettingsChanged:
    """New settings, checked, from the page or from the store."""

    at_ns: int
    settings: Settings


@dataclass(frozen=True, slots=True)
class Asked:
    """The page or the command line asks for what the foot could do."""

    at_ns: int
    what: Literal["start", "stop", "mark", "keep", "pause", "resume", "tuner", "shutdown", "round_trip"]


@dataclass(frozen=True, slots=True)
class PinShown:
    """A pairing PIN belongs on the screen (``None``: no longer)."""

    at_ns: int
    pin: str | None


@dataclass(frozen=True, slots=True)
class QueueChanged:
    """So many sessions wait for the cloud."""

    at_ns: int
    waiting: int


@dataclass(frozen=True, slots=True)
class LatencyChanged:
    """Another card, or news of measuring its round trip."""

    at_ns: int
    latency: Latency


@dataclass(frozen=True, slots=True)
class PieceChosen:
    """What is to be played from the next session on; ``None``: nothing in particular."""

    at_ns: int
    piece: "Piece | None"


@dataclass(frozen=True, slots=True)
class PieceFollowed:
    """Where in the piece the player is; ``None`` when nothing is followed any more."""

    at_ns: int
    followed: "Followed | None"


@dataclass(frozen=True, slots=True)
class Told:
    """Something the player should read once."""

    at_ns: int
    text: str


Event: TypeAlias = (
    EdgeSeen
    | Ticked
    | Heard
    | NotePlayed
    | Scored
    | SessionOpened
    | SessionSaved
    | PartChanged
    | SettingsChanged
    | Asked
    | PinShown
    | QueueChanged
    | LatencyChanged
    | PieceChosen
    | PieceFollowed
    | Told
)
