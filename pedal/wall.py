"""Wall time as a label. A Pi has no clock of its own before the network gives it one; the pedal says what it knows."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from hardware.clock import boot_id, boottime_ns
from sync.records import Unfinished, WallSource

SYNCHRONISED: Final = Path("/run/systemd/timesync/synchronized")
CREDIBLE_FROM: Final = datetime(2026, 1, 1, tzinfo=UTC)


class WallClock:
    """Labels moments of this boot with UTC. ``boot_id`` names the boot."""

    def __init__(
        self,
        now_ns: Callable[[], int] = boottime_ns,
        wall_s: Callable[[], float] = time.time,
        synchronised: Path = SYNCHRONISED,
    ) -> None:
        self._now_ns = now_ns
        self._wall_s = wall_s
        self._synchronised = synchronised
        self.boot_id = boot_id()

    @property
    def source(self) -> WallSource:
        """Where the present wall time comes from, as far as this machine can tell."""
        if self._synchronised.exists():
            return "ntp"
        return "rtc" if self._wall_s() >= CREDIBLE_FROM.timestamp() else "unknown"

    def label(self, at_ns: int) -> str | None:
        """UTC of a moment of this boot, ISO 8601; ``None`` while the clock is not credible."""
        if self.source == "unknown":
            return None
        seconds = self._wall_s() - (self._now_ns() - at_ns) / 1e9
        return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def label_of(self, left: Unfinished) -> str | None:
        """UTC of the last sign of life of an unfinished session, from its own start label."""
        if left.header.start_wall is None:
            return None
        began = datetime.fromisoformat(left.header.start_wall)
        seconds = began.timestamp() + (left.last_heartbeat_ns - left.header.start_boottime_ns) / 1e9
        return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
