"""The delay of the sound card on the page: what to do, how far it has come, what is known, and why not."""

from typing import Any

import pytest

from tests.webui.test_webui_phone import enter, until

pytestmark = pytest.mark.rig("chromium")


def test_the_delay_of_the_card_is_measured_on_the_page(server, phone, shot):
    def now(**facts: Any) -> None:
        def turn() -> None:
            server.pedal.round_trip = server.pedal.round_trip.model_copy(update=facts)

        server.call(turn)
        server.advance(0.1)

    page = enter(server, phone())
    page.click('#tabs [data-view="settings"]')
    says = "document.querySelector('#round-trip .lead').textContent"
    until(page, f"{says} === 'Not measured yet.'")
    page.click("#round-trip button")
    until(page, f"{says} === '0 of 5 chirps heard …'")
    assert page.is_disabled("#round-trip button")
    now(step=3)
    until(page, f"{says} === '3 of 5 chirps heard …'")
    now(step=None, latency_ms=10.9, samples=523, spread_samples=0.01, confidence=0.99)
    until(page, f"{says} === '10.9 ms (523 samples), taken out of your timing.'")
    shot(page, "round-trip-dark", full_page=True)
    now(refused="no_cable")
    until(page, f"{says}.startsWith('Nothing came back') && {says}.includes('10.9 ms')")
    now(refused=None, latency_ms=None, stale=True)
    until(page, f"{says}.includes('measure again')")
    assert not page.is_disabled("#round-trip button")
    now(outputs=0, stale=False)
    until(page, f"{says} === 'This sound card has no output.'")
    assert page.is_disabled("#round-trip button")
