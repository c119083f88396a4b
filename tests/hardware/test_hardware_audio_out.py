"""The sound card's output: one stream and one count of samples for both ways, silence where nothing is to be played."""

import numpy as np
import pytest

from hardware import audio
from hardware.audio import BLOCK_FRAMES, CardSource
from hardware.audio_port import AudioHealth
from hardware.cards import SoundCard
from hardware.errors import DeviceBusy
from tests.hardware.stand_in import OVERFLOW, UNDERFLOW, PortAudioError


@pytest.fixture
def card(portaudio, monkeypatch):
    """A card with two inputs and four outputs."""
    cards = (SoundCard("Solo: Audio", 2, 3, "ALSA", 1, "1235:8211", outputs=4),)
    monkeypatch.setattr(audio, "list_cards", lambda: cards)
    return portaudio


def sound(*values: float) -> np.ndarray:
    return np.column_stack((values, np.negative(values))).astype(np.float32)


def test_one_stream_for_both_ways_on_the_same_device(card, clock):
    source = CardSource("Solo", clock=clock)
    assert source.start() == clock.now_ns - 4_000_000
    assert card.settings["device"] == (3, 3)
    assert card.settings["channels"] == (2, 2)
    assert (card.settings["samplerate"], card.settings["blocksize"], card.settings["dtype"]) == (48_000, 128, "float32")
    assert (source.output_channels, source.block_frames) == (2, BLOCK_FRAMES)


def test_a_card_without_outputs_only_hears_and_says_so(portaudio, clock):
    source = CardSource("Solo", clock=clock)
    source.start()
    assert portaudio.settings["device"] == 3
    assert source.output_channels == 0
    with pytest.raises(AssertionError, match="no sound output here"):
        source.play(0, sound(1.0))


def test_outputs_that_do_not_open_leave_the_ears(card, clock):
    card.error_both_ways = PortAudioError("Device unavailable", -9985)
    source = CardSource("Solo", clock=clock)
    assert source.output_channels == 2
    source.start()
    assert source.output_channels == 0
    assert card.settings["channels"] == 2
    card.block(1)
    assert source.read(1_000)[-1, 0] == 1


def test_a_card_that_does_not_open_at_all_says_so_as_before(card):
    card.error = card.error_both_ways = PortAudioError("Device unavailable", -9985)
    with pytest.raises(DeviceBusy, match="in use by another program"):
        CardSource("Solo").start()


def test_it_plays_silence_and_what_is_placed_where_it_is_placed(card, clock):
    source = CardSource("Solo", clock=clock)
    source.start()
    assert source.position == BLOCK_FRAMES
    assert source.play(130, sound(0.1, 0.2)) == 0
    card.block(1)
    assert not card.played[0].any()
    assert card.played[1][:5].tolist() == sound(0, 0, 0.1, 0.2, 0).tolist()
    assert source.position == 2 * BLOCK_FRAMES
    assert source.read(10_000)[128:].min() == 1
    assert source.health() == AudioHealth()


def test_sound_for_a_block_that_is_gone_is_late(card, clock):
    source = CardSource("Solo", clock=clock)
    source.start()
    assert source.play(127, sound(0.1, 0.2)) == 1
    card.block(1)
    assert card.played[1][0, 0] == pytest.approx(0.2)
    assert source.health() == AudioHealth(late_samples=1)


def test_a_gap_passes_over_the_sound_of_its_time(card, clock):
    """Else everything after it would be late by the gap, and the click with it."""
    source = CardSource("Solo", clock=clock)
    source.start()
    source.play(128, sound(*[0.5] * 1_200, 0.25))
    card.adc_s += 0.025
    card.block(1, status=OVERFLOW)
    assert card.played[1][:2, 0].tolist() == [0.25, 0.0]
    assert source.position == 128 + 1_200 + 128
    assert source.read(128).any() == 0
    assert len(source.read(10_000)) == 128
    assert source.health() == AudioHealth(lost_samples=1_200, overflows=1)


def test_what_the_card_says_it_missed_is_counted(card, clock):
    source = CardSource("Solo", clock=clock)
    source.start()
    card.block(1, status=UNDERFLOW)
    assert source.health() == AudioHealth(underflows=1)
