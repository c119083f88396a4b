"""Everything that the pedal can decide to do: what the reducer gives out, and the hub carries out.

Frozen data. Times are CLOCK_BOOTTIME in ns, and of the press, not of the moment of the decision.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from pedal.events import SessionKind
from pedal.settings import Settings


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
class MeasureRoundTrip:
    """Chirps out, and find them in what comes back."""


@dataclass(frozen=True, slots=True)
class StopMeasuring:
    """The player has gone elsewhere: listen again."""


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
    | MeasureRoundTrip
    | StopMeasuring
    | ReferenceTone
    | NextBlock
    | JamStep
    | JamUndo
    | ResetSettings
    | PowerOff
)
Commands: TypeAlias = tuple[Command, ...]
