"""What the pedal is, at one moment: frozen, nested by topic, without methods that act."""

from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING, Final

from dsp.facts import TuningDrift
from dsp.types import Frame, Metrics, Note, Summary
from pedal.events import PartName, PartState, SessionKind
from pedal.gestures import Switch
from pedal.round_trip import Latency
from pedal.settings import Settings

if TYPE_CHECKING:  # the engine waits for what this module loads
    from pedal.followed import Followed
    from pedal.target_file import Piece

S_NS: Final = 1_000_000_000
TOAST_NS: Final = 2 * S_NS


class Mode(Enum):
    """Which row of the table of gestures is in force."""

    IDLE = "idle"
    SESSION = "session"
    CLICK_READY = "click_ready"
    TUNER = "tuner"
    CAROUSEL = "carousel"
    SETUP = "setup"
    RECOVERY = "recovery"
    RESET_ARMED = "reset_armed"
    ROUND_TRIP = "round_trip"
    OFF = "off"


ENTRIES: Final = ("practice", "click", "trainer", "plan", "jam", "tuner", "set-up")
SETUP_FIELDS: Final = ("player", "root", "scale", "tempo", "tuning")


@dataclass(frozen=True, slots=True)
class Session:
    """The running session. ``session_id`` is empty until the hub has opened it.

    ``paused_ns`` is when the practice clock was stopped, or ``None``; ``rested_ns`` the sum of earlier pauses;
    ``drifted`` names the strings whose drift is worth telling; ``chord`` the newest chord ("C#m7"), once there was one.
    """

    kind: SessionKind
    started_ns: int
    session_id: str = ""
    paused_ns: int | None = None
    rested_ns: int = 0
    last_note_ns: int | None = None
    notes: int = 0
    marks: int = 0
    metrics: Metrics = Metrics()
    recent: tuple[tuple[float, Note], ...] = ()
    drift: TuningDrift = TuningDrift()
    drifted: frozenset[str] = frozenset()
    chord: str = ""
    chord_sounds: bool = False
    late_ms: tuple[float | None, ...] = ()
    followed: "Followed | None" = None

    def elapsed_ns(self, now_ns: int) -> int:
        """The practice clock: pauses are left out."""
        until_ns = now_ns if self.paused_ns is None else self.paused_ns
        return max(0, until_ns - self.started_ns - self.rested_ns)


@dataclass(frozen=True, slots=True)
class Review:
    """What is shown after the stomp that stopped it."""

    session_id: str
    summary: Summary
    until_ns: int
    kept: bool = False
    drift: TuningDrift = TuningDrift()
    drifted: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class TapTempo:
    """Presses that may set a tempo. ``needs`` taps do; ``marked`` is the first tap's mark, to be taken back."""

    presses_ns: tuple[int, ...] = ()
    needs: int = 2
    marked_ns: int | None = None


@dataclass(frozen=True, slots=True)
class Menu:
    """Carousel and Set-up: where the foot stands, and when it last moved."""

    index: int = 0
    touched_ns: int = 0
    back_to: Mode = Mode.IDLE


@dataclass(frozen=True, slots=True)
class Part:
    """How one part of the pedal is."""

    state: PartState
    text: str


@dataclass(frozen=True, slots=True)
class Toast:
    """One line over whatever is shown, for a while."""

    text: str
    until_ns: int


@dataclass(frozen=True, slots=True)
class State:
    """The whole pedal.

    ``home`` is what a tap starts; ``modes`` the entries of the carousel on this pedal; ``countdown_ns`` when a running
    countdown ends; ``tuner_back`` where the tuner returns to; ``auto_paused`` that silence stopped the clock.
    """

    now_ns: int = 0
    mode: Mode = Mode.IDLE
    home: SessionKind = "practice"
    modes: tuple[str, ...] = ("practice", "click", "tuner", "set-up")
    players: tuple[str, ...] = ("Player 1", "Player 2", "Player 3", "Guest")
    switch: Switch = Switch()
    settings: Settings = Settings()
    session: Session | None = None
    review: Review | None = None
    heard: Frame | None = None
    latency: Latency = Latency()
    piece: "Piece | None" = None
    menu: Menu = Menu()
    taps: TapTempo = TapTempo()
    tuner_back: Mode = Mode.IDLE
    tone: bool = False
    auto_paused: bool = False
    countdown_ns: int | None = None
    recovery: bool = False
    pin: str | None = None
    toast: Toast | None = None
    waiting: int = 0
    grid: tuple[int, float] | None = None
    parts: dict[PartName, Part] = field(default_factory=dict)


def told(state: State, text: str) -> State:
    """The state with one line for the player, over whatever is shown."""
    return replace(state, toast=Toast(text, state.now_ns + TOAST_NS))


def double_means_something(state: State) -> bool:
    """Only where a double tap exists does a tap have to wait for it."""
    if state.mode is Mode.IDLE:
        return True
    return state.mode is Mode.SESSION and state.session is not None and state.session.kind != "plan"
