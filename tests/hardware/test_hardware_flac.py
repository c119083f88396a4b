"""A take is written whole, or not at all."""

import os

import numpy as np
import pytest
import soundfile

from hardware import flac
from hardware.audio_file import read_audio
from hardware.flac import write_flac

SAMPLES = np.random.default_rng(6).integers(-32768, 32768, 10_000).astype(np.int16)


def test_what_is_written_is_read_bit_for_bit(tmp_path):
    write_flac(tmp_path / "take.flac", SAMPLES, 48_000)
    audio = read_audio(tmp_path / "take.flac")
    assert audio.sample_rate_hz == 48_000
    assert np.array_equal(audio.samples[:, 0] * 32768, SAMPLES)
    assert [path.name for path in tmp_path.iterdir()] == ["take.flac"]


def test_the_name_is_free_until_all_is_on_the_disk(tmp_path, monkeypatch):
    seen = []
    real = os.fsync

    def fsync(fd: int) -> None:
        seen.append(((tmp_path / "take.flac").exists(), os.fstat(fd).st_size > 10_000))
        real(fd)

    monkeypatch.setattr(flac.os, "fsync", fsync)
    write_flac(tmp_path / "take.flac", SAMPLES, 48_000)
    assert seen == [(False, True)]


def test_a_full_disk_leaves_the_old_take_and_nothing_half(tmp_path, monkeypatch):
    write_flac(tmp_path / "take.flac", SAMPLES, 48_000)

    def full(fd: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(flac.os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_flac(tmp_path / "take.flac", SAMPLES[:100], 48_000)
    assert [path.name for path in tmp_path.iterdir()] == ["take.flac"]
    assert len(read_audio(tmp_path / "take.flac").samples) == 10_000


def test_what_the_encoder_refuses_is_an_os_error(tmp_path, monkeypatch):
    def refuse(*arguments, **settings):
        raise soundfile.LibsndfileError(1)

    monkeypatch.setattr(flac.soundfile, "write", refuse)
    with pytest.raises(OSError, match=r"take\.flac"):
        write_flac(tmp_path / "take.flac", SAMPLES, 48_000)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_an_os_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        write_flac(tmp_path / "nowhere/take.flac", SAMPLES, 48_000)
