"""Drift of the strings on its way to the player: what is told, where, and what switches it off."""

from dataclasses import replace

import pytest

from dsp.facts import StringDrift, TuningDrift
from dsp.strings.drift import tuning_drift
from dsp.types import Metrics, SessionSetup, Summary
from pedal import reducer, rows, views, words
from pedal.events import Scored, SessionSaved
from pedal.settings import SettingRefused, Settings, changed
from pedal.state import S_NS, Mode, Session, State
from sync.records import SessionHeader, StoredSession
from tests.dsp.made_players import heard, wander

NOW = 100 * S_NS
RUNNING = State(now_ns=NOW, mode=Mode.SESSION, session=Session("practice", NOW - S_NS, "id"))
STRINGS = ("E2", "A2", "D3", "G3", "B3", "E4")


def drift(common: float | None = None, **cents: float) -> TuningDrift:
    known = [StringDrift(6 - i, n, 3.0, 1.0, cents[n], 1.0, 48) for i, n in enumerate(STRINGS) if n in cents]
    return TuningDrift(tuple(known), common)


def scored(state: State, found: TuningDrift) -> State:
    return reducer.reduce(state, Scored(NOW, Metrics(), 200, (), found))[0]


def test_a_session_knows_what_to_tell_and_does_not_flicker() -> None:
    state = scored(RUNNING, drift(G3=-8.2))
    assert state.session is not None
    assert state.session.drifted == {"G3"}
    state = scored(state, drift(G3=-4.0))
    assert state.session is not None
    assert state.session.drifted == {"G3"}
    state = scored(state, drift(G3=-2.0))
    assert state.session is not None
    assert state.session.drifted == frozenset()


@pytest.mark.parametrize(
    ("chosen", "told"),
    [({}, {"G3"}), ({"tell_drift": False}, set()), ({"drift_cents": 9.0}, set()), ({"drift_cents": 8.0}, {"G3"})],
)
def test_the_player_says_from_when_on(chosen: dict[str, float], told: set[str]) -> None:
    state = scored(replace(RUNNING, settings=changed(Settings(), chosen)), drift(G3=-8.2))
    assert state.session is not None
    assert state.session.drifted == told
    assert state.session.drift.strings[0].drift_cents == -8.2


def test_the_review_tells_it_too() -> None:
    saved = SessionSaved(NOW, "id", Summary(60.0, 200, 200, 0, 9, 0, 0, Metrics()), drift=drift(G3=-8.2))
    review = reducer.reduce(State(now_ns=NOW), saved)[0].review
    assert review is not None
    view = views.review_view(review)
    assert view.tuning_drift.text == "G3 gone 8 cents flat"
    assert view.notes == 200


@pytest.mark.parametrize("value", [1, "yes", None, 0.0])
def test_on_and_off_are_true_and_false(value: object) -> None:
    with pytest.raises(SettingRefused, match="true or false"):
        changed(Settings(), {"tell_drift": value})


@pytest.mark.parametrize("value", [2.9, 31, True, float("nan")])
def test_the_limit_has_limits(value: float) -> None:
    with pytest.raises(SettingRefused, match="3 to 30"):
        changed(Settings(), {"drift_cents": value})


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (drift(G3=-8.2), "G3 gone 8 cents flat"),
        (drift(E2=5.6), "E2 gone 6 cents sharp"),
        (drift(E2=-6.4, B3=11.7), "B3 12 sharp, E2 6 flat"),
        (drift(E2=-6.0, A2=-7.0, D3=9.0), "D3 9 sharp, A2 7 flat ..."),
        (drift(E2=-6.0, A2=-7.0, D3=-6.0, G3=-5.5, common=-6.1), "all gone 6 cents flat"),
        (drift(E2=-6.0, A2=-7.0, D3=-6.0, G3=-18.0, B3=-6.0, common=-6.1), "all 6 flat, G3 18 flat"),
    ],
)
def test_the_words(found: TuningDrift, text: str) -> None:
    assert words.drift(found, frozenset(s.name for s in found.strings)) == text
    assert words.drift(found, frozenset()) == ""


def test_a_stored_session_is_computed_anew_from_its_log() -> None:
    log = heard(wander(3, 1_500, "open"), 3, lambda string, at_s: -15.0 if string == 3 and at_s > 200.0 else 0.0)
    setup = SessionSetup()
    header = SessionHeader("id", "Ada", setup, "boot", 10**9)
    stored = StoredSession(header, "open")
    detail = rows.whole(stored, iter(log), running_id="id").detail
    found = tuning_drift(setup, log)
    assert detail.tuning_drift.text == words.drift(found, frozenset({"G3"}))
    assert [s.drift_cents for s in detail.tuning_drift.strings] == [s.drift_cents for s in found.strings]
    assert [s.name for s in detail.tuning_drift.strings if s.told] == ["G3"]
    calm = rows.whole(stored, log, running_id="id", settings=Settings(tell_drift=False)).detail
    assert calm.tuning_drift.text == ""
    assert calm.tuning_drift.strings[3].drift_cents == found.strings[3].drift_cents
