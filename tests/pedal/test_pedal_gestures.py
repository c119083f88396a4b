"""What the foot meant: times that matter, and laws that hold for every foot."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pedal import gestures
from pedal.gestures import DEBOUNCE_NS, DoubleTap, Gestures, Hold, LongRelease, Pressed, Reached, Switch, Tap, Threshold

MS = 1_000_000
FAR_NS = 10**12


def play(edges: list[tuple[float, bool]], *, double: bool = True, start: Switch | None = None) -> Gestures:
    """All gestures of a script of (ms, pressed)."""
    switch, heard = start or Switch(), ()
    for at_ms, pressed in edges:
        switch, more = gestures.edge(switch, pressed, round(at_ms * MS), double=double)
        heard += more
    _, more = gestures.advance(switch, FAR_NS, double=double)
    return heard + more


def spans(*times_ms: tuple[float, float]) -> list[tuple[float, bool]]:
    return [(at, down) for span in times_ms for at, down in zip(span, (True, False), strict=True)]


def meant(heard: Gestures) -> Gestures:
    """Without the presses, which every gesture begins with."""
    return tuple(g for g in heard if not isinstance(g, Pressed))


def test_a_tap_is_stamped_at_its_press() -> None:
    assert meant(play(spans((100, 180)))) == (Tap(100 * MS),)


@pytest.mark.parametrize(("gap_ms", "is_double"), [(1 + 8, True), (349, True), (350, True), (351, False), (900, False)])
def test_350_ms_mean_350_ms(gap_ms: float, is_double: bool) -> None:
    heard = meant(play(spans((0, 80), (80 + gap_ms, 160 + gap_ms))))
    second_ns = round((80 + gap_ms) * MS)
    assert heard == ((DoubleTap(0, second_ns),) if is_double else (Tap(0), Tap(second_ns)))


def test_a_tap_waits_only_where_a_double_exists() -> None:
    switch, _ = gestures.edge(Switch(), True, 0, double=False)
    _, heard = gestures.edge(switch, False, 80 * MS, double=False)
    assert heard == (Tap(0),)
    switch, _ = gestures.edge(Switch(), True, 0, double=True)
    _, heard = gestures.edge(switch, False, 80 * MS, double=True)
    assert heard == ()


@pytest.mark.parametrize(
    ("held_ms", "last"), [(499, Tap), (500, Hold), (1999, Hold), (2000, LongRelease), (5999, LongRelease)]
)
def test_how_long_it_was_held_decides(held_ms: float, last: type) -> None:
    assert isinstance(meant(play(spans((0, held_ms))))[-1], last)


def test_each_threshold_is_told_while_the_foot_is_still_down() -> None:
    switch, _ = gestures.edge(Switch(), True, 0, double=True)
    _, heard = gestures.advance(switch, 11_000 * MS, double=True)
    assert heard == tuple(Reached(t, 0) for t in Threshold)


def test_a_release_between_4_and_6_seconds_says_which_countdown_it_cancels() -> None:
    assert meant(play(spans((0, 5_000))))[-1] == LongRelease(0, 5_000 * MS, Threshold.COUNTDOWN)


def test_a_tap_followed_by_a_hold_was_a_tap() -> None:
    heard = meant(play(spans((0, 80), (200, 900))))
    assert heard == (Tap(0), Reached(Threshold.HOLD, 200 * MS), Hold(200 * MS, 900 * MS))


def test_bounce_on_both_edges_is_swallowed() -> None:
    bouncing = [(0, True), (1, False), (2, True), (3, False), (5, True), (100, False), (101, True), (103, False)]
    assert meant(play(bouncing)) == (Tap(0),)


def test_a_press_that_ends_inside_the_bounce_time_is_still_let_go() -> None:
    heard = play([(0, True), (4, False)])
    assert heard == (Pressed(0), Tap(0))


def test_a_switch_held_at_power_on_says_nothing_until_it_is_let_go() -> None:
    held = gestures.held_at_start(down=True)
    assert play([(9_000, False)], start=held) == ()
    assert meant(play([(9_000, False), *spans((9_500, 9_600))], start=held)) == (Tap(9_500 * MS),)


contacts = st.lists(st.tuples(st.integers(1, 3_000), st.booleans()), max_size=60)


def as_edges(steps: list[tuple[int, bool]]) -> list[tuple[float, bool]]:
    at_ms, edges = 0.0, []
    for step_ms, pressed in steps:
        at_ms += step_ms
        edges.append((at_ms, pressed))
    return edges


@given(contacts, st.booleans())
def test_no_foot_can_get_it_stuck(steps: list[tuple[int, bool]], double: bool) -> None:
    switch = Switch()
    edges = as_edges(steps)
    for at_ms, pressed in edges:
        switch, _ = gestures.edge(switch, pressed, round(at_ms * MS), double=double)
    switch, _ = gestures.edge(switch, False, 10**11, double=double)
    switch, _ = gestures.advance(switch, FAR_NS, double=double)
    assert not switch.down
    assert gestures.deadline_ns(switch) is None
    switch, _ = gestures.edge(switch, True, 2 * FAR_NS, double=double)
    _, heard = gestures.edge(switch, False, 2 * FAR_NS + 90 * MS, double=False)
    assert heard == (Tap(2 * FAR_NS),)


@given(contacts, st.booleans(), st.lists(st.integers(0, 200_000), max_size=20))
def test_how_often_time_is_looked_at_changes_nothing(
    steps: list[tuple[int, bool]], double: bool, looks_ms: list[int]
) -> None:
    edges = as_edges(steps)
    plain = play(edges, double=double)
    switch, heard = Switch(), ()
    moments = sorted(
        [(at * MS, pressed) for at, pressed in edges] + [(at * MS, None) for at in looks_ms], key=lambda m: m[0]
    )
    for at_ns, pressed in moments:
        if pressed is None:
            switch, more = gestures.advance(switch, round(at_ns), double=double)
        else:
            switch, more = gestures.edge(switch, pressed, round(at_ns), double=double)
        heard += more
    _, more = gestures.advance(switch, FAR_NS, double=double)
    assert heard + more == plain


@given(contacts)
def test_presses_are_never_closer_than_the_debounce_time_allows(steps: list[tuple[int, bool]]) -> None:
    presses = [g.at_ns for g in play(as_edges(steps)) if isinstance(g, Pressed)]
    assert all(b - a >= DEBOUNCE_NS for a, b in pairwise(presses))


@given(contacts, st.booleans())
def test_every_press_ends_in_exactly_one_meaning(steps: list[tuple[int, bool]], double: bool) -> None:
    edges = [*as_edges(steps), (10**6, False)]
    heard = play(edges, double=double)
    presses = sum(isinstance(g, Pressed) for g in heard)
    meanings = sum(
        2 if isinstance(g, DoubleTap) else 1 for g in heard if isinstance(g, Tap | DoubleTap | Hold | LongRelease)
    )
    assert meanings == presses
