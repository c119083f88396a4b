"""Taps of a running session: one marks the spot, two or more within 2 s of each other set a click's tempo."""

from dataclasses import replace
from itertools import pairwise
from typing import Final, TypeAlias

from pedal.commands import AddMark, Command, Commands, RemoveMark, SaveSettings, SetGrid
from pedal.gestures import DoubleTap, Gesture, Tap
from pedal.state import State, TapTempo, told

Step: TypeAlias = tuple[State, Commands]
TAP_SEQUENCE_NS: Final = 2_000_000_000
BPM_RANGE: Final = (20.0, 300.0)


def mark(state: State, at_ns: int) -> Step:
    """Mark this spot of the running session."""
    if state.session is None:
        return state, ()
    state = replace(state, session=replace(state.session, marks=state.session.marks + 1))
    return told(state, "marked"), (AddMark(at_ns),)


def tempo_taps(state: State, gesture: Gesture) -> Step:
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
