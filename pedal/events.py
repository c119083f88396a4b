"""Everything that can happen to the pedal, and everything it can decide to do.

Events go in, commands come out; both are frozen data. Every event carries its own time, CLOCK_BOOTTIME in ns, because
the reducer has no clock. Musical facts carry their segment and sample besides.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from dsp.types import Frame, Metrics, Note, Summary
from pedal.settings import Settings

PartName = Literal["audio", "oled", "cloud", "network", "storage", "board"]
PartState = Literal["ok", "waiting", "missing", "fault", "off"]
SessionKind = Literal["practice", "click", "trainer", "plan", "jam"]

# --- events -----------------------------------------------------------------------------------------------------------


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
    """A note began (it may still be corrected or taken back)."""

    at_ns: int


@dataclass(frozen=True, slots=True)
class Scored:
    """The running session's numbers as they stand; ``recent`` are its newest notes with their place on its clock."""

    at_ns: int
    metrics: Metrics
    notes: int
    recent: tuple[tuple[float, Note], ...] = ()


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
    what: Literal["start", "stop", "mark", "keep", "pause", "resume", "tuner", "shutdown"]


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
    | Told
)

# --- commands ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BeginSession:
    """Open a session; everything heard since ``from_ns`` belongs to it."""

    from_ns: int
    kind: SessionKind


@dataclass(frozen=True, slots=True)
class EndSession:
    """Close the session as of ``at_ns`` and save it."""

    at_ns: int
    ended_by: Literal["stop", "shutdown", "auto"] = "stop"


@dataclass(frozen=True, slots=True)
class AddMark:
    """Remember this spot."""

    at_ns: int


@dataclass(frozen=True, slots=True)
class RemoveMark:
    """That tap was the first of a tempo, not a mark."""

    at_ns: int


@dataclass(frozen=True, slots=True)
class PauseSession:
    """The practice clock stops."""

    at_ns: int


@dataclass(frozen=True, slots=True)
class ResumeSession:
    """The practice clock runs again."""

    at_ns: int


@dataclass(frozen=True, slots=True)
class KeepLastMinute:
    """Keep the last 60 s before ``at_ns``: as a session when none runs, as audio inside one."""

    at_ns: int
    as_audio: bool


@dataclass(frozen=True, slots=True)
class SetGrid:
    """A click counts from ``at_ns`` on at this tempo; 0 ends it."""

    at_ns: int
    bpm: float


@dataclass(frozen=True, slots=True)
class SaveSettings:
    """Keep the settings and give the ear what concerns it."""

    settings: Settings


@dataclass(frozen=True, slots=True)
class ReferenceTone:
    """The tuner's tone, on or off."""

    on: bool


@dataclass(frozen=True, slots=True)
class NextBlock:
    """The plan's next block begins."""

    at_ns: int


@dataclass(frozen=True, slots=True)
class JamStep:
    """Record, overdub, play, in turn."""

    at_ns: int


@dataclass(frozen=True, slots=True)
class JamUndo:
    """Take the last layer away."""

    at_ns: int


@dataclass(frozen=True, slots=True)
class ResetSettings:
    """Clear settings, WiFi and pairing; sessions stay."""


@dataclass(frozen=True, slots=True)
class PowerOff:
    """Everything is saved: switch off."""


Command: TypeAlias = (
    BeginSession
    | EndSession
    | AddMark
    | RemoveMark
    | PauseSession
    | ResumeSession
    | KeepLastMinute
    | SetGrid
    | SaveSettings
    | ReferenceTone
    | NextBlock
    | JamStep
    | JamUndo
    | ResetSettings
    | PowerOff
)
Commands: TypeAlias = tuple[Command, ...]
