"""What each gesture does in each state: the table of one switch, one function a row.

Pure. Each row takes the state and a gesture and gives the new state and commands. Actions are stamped at the press,
so a session begins at the stomp and not 350 ms after it.
"""

from dataclasses import replace
from itertools import pairwise
from typing import Final, TypeAlias

from pedal.events import (
    AddMark,
    BeginSession,
    Command,
    Commands,
    EndSession,
    JamStep,
    JamUndo,
    KeepLastMinute,
    NextBlock,
    PauseSession,
    PowerOff,
    ReferenceTone,
    RemoveMark,
    ResetSettings,
    ResumeSession,
    SaveSettings,
    SessionKind,
    SetGrid,
)
from pedal.gestures import DoubleTap, Gesture, Hold, LongRelease, Pressed, Reached, Tap, Threshold
from pedal.settings import stepped
from pedal.state import SETUP_FIELDS, Menu, Mode, Session, State, TapTempo

Step: TypeAlias = tuple[State, Commands]
TAP_SEQUENCE_NS: Final = 2_000_000_000
BPM_RANGE: Final = (20.0, 300.0)
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


def mark(state: State, at_ns: int) -> Step:
    """Mark this spot of the running session."""
    if state.session is None:
        return state, ()
    return replace(state, session=replace(state.session, marks=state.session.marks + 1)), (AddMark(at_ns),)


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
        return _tempo_taps(state, gesture)
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


def _tempo_taps(state: State, gesture: Gesture) -> Step:
    """One tap marks; two or more within 2 s of each other set the tempo, and the first one's mark is taken back."""
    commands: Commands = ()
    presses: tuple[int, ...] = ()
    if isinstance(gesture, DoubleTap):
        presses = (gesture.press_ns, gesture.second_press_ns)
    elif isinstance(gesture, Tap):
        presses = (gesture.press_ns,)
    for press_ns in presses:
        state, more = _tempo_tap(state, press_ns, alone=len(presses) == 1)
        commands += more
    return state, commands


def _tempo_tap(state: State, press_ns: int, *, alone: bool) -> Step:
    taps = state.taps
    if not taps.presses_ns or press_ns - taps.presses_ns[-1] > TAP_SEQUENCE_NS:
        fresh = TapTempo((press_ns,), marked_ns=press_ns if alone else None)
        return mark(replace(state, taps=fresh), press_ns) if alone else (replace(state, taps=fresh), ())
    commands: tuple[Command, ...] = ()
    if taps.marked_ns is not None and state.session is not None:
        session = replace(state.session, marks=max(0, state.session.marks - 1))
        state, commands = replace(state, session=session), (RemoveMark(taps.marked_ns),)
    taps = replace(taps, presses_ns=(*taps.presses_ns, press_ns)[-8:], marked_ns=None)
    state = replace(state, taps=taps)
    if len(taps.presses_ns) < taps.needs:
        return state, commands
    bpm = _tapped_bpm(taps.presses_ns)
    settings = replace(state.settings, bpm=bpm)
    state = replace(state, settings=settings, grid=(press_ns, bpm))
    return state, (*commands, SetGrid(press_ns, bpm), SaveSettings(settings))


def _tapped_bpm(presses_ns: tuple[int, ...]) -> float:
    """Tempo of a row of taps: the median interval, so that one late tap does not count."""
    intervals = sorted(b - a for a, b in pairwise(presses_ns))
    middle = len(intervals) // 2
    median_ns = intervals[middle] if len(intervals) % 2 else (intervals[middle - 1] + intervals[middle]) / 2
    return round(min(max(60e9 / max(median_ns, 1), BPM_RANGE[0]), BPM_RANGE[1]), 1)


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


def _reset_armed(state: State, gesture: Gesture) -> Step:
    """Only a tap confirms; anything else, and time, leaves everything as it was."""
    state = replace(state, mode=Mode.RECOVERY)
    return (state, (ResetSettings(),)) if isinstance(gesture, Tap) else (state, ())
