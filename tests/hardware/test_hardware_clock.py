"""The clock of the devices and the name of this boot."""

import uuid

from hardware.clock import BOOT_ID_PATH, boot_id, boottime_ns


def test_the_clock_runs_forward_in_ns():
    first, second = boottime_ns(), boottime_ns()
    assert 0 < first <= second < first + 10**10


def test_the_boot_has_one_name_within_a_process():
    assert uuid.UUID(boot_id())
    assert boot_id() == boot_id()


def test_the_name_is_the_kernels_where_it_tells(tmp_path):
    name = str(uuid.uuid4())
    (tmp_path / "boot_id").write_text(name + "\n")
    assert boot_id(tmp_path / "boot_id") == name
    if BOOT_ID_PATH.exists():
        assert boot_id() == BOOT_ID_PATH.read_text().strip()


def test_where_the_kernel_does_not_tell_it_is_a_new_boot_for_every_process(tmp_path):
    hidden = boot_id(tmp_path / "hidden")
    assert uuid.UUID(hidden)
    assert boot_id(tmp_path / "hidden") == hidden
    (tmp_path / "garbage").write_text("no uuid")
    assert boot_id(tmp_path / "garbage") not in {hidden, "no uuid"}
