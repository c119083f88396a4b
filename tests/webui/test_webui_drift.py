"""Strings that drifted, on the page: a line while playing, a table afterwards, and the setting."""

import pytest

from tests.webui.test_webui_phone import enter, looks_right, playing, press, until

pytestmark = pytest.mark.rig("chromium")


def test_a_string_that_drifted_is_said_live_and_stands_in_the_sessions_table(server, phone, shot):
    page = enter(server, phone())
    press(page, "start")
    page.wait_for_selector('[data-action="stop"]')
    assert not page.is_visible("#drift")
    with playing(server):
        page.wait_for_selector("#drift:not([hidden])")
    assert page.inner_text("#drift") == "Tuning: G3 gone 8 cents flat."
    assert page.get_attribute("#drift", "role") == "status"
    shot(page, "drift-dark")
    press(page, "stop")
    page.wait_for_selector("#review:not([hidden])")
    assert "G3 gone 8 cents flat" in page.inner_text("#review-sentence")
    page.click("#review-link")
    page.wait_for_selector(".strings table")
    rows = page.locator(".strings tbody tr").all_inner_texts()
    assert [row.split("\t")[0] for row in rows] == ["1 · E4", "2 · B3", "3 · G3", "4 · D3", "5 · A2", "6 · E2"]
    assert "−8.1 ±\u00a01.1" in rows[2]
    assert "not known" in rows[0]
    assert page.locator(".strings tr.moved").count() == 1
    looks_right(page)
    shot(page, "strings-dark", full_page=True)


def test_telling_of_drift_is_switched_off_and_its_limit_set(server, phone):
    page = enter(server, phone())
    page.click('#tabs [data-view="settings"]')
    page.wait_for_selector("#set-drift_cents")
    assert page.input_value("#set-drift_cents") == "5"
    assert page.is_checked('#set-tell_drift input[value="true"]')
    page.click('#set-tell_drift label:has(input[value="false"])')
    until(page, "document.getElementById('say-tell_drift').textContent.includes('saved')")
    assert server.pedal.settings.tell_drift is False
    page.fill("#set-drift_cents", "2")
    until(page, "document.getElementById('say-drift_cents').textContent.includes('30')")
    page.fill("#set-drift_cents", "12")
    until(page, "document.getElementById('say-drift_cents').textContent.includes('saved')")
    assert server.pedal.settings.drift_cents == 12
