"""Around the start: one daemon per directory, what systemd is told, wall time as a label, settings that were kept."""

import asyncio
import json
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from dsp.chirp import CHIRPS
from dsp.types import SessionSetup
from pedal import app, early
from pedal.datadir import DataDir, DataDirError, daemon_address
from pedal.notify import notify, watchdog_period_s
from pedal.order import Order
from pedal.round_trip import STEPS
from pedal.settings import SETTINGS_KEY, Settings
from pedal.supervisor import segment_of_new_run
from pedal.wall import WallClock
from sync.records import SessionHeader, Unfinished
from sync.store import Store

S = 1_000_000_000


def test_a_directory_has_one_daemon_and_the_command_line_finds_it(tmp_path: Path) -> None:
    folder = DataDir(tmp_path / "data")
    assert daemon_address(folder.path) is None
    folder.acquire()
    assert daemon_address(folder.path) is None
    folder.announce(8080)
    address = daemon_address(folder.path)
    assert address is not None
    assert address.port == 8080
    with pytest.raises(DataDirError, match="another pedal runs"):
        DataDir(folder.path).acquire()
    assert folder.token() == folder.token()
    folder.release()
    assert daemon_address(folder.path) is None
    DataDir(folder.path).acquire()


def test_an_address_left_by_a_crash_is_not_believed(tmp_path: Path) -> None:
    folder = DataDir(tmp_path)
    folder.acquire()
    folder.announce(8080)
    left = (tmp_path / "daemon.json").read_text()
    folder.release()
    (tmp_path / "daemon.json").write_text(left)
    assert daemon_address(tmp_path) is None


def test_a_directory_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DataDirError, match="choose another directory with --data"):
        DataDir(tmp_path / "file" / "data").acquire()


@pytest.mark.parametrize("abstract", [True, False])
def test_systemd_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, abstract: bool) -> None:
    address = f"\0pedal-test-{tmp_path.name}" if abstract else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(address)
        monkeypatch.setenv("NOTIFY_SOCKET", address.replace("\0", "@"))
        notify("READY=1")
        assert listener.recv(64) == b"READY=1"
    notify("WATCHDOG=1")


def test_without_systemd_there_is_nobody_to_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    notify("READY=1")


@pytest.mark.parametrize(("usec", "period_s"), [("10000000", 10.0), ("0", None), ("x", None), (None, None)])
def test_the_watchdog_s_period(monkeypatch: pytest.MonkeyPatch, usec: str | None, period_s: float | None) -> None:
    monkeypatch.delenv("WATCHDOG_USEC", raising=False)
    if usec is not None:
        monkeypatch.setenv("WATCHDOG_USEC", usec)
    assert watchdog_period_s() == period_s


def wall(tmp_path: Path, seconds: float) -> WallClock:
    return WallClock(lambda: 100 * S, lambda: seconds, tmp_path / "synchronized")


def test_a_moment_of_this_boot_gets_its_utc(tmp_path: Path) -> None:
    clock = wall(tmp_path, 1_795_000_000.5)
    assert clock.label(99 * S) == "2026-11-18T11:06:39.500Z"
    assert clock.source == "rtc"
    (tmp_path / "synchronized").touch()
    assert clock.source == "ntp"


def test_a_clock_that_never_was_set_gives_no_date(tmp_path: Path) -> None:
    clock = wall(tmp_path, 1_000.0)
    assert clock.source == "unknown"
    assert clock.label(99 * S) is None


def test_a_session_left_by_a_power_cut_ends_at_its_last_sign_of_life(tmp_path: Path) -> None:
    header = SessionHeader("id", "Ada", SessionSetup(), "boot", 10 * S, "2026-11-20T06:30:00.000Z", "ntp")
    clock = wall(tmp_path, 1_795_000_000.0)
    assert clock.label_of(Unfinished(header, [], 70 * S)) == "2026-11-20T06:31:00.000Z"


def test_a_stored_setting_that_this_version_refuses_falls_back_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = Store(tmp_path)
    store.start()
    assert early.stored_settings(store) == Settings()
    kept = json.dumps({"bpm": 120.0, "tuning": "nyckelharpa", "colour": 1})
    store.set_setting(SETTINGS_KEY, kept).result()
    assert early.stored_settings(store) == Settings(bpm=120.0)
    store.stop()
    assert len(caplog.records) == 2


def test_an_order_travels_and_every_run_has_segments_of_its_own() -> None:
    order = Order(link_fd=3, memory_fd=-1, first_segment=segment_of_new_run(), card="Scarlett", a4_hz=442.0)
    assert Order.from_json(order.to_json()) == order
    assert order.first_segment % 1_000 == 0


def test_the_engine_waits_for_no_library_that_only_the_rest_needs() -> None:
    """All that ``pedal.app`` loads is loaded before the engine is started: 0.1 s of silence, or a quarter."""
    slow = ("numpy", "PIL", "fastapi", "uvicorn", "httpx", "mido", "guitarpro")
    program = f"import sys; import pedal.app; print([name for name in {slow!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-P", "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_page_is_loaded_beside_the_loop_so_that_the_ear_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded_by: list[threading.Thread] = []

    class Serving:
        async def serve(self, *_: object) -> str:
            return "served"

    def load(name: str) -> Serving:
        assert name == "pedal.serving"
        loaded_by.append(threading.current_thread())
        return Serving()

    monkeypatch.setattr(app.importlib, "import_module", load)
    assert asyncio.run(app._serve(None, None, None)) == "served"
    assert loaded_by != [threading.main_thread()]


def test_the_chirps_that_are_shown_are_those_that_are_played() -> None:
    assert STEPS == CHIRPS
