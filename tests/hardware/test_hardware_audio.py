"""The sound card: its callback, its losses and its end; at a stand-in for PortAudio, and at the real one on JACK."""

import json
import subprocess
import sys
import threading
import time
from importlib import import_module

import numpy as np
import pytest
import soundfile

from hardware import audio
from hardware.audio import CardSource, first_sample_ns, lost_frames, open_error
from hardware.cards import SoundCard
from hardware.clock import boottime_ns
from hardware.errors import DeviceBusy, DeviceLost, DeviceMissing
from tests.hardware.stand_in import OVERFLOW, PortAudioError


def test_opens_the_chosen_card_as_the_pedal_needs_it(portaudio, clock):
    source = CardSource("Solo", clock=clock)
    assert source.start() == clock.now_ns - 4_000_000
    settings = portaudio.settings
    assert (settings["device"], settings["samplerate"], settings["blocksize"]) == (3, 48_000, 128)
    assert (settings["channels"], settings["dtype"]) == (2, "float32")
    assert (source.name, source.channels, source.sample_rate_hz) == ("Solo: Audio", 2, 48_000)


@pytest.mark.parametrize(("has", "wanted", "opened"), [(1, None, 1), (2, 1, 1), (2, 8, 2), (32, None, 4)])
def test_opens_one_to_four_channels(portaudio, monkeypatch, has, wanted, opened):
    monkeypatch.setattr(audio, "list_cards", lambda: (SoundCard("Solo", has, 3, "ALSA"),))
    assert CardSource("Solo", channels=wanted).channels == opened


def test_blocks_come_out_as_they_came_in(portaudio, clock):
    source = CardSource("Solo", clock=clock)
    source.start()
    portaudio.block(1)
    frames = source.read(10_000)
    assert frames.shape == (256, 2)
    assert frames[:128].max() == 0
    assert frames[128:].min() == 1
    assert source.health() == audio.AudioHealth()


def test_an_overflow_is_a_gap_as_long_as_the_adc_says(portaudio, clock):
    source = CardSource("Solo", clock=clock)
    source.start()
    portaudio.adc_s += 0.025
    portaudio.block(1, status=OVERFLOW)
    assert len(source.read(10_000)) == 128
    assert source.health().lost_samples == 0
    assert source.read(10_000)[0, 0] == 1
    assert source.health() == audio.AudioHealth(lost_samples=1200, overflows=1)


def test_a_late_graph_that_lost_nothing_is_an_overflow_without_a_gap(portaudio, clock):
    source = CardSource("Solo", clock=clock)
    source.start()
    portaudio.block(1, status=OVERFLOW)
    assert len(source.read(10_000)) == 256
    assert source.health() == audio.AudioHealth(lost_samples=0, overflows=1)


def test_nobody_reads_the_ring_refuses_and_counts(portaudio, clock):
    source = CardSource("Solo", clock=clock, ring_s=3 * 128 / 48_000)
    source.start()
    for number in range(1, 6):
        portaudio.block(number)
    assert source.read(10_000)[:, 0].tolist() == [0] * 128 + [1] * 128 + [2] * 128
    portaudio.block(6)
    assert source.read(10_000)[0, 0] == 6
    assert source.health() == audio.AudioHealth(lost_samples=3 * 128, overflows=3)


@pytest.mark.parametrize(
    ("late_s", "lost"), [(0.0, 0), (-0.001, 0), (0.1, 4800), (-5.0, 128), (1e9, 128), (float("nan"), 128)]
)
def test_garbage_times_cost_one_block(late_s, lost):
    assert lost_frames(late_s) == lost


def test_a_block_is_as_old_as_it_is_long_at_least():
    assert first_sample_ns(10**9, 0.0) == 10**9 - 2_666_666
    assert first_sample_ns(10**9, 0.01) == 10**9 - 10_000_000
    assert first_sample_ns(10**9, 55.0) == 10**9 - 2_666_666
    assert first_sample_ns(10**9, -1.0) == 10**9 - 2_666_666


def test_a_finished_stream_is_the_end(portaudio, clock):
    source = CardSource("Solo", clock=clock)
    source.start()
    portaudio.settings["finished_callback"]()
    assert "is gone: plug it in again" in source.health().ended


def test_a_stream_that_is_not_active_is_the_end(portaudio, clock):
    source = CardSource("Solo", clock=clock)
    source.start()
    portaudio.active = False
    assert "is gone" in source.health().ended


def test_a_mute_card_is_the_end_after_three_seconds(portaudio, clock):
    source = CardSource("Solo", clock=clock)
    source.start()
    for _ in range(30):
        assert source.health().ended is None
        clock.advance(0.1)
    clock.advance(0.2)
    assert "gives no sound any more" in source.health().ended


def test_after_a_suspend_the_card_may_come_back(portaudio, clock):
    source = CardSource("Solo", clock=clock)
    source.start()
    clock.advance(3600)
    assert source.health().ended is None
    portaudio.block(1)
    clock.advance(1.5)
    assert source.health().ended is None


def test_stop_closes_a_card_that_is_there_once(portaudio, clock):
    source = CardSource("Solo", clock=clock)
    source.stop()
    source.start()
    source.stop()
    assert portaudio.closed
    portaudio.closed = False
    source.stop()
    assert not portaudio.closed
    assert source.health().ended is None


def test_stop_leaves_a_card_alone_that_is_gone(portaudio, clock):
    source = CardSource("Solo", clock=clock)
    source.start()
    portaudio.active = False
    source.stop()
    assert not portaudio.closed
    assert "is gone" in source.health().ended


def test_a_card_that_opens_and_stays_mute_is_lost(portaudio, monkeypatch):
    monkeypatch.setattr(audio, "FIRST_BLOCK_S_MAX", 0.01)
    portaudio.speaks_at_start = False
    with pytest.raises(DeviceLost, match='"Solo: Audio" opens but gives no sound'):
        CardSource("Solo").start()


@pytest.mark.parametrize(
    ("arguments", "kind", "says"),
    [
        (("Error opening InputStream: Device unavailable", -9985), DeviceBusy, "in use by another program"),
        (("Unanticipated host error", -9999, ("ALSA", -16, "Device or resource busy")), DeviceBusy, "in use"),
        (("Error opening InputStream: Invalid sample rate", -9997), DeviceMissing, "48000 Hz .*Invalid sample rate"),
        (("something new",), DeviceMissing, "something new"),
    ],
)
def test_errors_say_what_to_do(portaudio, arguments, kind, says):
    portaudio.error = PortAudioError(*arguments)
    with pytest.raises(kind, match=says):
        CardSource("Solo").start()
    assert "\n" not in str(open_error("Solo", portaudio.error))


def read_frames(source: CardSource, count: int) -> np.ndarray:
    """``count`` frames of live sound; waits as the engine does, a few ms at a time."""
    idle, blocks, deadline = threading.Event(), [], time.monotonic() + 60
    while sum(map(len, blocks)) < count:
        assert time.monotonic() < deadline, "no sound"
        assert source.health().ended is None
        blocks.append(source.read(1000))
        idle.wait(0.002)
    return np.concatenate(blocks)[:count]


@pytest.mark.rig("jack")
def test_jack_every_frame_of_three_seconds_is_bit_exact(jack_card, after_silence):
    """The server waits for a late client, so that all frames come however busy the machine is."""
    source = CardSource("guitar")
    before_ns = boottime_ns()
    started_ns = source.start()
    assert before_ns - 100_000_000 < started_ns < boottime_ns()
    frames = after_silence(read_frames(source, 3 * 48_000))
    source.stop()
    assert len(frames) > 2.9 * 48_000
    numbers = np.rint(frames[:, 0].astype(float) * 2**20).astype(int)
    assert np.array_equal(numbers / 2**20, frames[:, 0])
    assert np.array_equal(frames[:, 1], -frames[:, 0])
    assert set(np.diff(numbers) % 2**20) == {1}
    assert source._ring.overflows == 0


@pytest.mark.rig("jack")
def test_jack_a_recording_comes_through_the_card_bit_exact(jack_card, after_silence, tmp_path):
    recording = tmp_path / "riff.wav"
    samples = np.random.default_rng(5).uniform(-0.5, 0.5, 30_000).astype(np.float32)
    soundfile.write(recording, samples, 48_000, subtype="FLOAT")
    with jack_card.guitar("banjo", recording):
        sounddevice = import_module("sounddevice")
        sounddevice._terminate()
        sounddevice._initialize()
        source = CardSource("banjo")
        source.start()
        frames = after_silence(read_frames(source, 48_000))[:, 0]
        source.stop()
    start = int(np.flatnonzero(samples == frames[0])[0])
    assert np.array_equal(frames, np.resize(np.roll(samples, -start), len(frames)))


@pytest.mark.rig("jack")
def test_jack_one_channel_where_one_is_asked_for(jack_card):
    source = CardSource("guitar", channels=1)
    source.start()
    frames = read_frames(source, 4800)
    source.stop()
    assert frames.shape == (4800, 1)
    assert frames.max() > 0


@pytest.mark.rig("jack")
def test_jack_a_card_that_is_not_there_is_missing(jack_card):
    with pytest.raises(DeviceMissing, match=r'No sound card "banjo": .*"guitar"'):
        CardSource("banjo")


PULLED = """
import json, sys, threading, time
from hardware.audio import CardSource
source = CardSource("guitar")
source.start()
print("playing", flush=True)
deadline = time.monotonic() + 30
while source.health().ended is None and time.monotonic() < deadline:
    source.read(1000)
    threading.Event().wait(0.002)
health = source.health()
source.stop()
source.stop()
print(json.dumps([health.ended, len(source.read(10**6)) >= 0]), flush=True)
"""


@pytest.mark.rig("jack")
def test_jack_a_pulled_card_ends_the_source_and_the_process_can_end_too(jack_rig):
    """In a process of its own: what PortAudio does when its server dies may take the whole process with it."""
    with subprocess.Popen(
        [sys.executable, "-c", PULLED], env=jack_rig.environment, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout.readline() == "playing\n"
            jack_rig.kill()
            ended, readable = json.loads(process.stdout.readline())
            assert process.wait(timeout=30) == 0
        finally:
            process.kill()
    assert 'The sound card "guitar" is gone' in ended
    assert readable
