"""Sound plays where it was placed, or not at all: the ring between a renderer and the audio callback."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.play_ring import PlayRing


def frames(*values: float) -> np.ndarray:
    return np.array(values, np.float32)[:, None]


def take(ring: PlayRing, count: int) -> list[float]:
    out = np.full((count, ring.channels), 9.0, np.float32)
    ring.take(out)
    return out[:, 0].tolist()


def test_nothing_placed_is_silence():
    ring = PlayRing(8, 2)
    assert take(ring, 3) == [0, 0, 0]
    assert (ring.position, ring.late_frames, ring.channels, ring.capacity_frames) == (3, 0, 2, 8)


def test_sound_plays_where_it_was_placed_and_once():
    ring = PlayRing(8, 1)
    assert ring.place(2, frames(1, 2, 3)) == 0
    assert take(ring, 4) == [0, 0, 1, 2]
    assert take(ring, 8) == [3, 0, 0, 0, 0, 0, 0, 0]
    assert take(ring, 8) == [0] * 8


def test_what_was_played_over_the_ring_s_end_is_not_played_again():
    ring = PlayRing(4, 1)
    ring.place(2, frames(1, 2))
    take(ring, 3)
    ring.place(4, frames(3))
    assert take(ring, 2) == [2, 3]
    assert take(ring, 4) == [0, 0, 0, 0]


def test_placed_in_any_order_sounds_add_up():
    ring = PlayRing(8, 1)
    ring.place(4, frames(1, 1))
    ring.place(1, frames(2, 2, 2, 2))
    assert take(ring, 8) == [0, 2, 2, 2, 3, 1, 0, 0]


def test_what_comes_too_late_is_silent_counted_and_no_ghost_later():
    ring = PlayRing(8, 1)
    take(ring, 5)
    assert ring.place(3, frames(1, 2, 3, 4)) == 2
    assert take(ring, 8) == [3, 4, 0, 0, 0, 0, 0, 0]
    assert ring.place(0, frames(1, 2)) == 2
    assert take(ring, 8) == [0] * 8
    assert ring.late_frames == 4


@pytest.mark.parametrize("before", [True, False])
def test_a_callback_in_the_middle_of_placing_makes_it_late_and_leaves_no_ghost(before):
    class Interrupted(PlayRing):
        def _add(self, begin, added):
            if before:  # the audio thread comes by between a look at the position and what follows from it
                take(self, 3)
            super()._add(begin, added)
            if not before:
                take(self, 3)

    ring = Interrupted(8, 1)
    ring.place(1, frames(1, 2, 3, 4))
    assert ring.late_frames == 2
    assert take(ring, 8) == [3, 4, 0, 0, 0, 0, 0, 0]


def test_further_ahead_than_it_reaches_is_a_mistake_of_ours():
    ring = PlayRing(8, 1)
    ring.place(6, frames(1, 2))
    with pytest.raises(AssertionError, match="further ahead"):
        ring.place(7, frames(1, 2))


def test_what_is_passed_over_is_never_played():
    ring = PlayRing(8, 1)
    ring.place(0, frames(1, 2, 3, 4, 5, 6))
    ring.skip(4)
    assert (ring.position, take(ring, 3)) == (4, [5, 6, 0])
    ring.place(8, frames(1, 1))
    ring.skip(1_000)
    assert take(ring, 8) == [0] * 8
    assert ring.position == 1_015


def test_every_channel_has_its_own_sound():
    ring = PlayRing(4, 2)
    ring.place(0, np.array([[1, -1], [2, -2]], np.float32))
    out = np.empty((2, 2), np.float32)
    ring.take(out)
    assert out.tolist() == [[1, -1], [2, -2]]


steps = st.lists(
    st.one_of(
        st.tuples(st.just("take"), st.integers(1, 8)),
        st.tuples(st.just("skip"), st.integers(0, 20)),
        st.tuples(st.just("place"), st.integers(-6, 5), st.integers(0, 3)),
    ),
    max_size=40,
)


@given(steps)
def test_it_is_an_endless_tape_that_moves_on(script):
    """The same script on a tape as long as all of it: what is played there is what must be played here."""
    ring, tape, position, number, late = PlayRing(8, 1), np.zeros(2_000), 0, 0, 0
    for what, *arguments in script:
        if what == "take":
            assert take(ring, arguments[0]) == tape[position : position + arguments[0]].tolist()
            position += arguments[0]
        elif what == "skip":
            ring.skip(arguments[0])
            position += arguments[0]
        else:
            at, count = max(0, position + arguments[0]), arguments[1]
            values = np.arange(1, count + 1, dtype=np.float32) + number
            number += count
            missed = ring.place(at, values[:, None])
            assert missed == min(count, max(0, position - at))
            late += missed
            tape[at + missed : at + count] += values[missed:]
    assert (ring.position, ring.late_frames) == (position, late)
