"""Any recording, any damage: one line or what is there, never a traceback."""

import numpy as np
import pytest
import soundfile

from hardware.audio_file import AudioReader, UnreadableAudio, read_audio


def tone(rate: int, seconds: float = 0.5) -> np.ndarray:
    return (0.5 * np.sin(2 * np.pi * 220 * np.arange(int(rate * seconds)) / rate)).astype(np.float32)


@pytest.mark.parametrize("suffix", ["wav", "flac"])
@pytest.mark.parametrize("rate", [8_000, 44_100, 48_000, 96_000, 192_000])
@pytest.mark.parametrize("channels", [1, 2, 8])
def test_any_rate_and_channel_count(tmp_path, suffix, rate, channels):
    path = tmp_path / f"a.{suffix}"
    samples = np.column_stack([tone(rate) / (c + 1) for c in range(channels)])
    soundfile.write(path, samples, rate)
    audio = read_audio(path)
    assert audio.sample_rate_hz == rate
    assert audio.samples.shape == samples.shape
    assert audio.samples.dtype == np.float32
    assert audio.damage is None
    assert np.abs(audio.samples - samples).max() < 1e-4


def test_block_by_block_is_the_same(tmp_path):
    soundfile.write(tmp_path / "a.flac", tone(48_000), 48_000)
    with AudioReader(tmp_path / "a.flac") as reader:
        assert reader.frames == 24_000
        blocks = [reader.read(1000) for _ in range(25)]
    assert [len(block) for block in blocks] == [1000] * 24 + [0]
    assert np.array_equal(np.concatenate(blocks), read_audio(tmp_path / "a.flac").samples)


def test_silence_is_a_recording(tmp_path):
    soundfile.write(tmp_path / "a.wav", np.zeros(100), 48_000)
    assert not read_audio(tmp_path / "a.wav").samples.any()


def test_one_sample_is_a_recording(tmp_path):
    soundfile.write(tmp_path / "a.wav", np.ones(1), 48_000)
    assert read_audio(tmp_path / "a.wav").samples.shape == (1, 1)


def refusal(path) -> str:
    with pytest.raises(UnreadableAudio) as refused:
        read_audio(path)
    text = str(refused.value)
    assert str(path) in text
    assert "\n" not in text
    return text


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.wav", b"", "is empty"),
        ("a.wav", b"these are words, no sound" * 50, "is not a recording"),
        ("a.flac", bytes(range(256)) * 10, "is not a recording"),
        ("a.raw", bytes(range(256)) * 10, "is not a recording"),
        ("a.mp3", b"ID3", "is not a recording"),
        ("a.wav", b"RIFF$\0\0\0WAVEfmt ", "is not a recording"),
    ],
)
def test_what_is_no_recording_is_refused_in_one_line(tmp_path, name, content, says):
    (tmp_path / name).write_bytes(content)
    assert says in refusal(tmp_path / name)


def test_no_file_and_a_folder_are_refused_in_one_line(tmp_path):
    assert "No such file" in refusal(tmp_path / "nothing.wav")
    assert "Is a directory" in refusal(tmp_path)


def test_a_name_that_cannot_be_one_is_refused(tmp_path):
    with pytest.raises(UnreadableAudio, match="no name of a file"):
        read_audio(tmp_path / "a\0b.wav")


def test_no_samples_are_no_sound(tmp_path):
    soundfile.write(tmp_path / "a.wav", np.zeros(0), 48_000)
    assert "holds no sound" in refusal(tmp_path / "a.wav")


def test_a_rate_of_no_recording_is_refused(tmp_path):
    soundfile.write(tmp_path / "a.wav", np.zeros(100), 7)
    assert "7 samples per second" in refusal(tmp_path / "a.wav")


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_not_a_number_is_refused_with_its_place(tmp_path, bad):
    samples = np.zeros((48_000, 2), np.float32)
    samples[24_000, 1] = bad
    soundfile.write(tmp_path / "a.wav", samples, 48_000, subtype="FLOAT")
    assert "not a number at 0.50 s" in refusal(tmp_path / "a.wav")


@pytest.mark.parametrize("suffix", ["wav", "flac"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_cut_off_is_read_as_far_as_it_goes(tmp_path, suffix, share):
    rng = np.random.default_rng(2)
    whole = tmp_path / f"whole.{suffix}"
    soundfile.write(whole, rng.uniform(-0.5, 0.5, 96_000), 48_000)
    cut = tmp_path / f"cut.{suffix}"
    cut.write_bytes(whole.read_bytes()[: int(whole.stat().st_size * share)])
    audio = read_audio(cut)
    there = read_audio(whole).samples[: len(audio.samples)]
    assert share * 96_000 - 2 * 4096 < len(audio.samples) <= share * 96_000 + 4096
    assert np.array_equal(audio.samples, there)
    assert audio.damage is not None
    assert f"after {len(audio.samples) / 48_000:.2f} s" in audio.damage


def test_damage_in_the_middle_is_an_end(tmp_path):
    rng = np.random.default_rng(3)
    path = tmp_path / "a.flac"
    soundfile.write(path, rng.uniform(-0.5, 0.5, 96_000), 48_000)
    content = bytearray(path.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 4000] = bytes(4000)
    path.write_bytes(content)
    audio = read_audio(path)
    assert 30_000 < len(audio.samples) < 50_000
    assert "damaged" in audio.damage


def test_nothing_left_before_the_damage_is_no_recording(tmp_path):
    rng = np.random.default_rng(4)
    path = tmp_path / "a.flac"
    soundfile.write(path, rng.uniform(-0.5, 0.5, 9_600), 48_000)
    path.write_bytes(path.read_bytes()[:200])
    assert "holds no sound that can be read" in refusal(path)


def test_a_wav_that_was_streamed_is_whole(tmp_path):
    """A recorder that writes into a pipe cannot go back and fill in the size: that is no damage."""
    path = tmp_path / "a.wav"
    soundfile.write(path, tone(48_000), 48_000, subtype="PCM_16")
    content = bytearray(path.read_bytes())
    content[4:8] = content[40:44] = b"\xff\xff\xff\xff"
    path.write_bytes(content)
    audio = read_audio(path)
    assert len(audio.samples) == 24_000
    assert audio.damage is None
