"""Following a piece on the page, and the one route that takes a file."""

import pytest

from tests.rigs.browser import LANDSCAPE, LAPTOP, PHONE, SMALL_PHONE
from tests.webui.conftest import RunningServer
from tests.webui.fake_pedal import FakePedal
from tests.webui.test_webui_api import error_of
from tests.webui.test_webui_phone import enter, looks_right, press, until
from webui.limits import UPLOADS

PUT = "/api/v1/target"
BYTES = {"content-type": "application/octet-stream"}


def give(web, data=b"MThd", path=f"{PUT}?name=song.mid", **options):
    return web.ask("PUT", path, content=data, headers=BYTES | options.pop("headers", {}), **options)


def test_a_file_is_given_asked_for_and_taken_away(web):
    assert web.get(PUT).json() == {"target": None}
    given = give(web, path=f"{PUT}?name=song.mid&track=2").json()
    assert (given["title"], given["track"], len(given["tracks"])) == ("song.mid", "2", 2)
    assert web.pedal.files == [(b"MThd", "song.mid", "2")]
    assert web.get(PUT).json() == {k: v for k, v in given.items() if k not in {"tracks", "skipped"}}
    assert web.get("/api/v1/state").json()["target"]["notes"] == 40
    assert web.ask("DELETE", PUT).json() == {"target": None}
    assert web.get(PUT).json() == {"target": None}


def test_what_is_no_piece_is_refused_with_one_line_and_nothing_changes(web):
    give(web)
    before = web.get(PUT).json()
    assert error_of(give(web, b"bad")) == (422, "not_a_piece", "file")
    assert error_of(give(web, b"")) == (422, "invalid", "file")
    assert web.get(PUT).json() == before


@pytest.mark.parametrize(
    "query", ["segments=a%0Ab", "name=" + "x" * 121, "name=a%00b", "name=a%0Ab", "track=" + "y" * 121]
)
def test_a_name_that_is_none_is_refused(web, query):
    assert error_of(give(web, path=f"{PUT}?{query}"))[:2] == (422, "invalid")
    assert web.pedal.files == []


def test_only_this_route_takes_a_file_and_only_as_a_file(web):
    assert error_of(web.ask("PUT", PUT, json={"notes": []})) == (415, "not_a_file", None)
    assert error_of(web.ask("PUT", PUT, content=b"x", headers={"content-type": "text/plain"}))[0] == 415
    assert error_of(web.ask("POST", "/api/v1/session/start", content=b"x", headers=BYTES)) == (415, "not_json", None)
    assert error_of(web.ask("PATCH", "/api/v1/settings", content=b"x" * 70_000, headers=BYTES))[0] == 413
    assert set(UPLOADS) == {("PUT", PUT)}


def test_ten_megabytes_are_taken_and_one_byte_more_is_not(web):
    most = UPLOADS["PUT", PUT]
    assert give(web, b"x" * most).status_code == 200
    web.pedal.files.clear()
    assert error_of(give(web, b"x" * (most + 1))) == (413, "too_large", None)

    async def dripping():
        for _ in range(11):
            yield b"x" * 1_000_000

    # Without a length that could be believed: counted as it streams in.
    assert error_of(web.ask("PUT", PUT, content=dripping(), headers=BYTES)) == (413, "too_large", None)
    assert error_of(give(web, headers={"content-length": str(most + 1)})) == (413, "too_large", None)
    assert web.pedal.files == []


def test_a_stranger_and_another_page_give_nothing(web):
    assert give(web, paired=False).status_code == 401
    assert give(web, headers={"origin": "http://evil.example"}).status_code == 403
    assert web.ask("DELETE", PUT, paired=False).status_code == 401
    assert web.pedal.files == []


def test_the_report_of_a_session_that_followed_nothing_is_not_there(web):
    session_id = web.pedal.stored[0].session_id
    assert error_of(web.get(f"/api/v1/sessions/{session_id}/follow")) == (404, "not_found", None)
    web.pedal.follows = True
    assert web.get(f"/api/v1/sessions/{session_id}/follow").json()["hits"] == 87
    assert error_of(web.get("/api/v1/sessions/none/follow")) == (404, "not_found", None)


@pytest.mark.rig("chromium")
def test_a_file_from_the_phone_becomes_what_is_played(server, phone, shot, tmp_path):
    page = enter(server, phone())
    page.click('#tabs [data-view="settings"]')
    page.wait_for_selector("#piece:visible")
    assert "Nothing in particular." in page.inner_text("#piece")
    (tmp_path / "song.mid").write_bytes(b"MThd and so on")
    page.set_input_files("#piece-file", tmp_path / "song.mid")
    until(page, "document.getElementById('piece-track').checkVisibility()")
    assert server.pedal.files == [(b"MThd and so on", "song.mid", "")]
    server.advance(0.1)
    until(page, "document.getElementById('piece').textContent.includes('40 notes, 8 bars')")
    page.select_option("#piece-track", "2")
    until(page, "document.getElementById('piece').textContent.includes('Bass (16 notes)')")
    until(page, "document.querySelector('#piece .note-line').textContent === 'dead notes left out: 3'")
    page.fill("#piece-parts", "Chorus=5-8")
    with page.expect_response(lambda answer: "segments=Chorus" in answer.url):
        page.press("#piece-parts", "Enter")
    assert server.pedal.segments == "Chorus=5-8"
    assert server.pedal.files[1][2] == "2"
    page.click('#tabs [data-view="live"]')
    until(page, "document.getElementById('cents').textContent.includes('follow you through song.mid')")
    page.click('#tabs [data-view="settings"]')
    looks_right(page)
    page.locator("#piece").scroll_into_view_if_needed()
    shot(page, "piece-chosen")
    (tmp_path / "bad.txt").write_bytes(b"bad")
    page.set_input_files("#piece-file", tmp_path / "bad.txt")
    until(page, "document.querySelector('#piece .note-line').textContent.includes('no piece')")
    page.get_by_role("button", name="Play freely").click()
    until(page, "document.querySelector('#piece-track').checkVisibility() === false")
    assert server.pedal.piece is None


@pytest.mark.rig("chromium")
@pytest.mark.parametrize(
    "viewport", [PHONE, SMALL_PHONE, LANDSCAPE, LAPTOP], ids=["phone", "small", "landscape", "laptop"]
)
def test_the_live_view_shows_where_in_the_piece(phone, shot, viewport):
    pedal = FakePedal(stored=1)
    pedal.follows = True
    with RunningServer(pedal) as server:
        page = enter(server, phone(viewport))
        press(page, "start")
        page.wait_for_selector("#follow:visible")
        assert "I find where you are" in page.inner_text("#follow")
        server.advance(4.0)
        until(page, "document.getElementById('follow-where').textContent === 'bar 12'")
        assert "Autumn leaves: Chorus" in page.inner_text("#follow")
        assert "next A3  B♭3  C♯4" in page.inner_text("#follow")
        assert page.locator("#follow-trail span").count() == 8
        assert "one too many, hit" in page.get_attribute("#follow-trail", "aria-label")
        looks_right(page)
        shot(page, f"follow-live-{viewport['width']}")
        page.close()  # before the server goes


@pytest.mark.rig("chromium")
def test_the_session_page_tells_what_became_of_the_piece(phone, shot):
    pedal = FakePedal()
    pedal.follows = True
    pedal.stored = [pedal._detail(0)]
    with RunningServer(pedal) as server:
        page = enter(server, phone())
        page.goto(f"{server.url}/#session/{pedal.stored[0].session_id}")
        page.wait_for_selector(".bars li")
        said = page.inner_text(".followed")
        assert "87 of 99 notes hit (88 %), 9 at another pitch, 3 left out, 1 too many." in said
        assert "98.2 bpm, on average 4 ms early." in said
        assert "0:34 again from bar 9" in said
        assert page.locator(".bars .idle").count() == 4
        assert page.locator(".bars .few").count() == 2
        looks_right(page)
        page.locator(".followed").scroll_into_view_if_needed()
        shot(page, "follow-report")
        page.close()  # before the server goes
