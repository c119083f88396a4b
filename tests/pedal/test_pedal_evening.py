"""The main job from end to end, each part real: a guitar through PortAudio, the cloud through PostgREST, a phone."""

from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from pedal.early import DEMO_TAKE
from sync.cloud import CloudConfig
from sync.credential import write_credential
from tests.rigs.browser import chromium, phone
from tests.rigs.daemon import Daemon, playing
from tests.rigs.jackd import JackRig
from tests.rigs.postgres import cloud_rig

__all__ = ["chromium", "cloud_rig", "phone"]


@pytest.mark.rig("jack")
def test_a_guitar_through_a_sound_card_and_the_card_pulled(tmp_path: Path) -> None:
    with ExitStack() as stack:
        rig = stack.enter_context(JackRig())
        guitar = stack.enter_context(rig.guitar(recording=DEMO_TAKE))
        daemon = stack.enter_context(Daemon(tmp_path / "data", "--audio", guitar.name, environment=rig.environment))
        daemon.until(lambda s: s["heard"] is not None)
        daemon.press((0, 0.08))
        state = daemon.until(playing)
        assert next(p["text"] for p in state["parts"] if p["name"] == "audio") == guitar.name
        rig.kill()
        state = daemon.until(lambda s: any(p["name"] == "audio" and p["state"] != "ok" for p in s["parts"]))
        assert state["mode"] == "session"
        daemon.press((0, 0.7))
        state = daemon.until(lambda s: s["review"] is not None)
        assert state["review"]["notes"] > 3
        assert daemon.terminate() == 0


@pytest.mark.rig("postgres")
def test_a_session_reaches_the_cloud_exactly_once_when_the_network_is_back(tmp_path: Path, cloud_rig: Any) -> None:
    user = cloud_rig.new_user()
    data = tmp_path / "data"
    write_credential(data, CloudConfig(cloud_rig.url, "anon", cloud_rig.token(user), user))

    def rows() -> list[Any]:
        return cloud_rig.query(
            f"select session_id::text, total_notes_played from fretcoach.sessions where user_id = '{user}'"
        )  # type: ignore[no-any-return]

    with Daemon(data) as daemon:
        daemon.post("board/network", {"up": False})
        daemon.post("session/start")
        daemon.until(playing)
        daemon.post("session/stop")
        review = daemon.until(lambda s: s["review"] is not None and s["waiting_to_sync"] == 1)["review"]
        assert rows() == []
        daemon.post("board/network", {"up": True})
        daemon.post("sync")
        daemon.until(lambda s: s["waiting_to_sync"] == 0)
        daemon.post("sync")
        daemon.until(lambda s: any(p["name"] == "cloud" and p["state"] == "ok" for p in s["parts"]))
        assert rows() == [(review["session_id"], review["notes"])]
        assert daemon.terminate() == 0


@pytest.mark.rig("chromium")
def test_a_new_user_s_first_session_on_the_phone(tmp_path: Path, phone: Any) -> None:
    with Daemon(tmp_path / "data") as daemon:
        page = phone()
        page.goto(daemon.pairing_url)
        page.get_by_role("button", name="Start").first.click()
        page.wait_for_function("() => /[1-9]/.test(document.body.innerText.match(/notes\\s+(\\d+)/)?.[1] ?? '')")
        page.get_by_role("button", name="Mark").first.click()
        daemon.until(lambda s: s["session"] is not None and s["session"]["marks"] == 1)
        page.get_by_role("button", name="Stop").first.click()
        page.get_by_text("Session saved").wait_for()
        page.screenshot(path=tmp_path / "review.png")
        (row,) = daemon.get("sessions?limit=5")["sessions"]
        assert row["state"] == "closed"
        assert row["notes"] > 0
        page.close()  # before the pedal goes: a page that looks for it would rightly complain
