"""The last 60 s: whatever happens to the engine, the hub has them."""

import os
import subprocess
import sys
import tempfile

import numpy as np
import pytest

from hardware import memory, memory_file


@pytest.fixture
def fd():
    descriptor = memory_file.create(seconds=0.01)  # 480 samples
    yield descriptor
    os.close(descriptor)


def steps(start: int, count: int) -> np.ndarray:
    """Samples that say their own number, exact in int16."""
    return (np.arange(start, start + count) % 30_000 / 32_768).astype(np.float32)


def numbers(start: int, count: int) -> np.ndarray:
    return (np.arange(start, start + count) % 30_000).astype(np.int16)


def test_sixty_seconds_by_default():
    descriptor = memory_file.create()
    assert os.fstat(descriptor).st_size == memory_file.HEADER_BYTES + 2 * 60 * 48_000
    reader = memory.MemoryReader(descriptor)
    assert len(reader.last(60.0).samples) == 0
    reader.close()
    os.close(descriptor)


def test_reader_sees_the_newest_and_its_number(fd):
    writer, reader = memory.MemoryWriter(fd), memory.MemoryReader(fd)
    writer.write(steps(0, 300))
    writer.write(steps(300, 400))
    snapshot = reader.last(1.0)
    assert snapshot.end_sample == 700
    assert np.array_equal(snapshot.samples, numbers(220, 480))
    assert np.array_equal(reader.last(0.001).samples, numbers(652, 48))


def test_a_write_longer_than_the_memory_leaves_its_end(fd):
    writer, reader = memory.MemoryWriter(fd), memory.MemoryReader(fd)
    writer.write(steps(0, 10_000))
    assert np.array_equal(reader.last(1.0).samples, numbers(9_520, 480))


def test_clips_and_takes_what_is_no_number_for_silence(fd):
    writer, reader = memory.MemoryWriter(fd), memory.MemoryReader(fd)
    writer.write(np.array([2.0, -2.0, np.nan, np.inf, -np.inf, 1.0, -1.0], np.float32))
    assert reader.last(1.0).samples.tolist() == [32767, -32768, 0, 32767, -32768, 32767, -32768]


def test_a_dead_writer_leaves_its_sound_and_the_next_goes_on(fd):
    program = (
        "import os, sys, numpy as np; from hardware.memory import MemoryWriter\n"
        "MemoryWriter(int(sys.argv[1])).write((np.arange(200) / 32768).astype(np.float32)); os.kill(os.getpid(), 9)"
    )
    died = subprocess.run([sys.executable, "-c", program, str(fd)], pass_fds=[fd], check=False)
    assert died.returncode == -9
    reader = memory.MemoryReader(fd)
    assert np.array_equal(reader.last(1.0).samples, numbers(0, 200))
    memory.MemoryWriter(fd).write(steps(200, 10))
    assert np.array_equal(reader.last(1.0).samples, numbers(0, 210))
    assert reader.writers == 2


def test_what_a_writer_left_unfinished_is_not_read(fd):
    writer, reader = memory.MemoryWriter(fd), memory.MemoryReader(fd)
    writer.write(steps(0, 480))
    begun = np.frombuffer(writer._map, np.uint64, 5)[2:3]
    begun[0] += 100  # it died after overwriting the oldest 100 samples, before saying so
    assert np.array_equal(reader.last(1.0).samples, numbers(100, 380))
    memory.MemoryWriter(fd).write(steps(480, 10))
    assert np.array_equal(reader.last(1.0).samples, numbers(10, 480))


def test_refuses_another_file():
    with tempfile.TemporaryFile() as other:
        other.write(bytes(10_000))
        other.flush()
        with pytest.raises(ValueError, match="not the pedal's sound memory"):
            memory.MemoryReader(other.fileno())


def test_refuses_a_header_that_does_not_fit(fd):
    os.pwrite(fd, (7).to_bytes(8, "little"), 8)
    with pytest.raises(ValueError, match="damaged header"):
        memory.MemoryWriter(fd)


def test_nobody_can_cut_it_short_under_the_other(fd):
    with pytest.raises(PermissionError):
        os.ftruncate(fd, 100)


def test_closes_and_the_other_side_lives_on(fd):
    writer, reader = memory.MemoryWriter(fd), memory.MemoryReader(fd)
    writer.write(steps(0, 10))
    writer.close()
    assert np.array_equal(reader.last(1.0).samples, numbers(0, 10))
