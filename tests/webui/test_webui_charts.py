"""A session's charts in a real Chromium: moved by finger and by key, read without eyes, and bounded."""

from typing import Any

import pytest

from tests.rigs.browser import PHONE, SMALL_PHONE
from tests.webui.conftest import RunningServer
from tests.webui.fake_pedal import FakePedal
from tests.webui.test_webui_phone import enter, looks_right, until
from webui.session_schemas import NOTES_MAX

pytestmark = pytest.mark.rig("chromium")


def open_session(server: RunningServer, page: Any, index: int = 0) -> Any:
    enter(server, page)
    page.goto(f"{server.url}/#session/{server.pedal.stored[index].session_id}")
    page.wait_for_selector(".roll[data-notes]")
    return page


def window(page: Any) -> tuple[float, float]:
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    roll = page.locator(".roll")
    return float(roll.get_attribute("data-from")), float(roll.get_attribute("data-span"))


def drag(page: Any, *ways: tuple[float, float]) -> None:
    """One finger for each (from, to), as shares of the picture's width, all at once."""
    page.evaluate(
        """(ways) => {
          const roll = document.querySelector('.roll');
          roll.setPointerCapture = () => {};
          const box = roll.getBoundingClientRect();
          const fire = (kind, id, share) => roll.dispatchEvent(new PointerEvent(kind,
            { pointerId: id, button: 0, clientX: box.left + share * box.width, clientY: box.top + 100 }));
          ways.forEach(([from], id) => fire('pointerdown', id, from));
          for (let step = 1; step <= 10; step += 1)
            ways.forEach(([from, to], id) => fire('pointermove', id, from + (to - from) * step / 10));
          ways.forEach(([, to], id) => fire('pointerup', id, to));
        }""",
        [list(way) for way in ways],
    )


def test_one_finger_moves_two_fingers_zoom_and_buttons_do_both(server, phone):
    page = open_session(server, phone())
    page.click('[aria-label="closer"]')
    start, span = window(page)
    drag(page, (0.8, 0.4))
    moved, same = window(page)
    assert moved > start
    assert same == span
    drag(page, (0.4, 0.2), (0.6, 0.9))
    _, closer = window(page)
    assert closer < 0.5 * span
    page.click('[aria-label="the whole session"]')
    whole_from, whole = window(page)
    assert whole_from == 0
    assert whole >= server.pedal.stored[0].duration_s
    drag(page, (0.1, 0.9))
    assert window(page) == (0, whole)


def test_a_note_is_read_by_touch_and_by_arrow_keys(server, phone):
    page = open_session(server, phone())
    told = page.locator(".told")
    assert "Touch a note" in told.inner_text()
    page.focus(".roll")
    page.keyboard.press("ArrowRight")
    assert told.inner_text().startswith("A3 at 0:00")
    for _ in range(8):
        page.keyboard.press("ArrowRight")
    assert "outside the scale" in told.inner_text()
    assert "early" in told.inner_text() or "late" in told.inner_text()
    page.keyboard.press("ArrowLeft")
    assert "in the scale" in told.inner_text()
    page.evaluate("document.querySelector('.roll').setPointerCapture = () => {}")
    box = page.locator(".roll").bounding_box()
    page.touchscreen.tap(box["x"] + 41, box["y"] + box["height"] - 33)
    assert told.inner_text().startswith("A3 at 0:00")


def test_every_chart_is_also_words_and_a_table(server, phone, shot):
    page = open_session(server, phone())
    label = page.get_attribute(".roll", "aria-label")
    assert "from A3 to C5" in label
    assert "1 marks, 1 gaps" in label
    page.click(".timeline .as-table summary")
    until(page, "document.querySelectorAll('.timeline .as-table tbody tr').length > 20")
    assert "A3" in page.inner_text(".timeline .as-table tbody tr:first-child")
    page.click(".neck .as-table summary")
    assert "fret 5 C4: 12" in page.inner_text(".neck .as-table")
    assert "26 of 36 notes is sure" in page.get_attribute(".board-map", "aria-label")
    rows = page.locator(".beats tbody tr").all_inner_texts()
    assert [row.split("\t")[0] for row in rows] == ["1", "1&", "2", "2&", "3", "3&", "4", "4&"]
    assert "22 ms late" in rows[5]
    assert "the & of 3 is 22 ms late" in page.inner_text(".beats .lead")
    assert page.locator(".beats tr.few").count() == 1
    assert page.locator(".curve svg title").count() == 4
    with page.expect_download() as saved:
        page.get_by_role("link", name="Notes as CSV").click()
    assert saved.value.suggested_filename == f"session-{server.pedal.stored[0].session_id}.csv"
    looks_right(page)
    shot(page, "charts-tables", full_page=True)


def test_facts_are_sentences_with_units_and_what_is_unknown_says_why(server, phone):
    page = open_session(server, phone(), -1)  # the shortest: not everything could be scored
    facts = page.inner_text(".facts >> nth=0")
    for words in (
        "99.6 bpm. From 98.2 to 101.0 bpm (+2.9 %).",
        "evenness 78 of 100",
        "8.4 ± 1.9 ms late",
        "1.3 ± 0.4 dB softer",
        "12 bends end 30 cents short",
        "5.6 times a second, 42 cents wide",
        "4 of 5 scale tones, from A3 to C5. Not played: C.",
        "5 chords, 3 of them all within the scale: Am7 × 3, D × 2.",
    ):
        assert words in facts
    assert "no pause between notes yet" in page.inner_text(".not-scored")


@pytest.mark.parametrize(("viewport", "scheme"), [(PHONE, "light"), (SMALL_PHONE, "dark")])
def test_the_charts_fit_small_and_bright_screens(server, phone, shot, viewport, scheme):
    page = open_session(server, phone(viewport, scheme))
    looks_right(page)
    assert page.evaluate("document.querySelector('.roll').clientWidth") <= viewport["width"]
    shot(page, f"charts-{viewport['width']}-{scheme}", full_page=True)


def test_a_session_without_notes_says_so_in_every_chart(phone, shot):
    pedal = FakePedal(stored=1)
    empty = {"timeline": [], "notes": 0, "clicks": [], "chords": []}
    blank = type(pedal.stored[0].neck)()
    metrics = type(pedal.stored[0].metrics)(not_scored={"timing_stability": "too few notes"})
    curve = type(pedal.stored[0].curve)()
    pedal.stored[0] = pedal.stored[0].model_copy(update=empty | {"neck": blank, "metrics": metrics, "curve": curve})
    with RunningServer(pedal) as server:
        page = enter(server, phone())
        page.goto(f"{server.url}/#session/{pedal.stored[0].session_id}")
        page.wait_for_selector(".neck")
        said = page.inner_text("#session-page")
        assert "No notes were heard in this session." in said
        assert "Not known: too few notes." in said
        assert "No note was sure enough" in said
        looks_right(page)
        shot(page, "charts-empty", full_page=True)
        page.close()  # before the server goes


def test_ten_thousand_notes_arrive_in_portions_and_the_picture_stays_quick(phone, shot):
    pedal = FakePedal(stored=1)
    pedal.stored[0] = pedal._detail(0, pedal._view().model_copy(update={"notes": 10_000, "elapsed_s": 3_000.0}))
    with RunningServer(pedal) as server:
        page = phone()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        open_session(server, page)
        until(page, "document.querySelector('.roll').dataset.notes === '10000'")
        assert len([url for url in asked if "/notes?first=" in url]) == 10_000 // NOTES_MAX - 1
        page.click('[aria-label="the whole session"]')
        took_ms = page.evaluate(
            """() => new Promise((done) => {
              const roll = document.querySelector('.roll');
              const began = performance.now();
              roll.dispatchEvent(new KeyboardEvent('keydown', { key: '+', cancelable: true }));
              requestAnimationFrame(() => done(performance.now() - began));
            })"""
        )
        assert took_ms < 500
        shot(page, "charts-hour")
        page.close()  # before the server goes


def test_a_left_handed_player_sees_the_neck_in_the_mirror(server, phone, shot):
    page = enter(server, phone())
    page.click('#tabs [data-view="settings"]')
    page.click('#set-left_handed label:has(input[value="true"])')
    until(page, "document.getElementById('say-left_handed').textContent.includes('saved')")
    assert server.pedal.settings.left_handed is True
    shot(page, "settings-shown", full_page=True)
    page.goto(f"{server.url}/#session/{server.pedal.stored[0].session_id}")
    page.wait_for_selector('.board-map[data-mirrored="yes"]')
    nut, fret = page.locator(".board-map .nut"), page.locator(".board-map .fret").last
    assert float(nut.get_attribute("x1")) > float(fret.get_attribute("x1"))
    shot(page, "neck-left", full_page=True)


def test_only_the_scores_that_the_player_chose_are_shown_and_never_none(server, phone):
    page = enter(server, phone())
    page.click('#tabs [data-view="settings"]')
    for name in ("pitch_accuracy", "noise_control", "scale_conformity"):
        page.wait_for_selector("#set-enabled_metrics")
        page.evaluate("document.getElementById('say-enabled_metrics').textContent = ''")
        page.click(f'#set-enabled_metrics label:has(input[value="{name}"])')
        until(page, "document.getElementById('say-enabled_metrics').textContent.includes('saved')")
    assert server.pedal.settings.enabled_metrics == ["timing_stability"]
    page.click('#set-enabled_metrics label:has(input[value="timing_stability"])')
    until(page, "document.getElementById('say-enabled_metrics').textContent.includes('at least one')")
    assert server.pedal.settings.enabled_metrics == ["timing_stability"]
    page.goto(f"{server.url}/#session/{server.pedal.stored[0].session_id}")
    page.wait_for_selector(".roll[data-notes]")
    assert page.locator("#session-page .scores li:visible").all_inner_texts()[0].startswith("Steady")
    assert page.locator("#session-page .scores li:visible").count() == 2


def test_a_chord_that_sounds_is_the_big_word_of_the_live_view(server, phone, shot):
    page = enter(server, phone())
    page.click('[data-action="start"]')
    page.wait_for_selector('[data-action="stop"]')
    server.advance(10.0)
    until(page, "document.getElementById('letter').textContent === 'Am7'")
    assert page.inner_text("#cents") == "chord"
    looks_right(page)
    shot(page, "live-chord")
    server.advance(2.5)
    until(page, "document.getElementById('letter').textContent !== 'Am7'")
