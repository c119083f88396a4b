"""What can go wrong with what is kept, split by what the caller should do.

SyncError
├── Offline          no network, or no answer that is ours: wait for the link
│   └── Portal       a captive portal answered in the server's place: say so, wait for the link
├── Retry            the server could not now: later, with backoff
│   └── TooLarge     the server wants smaller requests: halve the cap
├── Rejected         the server will never take this row: keep it, show it
├── Held             the server's table is not what we know: keep the queue, ask the owner
├── AuthHeld         the account's credential is refused: hold the account, ask the owner
├── StoreFull        the disk is full or read-only: recording stops visibly
└── StoreUnreadable  a file is damaged, or made by a newer pedal: it is kept as it is
"""


class SyncError(Exception):
    """Base of everything that this package raises. The text is one line for the player."""


class Offline(SyncError, ConnectionError):
    """No network, or no answer that is ours."""


class Portal(Offline):
    """A captive portal (or another stranger) answered in the server's place."""


class Retry(SyncError):
    """The server could not now. ``after_s``: what it asked us to wait, if it did."""

    def __init__(self, message: str, after_s: float | None = None) -> None:
        super().__init__(message)
        self.after_s = after_s


class TooLarge(Retry):
    """The server wants smaller requests."""


class Rejected(SyncError, ValueError):
    """The server will never take this row: keep it, show it."""


class Held(SyncError):
    """The server's table is not what we know: keep the queue and ask again much later."""


class AuthHeld(SyncError, PermissionError):
    """The account's credential is refused."""


class StoreFull(SyncError, OSError):
    """The disk is full or read-only."""


class StoreUnreadable(SyncError, OSError):
    """A file is damaged, or made by a newer pedal: it is kept as it is."""
