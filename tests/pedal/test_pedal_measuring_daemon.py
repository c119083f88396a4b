"""The round trip as its user measures it: a real daemon, a real engine, the simulated cable; and the command for it."""

import json
from pathlib import Path

from dsp.log import decode
from dsp.types import SegmentStarted
from hardware.cable import CABLE_FRAMES
from sync.library import Library
from tests.pedal.test_pedal_daemon import pedal
from tests.rigs.daemon import Daemon, State, playing


def latencies(data: Path, session_id: str) -> set[int]:
    """What the segments of a stored session have taken out."""
    found = Library(data).session(session_id)
    assert found is not None
    entries = [decode(line) for line in found[1]]
    return {entry.latency_samples for entry in entries if isinstance(entry, SegmentStarted)}


def a_session(daemon: Daemon) -> str:
    daemon.post("session/start")
    session_id = str(daemon.until(playing)["session"]["session_id"])
    daemon.post("session/stop")
    daemon.until(lambda s: s["review"] is not None)
    return session_id


def answered(state: State) -> bool:
    trip = state["round_trip"]
    return trip["step"] is None and (trip["refused"] or trip["samples"] is not None)


def test_measured_once_it_is_taken_out_of_every_session_from_then_on(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with Daemon(data) as daemon:
        daemon.until(lambda s: s["heard"] is not None)
        engine = daemon.engine_pid()
        before = a_session(daemon)
        assert daemon.post("round-trip")["screen"] == "round_trip"
        state = daemon.until(answered)
        assert (state["round_trip"]["refused"], state["round_trip"]["samples"]) == ("no_cable", None)
        daemon.post("board/cable", {"plugged": True})
        daemon.post("round-trip")
        daemon.until(lambda s: s["round_trip"]["step"] == 2)
        trip = daemon.until(lambda s: s["round_trip"]["samples"] is not None)["round_trip"]
        assert (trip["samples"], trip["latency_ms"], trip["refused"]) == (CABLE_FRAMES, 10.9, None)
        daemon.post("board/cable", {"plugged": False})
        after = a_session(daemon)
        assert daemon.engine_pid() == engine
        assert (latencies(data, before), latencies(data, after)) == ({0}, {CABLE_FRAMES})
        assert daemon.terminate() == 0
        assert daemon.errors() == ""
    with Daemon(data) as daemon:
        assert daemon.until(lambda s: s["round_trip"]["card"])["round_trip"]["samples"] == CABLE_FRAMES
        assert latencies(data, a_session(daemon)) == {CABLE_FRAMES}


def test_the_command_measures_and_says_what_it_found_or_why_not(tmp_path: Path) -> None:
    data = ("--data", str(tmp_path / "data"))
    with Daemon(tmp_path / "data") as daemon:
        daemon.until(lambda s: s["heard"] is not None)
        found = pedal("latency", "--cable", "--json", *data)
        assert found.returncode == 0
        assert json.loads(found.stdout)["samples"] == CABLE_FRAMES
        refused = pedal("latency", *data)
        assert (refused.returncode, refused.stdout) == (1, "")
        assert refused.stderr.startswith("pedal: demo.flac: nothing came back: lead a cable")
        assert refused.stderr.count("\n") == 1
        daemon.press((0, 0.08))
        daemon.until(lambda s: s["session"] is not None)
        refused = pedal("latency", *data)
        assert (refused.returncode, refused.stderr) == (1, "pedal: a session runs: stop it first\n")
        assert "(still: 10.9 ms (523 samples)" in pedal("status", *data).stdout
    kept = [part for part in json.loads(pedal("doctor", "--json", *data).stdout) if part["part"] == "round trip"]
    assert [(part["state"], part["samples"]) for part in kept] == [("ok", CABLE_FRAMES)]


def test_without_a_daemon_it_says_how_to_start_one(tmp_path: Path) -> None:
    refused = pedal("latency", "--data", str(tmp_path))
    assert refused.returncode == 1
    assert "start one with: pedal run" in refused.stderr
