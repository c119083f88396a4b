"""The ring between callback and analysis: nothing twice, nothing out of order, every loss counted at its place."""

import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.ring import GAPS_MAX, FrameRing


def ramp(start: int, count: int, channels: int = 1) -> np.ndarray:
    column = np.arange(start, start + count, dtype=np.float32)[:, None]
    return column + 0.25 * np.arange(channels, dtype=np.float32)


def test_gives_back_what_was_written_across_the_wrap():
    ring = FrameRing(8, 2)
    for start in range(0, 30, 5):
        assert ring.write(ramp(start, 5, 2))
        assert np.array_equal(ring.read(100), ramp(start, 5, 2))
    assert ring.lost_frames == 0


def test_read_gives_at_most_what_was_asked_for_and_never_waits():
    ring = FrameRing(8, 1)
    assert ring.read(4).shape == (0, 1)
    ring.write(ramp(0, 5))
    assert np.array_equal(ring.read(3), ramp(0, 3))
    assert np.array_equal(ring.read(3), ramp(3, 2))


def test_what_is_read_stays_when_the_ring_goes_on():
    ring = FrameRing(4, 1)
    ring.write(ramp(0, 4))
    kept = ring.read(4)
    ring.write(ramp(4, 4))
    assert np.array_equal(kept, ramp(0, 4))


def test_refuses_what_does_not_fit_whole_and_counts_it_behind_what_it_holds():
    ring = FrameRing(8, 1)
    assert ring.write(ramp(0, 6))
    assert not ring.write(ramp(6, 3))
    assert not ring.write(ramp(9, 3))
    assert ring.overflows == 2
    assert np.array_equal(ring.read(100), ramp(0, 6))
    assert ring.lost_frames == 0, "the loss lies behind these frames"
    assert len(ring.read(100)) == 0
    assert ring.write(ramp(12, 2))
    assert np.array_equal(ring.read(100), ramp(12, 2))
    assert ring.lost_frames == 6


def test_a_read_stops_at_a_gap():
    ring = FrameRing(16, 1)
    ring.write(ramp(0, 3))
    ring.lose(10)
    ring.write(ramp(13, 3))
    assert np.array_equal(ring.read(100), ramp(0, 3))
    assert np.array_equal(ring.read(100), ramp(13, 3))
    assert ring.lost_frames == 10


def test_more_gaps_than_the_table_holds_lose_their_place_but_not_their_count():
    ring = FrameRing(1000, 1)
    for i in range(GAPS_MAX + 5):
        ring.lose(1)
        ring.write(ramp(i, 1))
    while len(ring.read(1000)) > 0:
        pass
    assert ring.lost_frames == GAPS_MAX + 5


@given(st.lists(st.tuples(st.sampled_from(["write", "lose", "read"]), st.integers(1, 7)), max_size=80))
def test_every_frame_of_the_card_is_read_or_counted_at_its_place(steps):
    """Hold the card's own counter beside it: after every read, frames read + frames lost = the next frame's number."""
    ring, card, seen = FrameRing(10, 1), 0, 0
    drain = [("read", 99)] * 12
    for step, count in [*steps, *drain, ("write", 1), *drain]:
        if step == "write":
            ring.write(ramp(card, count))
            card += count
        elif step == "lose":
            ring.lose(count)
            card += count
        else:
            frames = ring.read(count)
            if len(frames):
                assert np.array_equal(frames, ramp(seen + ring.lost_frames, len(frames)))
            seen += len(frames)
    assert seen + ring.lost_frames == card


@pytest.mark.parametrize("block", [1, 128, 200])
def test_two_threads_pass_every_frame_in_order(block):
    ring, total = FrameRing(1024, 1), 200 * block

    def produce() -> None:
        for start in range(0, total, block):
            ring.write(ramp(start, block))

    producer = threading.Thread(target=produce)
    producer.start()
    seen = 0
    while producer.is_alive() or ring.backlog_frames:
        frames = ring.read(300)
        if len(frames):
            assert np.array_equal(frames, ramp(seen + ring.lost_frames, len(frames)))
        seen += len(frames)
    producer.join()
    assert seen + ring.lost_frames <= total
    assert seen > 0
