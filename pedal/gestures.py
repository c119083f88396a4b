"""From edges of the footswitch to what the foot meant.

Pure: everything is decided from the edges' own timestamps, so 350 ms means 350 ms even when the hub was busy, and a
script of edges gives the same gestures at any speed. Actions are stamped at the press.

An edge is believed at once (the LED answers at the press) and then the contact is left alone for 8 ms; if it then
rests at the other level, that is the next edge. So bounce is swallowed, and no edge can ever leave the foot "stuck".
"""

from dataclasses import dataclass, replace
from enum import Enum
from typing import Final, TypeAlias

MS_NS: Final = 1_000_000
DEBOUNCE_NS: Final = 8 * MS_NS
DOUBLE_NS: Final = 350 * MS_NS


class Threshold(Enum):
    """How long the switch has been down; the LED changes at each, so the foot feels where it is."""

    HOLD = 500 * MS_NS
    TUNER = 2_000 * MS_NS
    COUNTDOWN = 4_000 * MS_NS
    SHUTDOWN = 6_000 * MS_NS
    RESET = 10_000 * MS_NS


THRESHOLDS: Final = tuple(Threshold)


@dataclass(frozen=True, slots=True)
class Pressed:
    """The switch went down."""

    at_ns: int


@dataclass(frozen=True, slots=True)
class Reached:
    """The switch is still down and has passed a threshold."""

    threshold: Threshold
    press_ns: int


@dataclass(frozen=True, slots=True)
class Tap:
    """One short press, and no second one where a second would have meant something else."""

    press_ns: int


@dataclass(frozen=True, slots=True)
class DoubleTap:
    """Two short presses, the second begun within 350 ms after the first was let go."""

    press_ns: int
    second_press_ns: int


@dataclass(frozen=True, slots=True)
class Hold:
    """Let go after 0.5 s and before 2 s. ``release_ns`` is where a session ends."""

    press_ns: int
    release_ns: int


@dataclass(frozen=True, slots=True)
class LongRelease:
    """Let go at 2 s or later, after ``last`` had been reached: a countdown that was running is cancelled."""

    press_ns: int
    at_ns: int
    last: Threshold


Gesture: TypeAlias = Pressed | Reached | Tap | DoubleTap | Hold | LongRelease
Gestures: TypeAlias = tuple[Gesture, ...]


@dataclass(frozen=True, slots=True)
class Switch:
    """All that is remembered of the foot.

    ``raw`` is the contact as last heard, ``down`` the debounced level. ``tap_ns`` is (press, release) of a tap that
    waits to see whether it is a double; ``first_press_ns`` the first press while the second is still down.
    ``armed`` is false while a switch held at power-on has not been let go.
    """

    raw: bool = False
    down: bool = False
    quiet_until_ns: int | None = None
    press_ns: int = 0
    passed: int = 0
    tap_ns: tuple[int, int] | None = None
    first_press_ns: int | None = None
    armed: bool = True


def held_at_start(down: bool) -> Switch:
    """The switch as found at power-on; a held one says nothing until it is let go."""
    return Switch(raw=down, down=down, armed=not down)


def deadline_ns(switch: Switch) -> int | None:
    """When ``advance`` has to be called next, if no edge comes before."""
    due = []
    if switch.quiet_until_ns is not None:
        due.append(switch.quiet_until_ns)
    if switch.down and switch.armed and switch.passed < len(THRESHOLDS):
        due.append(switch.press_ns + THRESHOLDS[switch.passed].value)
    if switch.tap_ns is not None and not switch.down:
        due.append(switch.tap_ns[1] + DOUBLE_NS + 1)
    return min(due, default=None)


def edge(switch: Switch, pressed: bool, at_ns: int, *, double: bool) -> tuple[Switch, Gestures]:
    """One raw edge. ``double``: whether a double tap means something in the present state.

    Whatever was due before the edge happens first, in order, so a late timer changes nothing.
    """
    switch, gestures = advance(switch, at_ns, double=double)
    switch = replace(switch, raw=pressed)
    if switch.quiet_until_ns is not None or pressed == switch.down:
        return switch, gestures
    switch, more = _settle(switch, at_ns, double=double)
    return switch, gestures + more


def advance(switch: Switch, now_ns: int, *, double: bool) -> tuple[Switch, Gestures]:
    """Let time pass up to ``now_ns``."""
    gestures: Gestures = ()
    while (due_ns := deadline_ns(switch)) is not None and due_ns <= now_ns:
        switch, more = _fire(switch, due_ns, double=double)
        gestures += more
    return switch, gestures


def _fire(switch: Switch, due_ns: int, *, double: bool) -> tuple[Switch, Gestures]:
    """The one thing that is due at ``due_ns``; each call takes one deadline away."""
    if switch.quiet_until_ns == due_ns:
        switch = replace(switch, quiet_until_ns=None)
        return _settle(switch, due_ns, double=double) if switch.raw != switch.down else (switch, ())
    if switch.tap_ns is not None and not switch.down:
        return replace(switch, tap_ns=None), (Tap(switch.tap_ns[0]),)
    threshold = THRESHOLDS[switch.passed]
    # A tap followed by a hold was a tap, and is told as soon as that is sure.
    before: Gestures = (Tap(switch.first_press_ns),) if switch.first_press_ns is not None else ()
    switch = replace(switch, passed=switch.passed + 1, first_press_ns=None)
    return switch, (*before, Reached(threshold, switch.press_ns))


def _settle(switch: Switch, at_ns: int, *, double: bool) -> tuple[Switch, Gestures]:
    """The debounced level changes to ``raw`` at ``at_ns``."""
    switch = replace(switch, down=switch.raw, quiet_until_ns=at_ns + DEBOUNCE_NS)
    return _press(switch, at_ns) if switch.down else _release(switch, at_ns, double=double)


def _press(switch: Switch, at_ns: int) -> tuple[Switch, Gestures]:
    first_ns = switch.tap_ns[0] if switch.tap_ns is not None else None
    switch = replace(switch, press_ns=at_ns, passed=0, tap_ns=None, first_press_ns=first_ns)
    return switch, (Pressed(at_ns),)


def _release(switch: Switch, at_ns: int, *, double: bool) -> tuple[Switch, Gestures]:
    first_ns, passed = switch.first_press_ns, switch.passed
    armed, switch = switch.armed, replace(switch, first_press_ns=None, passed=0, armed=True)
    if not armed:
        return switch, ()
    if passed == 0 and first_ns is not None:
        return switch, (DoubleTap(first_ns, switch.press_ns),)
    if passed == 0 and double:
        return replace(switch, tap_ns=(switch.press_ns, at_ns)), ()
    if passed == 0:
        return switch, (Tap(switch.press_ns),)
    if passed == 1:
        return switch, (Hold(switch.press_ns, at_ns),)
    return switch, (LongRelease(switch.press_ns, at_ns, THRESHOLDS[passed - 1]),)
