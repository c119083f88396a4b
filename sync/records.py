"""What the store takes and gives back. Frozen; JSON on disk, so that a newer program may add fields.

Times are CLOCK_BOOTTIME of one boot; wall times are labels (ISO 8601, UTC, ending in "Z" or "+00:00"), ``None``
where the clock is not known.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from dsp.types import SessionSetup, Summary

WallSource: TypeAlias = Literal["ntp", "rtc", "estimated", "unknown"]
SessionState: TypeAlias = Literal["open", "closed"]
CloudState: TypeAlias = Literal["none", "waiting", "done", "dead"]


@dataclass(frozen=True, slots=True)
class SessionHeader:
    """What is known when a session begins."""

    session_id: str
    player: str
    setup: SessionSetup
    boot_id: str
    start_boottime_ns: int
    start_wall: str | None = None
    wall_source: WallSource = "unknown"


@dataclass(frozen=True, slots=True)
class SessionEnd:
    """How a session ended. ``ended_by``: "stop", "auto", "shutdown", "power", "crash", "keep"."""

    end_boottime_ns: int
    end_wall: str | None = None
    ended_by: str = "stop"


@dataclass(frozen=True, slots=True)
class StoredSession:
    """A session as lists show it. An open one has neither ``end`` nor ``summary``.

    ``cloud``: "none" while it is open, "waiting" in the outbox, "done" once the server has shown it back, "dead" when
    the server will never take it (``cloud_error`` says why).
    """

    header: SessionHeader
    state: SessionState
    end: SessionEnd | None = None
    summary: Summary | None = None
    cloud: CloudState = "none"
    cloud_error: str | None = None

    @property
    def session_id(self) -> str:
        """The id that the device gave it."""
        return self.header.session_id


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A session whose journal is still there: the power went, or the hub did.

    ``lines`` are all entries that were acknowledged, in order. ``last_heartbeat_ns`` is CLOCK_BOOTTIME (of the boot
    named in the header) of the last sign of life. ``damaged_batches`` failed their checksum and are left out.
    """

    header: SessionHeader
    lines: list[bytes]
    last_heartbeat_ns: int
    damaged_batches: int = 0
