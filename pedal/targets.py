"""Pieces to be played, on disk: one file for each, named by its content, so that a session finds its own for ever.

A file that a phone sends is read by ``pedal.target_reader`` in a process of its own: a parser may take seconds, and the
hub's loop must not stand still for five milliseconds.
"""

import asyncio
import contextlib
import json
import logging
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from dsp.follow.target import Target
from pedal.one_thread import ONE_THREAD
from pedal.target_file import BYTES_MAX, Piece, from_bytes, piece_of

FOLDER: Final = "pieces"
KEPT_MAX: Final = 200
READ_S_MAX: Final = 20.0
PIECE_ID: Final = re.compile(r"[0-9a-f]{32}")
log = logging.getLogger(__name__)


class PieceRefused(Exception):
    """The file is no piece, or cannot be kept; the text is one line for the player."""


@dataclass(frozen=True, slots=True)
class TrackChoice:
    """A track of the file that was given, for whoever wants another."""

    number: int
    name: str
    notes: int


@dataclass(frozen=True, slots=True)
class Given:
    """A file that was read: the piece, ``data`` as it is kept, and the tracks that there were to choose from.

    ``skipped``: lines for the player about what the file holds and the piece does not.
    """

    piece: Piece
    data: bytes
    tracks: tuple[TrackChoice, ...] = ()
    skipped: tuple[str, ...] = ()


class Shelf:
    """``folder``: the pedal's data directory. What blocks says so; call that in a thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / FOLDER

    async def read(self, data: bytes, name: str, track: str, segments: str = "") -> Given:
        """What a stranger's file holds, with the player's own names for ranges of bars. Raises ``PieceRefused``."""
        head, kept = await _asked(data, name, track, segments)
        if "error" in head:
            raise PieceRefused(str(head["error"]))
        facts = head["piece"] | {"segments": tuple(head["piece"]["segments"])}
        tracks = tuple(TrackChoice(t["number"], t["name"], t["notes"]) for t in head["tracks"])
        return Given(Piece(**facts), kept, tracks, tuple(head["skipped"]))

    def keep(self, given: Given) -> None:
        """Write it, whole or not at all; the oldest of more than ``KEPT_MAX`` go. Blocks. Raises ``PieceRefused``."""
        piece, data = given.piece, given.data
        path = self._path(piece.piece_id)
        partial = path.with_suffix(".part")
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            partial.replace(path)
            self._make_room(path)
        except OSError as error:
            log.warning("the piece was not kept: %s", error)
            raise PieceRefused("the pedal's storage refused to keep it: is it full?") from error

    def load(self, piece_id: str) -> tuple[Target, Piece] | None:
        """The piece of this name, or ``None`` where it is not kept any more, or is damaged. Blocks."""
        if PIECE_ID.fullmatch(piece_id) is None:
            return None
        try:
            with self._path(piece_id).open("rb") as file:
                data = file.read(BYTES_MAX + 1)
            target = from_bytes(data)
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            log.warning("piece %s: %s", piece_id, error)
            return None
        piece = piece_of(target, data)
        return (target, piece) if piece.piece_id == piece_id else None

    def _path(self, piece_id: str) -> Path:
        return self._folder / f"{piece_id}.json"

    def _make_room(self, newest: Path) -> None:
        kept = sorted((p for p in self._folder.glob("*.json") if p != newest), key=lambda p: p.stat().st_mtime_ns)
        for old in kept[: max(0, len(kept) + 1 - KEPT_MAX)]:
            old.unlink(missing_ok=True)


async def _asked(data: bytes, name: str, track: str, segments: str) -> tuple[dict[str, Any], bytes]:
    """The reader's head and kept file; it is ended when it takes too long, and its faults are told in our words."""
    reader = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "pedal.target_reader", name, track, segments),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=os.environ | ONE_THREAD,
    )
    try:
        async with asyncio.timeout(READ_S_MAX):
            out, _ = await reader.communicate(data)
        line, _, kept = out.partition(b"\n")
        head = json.loads(line) if reader.returncode == 0 else None
    except (TimeoutError, ValueError):
        head, kept = None, b""
    finally:
        with contextlib.suppress(ProcessLookupError):
            if reader.returncode is None:
                reader.kill()
                await reader.wait()
    if not isinstance(head, dict):
        raise PieceRefused("this file takes too long to read or too much memory: give a shorter piece, or MIDI")
    return head, kept
