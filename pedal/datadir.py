"""The directory where all that lasts is kept: one daemon at a time, and where the command line finds it."""

import fcntl
import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

LOCK: Final = "daemon.lock"
ADDRESS: Final = "daemon.json"
TOKEN: Final = "api.token"  # noqa: S105  (a file name)
BROWSERS: Final = "browsers.json"
TAKES: Final = "takes"


class DataDirError(Exception):
    """The directory cannot be used; the text is one line that says what to do."""


class PageError(Exception):
    """The page cannot be served; the text is one line that says what to do."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where the running daemon answers on this machine."""

    pid: int
    port: int


class DataDir:
    """``DIR`` while a daemon owns it. Only its owner can read it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock: int | None = None

    def acquire(self) -> None:
        """Make the directory and take the lock. Raises ``DataDirError``."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = os.open(self.path / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise DataDirError(f"{self.path}: {error.strerror}; choose another directory with --data") from error
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(self._lock)
            self._lock = None
            raise DataDirError(f"another pedal runs on {self.path}; stop it, or give another --data") from error

    def token(self) -> str:
        """The secret of the command line; made once, readable by the owner only."""
        path = self.path / TOKEN
        if path.exists():
            return path.read_text(encoding="ascii").strip()
        token = secrets.token_urlsafe(32)
        self._write(path, token)
        return token

    def announce(self, port: int) -> None:
        """Tell the command line where the daemon answers."""
        self._write(self.path / ADDRESS, json.dumps(asdict(Address(os.getpid(), port))))

    def release(self) -> None:
        """The daemon is gone."""
        (self.path / ADDRESS).unlink(missing_ok=True)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _write(self, path: Path, text: str) -> None:
        partial = path.with_name(f".{path.name}.part")
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)


def daemon_address(path: Path) -> Address | None:
    """Where the daemon of this directory answers; ``None`` when none runs."""
    if not (path / LOCK).exists():
        return None
    with (path / LOCK).open("rb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            pass
        else:
            return None
    try:
        return Address(**json.loads((path / ADDRESS).read_text(encoding="ascii")))
    except (OSError, ValueError, TypeError):
        return None
