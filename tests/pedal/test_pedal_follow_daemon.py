"""Following in the running pedal: a file comes in over the air, a guitar plays it, the report is there afterwards."""

import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pedal.datadir import TOKEN
from pedal.early import DEMO_TAKE
from tests.pedal.test_pedal_daemon import pedal
from tests.rigs.daemon import Daemon

SONG = DEMO_TAKE.with_suffix(".json")


def give(daemon: Daemon, data: bytes, name: str) -> tuple[int, Any]:
    headers = {
        "Authorization": f"Bearer {(daemon.data / TOKEN).read_text()}",
        "Content-Type": "application/octet-stream",
    }
    url = f"{daemon.url}/api/v1/target?name={quote(name)}"
    request = urllib.request.Request(url, data=data, method="PUT", headers=headers)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def test_the_pedal_follows_what_it_was_given_over_a_restart_and_tells_afterwards(tmp_path: Path) -> None:
    with Daemon(tmp_path / "data") as daemon:
        assert daemon.get("target") == {"target": None}
        assert give(daemon, b"MThd" + b"\xff" * 99, "x.mid")[0] == 422
        status, given = give(daemon, SONG.read_bytes(), SONG.name)
        assert (status, given["title"]) == (200, "demo")
        assert daemon.terminate() == 0
        assert daemon.errors() == ""
    with Daemon(tmp_path / "data") as daemon:
        assert daemon.get("target")["notes"] == given["notes"]
        daemon.post("session/start")
        state = daemon.until(lambda s: s["session"]["follow"] is not None and s["session"]["follow"]["hits"] >= 12)
        followed = state["session"]["follow"]
        assert state["screen"] == "following"
        assert followed["wrong"] + followed["extra"] <= 2
        assert len(followed["next"]) == 4
        session_id = state["session"]["session_id"]
        daemon.post("session/stop")
        daemon.until(lambda s: s["review"] is not None)
        report = daemon.get(f"sessions/{session_id}/follow")
        assert report["hits"] >= 12
        assert report["accuracy"] >= 0.8
        assert report["target"]["title"] == "demo"
        assert abs(report["tempo_bpm"] - 90) < 1
        assert daemon.get(f"sessions/{session_id}")["followed"] is True
        assert report == daemon.get(f"sessions/{session_id}/follow")
        assert daemon.get(f"sessions/{session_id}/export")["follow"] == report
        assert daemon.terminate() == 0
        assert daemon.errors() == ""
    shown = pedal("sessions", "show", session_id, "--data", str(tmp_path / "data"))
    assert f"demo: {report['hits']} of {report['reached']} notes hit" in shown.stdout
    exported = pedal("sessions", "export", session_id, "--data", str(tmp_path / "data"))
    assert json.loads(exported.stdout)["follow"] == report
    table = pedal("sessions", "export", session_id, "--csv", "--data", str(tmp_path / "data"))
    assert table.stdout.startswith("onset_s,offset_s,name,")
    assert pedal("sessions", "show", session_id, "--csv", "--data", str(tmp_path / "data")).returncode == 2


def test_a_session_that_goes_on_after_a_crash_is_followed_from_its_beginning(tmp_path: Path) -> None:
    config = tmp_path / "pedal.toml"
    config.write_text("[session]\nresume_after_crash_s = 60.0\n")
    with Daemon(tmp_path / "data", "--config", str(config)) as daemon:
        give(daemon, SONG.read_bytes(), SONG.name)
        daemon.post("session/start")
        daemon.until(lambda s: s["session"]["follow"] is not None and s["session"]["follow"]["hits"] >= 8)
        daemon.until(lambda s: s["session"]["elapsed_s"] > 8)
        daemon.kill_everything()
    with Daemon(tmp_path / "data", "--config", str(config)) as daemon:
        state = daemon.until(lambda s: s["session"] is not None and s["session"]["follow"] is not None)
        state = daemon.until(lambda s: s["session"]["follow"]["hits"] >= 8)
        assert state["session"]["follow"]["title"] == "demo"
        assert daemon.terminate() == 0
