"""The one clock of the devices: CLOCK_BOOTTIME, which neither jumps with the date nor stops while asleep."""

import time
import uuid
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

BootClock: TypeAlias = Callable[[], int]
"""Returns CLOCK_BOOTTIME in ns. Drivers take one, so that a test can hold the time itself."""

BOOT_ID_PATH = Path("/proc/sys/kernel/random/boot_id")


def boottime_ns() -> int:
    """CLOCK_BOOTTIME in ns: comparable between processes, never across boots."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME)


@lru_cache(maxsize=4)
def boot_id(path: Path = BOOT_ID_PATH) -> str:
    """Name of this boot of the machine, a UUID: boot times compare only where it is the same.

    Where /proc does not tell (a hardened unit may hide it) it is a new UUID per process: a restart then looks like a
    new boot, and a session is closed that could have gone on. The other way round would join two boots into one.
    """
    try:
        return str(uuid.UUID(path.read_text(encoding="ascii").strip()))
    except (OSError, ValueError):
        return str(uuid.uuid4())
