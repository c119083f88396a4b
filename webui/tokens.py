"""What is kept about paired browsers: the SHA-256 of each token, never a token.

Whoever reads the file learns nothing that opens the pedal.
"""

import contextlib
import hashlib
import json
import logging
import os
import secrets
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

log = logging.getLogger(__name__)

TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class PairedBrowser:
    """One browser that may use the page. ``paired_at`` is ISO 8601 in UTC, a label only."""

    token_sha256: str
    paired_at: str


class TokenStore(Protocol):
    """Keeps the list of paired browsers over a restart."""

    def load(self) -> tuple[PairedBrowser, ...]:
        """All of them, oldest first; empty when nothing was ever saved."""

    def save(self, browsers: Sequence[PairedBrowser]) -> None:
        """Replace the list. May block; called from a thread. Raises ``OSError``."""


def new_token() -> str:
    """256 random bits, safe in a cookie and in a URL."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest(token: str) -> str:
    """SHA-256 in hex: the form in which tokens are kept and compared."""
    return hashlib.sha256(token.encode()).hexdigest()


class FileTokenStore:
    """A JSON file that only its owner can read, replaced as a whole so that a power cut leaves the old or the new."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> tuple[PairedBrowser, ...]:
        """All of them. A file that cannot be understood is set aside: then every browser pairs again."""
        try:
            rows = json.loads(self._path.read_text())
            return tuple(PairedBrowser(str(row["token_sha256"]), str(row["paired_at"])) for row in rows)
        except FileNotFoundError:
            return ()
        except (ValueError, TypeError, KeyError):
            log.warning("the list of paired browsers is damaged and was set aside: pair again")
            with contextlib.suppress(OSError):
                self._path.replace(self._path.with_suffix(".bad"))
            return ()

    def save(self, browsers: Sequence[PairedBrowser]) -> None:
        """Replace the file by a new one of mode 0600, flushed before it takes the name."""
        handle, temporary = tempfile.mkstemp(prefix=".paired-", dir=self._path.parent)
        try:
            with os.fdopen(handle, "w") as file:
                json.dump([asdict(browser) for browser in browsers], file)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(self._path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
