"""All decisions: one pure function from a state and an event to a new state and commands."""

from dataclasses import replace
from typing import Final, assert_never

from pedal import foot, gestures, taps
from pedal.commands import Commands, KeepLastMinute, MeasureRoundTrip, StopMeasuring
from pedal.events import (
    Asked,
    EdgeSeen,
    Event,
    Heard,
    LatencyChanged,
    NotePlayed,
    PartChanged,
    PieceChosen,
    PieceFollowed,
    PinShown,
    QueueChanged,
    Scored,
    SessionOpened,
    SessionSaved,
    SettingsChanged,
    Ticked,
    Told,
)
from pedal.round_trip import Latency
from pedal.settings import Settings
from pedal.state import S_NS, Menu, Mode, Part, Review, Session, State, double_means_something, told

REVIEW_NS: Final = 60 * S_NS
# So long a menu waits for the foot before it leaves everything as it is.
PATIENCE_NS: Final = {
    Mode.CAROUSEL: 5 * S_NS,
    Mode.SETUP: 15 * S_NS,
    Mode.RESET_ARMED: 10 * S_NS,
    Mode.ROUND_TRIP: 20 * S_NS,
}
SILENCE_NS: Final = 30 * S_NS


def reduce(state: State, event: Event) -> tuple[State, Commands]:
    """What the pedal becomes, and what it does about it. Time never runs backwards here."""
    state, commands = _pass_time(state, max(event.at_ns, state.now_ns), edge_follows=isinstance(event, EdgeSeen))
    after, more = _decide(state, event)
    return _stop_measuring(after, commands + more)


def deadline_ns(state: State) -> int | None:
    """When a ``Ticked`` is due at the latest, for what the foot is doing now."""
    return gestures.deadline_ns(state.switch)


def _decide(state: State, event: Event) -> tuple[State, Commands]:
    match event:
        case EdgeSeen(at_ns, pressed):
            return _edge(state, at_ns, pressed=pressed)
        case Ticked():
            return state, ()
        case Heard(_, frame):
            return replace(state, heard=frame), ()
        case NotePlayed(at_ns):
            return _note(state, at_ns)
        case Asked():
            return _asked(state, event)
        case SessionSaved():
            return _saved(state, event)
        case _:
            return _facts(state, event), ()


def _facts(state: State, event: Event) -> State:
    """Events that only change what is known."""
    match event:
        case Scored() if state.session is not None:
            return replace(state, session=_scored(state.session, event, state.settings))
        case SessionOpened(_, session_id) if state.session is not None:
            return replace(state, session=replace(state.session, session_id=session_id))
        case Scored() | SessionOpened():
            return state
        case PartChanged(_, name, part_state, text):
            heard = None if name == "audio" and part_state != "ok" else state.heard
            latency = _without_card(state) if name == "audio" and part_state != "ok" else state.latency
            parts = {**state.parts, name: Part(part_state, text)}
            return replace(state, parts=parts, heard=heard, latency=latency)
        case SettingsChanged(_, settings):
            return replace(state, settings=settings)
        case PinShown(_, pin):
            return replace(state, pin=pin)
        case LatencyChanged(_, latency):
            menu = replace(state.menu, touched_ns=state.now_ns) if state.mode is Mode.ROUND_TRIP else state.menu
            return replace(state, latency=latency, menu=menu)
        case PieceChosen(_, piece):
            return replace(state, piece=piece)
        case PieceFollowed(_, followed):
            # The last word of a session that is over changes nothing.
            session = state.session
            return state if session is None else replace(state, session=replace(session, followed=followed))
        case QueueChanged(_, waiting):
            return replace(state, waiting=waiting)
        case Told(_, text):
            return told(state, text)
        case EdgeSeen() | Ticked() | Heard() | NotePlayed() | Asked() | SessionSaved():
            raise AssertionError(event)
        case _:
            assert_never(event)


def _scored(session: Session, event: Scored, settings: Settings) -> Session:
    drifted = settings.drift_to_tell(event.drift, session.drifted)
    return replace(
        session,
        metrics=event.metrics,
        notes=event.notes,
        recent=event.recent,
        drift=event.drift,
        drifted=drifted,
        chord=event.chord,
        chord_sounds=event.chord_sounds,
        late_ms=event.late_ms,
    )


def _without_card(state: State) -> Latency:
    """Nothing can be measured of a card that is gone."""
    measuring = state.latency.step is not None
    return replace(state.latency, step=None, refused="no_sound") if measuring else state.latency


def _stop_measuring(state: State, commands: Commands) -> tuple[State, Commands]:
    """Whoever goes elsewhere wants to be heard there: the measurement ends."""
    if state.latency.step is None or state.mode is Mode.ROUND_TRIP:
        return state, commands
    return replace(state, latency=replace(state.latency, step=None)), (*commands, StopMeasuring())


def _measure(state: State, at_ns: int) -> tuple[State, Commands]:
    """Only from where the pedal rests, and one at a time; the web says no before, in words."""
    resting = state.mode in {Mode.IDLE, Mode.CLICK_READY, Mode.ROUND_TRIP}
    if state.session is not None or not resting or state.latency.step is not None:
        return state, ()
    latency = replace(state.latency, step=0, refused="")
    menu = Menu(touched_ns=at_ns, back_to=Mode.IDLE)
    state = replace(state, mode=Mode.ROUND_TRIP, latency=latency, menu=menu, review=None, heard=None)
    return state, (MeasureRoundTrip(),)


def _edge(state: State, at_ns: int, *, pressed: bool) -> tuple[State, Commands]:
    """An edge: what was due before it first, each gesture in the state that the one before has left."""
    switch, due = gestures.edge(state.switch, pressed, at_ns, double=double_means_something(state))
    return _act_all(replace(state, switch=switch), due)


def _pass_time(state: State, now_ns: int, *, edge_follows: bool) -> tuple[State, Commands]:
    state = replace(state, now_ns=now_ns)
    commands: Commands = ()
    if not edge_follows:
        switch, due = gestures.advance(state.switch, now_ns, double=double_means_something(state))
        state, commands = _act_all(replace(state, switch=switch), due)
    return _expire(state, commands)


def _act_all(state: State, due: gestures.Gestures) -> tuple[State, Commands]:
    commands: Commands = ()
    for gesture in due:
        state, more = foot.act(state, gesture)
        commands += more
    return state, commands


def _expire(state: State, commands: Commands) -> tuple[State, Commands]:
    """What ends by itself when nobody does anything."""
    now_ns = state.now_ns
    if state.toast is not None and now_ns >= state.toast.until_ns:
        state = replace(state, toast=None)
    if state.review is not None and now_ns >= state.review.until_ns:
        state = replace(state, review=None)
    patience_ns = PATIENCE_NS.get(state.mode)
    if patience_ns is not None and now_ns - state.menu.touched_ns >= patience_ns and not state.switch.down:
        state = replace(state, mode=foot.resting(state))
    session = state.session
    if session is not None and session.paused_ns is None and state.mode is Mode.SESSION:
        quiet_since_ns = max(session.last_note_ns or session.started_ns, session.started_ns)
        if now_ns - quiet_since_ns >= SILENCE_NS and session.last_note_ns is not None:
            state, more = foot.pause(state, now_ns)
            return replace(state, auto_paused=True), commands + more
    return state, commands


def _note(state: State, at_ns: int) -> tuple[State, Commands]:
    session = state.session
    if session is None or state.mode is not Mode.SESSION:
        return state, ()
    state = replace(state, session=replace(session, last_note_ns=max(at_ns, session.last_note_ns or 0)))
    return foot.resume(state, at_ns) if state.auto_paused else (state, ())


def _saved(state: State, event: SessionSaved) -> tuple[State, Commands]:
    if state.session is not None or state.mode is Mode.OFF:
        return state, ()
    until_ns = state.now_ns + REVIEW_NS
    drifted = state.settings.drift_to_tell(event.drift)
    review = Review(event.session_id, event.summary, until_ns, event.kept, event.drift, drifted)
    return replace(state, review=review), ()


def _asked(state: State, event: Asked) -> tuple[State, Commands]:
    """The page does what the foot does; what makes no sense now changes nothing (the web refuses it before)."""
    at_ns = event.at_ns
    if state.mode is Mode.OFF:
        return state, ()
    match event.what:
        case "start":
            return foot.start(state, at_ns, state.home) if state.session is None else (state, ())
        case "stop":
            return foot.stop(state, at_ns)
        case "mark":
            return taps.mark(state, at_ns)
        case "keep":
            return state, (KeepLastMinute(at_ns, as_audio=state.session is not None),)
        case "pause":
            return foot.pause(state, at_ns)
        case "resume":
            return foot.resume(state, at_ns)
        case "tuner":
            return foot.leave_tuner(state, at_ns) if state.mode is Mode.TUNER else foot.enter_tuner(state, at_ns)
        case "round_trip":
            return _measure(state, at_ns)
        case "shutdown":
            return foot.shut_down(state, at_ns)
        case _:
            assert_never(event.what)
