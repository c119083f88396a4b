"""The whole pedal, as its user runs it: a real process, a real engine, a recording as the guitar."""

import json
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pedal.datadir import TOKEN
from tests.rigs.daemon import ROOT, Daemon, playing


def pedal(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-P", "-m", "pedal", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False, timeout=60)


def listed(data: Path) -> list[dict]:  # type: ignore[type-arg]
    return json.loads(pedal("sessions", "list", "--json", "--data", str(data)).stdout)  # type: ignore[no-any-return]


def test_stomp_play_stomp_and_it_is_kept(tmp_path: Path) -> None:
    with Daemon(tmp_path / "data") as daemon:
        daemon.until(lambda s: s["heard"] is not None)
        daemon.press((0, 0.08))
        state = daemon.until(lambda s: playing(s) and s["session"]["metrics"]["quality"] is not None)
        assert state["screen"] == "session"
        assert state["status_led"][0] == 1
        daemon.press((0, 0.08))
        daemon.until(lambda s: s["session"]["marks"] == 1)
        open_id = state["session"]["session_id"]
        assert [(s["session_id"], s["state"]) for s in listed(daemon.data)] == [(open_id, "open")]
        daemon.press((0, 0.7))
        state = daemon.until(lambda s: s["review"] is not None)
        assert state["screen"] == "review"
        assert state["review"]["session_id"] == open_id
        detail = daemon.get(f"sessions/{open_id}")
        assert detail["state"] == "closed"
        assert len(detail["timeline"]) == detail["notes"] > 3
        assert len(detail["marks_s"]) == 1
        assert daemon.terminate() == 0
        assert daemon.errors() == ""
    (kept,) = listed(tmp_path / "data")
    detail["metrics"]["tempo"]["curve"] = []  # too long for a list
    assert kept == {k: detail[k] for k in kept}


def test_sigterm_saves_what_runs_and_ends_within_two_seconds(tmp_path: Path) -> None:
    with Daemon(tmp_path / "data") as daemon:
        daemon.post("session/start")
        daemon.until(playing)
        engine = daemon.engine_pid()
        began = time.monotonic()
        assert daemon.terminate() == 0
        assert time.monotonic() - began < 2
        with pytest.raises(ProcessLookupError):
            os.kill(engine, 0)
    (kept,) = listed(tmp_path / "data")
    assert kept["state"] == "closed"
    assert kept["notes"] > 3


def test_kill_9_of_everything_leaves_a_session_that_the_next_start_closes(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with Daemon(data) as daemon:
        daemon.post("session/start")
        daemon.until(lambda s: playing(s) and s["session"]["elapsed_s"] > 4)
        before = daemon.until(playing)["session"]
        daemon.kill_everything()
    (left,) = listed(data)
    assert left["state"] == "interrupted"
    with Daemon(data) as daemon:
        state = daemon.get("state")
        assert state["mode"] == "idle"
        (kept,) = listed(data)
        assert kept["state"] == "closed"
        assert kept["duration_s"] > before["elapsed_s"] - 2.5
        detail = daemon.get(f"sessions/{kept['session_id']}")
        old = [n for n in before["recent"] if n["onset_s"] < before["elapsed_s"] - 2.5]
        heard = {round(n["onset_s"], 2) for n in detail["timeline"]}
        assert all(round(n["onset_s"], 2) in heard for n in old)


def test_a_restarted_hub_goes_on_where_the_unit_allows_it(tmp_path: Path) -> None:
    data, config = tmp_path / "data", tmp_path / "pedal.toml"
    config.write_text("[session]\nresume_after_crash_s = 60.0\n")
    with Daemon(data, "--config", str(config)) as daemon:
        daemon.post("session/start")
        session_id = daemon.until(playing)["session"]["session_id"]
        daemon.kill_everything()
    with Daemon(data, "--config", str(config)) as daemon:
        state = daemon.until(playing)
        assert state["session"]["session_id"] == session_id
        daemon.press((0, 0.7))
        daemon.until(lambda s: s["review"] is not None)
        detail = daemon.get(f"sessions/{session_id}")
        assert len(detail["gaps_s"]) == 1
        assert daemon.terminate() == 0


def test_a_killed_engine_comes_back_and_the_session_goes_on_with_the_gap_marked(tmp_path: Path) -> None:
    with Daemon(tmp_path / "data") as daemon:
        daemon.post("session/start")
        notes = daemon.until(playing)["session"]["notes"]
        killed = daemon.engine_pid()
        os.kill(killed, signal.SIGKILL)
        daemon.until(lambda s: any(p["name"] == "audio" and p["state"] != "ok" for p in s["parts"]))
        state = daemon.until(lambda s: s["session"]["notes"] > notes + 3)
        assert daemon.engine_pid() != killed
        session_id = state["session"]["session_id"]
        daemon.post("session/stop")
        daemon.until(lambda s: s["review"] is not None)
        assert len(daemon.get(f"sessions/{session_id}")["gaps_s"]) == 1


def test_an_engine_that_hangs_is_ended_and_replaced(tmp_path: Path) -> None:
    with Daemon(tmp_path / "data") as daemon:
        daemon.post("session/start")
        notes = daemon.until(playing)["session"]["notes"]
        hung = daemon.engine_pid()
        os.kill(hung, signal.SIGSTOP)
        daemon.until(lambda s: any(p["name"] == "audio" and p["state"] != "ok" for p in s["parts"]))
        daemon.until(lambda s: s["session"]["notes"] > notes + 3)
        assert daemon.engine_pid() not in {0, hung}


def test_unplugged_sound_is_a_state_on_screen_and_page_and_comes_back(tmp_path: Path) -> None:
    with Daemon(tmp_path / "data") as daemon:
        daemon.until(lambda s: s["heard"] is not None)
        daemon.post("board/audio", {"plugged": False})
        state = daemon.until(lambda s: s["screen"] == "fault")
        assert state["heard"] is None
        daemon.until(lambda s: any(p["name"] == "audio" and p["state"] == "missing" for p in s["parts"]))
        daemon.post("board/audio", {"plugged": True})
        daemon.until(lambda s: s["screen"] == "idle" and s["heard"] is not None)


def test_a_broken_display_and_a_pulled_network_are_states_too(tmp_path: Path) -> None:
    def part(state: dict, name: str) -> str:  # type: ignore[type-arg]
        return next(p["state"] for p in state["parts"] if p["name"] == name)

    with Daemon(tmp_path / "data") as daemon:
        daemon.post("board/oled", {"working": False})
        daemon.post("session/start")
        daemon.until(lambda s: part(s, "oled") == "fault" and playing(s))
        daemon.post("board/oled", {"working": True})
        daemon.until(lambda s: part(s, "oled") == "ok")
        daemon.post("board/network", {"up": False})
        daemon.until(lambda s: part(s, "network") == "waiting" and playing(s))


def test_what_was_heard_before_the_stomp_can_be_kept_as_a_session(tmp_path: Path) -> None:
    with Daemon(tmp_path / "data") as daemon:
        daemon.until(lambda s: s["heard"] is not None and s["heard"]["midi"] is not None)
        daemon.until(lambda s: s["heard"]["midi"] is None)
        daemon.press((0, 0.08), (0.2, 0.28))
        state = daemon.until(lambda s: s["review"] is not None)
        assert state["review"]["notes"] >= 1


def test_a_long_press_switches_off_in_order(tmp_path: Path) -> None:
    with Daemon(tmp_path / "data") as daemon:
        daemon.post("session/start")
        daemon.until(playing)
        daemon.press((0, 6.1))
        assert daemon.process.wait(30) == 0
    assert [s["state"] for s in listed(tmp_path / "data")] == ["closed"]


def test_the_click_is_chosen_by_foot_and_its_session_is_scored_against_it(tmp_path: Path) -> None:
    with Daemon(tmp_path / "data") as daemon:
        daemon.press((0, 0.7))
        daemon.until(lambda s: s["screen"] == "carousel")
        daemon.press((0, 0.08), (0.2, 0.9))
        daemon.until(lambda s: s["mode"] == "click_ready")
        daemon.press((0, 0.08))
        daemon.until(lambda s: s["beat_led"] > 0)
        daemon.until(lambda s: s["beat_led"] == 0)
        state = daemon.until(lambda s: s["session"]["metrics"]["signed_ms"] is not None)
        assert state["session"]["metrics"]["tempo_bpm"] == 90
        daemon.press((0, 0.7))
        daemon.until(lambda s: s["mode"] == "click_ready" and s["review"] is not None)


def test_settings_are_kept_over_a_restart(tmp_path: Path) -> None:
    with Daemon(tmp_path / "data") as daemon:
        daemon.post("session/start")
        for _ in range(4):
            daemon.until(lambda s: s["session"] is not None)
        daemon.post("session/stop")
        daemon.press((0, 0.7))
        daemon.until(lambda s: s["screen"] == "carousel")
        daemon.press((0, 0.08), (0.2, 0.28), (0.4, 0.48))
        daemon.press((0.6, 1.3))
        daemon.until(lambda s: s["screen"] == "setup")
        daemon.press((0, 0.08))
        daemon.until(lambda s: s["settings"]["player"] == "Player 2")
        assert daemon.terminate() == 0
    with Daemon(tmp_path / "data") as daemon:
        assert daemon.get("state")["settings"]["player"] == "Player 2"


def test_a_tuning_set_in_mid_session_begins_with_the_next_engine_and_not_before(tmp_path: Path) -> None:
    with Daemon(tmp_path / "data") as daemon:
        daemon.post("session/start")
        daemon.until(playing)
        engine = daemon.engine_pid()
        daemon.patch("settings", {"a4_hz": 442.0})
        notes = daemon.until(lambda s: s["settings"]["a4_hz"] == 442.0)["session"]["notes"]
        daemon.until(lambda s: s["session"]["notes"] > notes)
        assert daemon.engine_pid() == engine
        daemon.post("session/stop")
        daemon.until(lambda s: s["review"] is not None and s["heard"] is not None and daemon.engine_pid() != engine)


def test_two_pedals_never_share_a_directory(tmp_path: Path) -> None:
    with Daemon(tmp_path / "data") as daemon:
        second = pedal("run", "--board", "sim", "--data", str(daemon.data), "--port", "0")
        assert second.returncode == 1
        assert second.stderr.strip() == f"pedal: another pedal runs on {daemon.data}; stop it, or give another --data"


def test_a_taken_port_is_one_line(tmp_path: Path) -> None:
    with Daemon(tmp_path / "one") as daemon:
        port = daemon.url.rsplit(":", 1)[-1]
        second = pedal("run", "--board", "sim", "--data", str(tmp_path / "two"), "--port", port)
        assert second.returncode == 1
        assert second.stderr.startswith(f"pedal: port {port} is taken")
        assert second.stderr.count("\n") == 1


def test_the_secret_of_the_command_line_is_its_owner_s_alone(tmp_path: Path) -> None:
    with Daemon(tmp_path / "data") as daemon:
        assert stat.S_IMODE((daemon.data / TOKEN).stat().st_mode) == 0o600
        assert stat.S_IMODE(daemon.data.stat().st_mode) == 0o700
        status = pedal("status", "--data", str(daemon.data))
        assert status.returncode == 0
        assert "mode: idle" in status.stdout
