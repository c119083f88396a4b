"""One contract for everything that sound comes from: the fake, a recording, and a real PortAudio card on JACK."""

import threading
import time

import numpy as np
import pytest

from hardware.audio import CardSource
from hardware.audio_port import AudioHealth
from hardware.clock import boottime_ns
from hardware.fake import FakeSource
from hardware.wav import FileSource

LENGTH = 48_000 * 2


@pytest.fixture(params=["fake", "file", pytest.param("card", marks=pytest.mark.rig("jack"))])
def source(request, write_ramp):
    """A source of two channels at 48 kHz whose frames say their number: each is one step above the one before."""
    if request.param == "fake":
        ramp = np.arange(LENGTH, dtype=np.float32)
        made = FakeSource(np.column_stack((ramp, -ramp)), chunk_frames=500)
        made.step = 1.0
    elif request.param == "file":
        made = FileSource(write_ramp(LENGTH, rate=48_000, channels=2))
        made.step = 1.0
    else:
        request.getfixturevalue("jack_card")
        made = CardSource("guitar")
        made.step = 1 / 2**20
    yield made
    made.stop()


def gather(source, count: int, frames_max: int) -> np.ndarray:
    idle, blocks, deadline = threading.Event(), [], time.monotonic() + 30
    while sum(map(len, blocks)) < count:
        assert time.monotonic() < deadline, "no sound"
        block = source.read(frames_max)
        assert block.dtype == np.float32
        assert block.ndim == 2
        assert len(block) <= frames_max
        assert block.shape[1] == source.channels
        blocks.append(block)
        if len(block) == 0:
            idle.wait(0.002)
    return np.concatenate(blocks)


def test_it_says_what_it_is_before_it_starts(source):
    assert source.name
    assert source.sample_rate_hz == 48_000
    assert source.channels == 2
    assert source.health() == AudioHealth()


def test_start_tells_the_boot_time_of_sample_zero(source):
    before_ns = boottime_ns()
    started_ns = source.start()
    assert before_ns - 100_000_000 <= started_ns <= boottime_ns()


@pytest.mark.parametrize("frames_max", [1, 128, 10_000])
def test_frames_come_whole_and_in_order(source, frames_max, after_silence):
    source.start()
    frames = after_silence(gather(source, 1000, frames_max))
    assert len(frames) > 300
    assert np.allclose(np.diff(frames[:, 0]), source.step, rtol=0, atol=source.step / 100)
    assert source.health().ended is None


def test_what_was_read_belongs_to_the_reader(source):
    source.start()
    first = gather(source, 100, 100)
    kept = first.copy()
    first_again = first
    gather(source, 1000, 1000)
    assert np.array_equal(first_again, kept)
    first[:] = 0


def test_read_before_start_is_a_mistake_of_ours(source):
    with pytest.raises(AssertionError):
        source.read(128)


def test_started_twice_is_a_mistake_of_ours(source):
    source.start()
    with pytest.raises(AssertionError):
        source.start()


def test_stop_may_come_twice_and_before_start(source):
    source.stop()
    source.stop()


def test_the_fake_ends_and_breaks_on_demand():
    source = FakeSource(np.arange(10, dtype=np.float32), chunk_frames=4)
    source.start()
    assert source.read(100)[:, 0].tolist() == [0, 1, 2, 3]
    source.lose(2)
    assert source.read(100)[:, 0].tolist() == [6, 7, 8, 9]
    assert source.health() == AudioHealth(2, 1, "the end of the samples")
    assert len(source.read(100)) == 0


def test_the_fake_unplugged_gives_nothing_more():
    source = FakeSource(np.arange(10, dtype=np.float32))
    source.start()
    source.unplug("pulled")
    assert len(source.read(100)) == 0
    assert source.health().ended == "pulled"


def test_the_fake_refuses_use_after_stop():
    source = FakeSource(np.zeros(10, np.float32))
    source.start()
    source.stop()
    with pytest.raises(AssertionError, match="stopped"):
        source.read(1)
