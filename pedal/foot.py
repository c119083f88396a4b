"""What each gesture does in each state: the table of one switch, one function a row.

Pure. Each row takes the state and a gesture and gives the new state and commands. Actions are stamped at the press,
so a session begins at the stomp and not 350 ms after it.
"""

from dataclasses import replace
from typing import Final, TypeAlias

from pedal.commands import (
    BeginSession,
    Commands,
    EndSession,
    JamStep,
    JamUndo,
    KeepLastMinute,
    NextBlock,
    PauseSession,
    PowerOff,
    ReferenceTone,
    ResetSettings,
    ResumeSession,
    SaveSettings,
    SetGrid,
)
from pedal.events import SessionKind
from pedal.gestures import DoubleTap, Gesture, Hold, LongRelease, Pressed, Reached, Tap, Threshold
from pedal.settings import stepped
from pedal.state import SETUP_FIELDS, Menu, Mode, Session, State, TapTempo
from pedal.taps import mark, tempo_taps

Step: TypeAlias = tuple[State, Commands]
KINDS: Final[dict[str, SessionKind]] = {k: k for k in ("practice", "click", "trainer", "plan", "jam")}


def act(state: State, gesture: Gesture) -> Step:
    """One gesture in the state as it is."""
    match gesture:
        case Pressed():
            return state, ()
        case Reached(threshold, press_ns):
            return _reached(state, threshold, press_ns)
        case LongRelease():
            return _long_release(state, gesture)
    match state.mode:
        case Mode.IDLE:
            return _idle(state, gesture)
        case Mode.CLICK_READY:
            return _click_ready(state, gesture)
        case Mode.SESSION:
            return _in_session(state, gesture)
        case Mode.TUNER:
            return _tuner(state, gesture)
        case Mode.CAROUSEL:
            return _carousel(state, gesture)
        case Mode.SETUP:
            return _setup(state, gesture)
        case Mode.RECOVERY:
            return _recovery(state, gesture)
        case Mode.RESET_ARMED:
            return _reset_armed(state, gesture)
        case Mode.ROUND_TRIP:
            return _round_trip(state, gesture)
        case Mode.OFF:
            return state, ()


def start(state: State, at_ns: int, kind: SessionKind) -> Step:
    """Begin a session of this kind, from ``at_ns`` on."""
    session = Session(kind=kind, started_ns=at_ns)
    commands: Commands = (BeginSession(at_ns, kind),)
    grid = None
    if kind in {"click", "trainer"}:
        grid = (at_ns, state.settings.bpm)
        commands += (SetGrid(at_ns, state.settings.bpm),)
    return replace(state, mode=Mode.SESSION, session=session, review=None, grid=grid, auto_paused=False), commands


def stop(state: State, at_ns: int) -> Step:
    """End the session and save it. The review comes when it is on disk."""
    if state.session is None:
        return state, ()
    state = replace(state, mode=resting(state), session=None, grid=None, taps=TapTempo(), auto_paused=False)
    return state, (EndSession(at_ns),)


def pause(state: State, at_ns: int) -> Step:
    """Stop the practice clock; the session stays open."""
    session = state.session
    if session is None or session.paused_ns is not None:
        return state, ()
    at_ns = max(at_ns, session.started_ns)
    return replace(state, session=replace(session, paused_ns=at_ns)), (PauseSession(at_ns),)


def resume(state: State, at_ns: int) -> Step:
    """Let the practice clock run again."""
    session = state.session
    if session is None or session.paused_ns is None:
        return state, ()
    rested_ns = session.rested_ns + max(0, at_ns - session.paused_ns)
    session = replace(session, paused_ns=None, rested_ns=rested_ns)
    return replace(state, session=session, auto_paused=False), (ResumeSession(at_ns),)


def enter_tuner(state: State, at_ns: int) -> Step:
    """The tuner, from anywhere; a running session pauses and goes on afterwards."""
    if state.mode in {Mode.TUNER, Mode.OFF}:
        return state, ()
    back = Mode.SESSION if state.session is not None else resting(state)
    paused, commands = pause(state, at_ns)
    return replace(paused, mode=Mode.TUNER, tuner_back=back, review=None), commands


def leave_tuner(state: State, at_ns: int) -> Step:
    """Back to where the player was."""
    state = replace(state, mode=state.tuner_back)
    silence: Commands = (ReferenceTone(on=False),) if state.tone else ()
    state, commands = resume(replace(state, tone=False), at_ns)
    return state, silence + commands


def shut_down(state: State, at_ns: int) -> Step:
    """Save what runs, then switch off."""
    saving: Commands = (EndSession(at_ns, "shutdown"),) if state.session is not None else ()
    state = replace(state, mode=Mode.OFF, session=None, grid=None, countdown_ns=None)
    return state, (*saving, PowerOff())


def resting(state: State) -> Mode:
    """Where the pedal rests when no session runs."""
    if state.recovery:
        return Mode.RECOVERY
    return Mode.CLICK_READY if state.home in {"click", "trainer"} else Mode.IDLE


def _reached(state: State, threshold: Threshold, press_ns: int) -> Step:
    at_ns = press_ns + threshold.value
    if state.recovery and state.mode is Mode.RECOVERY:
        return _reached_in_recovery(state, threshold, press_ns)
    match threshold:
        case Threshold.TUNER:
            return enter_tuner(state, at_ns)
        case Threshold.COUNTDOWN if state.mode is not Mode.OFF:
            return replace(state, countdown_ns=press_ns + Threshold.SHUTDOWN.value), ()
        case Threshold.SHUTDOWN if state.mode is not Mode.OFF:
            return shut_down(state, at_ns)
        case _:
            return state, ()


def _reached_in_recovery(state: State, threshold: Threshold, press_ns: int) -> Step:
    if threshold is Threshold.COUNTDOWN:
        return replace(state, countdown_ns=press_ns + Threshold.RESET.value), ()
    if threshold is Threshold.RESET:
        menu = replace(state.menu, touched_ns=press_ns + threshold.value)
        return replace(state, mode=Mode.RESET_ARMED, countdown_ns=None, menu=menu), ()
    return state, ()


def _long_release(state: State, gesture: LongRelease) -> Step:
    state = replace(state, countdown_ns=None)
    if state.mode is Mode.RECOVERY and gesture.last is Threshold.TUNER:
        return enter_tuner(state, gesture.at_ns)
    return state, ()


def _idle(state: State, gesture: Gesture) -> Step:
    match gesture:
        case Tap(press_ns):
            return start(state, press_ns, state.home)
        case DoubleTap(press_ns):
            return replace(state, review=None), (KeepLastMinute(press_ns, as_audio=False),)
        case Hold(_, release_ns):
            return _open_carousel(state, release_ns)
    return state, ()


def _click_ready(state: State, gesture: Gesture) -> Step:
    match gesture:
        case Tap(press_ns):
            state, commands = start(state, press_ns, state.home)
            return replace(state, taps=TapTempo((press_ns,), needs=3)), commands
        case Hold(_, release_ns):
            return _open_carousel(state, release_ns)
    return state, ()


def _in_session(state: State, gesture: Gesture) -> Step:
    assert state.session is not None
    kind = state.session.kind
    if isinstance(gesture, Hold):
        return stop(state, gesture.release_ns)
    if kind in {"click", "trainer"}:
        return tempo_taps(state, gesture)
    match kind, gesture:
        case "plan", Tap(press_ns):
            return state, (NextBlock(press_ns),)
        case "jam", Tap(press_ns):
            return state, (JamStep(press_ns),)
        case "jam", DoubleTap(press_ns):
            return state, (JamUndo(press_ns),)
        case _, Tap(press_ns):
            return mark(state, press_ns)
        case _, DoubleTap(press_ns):
            return state, (KeepLastMinute(press_ns, as_audio=True),)
    return state, ()


def _tuner(state: State, gesture: Gesture) -> Step:
    match gesture:
        case Tap():
            return replace(state, tone=not state.tone), (ReferenceTone(on=not state.tone),)
        case Hold(_, release_ns):
            return leave_tuner(state, release_ns)
    return state, ()


def _open_carousel(state: State, at_ns: int) -> Step:
    index = state.modes.index(state.home) if state.home in state.modes else 0
    menu = Menu(index=index, touched_ns=at_ns, back_to=state.mode)
    return replace(state, mode=Mode.CAROUSEL, menu=menu, review=None), ()


def _carousel(state: State, gesture: Gesture) -> Step:
    match gesture:
        case Tap(press_ns):
            index = (state.menu.index + 1) % len(state.modes)
            return replace(state, menu=replace(state.menu, index=index, touched_ns=press_ns)), ()
        case Hold(_, release_ns):
            return _choose(state, state.modes[state.menu.index], release_ns)
    return state, ()


def _choose(state: State, entry: str, at_ns: int) -> Step:
    if entry == "set-up":
        return replace(state, mode=Mode.SETUP, menu=replace(state.menu, index=0, touched_ns=at_ns)), ()
    if entry == "tuner":
        return enter_tuner(replace(state, mode=state.menu.back_to), at_ns)
    state = replace(state, home=KINDS[entry])
    return replace(state, mode=resting(state)), ()


def _setup(state: State, gesture: Gesture) -> Step:
    match gesture:
        case Tap(press_ns):
            settings = stepped(state.settings, SETUP_FIELDS[state.menu.index], state.players)
            menu = replace(state.menu, touched_ns=press_ns)
            return replace(state, settings=settings, menu=menu), (SaveSettings(settings),)
        case Hold(_, release_ns) if state.menu.index + 1 < len(SETUP_FIELDS):
            return replace(state, menu=replace(state.menu, index=state.menu.index + 1, touched_ns=release_ns)), ()
        case Hold():
            return replace(state, mode=resting(state)), ()
    return state, ()


def _recovery(state: State, gesture: Gesture) -> Step:
    match gesture:
        case Tap(press_ns):
            return start(state, press_ns, "practice")
    return state, ()


def _round_trip(state: State, gesture: Gesture) -> Step:
    """Anything ends a measurement that runs; its result is only something to read: a stomp starts, as ever."""
    at_rest = replace(state, mode=resting(state))
    return (at_rest, ()) if state.latency.step is not None else act(at_rest, gesture)


def _reset_armed(state: State, gesture: Gesture) -> Step:
    """Only a tap confirms; anything else, and time, leaves everything as it was."""
    state = replace(state, mode=Mode.RECOVERY)
    return (state, (ResetSettings(),)) if isinstance(gesture, Tap) else (state, ())
