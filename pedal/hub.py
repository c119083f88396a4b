"""The hub: one inbox, one state, and hands. What happens comes in as events, the reducer decides, the hub acts.

Everything here runs on one asyncio loop and never blocks it; what may block (disk, display, network, summaries) has a
thread of its own. The hub holds no policy: whoever asks "what should happen when ...?" finds it in ``reducer``.
"""

import asyncio
import json
import logging
from collections import deque
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import asdict, replace
from typing import Any, Final, assert_never

from dsp.log import decode
from dsp.types import ChordStarted, Frame, Gap, Mark, MarkRemoved, Metrics, NoteStarted, Paused, Resumed
from pedal import lights, reducer
from pedal.commands import (
    AddMark,
    BeginSession,
    Command,
    EndSession,
    JamStep,
    JamUndo,
    KeepLastMinute,
    MeasureRoundTrip,
    NextBlock,
    PauseSession,
    PowerOff,
    ReferenceTone,
    RemoveMark,
    ResetSettings,
    ResumeSession,
    SaveSettings,
    SetGrid,
    StopMeasuring,
)
from pedal.events import (
    EdgeSeen,
    Event,
    Heard,
    NotePlayed,
    PartChanged,
    PartState,
    PieceChosen,
    SessionOpened,
    SessionSaved,
    SettingsChanged,
    Ticked,
    Told,
)
from pedal.following import Following
from pedal.latency import LatencyKeeper
from pedal.outputs import Lamps, Screen
from pedal.recorder import Recording
from pedal.scoring import Scoring, scored
from pedal.sessions import Saved, Sessions
from pedal.settings import SETTINGS_KEY, Settings
from pedal.state import State
from pedal.supervisor import Supervisor
from pedal.takes import Takes
from pedal.target_file import PIECE_KEY, Piece
from sync.store import Store

SILENT_NS: Final = 3_000_000_000
INBOX_MAX: Final = 1024
TICK_S: Final = 0.05
SCORE_S: Final = 0.25
BATCH_S: Final = 1.75  # a note is on disk within 2 s; more often would only wear the card
log = logging.getLogger(__name__)


class Hub:
    """Holds the state and carries out commands. ``on_change`` is called after every event (the web listens)."""

    def __init__(
        self,
        state: State,
        *,
        store: Store,
        sessions: Sessions,
        takes: Takes,
        screen: Screen,
        lamps: Lamps,
        now_ns: Callable[[], int],
    ) -> None:
        self.state = state
        self.on_change: Callable[[], None] = lambda: None
        self.on_saved: Callable[[], None] = lambda: None
        self.on_first_frame: Callable[[], None] = lambda: None
        self.on_reset: Callable[[], Coroutine[Any, Any, None]] = _nothing
        self.supervisor: Supervisor | None = None
        self.latency: LatencyKeeper | None = None
        self.following: Following | None = None
        self.power_off = asyncio.Event()
        self.now_ns = now_ns
        self.frames_heard = 0
        self.last_frame_ns = 0
        self._store = store
        self._sessions = sessions
        self._takes = takes
        self._screen = screen
        self._lamps = lamps
        self._inbox: deque[Event] = deque()
        self._script: deque[EdgeSeen] = deque()
        self._working = False
        self._jobs: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self.scoring = Scoring(sessions, self._tell_score, self._job)
        self._ear_suspected = False

    # --- events in ----------------------------------------------------------------------------------------------------

    def dispatch(self, event: Event) -> None:
        """Take one event. Events that a command causes are handled after it, in order; the inbox is bounded."""
        assert len(self._inbox) < INBOX_MAX, "the inbox is full: something feeds events faster than they are decided"
        self._inbox.append(event)
        if self._working:
            return
        self._working = True
        try:
            while self._inbox:
                event = self._inbox.popleft()
                while self._script and self._script[0].at_ns <= event.at_ns:
                    self._decide(self._script.popleft())
                self._decide(event)
        finally:
            self._working = False
        self._lamps.update(self.state)
        self._screen.update(self.state)
        self._arm_timer()
        self.on_change()

    def play(self, edges: Iterable[EdgeSeen]) -> None:
        """A script of edges, in order of time. Each is decided before anything later is, so 350 ms are 350 ms."""
        self._script.extend(edges)
        self._arm_timer()

    def tell(self, text: str) -> None:
        """One line for the player, on screen and page."""
        self.dispatch(Told(self.now_ns(), text))

    def frame(self, values: list[Any]) -> None:
        """The ear's newest frame."""
        frame = Frame(*values)
        at_ns = self._sessions.clock.boottime_ns(frame.segment, frame.sample)
        if at_ns is not None:
            self._sessions.alive(at_ns)
        self.frames_heard += 1
        if self.frames_heard == 1:
            self.on_first_frame()
        self.last_frame_ns = self.now_ns()
        self.dispatch(Heard(self.last_frame_ns, frame))

    def audio(self, state: PartState, text: str) -> None:
        """How the supervisor says that sound is."""
        self.last_frame_ns = self.now_ns()  # a new engine has its time to speak
        self.dispatch(PartChanged(self.now_ns(), "audio", state, text))

    def round_trip(self, message: dict[str, Any]) -> None:
        """How measuring the card's round trip goes; it is a sign of life too, for the ear has none meanwhile."""
        self.last_frame_ns = self.now_ns()
        if self.latency is not None:
            self.latency.heard(message)

    def lost(self, count: int) -> None:
        """So many lines of the log never came: the session is incomplete, and says so."""
        log.warning("%d entries of the ear were lost", count)
        self._sessions.note_down(lambda segment, sample: Gap(segment, sample, 0.0, "lost entries"), self.now_ns())
        self.tell("some notes were lost")

    def entry(self, line: bytes) -> None:
        """One line of the ear's log, in order and without loss."""
        entry = decode(line)
        if isinstance(entry, NoteStarted | ChordStarted):
            at_ns = self._sessions.clock.boottime_ns(entry.segment, entry.onset_sample)
            # First the decision (playing ends a pause that silence began), then the log: so what is played is in it.
            self.dispatch(NotePlayed(self.now_ns() if at_ns is None else at_ns))
        if self._sessions.heard(entry):
            self.scoring.due = True

    # --- running ------------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Let time pass: ticks, running score, journal batches. Ends when cancelled."""
        loop = asyncio.get_running_loop()
        next_score = next_batch = loop.time()
        while True:
            await asyncio.sleep(TICK_S)
            self.dispatch(Ticked(self.now_ns()))
            if self.scoring.due and loop.time() >= next_score:
                next_score = loop.time() + SCORE_S
                self.scoring.begin()
            if loop.time() >= next_batch:
                next_batch = loop.time() + BATCH_S
                self._sessions.save_batch()
                self._look_at_storage()
                self._look_at_ear()

    async def finish(self, ended_by: str) -> None:
        """Save what is open and wait for everything that was begun."""
        if self.following is not None:
            self.following.end()
        if self._sessions.recording is not None:
            await self._sessions.end(self.now_ns(), ended_by)
        while self._jobs:
            await asyncio.wait(tuple(self._jobs))

    def _decide(self, event: Event) -> None:
        self.state, commands = reducer.reduce(self.state, event)
        for command in commands:
            self._perform(command)

    def _arm_timer(self) -> None:
        """The next threshold of the foot, and the next beat, are met on time and not at the next tick."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        due = [reducer.deadline_ns(self.state), lights.beat_due_ns(self.state)]
        due.append(self._script[0].at_ns if self._script else None)
        due_ns = min((d for d in due if d is not None), default=None)
        if due_ns is not None:
            delay_s = max(0.0, (due_ns - self.now_ns()) / 1e9)
            self._timer = asyncio.get_running_loop().call_later(delay_s, self._on_timer)

    def _on_timer(self) -> None:
        self._timer = None
        self.dispatch(Ticked(self.now_ns()))

    def _tell_score(self, recording: Recording, metrics: Metrics) -> None:
        session = self.state.session
        self.dispatch(
            scored(recording, metrics, self._sessions.clock, session.started_ns if session else 0, self.now_ns())
        )

    def _look_at_storage(self) -> None:
        status = self._store.status()
        present = self.state.parts.get("storage")
        text = status.text or "working"
        if present is None or present.text != text:
            self.dispatch(PartChanged(self.now_ns(), "storage", "fault" if status.fault else "ok", text))

    def _look_at_ear(self) -> None:
        """An engine that claims to stream and says nothing hangs: end it, and the supervisor starts another.

        Not at the first look: where it was the hub that stood still, what the ear has said meanwhile is read after it.
        """
        audio = self.state.parts.get("audio")
        streams = audio is not None and audio.state == "ok"
        silent = streams and self.now_ns() - self.last_frame_ns > SILENT_NS
        if silent and self._ear_suspected and self.supervisor is not None:
            self.supervisor.end_hung_engine()
        self._ear_suspected = silent and not self._ear_suspected

    # --- commands out -------------------------------------------------------------------------------------------------

    def _perform(self, command: Command) -> None:
        match command:
            case BeginSession(from_ns, kind):
                self._begin(from_ns, kind)
            case EndSession(at_ns, ended_by):
                self._job(self._end(at_ns, ended_by))
            case AddMark(at_ns):
                self._sessions.note_down(Mark, at_ns)
            case RemoveMark(at_ns):
                self._sessions.note_down(MarkRemoved, at_ns)
            case PauseSession(at_ns):
                self._sessions.note_down(Paused, at_ns)
            case ResumeSession(at_ns):
                self._sessions.note_down(Resumed, at_ns)
            case SetGrid(at_ns, bpm):
                self._sessions.set_grid(bpm, at_ns)
            case MeasureRoundTrip():
                self._latency().measure()
            case StopMeasuring():
                self._latency().cancel()
            case KeepLastMinute(at_ns, as_audio):
                self._job(self._keep_audio() if as_audio else self._keep(at_ns))
            case SaveSettings(settings):
                self.save_settings(settings)
            case ReferenceTone(on):
                if on:
                    self.tell("no sound output here")
            case ResetSettings():
                self._reset()
            case PowerOff():
                self.power_off.set()
            case NextBlock() | JamStep() | JamUndo():
                raise AssertionError(f"{command} belongs to a mode that this pedal does not offer in state.modes")
            case _:
                assert_never(command)

    def _latency(self) -> LatencyKeeper:
        assert self.latency is not None, "measured before the pedal was assembled"
        return self.latency

    def _begin(self, from_ns: int, kind: str) -> None:
        settings, piece = self.state.settings, self.state.piece
        setup = replace(settings.setup(kind), piece=piece.piece_id if piece is not None else "")
        session_id = self._sessions.begin(settings.player, setup, from_ns)
        self.scoring.due = True
        self.dispatch(SessionOpened(self.now_ns(), session_id))
        if piece is not None:
            self.follow(piece)

    def follow(self, piece: Piece) -> None:
        """Follow it through the running session, from its beginning."""
        recording = self._sessions.recording
        if self.following is not None and recording is not None:
            self.following.begin(piece, recording.entries)
            recording.on_entry = self.following.add

    async def _end(self, at_ns: int, ended_by: str) -> None:
        if self.following is not None:
            self.following.end()
        self._announce(await self._sessions.end(at_ns, ended_by))
        self._configure_ear(self.state.settings)

    async def _keep(self, at_ns: int) -> None:
        settings = self.state.settings
        saved = await self._sessions.keep_last_minute(settings.player, settings.setup("practice"), at_ns)
        self.tell("kept the last minute" if saved is not None else "nothing to keep yet")
        self._announce(saved)

    async def _keep_audio(self) -> None:
        session_id = self.state.session.session_id if self.state.session is not None else "idle"
        self.tell(await asyncio.to_thread(self._takes.keep, session_id))

    def _announce(self, saved: Saved | None) -> None:
        if saved is not None:
            self.dispatch(SessionSaved(self.now_ns(), saved.session_id, saved.summary, saved.kept, saved.drift))
            self.on_saved()

    def choose_piece(self, piece: Piece | None) -> None:
        """What the next session follows; a running one keeps what it began with."""
        self._store.set_setting(PIECE_KEY, json.dumps(piece.piece_id if piece is not None else ""))
        self.dispatch(PieceChosen(self.now_ns(), piece))

    def save_settings(self, settings: Settings) -> None:
        """Keep them, and give the ear what concerns it."""
        self._store.set_setting(SETTINGS_KEY, json.dumps(asdict(settings)))
        self._configure_ear(settings)

    def _configure_ear(self, settings: Settings) -> None:
        """A running session keeps the ear that it began with; a new one has what the player has set since."""
        if self.supervisor is not None and self._sessions.recording is None:
            self.supervisor.configure(a4_hz=settings.a4_hz, tuning=settings.tuning, sensitivity=settings.sensitivity)

    def _reset(self) -> None:
        self.save_settings(Settings())
        self.choose_piece(None)
        self._latency().forget()
        self._job(self.on_reset())
        self.dispatch(SettingsChanged(self.now_ns(), Settings()))
        self.tell("settings cleared")

    def _job(self, work: Coroutine[Any, Any, None]) -> None:
        """Something that takes longer than the loop may wait. A failure in it ends the hub: it touches what is kept."""
        task = asyncio.get_running_loop().create_task(work)
        self._jobs.add(task)
        task.add_done_callback(self._job_done)

    def _job_done(self, task: "asyncio.Task[None]") -> None:
        self._jobs.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            loop = asyncio.get_running_loop()
            loop.call_exception_handler({"message": "a job of the hub failed", "exception": error})


async def _nothing() -> None:
    """Nobody has to be told."""
