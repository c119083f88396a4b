"""A recording as the guitar: paced by the clock, never waiting, losing samples as a sound card would."""

import numpy as np
import pytest
import soundfile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hardware.wav import FileSource, UnreadableAudio

RATE = 8000


def column(frames: np.ndarray) -> list[float]:
    return frames[:, 0].tolist()


def test_nothing_is_there_before_its_time(write_ramp, clock):
    source = FileSource(write_ramp(100), clock=clock)
    assert source.start() == clock.now_ns
    assert len(source.read(1000)) == 0
    clock.advance(10 / RATE)
    assert column(source.read(1000)) == list(range(10))
    assert len(source.read(1000)) == 0


def test_says_what_it_is(write_ramp, clock):
    source = FileSource(write_ramp(10, rate=44_100, channels=2, name="riff.wav"), clock=clock)
    assert (source.name, source.sample_rate_hz, source.channels) == ("riff.wav", 44_100, 2)


def test_gives_the_first_four_of_many_channels(write_ramp, clock):
    source = FileSource(write_ramp(10, channels=6), clock=clock)
    source.start()
    clock.advance(1 / RATE)
    assert source.channels == 4
    assert source.read(1).tolist() == [[0.0, 0.25, 0.5, 0.75]]


def test_delay_recording_gap_recording(write_ramp, clock):
    source = FileSource(write_ramp(5), clock=clock, start_delay_s=3 / RATE, loop_gap_s=2 / RATE)
    source.start()
    clock.advance(20 / RATE)
    assert column(source.read(1000)) == [0, 0, 0, 0, 1, 2, 3, 4, 0, 0, 0, 1, 2, 3, 4, 0, 0, 0, 1, 2]
    assert source.loops == 2


def test_pace_does_not_depend_on_how_it_is_read(write_ramp, clock):
    """An hour of odd steps: absolute deadlines leave no drift."""
    source = FileSource(write_ramp(1000, rate=44_100), clock=clock, loop_gap_s=0)
    source.start()
    got = 0
    for step in range(3600):
        clock.advance(0.013 if step % 2 else 0.987)
        got += len(source.read(100_000))
    assert got == (clock.now_ns - 5_000_000_000) * 44_100 // 1_000_000_000


def test_who_sleeps_longer_than_the_ring_loses_what_came_after_it(write_ramp, clock):
    source = FileSource(write_ramp(100), clock=clock, ring_s=10 / RATE)
    source.start()
    clock.advance(25 / RATE)
    assert column(source.read(4)) == [0, 1, 2, 3]
    assert column(source.read(100)) == [4, 5, 6, 7, 8, 9]
    assert source.health().lost_samples == 0
    clock.advance(3 / RATE)
    assert column(source.read(100)) == [25, 26, 27]
    assert source.health().lost_samples == 15
    assert source.health().overflows == 1


def test_a_ring_just_full_loses_nothing(write_ramp, clock):
    source = FileSource(write_ramp(100), clock=clock, ring_s=10 / RATE)
    source.start()
    clock.advance(10 / RATE)
    assert column(source.read(100)) == list(range(10))
    assert source.health().overflows == 0


def test_a_laptop_that_slept_a_night_goes_on_at_the_right_place(write_ramp, clock):
    source = FileSource(write_ramp(100), clock=clock, loop_gap_s=0)
    source.start()
    clock.advance(8 * 3600)
    assert len(source.read(RATE)) == RATE
    clock.advance(7 / RATE)
    assert column(source.read(10)) == list(range(7))
    assert source.health().lost_samples == 8 * 3600 * RATE - RATE


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 30)), max_size=40))
def test_every_sample_is_read_or_lost_at_its_place(write_ramp, steps):
    now = [0]
    source = FileSource(write_ramp(1000), clock=lambda: now[0], ring_s=10 / RATE)
    source.start()
    seen = 0
    for advance, frames_max in steps:
        now[0] += advance * 1_000_000_000 // RATE
        frames = source.read(frames_max)
        due = now[0] * RATE // 1_000_000_000
        assert len(frames) <= frames_max
        if len(frames):
            first = (seen + source.health().lost_samples) % (1000 + RATE)
            assert frames[0, 0] == (first if first < 1000 else 0)
        seen += len(frames)
        assert seen + source.health().lost_samples <= due


def test_without_loop_it_ends(write_ramp, clock):
    source = FileSource(write_ramp(5), clock=clock, loop=False)
    source.start()
    clock.advance(1.0)
    assert column(source.read(3)) == [0, 1, 2]
    assert source.health().ended is None
    assert column(source.read(100)) == [3, 4]
    assert source.health().ended == "the end of the recording"
    assert source.read(100).shape == (0, 1)


def test_unplugged_means_ended(write_ramp, clock):
    source = FileSource(write_ramp(5), clock=clock)
    source.start()
    source.unplug()
    clock.advance(1.0)
    assert len(source.read(100)) == 0
    assert source.health().ended == "the cable was pulled"


def test_stops_twice_and_is_silent_after(write_ramp, clock):
    source = FileSource(write_ramp(5), clock=clock)
    source.start()
    source.stop()
    source.stop()
    clock.advance(1.0)
    assert len(source.read(100)) == 0


def test_a_flac_that_is_cut_off_loops_what_is_there(tmp_path, clock):
    rng = np.random.default_rng(1)
    whole = tmp_path / "whole.flac"
    soundfile.write(whole, rng.uniform(-0.5, 0.5, 40_000), RATE)
    cut = tmp_path / "cut.flac"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    source = FileSource(cut, clock=clock, loop_gap_s=0)
    source.start()
    got = []
    for _ in range(20):
        clock.advance(0.5)
        got.append(source.read(RATE))
    frames = np.concatenate(got)
    length = source._length
    assert source.loops >= 2
    assert 10_000 < length < 40_000
    assert np.array_equal(frames[:length], frames[length : 2 * length])
    assert frames[:1000].any()


def test_a_sample_that_is_no_number_ends_it(tmp_path, clock):
    samples = np.zeros(100, np.float32)
    samples[50] = np.nan
    soundfile.write(tmp_path / "nan.wav", samples, RATE, subtype="FLOAT")
    source = FileSource(tmp_path / "nan.wav", clock=clock)
    source.start()
    clock.advance(1.0)
    assert len(source.read(40)) == 40
    assert len(source.read(40)) == 0
    assert "not a number at 0.01 s" in source.health().ended


def test_a_file_that_is_none_is_refused_when_it_is_built(tmp_path):
    with pytest.raises(UnreadableAudio, match="No such file"):
        FileSource(tmp_path / "nothing.wav")


def test_a_recording_is_decoded_once_in_large_pieces_and_has_no_seam(write_ramp, clock, monkeypatch):
    """Also where it ends: a decoder that starts anew for every block would cost more than the analysis."""
    source = FileSource(write_ramp(40_000), clock=clock, loop_gap_s=0)
    decode, pieces = source._reader.read, []

    def read(frames_max: int) -> np.ndarray:
        pieces.append(frames_max)
        return decode(frames_max)

    monkeypatch.setattr(source._reader, "read", read)
    source.start()
    got = []
    for _ in range(80_000 // 100):
        clock.advance(100 / RATE)
        got.append(source.read(RATE))
    assert np.array_equal(np.concatenate(got)[:, 0], np.arange(80_000) % 40_000)
    assert len(pieces) < 20
    assert source.loops == 2
