"""The page in a real Chromium as a phone: what a guitarist does with one thumb."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.rigs.browser import LANDSCAPE, LAPTOP, PHONE, SMALL_PHONE, TABLET
from tests.webui.conftest import RunningServer
from tests.webui.fake_pedal import FakePedal

pytestmark = pytest.mark.rig("chromium")


@contextmanager
def playing(server: RunningServer, step_s: float = 0.1) -> Iterator[None]:
    """The guitarist plays in the background, as fast as the page takes it."""
    stop = threading.Event()

    def play() -> None:
        while not stop.wait(0.02):
            server.advance(step_s)

    player = threading.Thread(target=play)
    player.start()
    try:
        yield
    finally:
        stop.set()
        player.join()


def enter(server: RunningServer, page: Any) -> Any:
    """Open the one-time link, and wait for the live state."""
    page.goto(server.link())
    page.wait_for_selector('body[data-link="ok"]')
    return page


def until(page: Any, condition: str) -> None:
    """Wait for a condition of the page; not Playwright's own wait, which needs the eval that our policy forbids."""
    page.evaluate(
        f"""() => new Promise((done, fail) => {{
          const began = performance.now();
          const look = () => {{
            if ({condition}) done();
            else if (performance.now() - began > 10000) fail(new Error("never: " + {condition!r}));
            else requestAnimationFrame(look);
          }};
          look();
        }})"""
    )


def press(page: Any, name: str) -> None:
    page.click(f'[data-action="{name}"]')


def number(page: Any, selector: str) -> int:
    return int(re.sub(r"\D", "", page.inner_text(selector)) or 0)


def test_pair_by_link_start_play_stop_review(server, phone, shot):
    page = enter(server, phone())
    assert page.url == server.url + "/"
    press(page, "start")
    page.wait_for_selector('[data-action="stop"]')
    with playing(server):
        until(page, "document.getElementById('notes').textContent > 20")
        before = number(page, "#notes")
        until(page, f"document.getElementById('notes').textContent > {before}")
        press(page, "mark")
        until(page, "document.getElementById('marks').textContent === '1'")
    shot(page, "live-dark")
    assert page.inner_text("#scores .noise_control .number") == "–"
    assert "no pause between notes yet" in page.inner_text("#scores .noise_control")
    assert 0 < number(page, "#scores .quality .number") <= 100
    press(page, "stop")
    page.wait_for_selector("#review:not([hidden])")
    assert "notes in" in page.inner_text("#review-sentence")
    shot(page, "review-dark")
    page.click("#review-link")
    page.wait_for_selector(".roll[data-notes]")
    assert number(page, "#session-page .clock div:nth-child(2) dd") == server.pedal.stored[0].notes
    assert page.get_attribute(".roll", "data-notes") == str(server.pedal.stored[0].notes)
    assert "1 marks" in page.get_attribute(".roll", "aria-label")
    shot(page, "session-dark", full_page=True)


def test_the_pin_from_the_display_pairs(server, phone, shot):
    page = phone()
    page.goto(server.url)
    page.click("#pair-begin")
    page.wait_for_selector("#pin:focus")
    shot(page, "pair-dark")
    right = server.pedal.pin
    page.fill("#pin", f"{(int(right) + 1) % 1_000_000:06d}")
    until(page, "document.getElementById('pair-note').textContent.includes('4 tries left')")
    page.fill("#pin", right)
    page.wait_for_selector('body[data-link="ok"]')
    assert page.is_visible('[data-action="start"]')


def test_a_used_link_says_so_and_offers_the_pin(server, phone):
    link = server.link()
    enter_page = phone()
    enter_page.goto(link)
    page = phone()
    page.goto(link)
    page.wait_for_selector("#pair-begin:visible")
    assert "used before" in page.inner_text("#pair-note")


def test_a_lost_pedal_is_shown_and_comes_back_by_itself(phone, shot):
    page = phone(lonely=True)
    with RunningServer(FakePedal(stored=2)) as first:
        enter(first, page)
        store, port = first.store, first.port
    page.wait_for_selector("#stale:visible")
    shot(page, "stale-dark")
    again = RunningServer(FakePedal(stored=2), port=port)
    again.store = store
    store.save(tuple(first.pairing._browsers.values()))
    with again:
        page.wait_for_selector('body[data-link="ok"]')
        assert not page.is_visible("#stale")


def test_a_revoked_browser_is_asked_to_pair_again(phone):
    page = phone(lonely=True)
    with RunningServer(FakePedal()) as first:
        enter(first, page)
        port = first.port
    with RunningServer(FakePedal(), port=port):
        page.wait_for_selector("#pair-begin:visible")


def test_settings_are_saved_as_typed_and_bad_ones_refused_beside_the_field(server, phone, shot):
    page = enter(server, phone())
    page.click('#tabs [data-view="settings"]')
    page.select_option("#set-scale_root", "F#")
    until(page, "document.getElementById('say-scale_root').textContent.includes('saved')")
    assert server.pedal.settings.scale_root == "F#"
    page.fill("#set-a4_hz", "500")
    until(page, "document.getElementById('say-a4_hz').textContent.includes('455')")
    assert page.get_attribute("#set-a4_hz", "aria-invalid") == "true"
    assert server.pedal.settings.a4_hz == 440
    shot(page, "settings-dark", full_page=True)
    page.fill("#set-a4_hz", "442")
    until(page, "document.getElementById('say-a4_hz').textContent.includes('saved')")
    assert server.pedal.settings.a4_hz == 442
    assert page.get_attribute("#set-a4_hz", "aria-invalid") is None


def test_a_scale_of_ones_own_is_typed_in_and_comes_back(server, phone, shot):
    page = enter(server, phone())
    page.click('#tabs [data-view="settings"]')
    page.select_option("#set-scale_kind", "custom")
    page.wait_for_selector("#own-scale_kind:visible")
    until(page, "document.getElementById('say-scale_kind').textContent.includes('root first')")
    page.fill("#own-scale_kind", "0 3 5 7 10")
    page.press("#own-scale_kind", "Enter")
    until(page, "document.getElementById('say-scale_kind').textContent.includes('saved')")
    assert server.pedal.settings.scale_kind == "custom 0 3 5 7 10"
    shot(page, "settings-own-scale", full_page=True)
    page.reload()
    page.wait_for_selector("#own-scale_kind:visible")
    until(page, "document.getElementById('own-scale_kind').value === '0 3 5 7 10'")
    with page.expect_response("**/api/v1/settings"):
        page.select_option("#set-scale_kind", "major")
    assert server.pedal.settings.scale_kind == "major"
    assert page.is_hidden("#own-scale_kind")


def test_a_setting_changed_by_the_foot_shows_up(server, phone):
    page = enter(server, phone())
    page.click('#tabs [data-view="settings"]')
    page.wait_for_selector("#set-bpm")

    def turn() -> None:
        server.pedal.settings = server.pedal.settings.model_copy(update={"bpm": 123.0})

    server.call(turn)
    server.advance(0.1)
    until(page, "document.getElementById('set-bpm').value === '123'")


def test_the_list_of_sessions_page_by_page(phone, shot):
    with RunningServer(FakePedal(stored=25)) as server:
        page = enter(server, phone())
        page.click('#tabs [data-view="sessions"]')
        page.wait_for_selector("#session-list li")
        shot(page, "sessions-dark")
        assert page.locator("#session-list li").count() == 20
        page.click("#older")
        until(page, "document.querySelectorAll('#session-list li').length === 25")
        assert not page.is_visible("#older")
        page.close()  # before the server goes


def test_nothing_recorded_yet_is_said(phone):
    with RunningServer(FakePedal()) as server:
        page = enter(server, phone())
        page.click('#tabs [data-view="sessions"]')
        page.wait_for_selector("#no-sessions:visible")
        page.close()  # before the server goes


def test_the_board_panel_is_a_foot_and_hands(server, phone, shot):
    page = enter(server, phone())
    foot = page.locator(".switch")
    foot.scroll_into_view_if_needed()
    foot.dispatch_event("pointerdown", {"button": 0, "pointerId": 1})
    foot.dispatch_event("pointerup", {"button": 0, "pointerId": 1})
    page.get_by_text("Unplug sound").click()
    page.wait_for_selector("#faults:visible")
    assert "unplugged" in page.inner_text("#faults")
    until(page, "document.querySelector('.oled').naturalWidth === 128")
    shot(page, "board-dark", full_page=True)
    edges = [arguments["edges"] for name, arguments in server.pedal.commands if name == "press"]
    assert edges == [[{"at_s": 0.0, "pressed": True}], [{"at_s": 0.0, "pressed": False}]]
    page.get_by_text("Plug sound in").click()
    page.wait_for_selector("#faults", state="hidden")


def test_a_real_pedal_has_no_board_panel(phone):
    with RunningServer(FakePedal(simulated=False)) as server:
        page = enter(server, phone())
        assert not page.is_visible("#board")
        page.close()  # before the server goes


def test_names_are_text_and_never_markup(server, phone):
    page = enter(server, phone())
    evil = '<img src=x onerror="document.title=1">'

    def rename() -> None:
        row = server.pedal.stored[0]
        server.pedal.stored[0] = row.model_copy(update={"scale": evil})

    server.call(rename)
    page.click('#tabs [data-view="sessions"]')
    page.wait_for_selector("#session-list li")
    assert evil in page.inner_text("#session-list")
    assert page.title() == "Pedal"


def test_nothing_is_asked_of_anybody_else(server, phone):
    page = phone()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    enter(server, page)
    page.click('#tabs [data-view="settings"]')
    page.wait_for_selector("#set-bpm")
    assert asked
    assert not [url for url in asked if not url.startswith((server.url, server.url.replace("http", "ws", 1)))]


# Contrast of every visible text against the first opaque background behind it, by WCAG's formula.
CONTRAST = """() => {
  const parse = (c) => (c.match(/[\\d.]+/g) || []).map(Number);
  const f = (v) => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; };
  const lum = ([r, g, b]) => { return .2126 * f(r) + .7152 * f(g) + .0722 * f(b); };
  const bad = [];
  for (const node of document.querySelectorAll('body *')) {
    const own = [...node.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!own || !node.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    if (node.closest('.unseen, .skip, svg, option, .hero.silent .note, :disabled')) continue;
    let behind = node, back = [0, 0, 0, 0];
    while (behind && (back = parse(getComputedStyle(behind).backgroundColor), back.length === 4 && back[3] === 0))
      behind = behind.parentElement;
    if (node.closest('.box')) back = [51, 58, 70];
    const [a, b] = [lum(parse(getComputedStyle(node).color)), lum(back)].sort((x, y) => y - x);
    const ratio = (a + .05) / (b + .05);
    if (ratio < 4.5) bad.push(`${ratio.toFixed(2)} ${node.tagName}.${node.className} ${node.textContent.slice(0, 20)}`);
  }
  return bad;
}"""

SMALL = """() => [...document.querySelectorAll('button, a, input, select, summary')]
  .filter((node) => node.checkVisibility() && !node.closest('.skip, .unseen, .options'))
  .filter((node) => { const r = node.getBoundingClientRect(); return r.width < 44 || r.height < 43; })
  .filter((node) => node.type !== 'range')
  .map((node) => `${node.tagName} ${node.textContent.trim()} ${node.getBoundingClientRect().height}`)"""


# Words that stick out of what holds them.
OUTSIDE = """() => [...document.querySelectorAll('main *, header *, nav *, .actions *')]
  .filter((node) => [...node.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()))
  .filter((node) => node.checkVisibility() && !node.closest('svg, option, select, .unseen, .note, .scale-line'))
  .filter((node) => { const range = document.createRange(); range.selectNodeContents(node);
    const [own, outer] = [range.getBoundingClientRect(), node.parentElement.getBoundingClientRect()];
    return own.right > outer.right + 1 || own.left < outer.left - 1; })
  .map((node) => `${node.tagName}.${node.className} ${node.textContent}`)"""


def looks_right(page: Any) -> None:
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(overflow) <= 0
    assert page.evaluate(CONTRAST) == []
    assert page.evaluate(SMALL) == []
    assert page.evaluate(OUTSIDE) == []


LOOKS = [
    ("phone", PHONE, "dark"),
    ("phone", PHONE, "light"),
    ("small", SMALL_PHONE, "dark"),
    ("landscape", LANDSCAPE, "dark"),
    ("tablet", TABLET, "light"),
    ("laptop", LAPTOP, "dark"),
]


@pytest.mark.parametrize(("name", "viewport", "scheme"), LOOKS, ids=[f"{look[0]}-{look[2]}" for look in LOOKS])
def test_every_view_fits_and_can_be_read(server, phone, shot, viewport, name, scheme):
    page = phone(viewport, scheme)
    page.goto(server.url)
    page.wait_for_selector("#pair-begin:visible")
    looks_right(page)
    enter(server, page)
    looks_right(page)
    shot(page, f"{name}-{scheme}-idle")
    page.wait_for_selector("#last:visible")
    press(page, "start")
    page.wait_for_selector('[data-action="stop"]')
    server.advance(9.3)
    until(page, "document.getElementById('notes').textContent > 30")
    looks_right(page)
    shot(page, f"{name}-{scheme}-live")
    server.advance(12.0)
    until(page, "document.querySelector('.noise_control .number').textContent === '100'")
    looks_right(page)
    press(page, "stop")
    page.wait_for_selector("#review:not([hidden])")
    looks_right(page)
    shot(page, f"{name}-{scheme}-review")
    page.click("#review-link")
    page.wait_for_selector(".roll[data-notes]")
    looks_right(page)
    shot(page, f"{name}-{scheme}-session")
    for view in ("sessions", "settings"):
        page.click(f'#tabs [data-view="{view}"]')
        page.wait_for_selector({"sessions": "#session-list li", "settings": "#set-bpm"}[view])
        looks_right(page)
        shot(page, f"{name}-{scheme}-{view}")


def test_the_tuner_shows_the_pitch_and_no_scores(server, phone, shot):
    page = enter(server, phone())
    press(page, "tuner")
    page.wait_for_selector('body[data-mode="tuner"]')
    server.advance(0.2)
    assert re.search(r"\d+\.\d Hz", page.inner_text("#cents"))
    assert not page.is_visible("#scores")
    shot(page, "tuner-dark")
    press(page, "tuner")
    page.wait_for_selector('body[data-mode="idle"]')


def test_a_paused_session_says_so_and_goes_on(server, phone, shot):
    page = enter(server, phone())
    press(page, "start")
    page.wait_for_selector('[data-action="pause"]')
    server.advance(6.0)
    press(page, "pause")
    page.wait_for_selector('[data-action="resume"]')
    until(page, "document.getElementById('elapsed-name').textContent === 'paused'")
    shot(page, "paused-dark")
    press(page, "resume")
    page.wait_for_selector('[data-action="pause"]')


def test_everything_has_a_name_for_screen_readers(server, phone):
    page = enter(server, phone())
    for view in ("live", "sessions", "settings"):
        page.click(f'#tabs [data-view="{view}"]')
        nameless = page.evaluate(
            """() => [...document.querySelectorAll('button, a, input, select')].filter((n) => n.checkVisibility())
            .filter((n) => !(n.textContent.trim() || n.getAttribute('aria-label') || n.labels?.length))
            .map((n) => n.outerHTML)"""
        )
        assert nameless == []


def test_keyboard_alone_starts_and_stops(server, phone):
    page = enter(server, phone())
    page.focus('[data-action="start"]')
    page.keyboard.press("Enter")
    page.wait_for_selector('[data-action="stop"]')
    page.focus('[data-action="stop"]')
    page.keyboard.press("Space")
    page.wait_for_selector("#review:not([hidden])")
