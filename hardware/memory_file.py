"""The file behind the last 60 s of sound (see ``memory``): made by the hub, before the engine that it is handed to.

Apart, because the hub has nothing to wait for here: what reads and writes the sound needs NumPy.
"""

import fcntl
import os
from typing import Final

RATE_HZ: Final = 48_000
SECONDS: Final = 60.0
HEADER_BYTES: Final = 4096
MAGIC: Final = b"PEDALSND"


def create(seconds: float = SECONDS) -> int:
    """A new, silent memory of that length; returns its file descriptor, which the caller closes."""
    capacity = round(seconds * RATE_HZ)
    assert capacity > 0
    fd = os.memfd_create("pedal-sound", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    os.ftruncate(fd, HEADER_BYTES + 2 * capacity)
    fcntl.fcntl(fd, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW)
    os.pwrite(fd, MAGIC + capacity.to_bytes(8, "little"), 0)
    return fd
