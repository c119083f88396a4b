"""Measuring the round trip: where it may begin, what ends it, and what the hub keeps of the engine's words."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pedal import reducer, words
from pedal.commands import BeginSession, MeasureRoundTrip, StopMeasuring
from pedal.events import Asked, LatencyChanged, PartChanged
from pedal.latency import LatencyKeeper
from pedal.round_trip import ROUND_TRIPS_KEY, Latency
from pedal.state import Menu, Mode, Session, State
from sync.store import Store
from tests.pedal.foot_script import S, at, stomp, wait
from tests.pedal.test_pedal_round_trip import SOLO, TRIP

NOW = 100 * S
CARD = Latency("Solo", 2)
JUST_NOW = Menu(touched_ns=NOW)
IDLE = State(now_ns=NOW, latency=CARD)
MEASURING = at(IDLE, mode=Mode.ROUND_TRIP, menu=JUST_NOW, latency=Latency("Solo", 2, step=1))
RESULT = at(IDLE, mode=Mode.ROUND_TRIP, menu=JUST_NOW, latency=Latency("Solo", 2, TRIP))
TAP, HOLD = (0, 80), (0, 700)


# --- decisions --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", [Mode.IDLE, Mode.CLICK_READY])
def test_from_rest_it_begins(mode: Mode) -> None:
    state, commands = reducer.reduce(at(IDLE, mode=mode), Asked(NOW, "round_trip"))
    assert (state.mode, state.latency.step, commands) == (Mode.ROUND_TRIP, 0, (MeasureRoundTrip(),))


def test_after_a_result_it_begins_again() -> None:
    _, commands = reducer.reduce(RESULT, Asked(NOW, "round_trip"))
    assert commands == (MeasureRoundTrip(),)


@pytest.mark.parametrize(
    "state",
    [
        at(IDLE, mode=Mode.SESSION, session=Session("practice", NOW)),
        at(IDLE, mode=Mode.TUNER, session=Session("practice", NOW)),
        at(IDLE, mode=Mode.TUNER),
        at(IDLE, mode=Mode.RECOVERY, recovery=True),
        at(IDLE, mode=Mode.OFF),
        MEASURING,
    ],
    ids=lambda state: state.mode.value,
)
def test_not_in_a_session_nor_anywhere_else_nor_twice(state: State) -> None:
    assert reducer.reduce(state, Asked(NOW, "round_trip")) == (state, ())


def test_a_stomp_leaves_a_measurement_and_starts_nothing() -> None:
    state, commands = stomp(MEASURING, TAP)
    assert (state.mode, state.latency.step, commands) == (Mode.IDLE, None, (StopMeasuring(),))


def test_a_stomp_at_the_result_starts_a_session_as_ever() -> None:
    state, commands = stomp(RESULT, TAP)
    assert (state.mode, commands) == (Mode.SESSION, (BeginSession(NOW, "practice"),))
    assert stomp(RESULT, HOLD)[0].mode is Mode.CAROUSEL


def test_the_tuner_and_a_session_from_the_page_end_it_too() -> None:
    assert stomp(MEASURING, (0, 2_500))[1] == (StopMeasuring(),)
    state, commands = reducer.reduce(MEASURING, Asked(NOW, "start"))
    assert state.mode is Mode.SESSION
    assert commands[-1] == StopMeasuring()


def test_a_card_that_goes_away_ends_it_with_its_reason() -> None:
    state, commands = reducer.reduce(MEASURING, PartChanged(NOW, "audio", "fault", "unplugged"))
    assert (state.latency.step, state.latency.refused, commands) == (None, "no_sound", ())
    state, _ = reducer.reduce(IDLE, PartChanged(NOW, "audio", "fault", "unplugged"))
    assert state.latency == CARD


def test_the_result_is_read_and_leaves_by_itself() -> None:
    state, _ = reducer.reduce(MEASURING, LatencyChanged(NOW + 4 * S, Latency("Solo", 2, TRIP)))
    assert (state.mode, state.latency.trip) == (Mode.ROUND_TRIP, TRIP)
    assert wait(state, 19)[0].mode is Mode.ROUND_TRIP
    assert wait(state, 21)[0].mode is Mode.IDLE


def test_a_measurement_of_which_nothing_is_heard_ends_too() -> None:
    state, _ = reducer.reduce(IDLE, Asked(NOW, "round_trip"))
    state, commands = wait(state, 21)
    assert (state.mode, state.latency.step, commands) == (Mode.IDLE, None, (StopMeasuring(),))


# --- the hub's hand ---------------------------------------------------------------------------------------------------

FOUND = {
    "samples": 523,
    "exact_samples": 523.02,
    "spread_samples": 0.01,
    "confidence": 0.99,
    "gain_db": -1.5,
    "inverted": False,
    "input": 2,
}


class Engine:
    """What the keeper asks of the supervisor."""

    def __init__(self) -> None:
        self.told: list[Any] = []
        self.round_trips: dict[str, list[int]] | None = None

    def tell_engine(self, order: dict[str, Any]) -> None:
        self.told.append(order)

    def know_round_trips(self, round_trips: dict[str, list[int]]) -> None:
        self.round_trips = round_trips

    def forget_round_trips(self) -> None:
        self.round_trips = {}


class Hub:
    """The state around the keeper."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.engine = Engine()
        self.now = Latency()
        self.told: list[str] = []
        self.keeper = LatencyKeeper(store, self.engine, lambda: self.now, self._changed, self.told.append)  # type: ignore[arg-type]

    def _changed(self, latency: Latency) -> None:
        self.now = latency

    def hear(self, *messages: dict[str, Any]) -> Latency:
        for message in messages:
            self.keeper.heard(message)
        return self.now

    def measure(self) -> None:
        self.now = Latency("Solo", 2, step=0)
        self.keeper.measure()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    running = Store(tmp_path)
    running.start()
    yield running
    running.stop()


def settled(store: Store) -> Any:
    """What stands in the store, once all that was ordered is written."""
    store.set_setting("last", "1").result()
    return json.loads(store.settings().get(ROUND_TRIPS_KEY, "null"))


def test_what_is_found_is_kept_for_this_card_and_known_to_engines_to_come(store: Store) -> None:
    hub = Hub(store)
    hub.hear({"card": SOLO})
    hub.measure()
    assert hub.hear({"step": 3}).step == 3
    assert hub.hear({"found": FOUND}) == Latency("Solo", 2, TRIP)
    assert hub.engine.told == [{"do": "measure"}]
    assert hub.engine.round_trips == {"Solo": [523, 48_000, 128]}
    assert settled(store)["Solo"]["samples"] == 523
    assert Hub(store).hear({"card": SOLO}).trip == TRIP
    assert hub.told == []


def test_what_is_refused_leaves_what_was_known(store: Store) -> None:
    hub = Hub(store)
    hub.hear({"card": SOLO})
    hub.measure()
    hub.hear({"found": FOUND})
    hub.now = Latency("Solo", 2, TRIP, step=0)
    assert hub.hear({"refused": "no_cable"}) == Latency("Solo", 2, TRIP, refused="no_cable")
    assert settled(store)["Solo"]["samples"] == 523


def test_the_last_words_of_a_measurement_that_was_left_change_nothing(store: Store) -> None:
    hub = Hub(store)
    hub.hear({"card": SOLO})
    assert hub.hear({"step": 2}, {"refused": "interrupted"}) == CARD


def test_an_engine_that_ends_takes_its_measurement_with_it(store: Store) -> None:
    hub = Hub(store)
    hub.hear({"card": SOLO})
    hub.measure()
    assert hub.hear({"card": SOLO}) == Latency("Solo", 2, refused="interrupted")


@pytest.mark.parametrize("change", [{"name": "Duo"}, {"block_frames": 256}, {"rate_hz": 96_000}])
def test_another_card_rate_or_block_is_said_once(store: Store, change: dict[str, Any]) -> None:
    hub = Hub(store)
    hub.hear({"card": SOLO})
    hub.measure()
    hub.hear({"found": FOUND})
    other = SOLO | change
    hub.hear({"card": other}, {"card": other})
    assert hub.told == [words.MEASURE_AGAIN]


def test_nobody_is_told_to_measure_who_never_did_or_cannot(store: Store) -> None:
    hub = Hub(store)
    hub.hear({"card": SOLO})
    hub.measure()
    assert hub.told == []
    hub.hear({"found": FOUND}, {"card": SOLO | {"name": "microphone", "outputs": 0}})
    assert hub.told == []


def test_what_was_measured_can_be_forgotten(store: Store) -> None:
    hub = Hub(store)
    hub.hear({"card": SOLO})
    hub.measure()
    hub.hear({"found": FOUND})
    hub.keeper.forget()
    assert hub.now == CARD
    assert hub.engine.round_trips == {}
    assert settled(store) == {}
