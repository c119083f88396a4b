"""The assembled pedal: the parts that start-up, shut-down and the web have to reach."""

from dataclasses import dataclass

from hardware.board import Board
from pedal.hub import Hub
from pedal.outputs import Screen
from pedal.supervisor import EngineCallbacks, Supervisor
from pedal.targets import Shelf
from sync.library import Library
from sync.store import Store
from sync.worker import SyncWorker


@dataclass(frozen=True, slots=True)
class Pedal:
    """Everything that runs. ``listening`` is what the supervisor tells whom, once it is started."""

    hub: Hub
    supervisor: Supervisor
    listening: EngineCallbacks
    screen: Screen
    library: Library
    board: Board
    store: Store
    cloud: SyncWorker
    shelf: Shelf


@dataclass(frozen=True, slots=True)
class Started:
    """Where the page is. ``pairing_url`` pairs the first browser that opens it."""

    url: str
    pairing_url: str
