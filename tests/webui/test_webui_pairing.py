"""Pairing: PINs that cannot be guessed, links that count once, tokens that are kept as hashes only."""

import json
import stat

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.webui.conftest import HeldClock, MemoryTokenStore
from webui.errors import PairingRefused
from webui.pairing import BROWSERS_MAX, LINK_LIFE_S, LINKS_MAX, PIN_LIFE_S, PINS_MAX, PINS_WINDOW_S, Pairing
from webui.security import COOKIE
from webui.tokens import FileTokenStore, PairedBrowser, digest


@pytest.fixture
def clock() -> HeldClock:
    return HeldClock()


@pytest.fixture
def pairing(clock: HeldClock) -> Pairing:
    return Pairing(MemoryTokenStore(), clock=clock)


def wrong(pin: str) -> str:
    return f"{(int(pin) + 1) % 1_000_000:06d}"


# --- over HTTP


def begin(web) -> str:
    assert web.post("/api/v1/pair/begin", paired=False).json() == {"expires_s": 60.0, "digits": 6}
    assert web.pedal.pin is not None
    return web.pedal.pin


def test_a_browser_pairs_with_the_pin_from_the_display(web):
    pin = begin(web)
    answer = web.post("/api/v1/pair", {"pin": pin}, paired=False)
    assert answer.json() == {"paired": True, "kept": True}
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Path=/" in cookie
    token = cookie.removeprefix(f"{COOKIE}=").partition(";")[0]
    assert len(token) >= 43
    assert web.get("/api/v1/state", paired=False, headers={"cookie": f"{COOKIE}={token}"}).status_code == 200
    assert web.pedal.pin is None


def test_the_pin_never_leaves_over_http(web):
    pin = begin(web)
    answer = web.post("/api/v1/pair/begin", paired=False)
    assert pin not in answer.text
    assert pin not in web.post("/api/v1/pair", {"pin": wrong(pin)}, paired=False).text


def test_five_wrong_pins_end_it_and_the_display_goes_dark(web):
    pin = begin(web)
    for left in (4, 3, 2, 1):
        answer = web.post("/api/v1/pair", {"pin": wrong(pin)}, paired=False)
        assert answer.status_code == 403
        assert f"{left} tr" in answer.json()["error"]["message"]
        assert web.pedal.pin == pin
    assert web.post("/api/v1/pair", {"pin": wrong(pin)}, paired=False).json()["error"]["code"] == "pin_used_up"
    assert web.pedal.pin is None
    assert web.post("/api/v1/pair", {"pin": pin}, paired=False).json()["error"]["code"] == "no_pin"


@pytest.mark.parametrize("pin", ["", "12345", "1234567", "12345a", "١٢٣٤٥٦", 123456, None, ["1"] * 6])
def test_what_is_no_pin_costs_no_try(web, pin):
    right = begin(web)
    for _ in range(6):
        assert web.post("/api/v1/pair", {"pin": pin}, paired=False).status_code == 422
    assert web.post("/api/v1/pair", {"pin": right}, paired=False).status_code == 200


def test_a_storage_that_will_not_write_is_said(web):
    web.store.broken = True
    answer = web.post("/api/v1/pair", {"pin": begin(web)}, paired=False)
    assert answer.json() == {"paired": True, "kept": False}


def test_the_one_time_link_pairs_once_and_shows_the_page(web):
    path = web.post("/api/v1/pair/link").json()["path"]
    answer = web.get(path, paired=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "HttpOnly" in answer.headers["set-cookie"]
    again = web.get(path, paired=False)
    assert (again.status_code, again.headers["location"]) == (303, "/#link-used")
    assert "set-cookie" not in again.headers


def test_a_link_pairs_even_where_the_storage_will_not_write_and_the_log_says_so(web, caplog):
    web.store.broken = True
    assert "set-cookie" in web.get(web.pairing.one_time_link(), paired=False).headers
    assert "until the restart" in caplog.text


def test_only_who_is_inside_makes_links(web):
    assert web.post("/api/v1/pair/link", paired=False).status_code == 401


def test_pins_are_asked_for_too_often(web):
    for _ in range(PINS_MAX):
        begin(web)
        web.clock.now_s += PIN_LIFE_S
    answer = web.post("/api/v1/pair/begin", paired=False)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= PINS_WINDOW_S


# --- the rules themselves


def test_a_stranger_cannot_change_the_pin_under_the_players_fingers(pairing, clock):
    first = pairing.begin()
    clock.now_s += 10
    second = pairing.begin()
    assert second.pin == first.pin
    assert second.expires_s == pytest.approx(PIN_LIFE_S - 10)


def test_a_pin_is_good_for_a_minute(pairing, clock):
    pin = pairing.begin().pin
    clock.now_s += PIN_LIFE_S
    assert not pairing.pin_open
    with pytest.raises(PairingRefused, match="expired"):
        pairing.redeem_pin(pin)


def test_a_pin_counts_once(pairing):
    pin = pairing.begin().pin
    assert pairing.knows_browser(pairing.redeem_pin(pin))
    with pytest.raises(PairingRefused):
        pairing.redeem_pin(pin)


@given(st.lists(st.sampled_from(["begin", "guess", "wait"]), max_size=400))
@settings(deadline=None)
def test_a_guesser_never_gets_more_than_thirty_tries_in_ten_minutes(steps):
    clock = HeldClock(0.0)
    pairing = Pairing(MemoryTokenStore(), clock=clock)
    tried_at: list[float] = []
    for step in steps:
        if step == "wait":
            clock.now_s += 7.0
            continue
        try:
            if step == "begin":
                pairing.begin()
            elif pairing.pin_open:
                tried_at.append(clock.now_s)
                pairing.redeem_pin(wrong(pairing._pin or "0"))
        except PairingRefused:
            pass
    for start in tried_at:
        # A PIN shown just before the window may still be tried inside it.
        assert sum(start <= when < start + PINS_WINDOW_S - PIN_LIFE_S for when in tried_at) <= 5 * PINS_MAX


def test_a_link_grows_old_and_there_are_never_many(pairing, clock):
    links = [pairing.one_time_link().removeprefix("/pair/") for _ in range(LINKS_MAX + 1)]
    with pytest.raises(PairingRefused, match="pair with the PIN"):
        pairing.redeem_link(links[0])
    assert pairing.knows_browser(pairing.redeem_link(links[1]))
    clock.now_s += LINK_LIFE_S
    with pytest.raises(PairingRefused):
        pairing.redeem_link(links[2])


def test_the_oldest_browser_goes_when_there_are_too_many(pairing):
    tokens = [pairing.redeem_link(pairing.one_time_link().removeprefix("/pair/")) for _ in range(BROWSERS_MAX + 1)]
    assert not pairing.knows_browser(tokens[0])
    assert all(pairing.knows_browser(token) for token in tokens[1:])


def test_a_reset_forgets_every_browser_and_link_at_once(web):
    link, pin = web.pairing.one_time_link(), begin(web)
    assert web.runner.run(web.pairing.forget_all())
    assert web.get("/api/v1/state").status_code == 401
    assert web.get(link, paired=False).headers["location"] == "/#link-used"
    assert web.post("/api/v1/pair", {"pin": pin}, paired=False).status_code == 409
    assert web.store.browsers == ()


def test_without_an_owners_token_nobody_is_the_owner(pairing):
    assert not pairing.knows_owner("")
    assert not pairing.knows_owner("None")


def test_all_pins_are_six_digits_and_not_the_same(clock):
    pins = {Pairing(MemoryTokenStore(), clock=clock).begin().pin for _ in range(50)}
    assert len(pins) > 40
    assert all(len(pin) == 6 and pin.isascii() and pin.isdigit() for pin in pins)


# --- what is kept


def test_tokens_survive_a_restart_as_hashes_that_only_the_owner_reads(tmp_path, web):
    path = tmp_path / "browsers.json"
    first = Pairing(FileTokenStore(path))
    token = first.redeem_link(first.one_time_link().removeprefix("/pair/"))
    assert web.runner.run(first.save())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert token not in path.read_text()
    assert digest(token) in path.read_text()
    assert Pairing(FileTokenStore(path)).knows_browser(token)
    assert [file.name for file in tmp_path.iterdir()] == ["browsers.json"]


@pytest.mark.parametrize("damage", ["", "{", "[1]", '[{"token_sha256": "x"}]', "null"])
def test_a_damaged_file_opens_nothing_and_is_set_aside(tmp_path, damage):
    path = tmp_path / "browsers.json"
    path.write_text(damage)
    assert FileTokenStore(path).load() == ()
    assert not path.exists()
    assert path.with_suffix(".bad").read_text() == damage


def test_a_disk_that_will_not_write_keeps_the_old_list(tmp_path):
    path = tmp_path / "browsers.json"
    store = FileTokenStore(path)
    store.save([PairedBrowser("a" * 64, "2026-01-01T00:00:00+00:00")])
    before = path.read_text()
    with pytest.raises(TypeError):
        store.save([PairedBrowser(object(), "2026-01-01T00:00:00+00:00")])  # type: ignore[arg-type]
    assert path.read_text() == before
    assert json.loads(before)[0]["token_sha256"] == "a" * 64
    assert [file.name for file in tmp_path.iterdir()] == ["browsers.json"]
