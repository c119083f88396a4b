"""Makes the parts and tells each whom it works with. Starts nothing."""

import asyncio
import json
import logging
from dataclasses import replace
from typing import Final, get_args

from hardware.board import Board, open_board
from hardware.clock import boottime_ns
from hardware.memory import MemoryReader
from pedal.config import Config
from pedal.datadir import TAKES
from pedal.events import LatencyChanged, PartChanged, PartName, PartState, PieceFollowed, QueueChanged, SessionKind
from pedal.following import Following
from pedal.hub import Hub
from pedal.latency import LatencyKeeper
from pedal.outputs import Lamps, Screen
from pedal.parts import Pedal
from pedal.sessions import Sessions
from pedal.settings import Settings
from pedal.state import Mode, Part, Session, State
from pedal.supervisor import EngineCallbacks, Supervisor
from pedal.takes import Takes
from pedal.target_file import PIECE_KEY
from pedal.targets import Shelf
from pedal.wall import WallClock
from sync.cloud import CloudConfig
from sync.credential import read_credential
from sync.errors import AuthHeld
from sync.library import Library
from sync.records import Unfinished
from sync.store import Store
from sync.worker import SyncStatus, SyncWorker

CLOUD_PART: Final[dict[str, PartState]] = {
    "off": "off",
    "offline": "waiting",
    "portal": "waiting",
    "held": "fault",
    "ok": "ok",
    "waiting": "waiting",
}
log = logging.getLogger(__name__)


class Telephone:
    """Lets parts that are made before the hub call it, from any thread, once it is there."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._hub: Hub | None = None

    def connect(self, hub: Hub) -> None:
        """From now on somebody answers."""
        self._hub = hub

    def part(self, name: PartName, state: PartState, text: str) -> None:
        """A part of the pedal changed; called on the hub's loop."""
        assert self._hub is not None
        self._hub.dispatch(PartChanged(boottime_ns(), name, state, text))

    def part_from_thread(self, name: PartName, state: PartState, text: str) -> None:
        """The same from any other thread."""
        self._loop.call_soon_threadsafe(self.part, name, state, text)

    def cloud_from_thread(self, status: SyncStatus) -> None:
        """The sync worker's word."""
        self._loop.call_soon_threadsafe(self._cloud, status)

    def _cloud(self, status: SyncStatus) -> None:
        assert self._hub is not None
        self.part("cloud", CLOUD_PART[status.state], status.text)
        self._hub.dispatch(QueueChanged(boottime_ns(), status.waiting))


def assemble(config: Config, store: Store, player: Settings, supervisor: Supervisor, memory_fd: int) -> Pedal:
    """All parts, wired, around an engine that is starting already.

    Closes what an earlier run left open, unless that session goes on.
    """
    board = open_board("sim" if config.board == "sim" else "pi", config.pins)
    phone = Telephone()
    sessions = Sessions(store, WallClock(), boottime_ns, lambda text: phone.part("storage", "fault", text))
    left = sessions.recover(config.session.resume_after_crash_s)
    if left is not None:
        sessions.go_on(left)
    screen = Screen(
        board.display,
        board.open_display,
        lambda working, text: phone.part_from_thread("oled", "ok" if working else "fault", text),
    )
    hub = Hub(
        _first_state(player, board, left),
        store=store,
        sessions=sessions,
        takes=Takes(config.data / TAKES, MemoryReader(memory_fd)),
        screen=screen,
        lamps=Lamps(board.lights),
        now_ns=boottime_ns,
    )
    phone.connect(hub)
    shelf = Shelf(config.data)
    hub.following = Following(shelf, lambda followed: hub.dispatch(PieceFollowed(boottime_ns(), followed)))
    _take_up_piece(hub, shelf, store, left)
    hub.supervisor = supervisor
    hub.latency = LatencyKeeper(
        store,
        supervisor,
        latency=lambda: hub.state.latency,
        changed=lambda latency: hub.dispatch(LatencyChanged(boottime_ns(), latency)),
        tell=hub.tell,
    )
    listening = EngineCallbacks(hub.frame, hub.entry, hub.audio, hub.lost, hub.round_trip)
    cloud = _cloud(config, store, phone)
    hub.on_saved = cloud.kick
    return Pedal(hub, supervisor, listening, screen, Library(config.data), board, store, cloud, shelf)


def _take_up_piece(hub: Hub, shelf: Shelf, store: Store, left: Unfinished | None) -> None:
    """What was to be played stays so over a restart, and a session that goes on is followed again from its log."""
    found = shelf.load(str(json.loads(store.settings().get(PIECE_KEY, '""'))))
    hub.state = replace(hub.state, piece=found[1] if found is not None else None)
    going_on = shelf.load(left.header.setup.piece) if left is not None else None
    if going_on is not None:
        hub.follow(going_on[1])


def _cloud(config: Config, store: Store, phone: Telephone) -> SyncWorker:
    credential: CloudConfig | AuthHeld | None
    try:
        credential = read_credential(config.data)
    except AuthHeld as error:
        credential = error  # the worker shows it, and holds the account
    return SyncWorker(store, credential, phone.cloud_from_thread)


def _first_state(player: Settings, board: Board, left: Unfinished | None) -> State:
    parts: dict[PartName, Part] = {
        "audio": Part("waiting", "starting"),
        "oled": Part("ok", "working"),
        "storage": Part("ok", "working"),
        "network": Part("ok", "connected"),
        "cloud": Part("off", "no account is linked"),
        "board": Part("ok", "simulated" if board.kind == "sim" else "working"),
    }
    for missing in board.missing:
        parts["oled" if missing.part == "display" else "board"] = Part("missing", missing.text)
    state = State(now_ns=boottime_ns(), settings=player, parts=parts)
    if left is None:
        return state
    kind: SessionKind = next((k for k in get_args(SessionKind) if k == left.header.setup.mode), "practice")
    session = Session(kind=kind, started_ns=left.header.start_boottime_ns, session_id=left.header.session_id)
    return replace(state, mode=Mode.SESSION, session=session)
