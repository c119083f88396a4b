"""What the web needs of the pedal, given by the hub: ``webui.ports.Pedal``."""

import asyncio
import io
from collections.abc import Callable, Mapping
from typing import Any, Final, Literal, cast

from pedal import rows, settings, words
from pedal.events import Asked, EdgeSeen, PartChanged, PinShown, SettingsChanged
from pedal.export import as_csv, as_json
from pedal.follow_views import piece_view, report_view
from pedal.hub import Hub
from pedal.outputs import Screen
from pedal.sessions import readable
from pedal.state import Mode
from pedal.targets import PieceRefused, Shelf
from pedal.views import live_state
from sync.errors import SyncError
from sync.library import Library
from sync.records import StoredSession
from webui.ports import CommandRefused
from webui.schemas import LiveState
from webui.session_schemas import NotesPage, SessionDetail, SessionRow
from webui.target_schemas import FollowReport, TargetGiven, TargetView, TrackView

ASKED: Final = frozenset({"start", "stop", "mark", "keep", "pause", "resume", "tuner", "shutdown"})
BOARD: Final = frozenset({"press", "audio", "cable", "oled", "network"})
NEEDS_SESSION: Final = frozenset({"stop", "mark", "pause", "resume"})
What = Literal["start", "stop", "mark", "keep", "pause", "resume", "tuner", "shutdown"]


class SimulatedHands:
    """What hands can do to a simulated board: pull cables, break the display, press the switch."""

    def __init__(
        self,
        plug: Callable[[bool], None],
        display: Callable[[bool], None],
        network: Callable[[bool], None],
        cable: Callable[[bool], None],
    ) -> None:
        self.plug = plug
        self.display = display
        self.network = network
        self.cable = cable


class WebPedal:
    """The hub, as the web sees it. ``sync_now`` kicks the cloud; ``hands`` is there on the simulated board only."""

    def __init__(
        self,
        hub: Hub,
        library: Library,
        screen: Screen,
        shelf: Shelf,
        *,
        sync_now: Callable[[], None],
        hands: SimulatedHands | None,
    ) -> None:
        self._hub = hub
        self._library = library
        self._screen = screen
        self._shelf = shelf
        self._reading = False
        self._sync_now = sync_now
        self._hands = hands
        self._sequence = 0
        self._read: rows.Whole | None = None

    def changed(self) -> None:
        """The hub has a newer state."""
        self._sequence += 1

    def live(self) -> LiveState:
        """The newest state."""
        return live_state(self._hub.state, self._sequence, simulated=self._hands is not None)

    async def command(self, name: str, arguments: Mapping[str, Any]) -> None:
        """Do it as the foot would; raises ``CommandRefused``."""
        if name in ASKED:
            self._ask(cast(What, name))
        elif name == "round_trip":
            self._round_trip()
        elif name == "settings":
            self._settings(dict(arguments))
        elif name == "sync":
            self._sync_now()
        elif self._hands is not None and name in BOARD:
            self._board(self._hands, name, arguments)
        else:
            raise CommandRefused("unknown_command", f"this pedal cannot {name}")

    async def sessions(self, limit: int, before: str | None) -> list[SessionRow]:
        """Newest first."""
        stored = await asyncio.to_thread(self._library.sessions, limit, before)
        return [rows.row(s, running_id=self._running_id(), closes=True) for s in stored]

    async def session(self, session_id: str) -> SessionDetail | None:
        """One session with its first notes."""
        whole = await self._whole(session_id)
        return None if whole is None else whole.detail

    async def notes(self, session_id: str, first: int) -> NotesPage | None:
        """More of a session's notes: of what was read last, if that was this session."""
        whole = self._read
        if whole is None or whole.detail.session_id != session_id:
            whole = await self._whole(session_id)
        return None if whole is None else whole.page(first)

    async def _whole(self, session_id: str) -> rows.Whole | None:
        """Read and computed anew, in a thread: an hour of practice takes half a second. The last one is kept."""
        found = await self._found(session_id)
        if found is None:
            return None
        stored, lines = found
        running_id, chosen = self._running_id(), self._hub.state.settings
        try:
            self._read = await asyncio.to_thread(
                lambda: rows.whole(stored, readable(lines), running_id=running_id, settings=chosen, closes=True)
            )
        except ValueError as error:  # a scale that only a newer pedal knows
            raise CommandRefused("unreadable", f"this session cannot be told here: {error}") from error
        return self._read

    async def _found(self, session_id: str) -> tuple[StoredSession, list[bytes]] | None:
        try:
            return await asyncio.to_thread(self._library.session, session_id)
        except SyncError as error:
            raise CommandRefused("unreadable", str(error)) from error

    async def export(self, session_id: str, kind: Literal["csv", "json"]) -> str | None:
        """A session as a file."""
        whole = await self._whole(session_id)
        if whole is None:
            return None
        if kind == "csv":
            return await asyncio.to_thread(as_csv, whole.detail, whole.notes)
        report = await self.follow_report(session_id)
        return await asyncio.to_thread(as_json, whole.detail, whole.notes, report)

    async def give_target(self, data: bytes, name: str, track: str, segments: str) -> TargetGiven:
        """Read it in a process of its own, keep it, and follow it from the next session on."""
        if self._reading:
            raise CommandRefused("busy", "another file is being read: wait a moment")
        self._reading = True
        try:
            given = await self._shelf.read(data, name, track, segments)
            await asyncio.to_thread(self._shelf.keep, given)
        except PieceRefused as error:
            raise CommandRefused("not_a_piece", str(error), "file") from error
        finally:
            self._reading = False
        self._hub.choose_piece(given.piece)
        listed = [TrackView(number=t.number, name=t.name, notes=t.notes) for t in given.tracks]
        return TargetGiven(**piece_view(given.piece).model_dump(), tracks=listed, skipped=list(given.skipped))

    def target(self) -> TargetView | None:
        """What the next session follows."""
        piece = self._hub.state.piece
        return None if piece is None else piece_view(piece)

    def drop_target(self) -> None:
        """Nothing in particular from the next session on."""
        self._hub.choose_piece(None)

    async def follow_report(self, session_id: str) -> FollowReport | None:
        """From the log, anew."""
        found = await self._found(session_id)
        if found is None or not found[0].header.setup.piece:
            return None
        stored, lines = found
        return await asyncio.to_thread(
            lambda: report_view(self._shelf.load(stored.header.setup.piece), readable(lines))
        )

    def oled_png(self) -> bytes | None:
        """What the display shows now."""
        if self._hands is None or self._screen.last is None:
            return None
        file = io.BytesIO()
        self._screen.last.save(file, format="PNG")
        return file.getvalue()

    def show_pin(self, pin: str | None) -> None:
        """Show a pairing PIN on the display."""
        self._hub.dispatch(PinShown(self._hub.now_ns(), pin))

    def _running_id(self) -> str | None:
        session = self._hub.state.session
        return session.session_id if session is not None else None

    def _ask(self, name: What) -> None:
        state = self._hub.state
        if state.mode is Mode.OFF:
            raise CommandRefused("switching_off", "the pedal is switching off")
        if name == "start" and state.session is not None:
            raise CommandRefused("already_running", "a session runs already: stop it first")
        if name in NEEDS_SESSION and state.session is None:
            raise CommandRefused("no_session", "no session runs: start one first")
        self._hub.dispatch(Asked(self._hub.now_ns(), name))

    def _round_trip(self) -> None:
        """Nothing else may sound meanwhile, and there must be something to measure."""
        state = self._hub.state
        if state.session is not None:
            raise CommandRefused("session_runs", "a session runs: stop it first")
        if state.latency.step is not None:
            raise CommandRefused("already_measuring", "it is being measured: wait for the result")
        if state.mode not in {Mode.IDLE, Mode.CLICK_READY, Mode.ROUND_TRIP}:
            raise CommandRefused("busy", "the pedal is busy: leave its menu or tuner first")
        if state.parts["audio"].state != "ok":
            raise CommandRefused("no_sound", f"there is no sound: {state.parts['audio'].text}")
        if state.latency.outputs == 0:
            raise CommandRefused("no_output", words.ROUND_TRIP_REFUSED["no_output"])
        self._hub.dispatch(Asked(self._hub.now_ns(), "round_trip"))

    def _settings(self, values: dict[str, Any]) -> None:
        try:
            changed = settings.changed(self._hub.state.settings, values)
        except settings.SettingRefused as error:
            raise CommandRefused("invalid", str(error), error.field) from error
        self._hub.dispatch(SettingsChanged(self._hub.now_ns(), changed))
        self._hub.save_settings(changed)

    def _board(self, hands: SimulatedHands, name: str, arguments: Mapping[str, Any]) -> None:
        if name == "press":
            self._press(arguments["edges"])
        elif name == "audio":
            hands.plug(bool(arguments["plugged"]))
        elif name == "cable":
            hands.cable(bool(arguments["plugged"]))
        elif name == "oled":
            hands.display(bool(arguments["working"]))
        else:
            up = bool(arguments["up"])
            hands.network(up)
            text = "connected" if up else "no network: everything is kept here"
            self._hub.dispatch(PartChanged(self._hub.now_ns(), "network", "ok" if up else "waiting", text))

    def _press(self, edges: list[Mapping[str, Any]]) -> None:
        """A script of edges, beginning now."""
        now_ns = self._hub.now_ns()
        self._hub.play([EdgeSeen(now_ns + round(float(e["at_s"]) * 1e9), bool(e["pressed"])) for e in edges])
