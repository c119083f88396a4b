"""The wire between the hub and the engine: one non-blocking Unix SEQPACKET socket, one message a packet.

The first byte says what a message is. The kernel's buffer is the bounded queue between the two processes:

* entries of the session log are *lossless*: what the socket cannot take waits in a bounded backlog, in order, and each
  carries a sequence number, so that the hub would notice a hole;
* frames are *latest*: they are sent only while next to nothing is waiting, so they can never push a note out;
* everything else (state, orders, a round trip that is measured) is rare and travels as the entries do.
"""

import fcntl
import json
import socket
import struct
import termios
from collections import deque
from typing import Any, Final

ENTRY: Final = b"E"
FRAME: Final = b"F"
STATE: Final = b"S"
ORDER: Final = b"O"
ROUND_TRIP: Final = b"R"

PACKET_MAX_BYTES: Final = 64 * 1024
BACKLOG_MAX: Final = 8192
FRAMES_WHILE_BELOW_BYTES: Final = 4096


class LinkClosed(ConnectionError):
    """The other process is gone."""


class Link:
    """One end of the wire. Use it from one thread only."""

    def __init__(self, end: socket.socket) -> None:
        end.setblocking(False)
        self._socket = end
        self._backlog: deque[bytes] = deque()
        self.refused = 0

    @staticmethod
    def pair() -> tuple[socket.socket, socket.socket]:
        """Two connected sockets: one to keep, one whose descriptor the engine inherits."""
        return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)

    def fileno(self) -> int:
        """For the event loop."""
        return self._socket.fileno()

    def send(self, kind: bytes, payload: bytes) -> None:
        """Send without loss; when the backlog is full, count it in ``refused`` (the session is then incomplete)."""
        if len(self._backlog) >= BACKLOG_MAX:
            self.refused += 1
            return
        self._backlog.append(kind + payload)
        self.flush()

    def send_latest(self, kind: bytes, payload: bytes) -> bool:
        """Send only if next to nothing is waiting before it; returns whether it was sent."""
        if self._backlog or self._queued_bytes() >= FRAMES_WHILE_BELOW_BYTES:
            return False
        return self._try_send(kind + payload)

    def flush(self) -> None:
        """Send from the backlog as much as the kernel takes now."""
        while self._backlog and self._try_send(self._backlog[0]):
            self._backlog.popleft()

    def receive(self, packets_max: int = 1024) -> list[tuple[bytes, bytes]]:
        """Everything that has arrived, (kind, payload) each. Raises ``LinkClosed`` when nothing more can come."""
        packets: list[tuple[bytes, bytes]] = []
        while len(packets) < packets_max:
            try:
                packet = self._socket.recv(PACKET_MAX_BYTES)
            except BlockingIOError:
                break
            except ConnectionError:
                packet = b""
            if not packet:
                if packets:
                    break
                raise LinkClosed("the other process is gone")
            packets.append((packet[:1], packet[1:]))
        return packets

    def close(self) -> None:
        """Close this end; the other one reads ``LinkClosed``."""
        self._socket.close()

    def _try_send(self, packet: bytes) -> bool:
        try:
            self._socket.send(packet)
        except BlockingIOError:
            return False
        except ConnectionError as error:
            raise LinkClosed("the other process is gone") from error
        return True

    def _queued_bytes(self) -> int:
        """Bytes that the other process has not read yet (SIOCOUTQ; kernel overhead included)."""
        answer = fcntl.ioctl(self._socket.fileno(), termios.TIOCOUTQ, b"\0\0\0\0")
        return int(struct.unpack("i", answer)[0])


def pack(value: dict[str, Any]) -> bytes:
    """A small JSON object for the wire."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False).encode()


def unpack(payload: bytes) -> dict[str, Any]:
    """The object that ``pack`` made. Raises ``ValueError``."""
    value = json.loads(payload)
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")  # noqa: TRY004  (a wrong value, whoever sent it)
    return value


def number(sequence: int, line: bytes) -> bytes:
    """A log line with its sequence number."""
    return struct.pack("<Q", sequence) + line


def numbered(payload: bytes) -> tuple[int, bytes]:
    """Sequence number and log line."""
    return struct.unpack_from("<Q", payload)[0], payload[8:]
