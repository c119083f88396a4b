"""One contract for everything that plays: the simulated cable on a fake and on a recording, and real PortAudio on JACK.

Each has a cable from its output back into its input, so that what was played is seen where it comes back.
"""

import threading
import time

import numpy as np
import pytest

from hardware.audio import BLOCK_FRAMES, CardSource
from hardware.cable import CABLE_FRAMES, CableSource
from hardware.fake import FakeSource
from hardware.wav import FileSource

JACK_PERIOD, JACK_CABLE_FRAMES = 128, 37
SOUND = np.linspace(0.1, 0.9, 300, dtype=np.float32)


@pytest.fixture(params=["fake", "file", pytest.param("card", marks=pytest.mark.rig("jack"))])
def player(request, write_ramp):
    """A source whose output comes back after ``latency`` samples."""
    if request.param == "card":
        request.getfixturevalue("plug_cable")(JACK_PERIOD, JACK_CABLE_FRAMES)
        made = CardSource("cable")
        made.latency = JACK_PERIOD + BLOCK_FRAMES + JACK_CABLE_FRAMES
    else:
        silence = FakeSource(np.zeros(480_000, np.float32), chunk_frames=500)
        made = CableSource(
            silence if request.param == "fake" else FileSource(write_ramp(48_000, rate=48_000)), plugged=True
        )
        made.latency = CABLE_FRAMES
    yield made
    made.stop()


class Tape:
    """Everything that a source has heard."""

    def __init__(self, source) -> None:
        self.source = source
        self.heard = np.zeros(0, np.float32)

    def until(self, sample: int) -> None:
        idle, deadline = threading.Event(), time.monotonic() + 60
        while len(self.heard) < sample:
            assert time.monotonic() < deadline, "no sound"
            frames = self.source.read(500)
            assert self.source.health().lost_samples == 0
            self.heard = np.concatenate((self.heard, frames[:, 0]))
            if len(frames) == 0:
                idle.wait(0.002)


def come_back(player, tape, *sounds, length: int) -> np.ndarray:
    """What is heard from ``player.latency`` after these (offset, samples) are played on."""
    at = player.position + 9_600
    for offset, samples in sounds:
        assert player.play(at + offset, mono(player, samples)) == 0
    tape.until(at + player.latency + length)
    return tape.heard[at + player.latency :][:length]


def mono(source, samples) -> np.ndarray:
    return np.repeat(np.asarray(samples, np.float32)[:, None], source.output_channels, axis=1)


@pytest.fixture
def tape(player):
    player.start()
    made = Tape(player)
    made.until(9_600)  # JACK's cables are in by now
    return made


def test_it_says_that_it_can_play(player):
    player.start()
    assert player.output_channels == 1
    assert player.position >= 0


def test_what_is_played_at_a_sample_comes_back_a_constant_later_bit_for_bit(player, tape):
    for before in (0, 61, 603):
        back = come_back(player, tape, (before, SOUND), length=2_000)
        expected = np.zeros_like(back)
        expected[before : before + len(SOUND)] = SOUND
        assert np.array_equal(back, expected)


def test_sound_in_pieces_has_no_seams(player, tape):
    pieces = [(start, SOUND[start : start + 100]) for start in range(0, len(SOUND), 100)]
    assert np.array_equal(come_back(player, tape, *pieces, length=len(SOUND)), SOUND)


def test_what_comes_too_late_is_silent_and_counted(player, tape):
    end = player.position
    assert player.play(end - 50, mono(player, SOUND[:50])) == 50
    assert player.health().late_samples == 50
    tape.until(end + player.latency + 1_000)
    assert not tape.heard[9_600:].any()


def test_sounds_at_the_same_time_add_up(player, tape):
    back = come_back(player, tape, (0, [0.25] * 10), (5, [0.5] * 10), length=16)
    assert back.tolist() == [0.25] * 5 + [0.75] * 5 + [0.5] * 5 + [0.0]


def test_silence_is_played_where_nothing_was_placed(player, tape):
    tape.until(20_000)
    assert not tape.heard.any()
    assert player.health().late_samples == 0


@pytest.mark.parametrize("kind", ["fake", "file"])
def test_who_has_no_output_says_so(kind, write_ramp):
    source = FakeSource(np.zeros(10, np.float32)) if kind == "fake" else FileSource(write_ramp(100))
    source.start()
    assert (source.output_channels, source.block_frames, source.position) == (0, 0, 0)
    with pytest.raises(AssertionError, match="no sound output here"):
        source.play(0, np.zeros((1, 1), np.float32))
    source.stop()


def test_the_cable_takes_the_guitar_s_place_and_gives_it_back():
    guitar = np.arange(1, 2_001, dtype=np.float32)
    source = CableSource(FakeSource(np.column_stack((guitar, guitar))), delay_frames=4)
    source.start()
    source.play(2, mono(source, [0.5, 0.5]))
    assert source.read(10)[:, 1].tolist() == guitar[:10].tolist()
    source.plug(plugged=True)
    source.play(12, mono(source, [0.25]))
    heard = source.read(10)
    assert heard[:, 0].tolist() == [0, 0, 0, 0, 0, 0, 0.25, 0, 0, 0]
    assert not heard[:, 1].any()
    source.plug(plugged=False)
    assert source.read(10)[:, 0].tolist() == guitar[20:30].tolist()


def test_the_cable_carries_on_over_a_loss_as_a_card_does():
    inner = FakeSource(np.zeros(2_000, np.float32))
    source = CableSource(inner, delay_frames=20, plugged=True)
    source.start()
    source.play(0, mono(source, np.arange(1, 41) / 100))
    assert not source.read(20).any()
    inner.lose(5)
    after = source.read(20)[:, 0]
    assert after.tolist() == pytest.approx([*np.arange(6, 21) / 100, 0, 0, 0, 0, 0])
    assert source.position == 45
    assert source.read(20)[:, 0].tolist() == pytest.approx([*np.arange(26, 41) / 100, 0, 0, 0, 0, 0])


def test_the_way_may_turn_it_over_and_clip():
    source = CableSource(FakeSource(np.zeros(100, np.float32)), delay_frames=0, gain=-4.0, plugged=True)
    source.start()
    source.play(0, mono(source, [0.125, 0.5, -0.5]))
    assert source.read(3)[:, 0].tolist() == [-0.5, -1.0, 1.0]
