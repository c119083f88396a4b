"""Run inside the sandbox of pedal.service: what the pedal needs must work, what it must never do must be refused."""

import contextlib
import ctypes
import errno
import mmap
import os
import resource
import socket
from collections.abc import Callable
from pathlib import Path

import cffi
import sounddevice

MCL_CURRENT = 1


def closure() -> None:
    """Call back from C through libffi, as PortAudio does for every block of sound."""
    ffi = cffi.FFI()
    ffi.cdef("void qsort(void *base, size_t count, size_t size, int (*compare)(const void *, const void *));")
    numbers = ffi.new("int[]", [3, 1, 2])

    @ffi.callback("int(const void *, const void *)")
    def compare(a: object, b: object) -> int:
        return ffi.cast("int *", a)[0] - ffi.cast("int *", b)[0]

    ffi.dlopen(None).qsort(numbers, 3, ffi.sizeof("int"), compare)
    assert list(numbers) == [1, 2, 3]


def portaudio() -> None:
    """Load PortAudio and let it look at /dev/snd; no card is a fine answer."""
    sounddevice.query_devices()


def memory_file() -> None:
    """The ring of the last 60 s is a memory file that hub and engine share."""
    handle = os.memfd_create("ring")
    os.ftruncate(handle, 4096)
    with mmap.mmap(handle, 4096) as shared:
        shared[0] = 7


def link() -> None:
    """Hub and engine talk over a packet socket."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.send(b"note")
    assert theirs.recv(16) == b"note"


def may_raise_limits() -> bool:
    """Whether the limits of the unit arrived: a builder that is itself in a box without CAP_SYS_RESOURCE has none."""
    return resource.getrlimit(resource.RLIMIT_RTPRIO)[1] > 0


def real_time() -> None:
    """The engine's threads ask for SCHED_FIFO; without a limit to ask for, at least the call itself must pass."""
    policy, priority = (os.SCHED_FIFO, 50) if may_raise_limits() else (os.SCHED_BATCH, 0)
    os.sched_setscheduler(0, policy, os.sched_param(priority))
    os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


def locked_memory() -> None:
    """The engine locks its memory, so that no page fault meets the callback; without the limit, one page of it."""
    libc = ctypes.CDLL(None, use_errno=True)
    page = ctypes.create_string_buffer(4096)
    if libc.mlockall(MCL_CURRENT) if may_raise_limits() else libc.mlock(page, len(page)):
        raise OSError(ctypes.get_errno(), "mlockall")


def board_facts() -> None:
    """gpiozero reads the board's revision, the store reads the boot's id."""
    Path("/proc/cpuinfo").read_text()
    Path("/proc/sys/kernel/random/boot_id").read_text()


def write_to_etc() -> None:
    """Change the settings of the unit."""
    Path("/etc/pedal/pedal.toml").open("a").close()


def read_home() -> None:
    """Look into somebody's home."""
    next(Path("/root").iterdir(), None)


def raw_disk_device() -> None:
    """Make a node for the disk."""
    os.mknod("/run/pedal/disk", 0o600 | 0o060000, os.makedev(8, 0))


def network_namespace() -> None:
    """Step into a namespace of its own, the usual first step out of a box."""
    if ctypes.CDLL(None, use_errno=True).unshare(0x40000000):
        raise OSError(ctypes.get_errno(), "unshare")


NEEDED = (closure, portaudio, memory_file, link, real_time, locked_memory, board_facts)
FORBIDDEN = (write_to_etc, read_home, raw_disk_device, network_namespace)
REFUSALS = (errno.EPERM, errno.EACCES, errno.EROFS, errno.ENOENT)


def refused(action: Callable[[], None]) -> bool:
    """Whether the sandbox said no."""
    try:
        action()
    except OSError as error:
        return error.errno in REFUSALS
    return False


def main() -> None:
    """Print one line per finding; leave with 1 when one is not as it must be."""
    bad = []
    for action in NEEDED:
        try:
            action()
        except (OSError, MemoryError, AssertionError, sounddevice.PortAudioError) as error:
            bad.append(f"{action.__name__} does not work in the sandbox: {error}")
    bad += [f"the sandbox lets {action.__name__} through" for action in FORBIDDEN if not refused(action)]
    with contextlib.suppress(FileNotFoundError):
        Path("/run/pedal/disk").unlink()
    limits = "" if may_raise_limits() else "; real-time limits not tried: this builder may not raise limits"
    print("\n".join(bad) or f"{len(NEEDED)} needed things work, {len(FORBIDDEN)} forbidden ones are refused{limits}")
    raise SystemExit(1 if bad else 0)


main()
