"""The JSON API: what it gives, what it refuses, in one shape."""

import asyncio
from typing import Any

import pytest

from tests.webui.fake_pedal import FakePedal
from webui.schemas import LiveState
from webui.session_schemas import NOTES_MAX, NotesPage, SessionDetail


def error_of(answer: Any) -> tuple[int, str, str | None]:
    body = answer.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "message", "field"}
    assert "\n" not in body["error"]["message"]
    return answer.status_code, body["error"]["code"], body["error"]["field"]


def test_state_is_the_live_state(web):
    state = LiveState.model_validate(web.get("/api/v1/state").json())
    assert state == web.pedal.live()


def test_a_session_from_start_to_stop(web):
    assert web.post("/api/v1/session/start").json()["mode"] == "practice"
    web.pedal.advance(6.0)
    assert web.post("/api/v1/session/mark").json()["session"]["marks"] == 1
    assert web.post("/api/v1/session/pause").json()["session"]["paused"] is True
    assert web.post("/api/v1/session/resume").json()["session"]["paused"] is False
    stopped = web.post("/api/v1/session/stop").json()
    assert stopped["session"] is None
    assert stopped["review"]["notes"] == 20
    assert [name for name, _ in web.pedal.commands] == ["start", "mark", "pause", "resume", "stop"]


@pytest.mark.parametrize("name", ["stop", "mark", "pause", "resume"])
def test_a_command_that_does_not_fit_now_is_refused_with_what_to_do(web, name):
    answer = web.post(f"/api/v1/session/{name}")
    assert error_of(answer) == (409, "not_practising", None)
    assert "start one first" in answer.json()["error"]["message"]


def test_keep_tuner_sync_and_shutdown_reach_the_pedal(web):
    web.pedal.advance(1.0)
    for path in ("session/keep", "tuner", "sync", "shutdown"):
        assert web.post(f"/api/v1/{path}").status_code == 200
    assert [name for name, _ in web.pedal.commands] == ["keep", "tuner", "sync", "shutdown"]


def test_the_round_trip_is_measured_when_asked_for_and_not_in_a_session(web):
    before = web.get("/api/v1/state").json()["round_trip"]
    assert (before["latency_ms"], before["step"], before["text"]) == (None, None, "not measured")
    assert web.post("/api/v1/round-trip").json()["round_trip"]["step"] == 0
    web.post("/api/v1/session/start")
    assert error_of(web.post("/api/v1/round-trip")) == (409, "session_runs", None)


def test_settings_change_in_part_and_come_back_whole(web):
    changed = web.ask("PATCH", "/api/v1/settings", json={"a4_hz": 442, "scale_root": "F#"}).json()
    assert changed == web.get("/api/v1/settings").json()
    assert (changed["a4_hz"], changed["scale_root"], changed["strictness"]) == (442, "F#", 0.5)
    assert web.pedal.commands == [("settings", {"a4_hz": 442.0, "scale_root": "F#"})]


@pytest.mark.parametrize(
    ("patch", "field"),
    [
        ({"a4_hz": 300}, "a4_hz"),
        ({"strictness": 1.01}, "strictness"),
        ({"strictness": None}, "strictness"),
        ({"player": ""}, "player"),
        ({"scale_type": "blues"}, "scale_type"),
        ({"unheard_of": 1}, "unheard_of"),
        ({"scale_kind": "klingon"}, "scale_kind"),
    ],
)
def test_a_bad_setting_is_refused_beside_its_field_and_nothing_changes(web, patch, field):
    before = web.pedal.settings
    status, _, named = error_of(web.ask("PATCH", "/api/v1/settings", json=patch))
    assert (status, named) == (422, field)
    assert web.pedal.settings == before


def test_an_empty_patch_is_refused(web):
    assert error_of(web.ask("PATCH", "/api/v1/settings", json={})) == (409, "invalid", None)


def test_choices_are_what_the_hub_offers(make_web):
    web = make_web(scale_kinds=("major", "dorian"), tunings=("any", "drop_d"))
    choices = web.get("/api/v1/choices").json()
    assert choices["scale_kind"] == ["major", "dorian"]
    assert choices["scale_type"] == ["natural", "pentatonic"]
    assert choices["tuning"] == ["any", "drop_d"]
    assert len(choices["scale_root"]) == 12


def test_sessions_page_by_page_is_every_session_once(web):
    seen, before = [], ""
    while before is not None:
        page = web.get(f"/api/v1/sessions?limit=3{before and '&before=' + before}").json()
        assert len(page["sessions"]) <= 3
        seen += [row["session_id"] for row in page["sessions"]]
        before = page["next"]
    assert seen == [row.session_id for row in web.pedal.stored]


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", "before=../etc", "before=" + "a" * 65])
def test_a_bad_page_is_refused(web, query):
    status, code, field = error_of(web.get(f"/api/v1/sessions?{query}"))
    assert (status, code, field) == (422, "invalid", query.split("=")[0])


def test_one_session_with_its_notes(web):
    first = web.get("/api/v1/sessions").json()["sessions"][0]
    detail = web.get(f"/api/v1/sessions/{first['session_id']}").json()
    assert len(detail["timeline"]) == detail["notes"] == first["notes"]
    assert error_of(web.get("/api/v1/sessions/no-such")) == (404, "not_found", None)


def test_oled_picture_only_on_the_simulated_board(web, make_web):
    answer = web.get("/api/v1/oled.png")
    assert answer.headers["content-type"] == "image/png"
    assert answer.content.startswith(b"\x89PNG")
    assert error_of(make_web(simulated=False).get("/api/v1/oled.png"))[:2] == (404, "not_simulated")


BOARD = [
    ("edges", {"edges": [{"at_s": 0, "pressed": True}, {"at_s": 0.6, "pressed": False}]}, "press"),
    ("audio", {"plugged": False}, "audio"),
    ("cable", {"plugged": True}, "cable"),
    ("oled", {"working": False}, "oled"),
    ("network", {"up": False}, "network"),
]


@pytest.mark.parametrize(("path", "body", "command"), BOARD)
def test_the_simulated_board_obeys_and_a_real_one_has_no_such_route(web, make_web, path, body, command):
    assert web.post(f"/api/v1/board/{path}", body).status_code == 200
    assert web.pedal.commands == [(command, body)]
    real = make_web(simulated=False)
    assert error_of(real.post(f"/api/v1/board/{path}", body))[:2] == (404, "not_simulated")
    assert real.pedal.commands == []


@pytest.mark.parametrize(
    "edges",
    [
        [],
        [{"at_s": 1, "pressed": True}, {"at_s": 0.5, "pressed": False}],
        [{"at_s": -1, "pressed": True}],
        [{"at_s": 0, "pressed": "maybe"}],
        [{"at_s": 0, "pressed": True}] * 257,
    ],
)
def test_impossible_edges_are_refused(web, edges):
    assert error_of(web.post("/api/v1/board/edges", {"edges": edges}))[0] == 422
    assert web.pedal.commands == []


def test_health_says_only_ok_and_needs_no_pairing(web):
    answer = web.get("/healthz", paired=False)
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_openapi_names_every_route_and_is_closed(web):
    document = web.get("/api/v1/openapi.json").json()
    assert {"/api/v1/state", "/api/v1/session/start", "/api/v1/settings", "/api/v1/pair"} <= set(document["paths"])
    assert document["components"]["schemas"]["SettingsPatch"]["properties"]["a4_hz"]["maximum"] == 455
    assert web.get("/api/v1/openapi.json", paired=False).status_code == 401


def test_a_bug_inside_shows_no_inside(web, monkeypatch, caplog):
    def broken() -> LiveState:
        raise RuntimeError("secret path /home/pi")

    monkeypatch.setattr(web.pedal, "live", broken)
    answer = web.get("/api/v1/state")
    assert error_of(answer) == (500, "internal", None)
    assert "secret" not in answer.text


def test_unknown_path_and_method_in_the_one_shape(web):
    assert error_of(web.get("/api/v1/nothing"))[:2] == (404, "not_found")
    assert error_of(web.ask("PATCH", "/api/v1/state", json={}))[:2] == (405, "method_not_allowed")


def test_feed_without_clients_takes_any_number_of_notifications(web):
    async def many() -> None:
        for _ in range(1000):
            web.feed.notify()
        await asyncio.sleep(0)

    web.runner.run(many())
    assert web.feed.clients == 0


def test_a_long_session_comes_in_portions_packed_for_whoever_can_unpack(make_web):
    pedal = FakePedal(stored=1)
    pedal.stored[0] = pedal._detail(0, pedal._view().model_copy(update={"notes": 4_500, "elapsed_s": 1_350.0}))
    web = make_web(pedal)
    path = f"/api/v1/sessions/{pedal.stored[0].session_id}"
    answer = web.get(path, headers={"accept-encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) < 100_000
    plain = web.get(path, headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.json() == answer.json()
    first = SessionDetail.model_validate(answer.json())
    assert (len(first.timeline), first.notes_next) == (NOTES_MAX, NOTES_MAX)
    pages = [
        NotesPage.model_validate(web.get(f"{path}/notes?first={at}").json()) for at in (0, NOTES_MAX, 2 * NOTES_MAX)
    ]
    assert [note for page in pages for note in page.notes] == pedal.long[first.session_id]
    assert [page.next for page in pages] == [NOTES_MAX, 2 * NOTES_MAX, None]


@pytest.mark.parametrize("first", ["-1", "x", "1e3", "99999999999", ""])
def test_a_portion_that_cannot_be_is_refused(web, first):
    path = f"/api/v1/sessions/{web.pedal.stored[0].session_id}/notes"
    assert error_of(web.get(f"{path}?first={first}")) == (422, "invalid", "first")


def test_notes_of_no_session_are_not_found(web):
    assert error_of(web.get("/api/v1/sessions/nothere/notes")) == (404, "not_found", None)
    assert error_of(web.get("/api/v1/sessions/..%2F..%2Fetc/notes"))[0] in {404, 422}


@pytest.mark.parametrize(("kind", "media"), [("csv", "text/csv; charset=utf-8"), ("json", "application/json")])
def test_a_session_can_be_saved_as_a_file(web, kind, media):
    session_id = web.pedal.stored[0].session_id
    answer = web.get(f"/api/v1/sessions/{session_id}/export?kind={kind}")
    assert answer.headers["content-type"] == media
    assert answer.headers["content-disposition"] == f'attachment; filename="session-{session_id}.{kind}"'
    assert answer.text == f"{kind} of {session_id}"


def test_a_file_of_another_kind_or_of_no_session_is_refused(web):
    session_id = web.pedal.stored[0].session_id
    assert error_of(web.get(f"/api/v1/sessions/{session_id}/export?kind=exe")) == (422, "invalid", "kind")
    assert error_of(web.get("/api/v1/sessions/none/export")) == (404, "not_found", None)
