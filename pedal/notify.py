"""Telling systemd how we are: six lines of socket, and nothing at all where there is no systemd."""

import os
import socket


def notify(message: str) -> None:
    """Send "READY=1", "WATCHDOG=1", "STATUS=…" or "STOPPING=1". A supervisor that is gone is not our fault."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    path = "\0" + address[1:] if address.startswith("@") else address
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        try:
            sender.sendto(message.encode(), path)
        except OSError:
            return


def watchdog_period_s() -> float | None:
    """How often systemd wants to hear of us at the least, or ``None``."""
    microseconds = os.environ.get("WATCHDOG_USEC", "")
    return int(microseconds) / 1e6 if microseconds.isdigit() and int(microseconds) > 0 else None
