"""What the web needs of the pedal. The hub satisfies it; the tests bring a fake of their own."""

from collections.abc import Mapping
from typing import Any, Literal, Protocol

from webui.schemas import LiveState
from webui.session_schemas import NotesPage, SessionDetail, SessionRow
from webui.target_schemas import FollowReport, TargetGiven, TargetView


class CommandRefused(Exception):
    """The pedal does not do this now, or not with these values.

    ``code`` is a stable word for programs, ``field`` the argument that was wrong (if one was), the text one line for
    people that says what to do.
    """

    def __init__(self, code: str, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.field = field


class Pedal(Protocol):
    """The hub, as the web sees it. All calls come from the hub's own event loop."""

    def live(self) -> LiveState:
        """The newest state; cheap, made of what is in memory."""

    async def command(self, name: str, arguments: Mapping[str, Any]) -> None:
        """Do it as the foot would. Raises ``CommandRefused``; returns once it is decided (not once it is on disk).

        Names: ``start``, ``stop``, ``mark``, ``keep``, ``pause``, ``resume``, ``tuner``, ``round_trip``, ``settings``
        (a subset of ``Settings``' fields), ``sync``, ``shutdown``; on the simulated board also ``press`` (``edges``: a
        list of {"at_s", "pressed"}), ``audio`` (``plugged``), ``oled`` (``working``), ``network`` (``up``), ``cable``
        (``plugged``).
        """

    async def sessions(self, limit: int, before: str | None) -> list[SessionRow]:
        """Newest first; ``before`` is the ``session_id`` of the last row of the page before."""

    async def session(self, session_id: str) -> SessionDetail | None:
        """One session with its first notes, or ``None``."""

    async def notes(self, session_id: str, first: int) -> NotesPage | None:
        """The notes of a session from number ``first`` on, or ``None`` where there is no such session."""

    async def export(self, session_id: str, kind: Literal["csv", "json"]) -> str | None:
        """All notes of a session as CSV, or everything of it as JSON; ``None`` where there is no such session."""

    async def give_target(self, data: bytes, name: str, track: str, segments: str) -> TargetGiven:
        """Play this file from the next session on. Raises ``CommandRefused`` (field "file") for what is no piece."""

    def target(self) -> TargetView | None:
        """The piece that the next session follows."""

    def drop_target(self) -> None:
        """Play nothing in particular from the next session on."""

    async def follow_report(self, session_id: str) -> FollowReport | None:
        """What became of the piece in a session; ``None`` where there was none, or no such session."""

    def oled_png(self) -> bytes | None:
        """What the display shows now, as PNG; ``None`` where there is no simulated board."""

    def show_pin(self, pin: str | None) -> None:
        """Show a pairing PIN on the display; ``None`` takes it away."""
