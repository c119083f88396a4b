"""Helpers: a foot as a list of spans, and the reducer driven by it."""

from dataclasses import replace

from pedal import reducer
from pedal.commands import Commands
from pedal.events import EdgeSeen, Ticked
from pedal.state import State

MS = 1_000_000
S = 1_000 * MS


def stomp(state: State, *spans_ms: tuple[float, float], settle_ms: float = 1_000) -> tuple[State, Commands]:
    """Press and release at these times after the state's now, then let time pass."""
    begin_ns = state.now_ns
    commands: Commands = ()
    last_ns = begin_ns
    for down_ms, up_ms in spans_ms:
        for at_ms, pressed in ((down_ms, True), (up_ms, False)):
            last_ns = begin_ns + round(at_ms * MS)
            state, more = reducer.reduce(state, EdgeSeen(last_ns, pressed))
            commands += more
    state, more = reducer.reduce(state, Ticked(last_ns + round(settle_ms * MS)))
    return state, commands + more


def wait(state: State, seconds: float) -> tuple[State, Commands]:
    """Let time pass, in ticks as the hub does."""
    commands: Commands = ()
    end_ns = state.now_ns + round(seconds * S)
    while state.now_ns < end_ns:
        state, more = reducer.reduce(state, Ticked(min(end_ns, state.now_ns + 50 * MS)))
        commands += more
    return state, commands


def at(state: State, **changes: object) -> State:
    """A state with some fields replaced."""
    return replace(state, **changes)  # type: ignore[arg-type]
