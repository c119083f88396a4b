"""LEDs: each state and each threshold of the foot differs from the others, also without colour."""

import itertools
from dataclasses import replace

import pytest

from pedal import gallery, lights
from pedal.gestures import Switch
from pedal.state import S_NS, Mode, Part, State

MS = 1_000_000
BASE = replace(gallery.BASE, now_ns=300 * S_NS)
IN_SESSION = replace(BASE, mode=Mode.SESSION, session=gallery.RUNNING)


def rhythm(state: State, led_ms: int = 3_000) -> tuple[bool, ...]:
    """Dark or lit every 10 ms: what a colour-blind player sees."""
    moments = (replace(state, now_ns=state.now_ns + at * MS) for at in range(0, led_ms, 10))
    return tuple(any(channel > 0 for channel in lights.status(moment)) for moment in moments)


def brightness(state: State) -> float:
    return sum(lights.status(state))


def test_the_led_answers_at_the_press() -> None:
    assert lights.status(replace(BASE, switch=Switch(down=True))) == lights.WHITE


def test_the_led_changes_at_every_threshold() -> None:
    pressed = [lights.status(replace(BASE, switch=Switch(down=True, passed=n))) for n in range(3)]
    assert len(set(pressed)) == 3
    blinking = rhythm(replace(BASE, switch=Switch(down=True, passed=3)))
    assert True in blinking
    assert False in blinking


def test_states_differ_by_rhythm_or_brightness_and_not_only_by_hue() -> None:
    no_sound = replace(BASE, parts={"audio": Part("missing", "")})
    paused = replace(IN_SESSION, session=replace(gallery.RUNNING, paused_ns=0))
    menu = replace(BASE, mode=Mode.CAROUSEL)
    off = replace(BASE, mode=Mode.OFF)
    rhythms = [rhythm(s) for s in (IN_SESSION, no_sound, paused, menu, off)]
    assert len(set(rhythms)) == len(rhythms)
    assert brightness(BASE) < brightness(IN_SESSION)


@pytest.mark.parametrize(("cents", "lit_share"), [(0.0, 1.0), (1.9, 1.0), (-12.0, 0.5), (12.0, 0.5)])
def test_the_tuner_is_steady_in_tune_and_blinks_beside_it(cents: float, lit_share: float) -> None:
    state = replace(BASE, mode=Mode.TUNER, heard=replace(gallery.HEARD, cents=cents))
    lit = rhythm(state)
    assert sum(lit) / len(lit) == pytest.approx(lit_share, abs=0.05)


def test_flat_blinks_slower_than_sharp() -> None:
    def changes(cents: float) -> int:
        lit = rhythm(replace(BASE, mode=Mode.TUNER, heard=replace(gallery.HEARD, cents=cents)))
        return sum(a != b for a, b in itertools.pairwise(lit))

    assert changes(-12.0) < changes(12.0)


def test_the_beat_led_follows_the_grid_and_the_first_beat_is_brighter() -> None:
    state = replace(BASE, grid=(BASE.now_ns, 120.0))
    lit = [lights.beat(replace(state, now_ns=state.now_ns + ms * MS)) for ms in range(2_000)]
    starts = [ms for ms in range(1, 2_000) if lit[ms] and not lit[ms - 1]]
    assert starts == [500, 1_000, 1_500]
    assert lit[0] > lit[500] > 0
    assert lights.beat(BASE) == 0


def test_the_hub_is_told_when_the_beat_led_changes_next() -> None:
    assert lights.beat_due_ns(BASE) is None
    state, changes = replace(BASE, grid=(BASE.now_ns, 120.0)), []
    for _ in range(4):
        due_ns = lights.beat_due_ns(state)
        assert due_ns is not None
        before = replace(state, now_ns=due_ns - 2)
        state = replace(state, now_ns=due_ns)
        assert bool(lights.beat(before)) is not bool(lights.beat(state))
        changes.append(round((due_ns - BASE.now_ns) / MS))
    assert changes == [60, 500, 560, 1_000]


def test_the_player_s_brightness_counts() -> None:
    dim = replace(IN_SESSION, settings=replace(IN_SESSION.settings, brightness=0.2))
    assert brightness(dim) == pytest.approx(0.2 * brightness(IN_SESSION))
