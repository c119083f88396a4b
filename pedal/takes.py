"""Kept audio: the last 60 s out of the shared ring, as FLAC, beside the sessions."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from hardware.memory import MemoryReader

log = logging.getLogger(__name__)


def utc_now() -> datetime:
    """The wall's time, for file names only."""
    return datetime.now(UTC)


class Takes:
    """Writes takes into ``folder``. ``keep`` blocks for as long as encoding a minute takes: call it in a thread."""

    def __init__(self, folder: Path, memory: MemoryReader, now: Callable[[], datetime] = utc_now) -> None:
        self._folder = folder
        self._memory = memory
        self._now = now

    def keep(self, session_id: str) -> str:
        """Keep what the ring holds; returns the line to tell the player."""
        from hardware.flac import write_flac  # noqa: PLC0415  (libsndfile is for the rare foot that keeps)

        snapshot = self._memory.last(60.0)
        if not len(snapshot.samples):
            return "nothing to keep yet"
        stamp = self._now().strftime("%Y%m%dT%H%M%S")
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_flac(self._folder / f"{session_id}-{stamp}.flac", snapshot.samples, 48_000)
        except OSError as error:
            log.warning("the take was not kept: %s", error)
            return "no room: take not kept"
        return "kept the last minute"
