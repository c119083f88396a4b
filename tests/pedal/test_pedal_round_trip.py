"""What is known of the card's round trip: kept by card, counted only while the card is as it was, and said in words."""

import json
from dataclasses import replace

import pytest

from dsp.chirp import Refusal
from pedal import round_trip, screens, words
from pedal.measure import INTERRUPTED, NO_OUTPUT
from pedal.round_trip import Latency, RoundTrip

TRIP = RoundTrip(523, 523.02, 0.01, 0.99, -1.5, False, 2, 48_000, 128)
SOLO = {"name": "Solo", "rate_hz": 48_000, "block_frames": 128, "outputs": 2, "samples": 0}


def test_what_was_kept_comes_back() -> None:
    assert round_trip.stored(round_trip.to_json({"Solo": TRIP})) == {"Solo": TRIP}
    assert pytest.approx(10.896, abs=0.001) == TRIP.latency_ms


@pytest.mark.parametrize("text", ["", "[]", "7", "{", '{"Solo": 523}', '{"Solo": {"samples": 523}}', '{"Solo": null}'])
def test_what_cannot_be_read_was_never_measured(text: str) -> None:
    assert round_trip.stored(text) == {}


@pytest.mark.parametrize("change", [{"samples": -1}, {"samples": "523"}, {"samples": 1.5}, {"spread_samples": "0"}])
def test_a_number_that_cannot_be_is_left_out_and_its_neighbour_stays(change: dict[str, object]) -> None:
    document = json.loads(round_trip.to_json({"Solo": TRIP, "Duo": TRIP}))
    document["Solo"] |= change
    assert round_trip.stored(json.dumps(document)) == {"Duo": TRIP}


def test_the_newest_cards_stay() -> None:
    trips: dict[str, RoundTrip] = {}
    for number in range(round_trip.CARDS_MAX + 3):
        trips = round_trip.with_card(trips, f"card {number}", TRIP)
    assert list(trips) == [f"card {number}" for number in range(3, round_trip.CARDS_MAX + 3)]
    newer = round_trip.with_card(trips, "card 5", replace(TRIP, samples=1))
    assert list(newer)[-1] == "card 5"
    assert (len(newer), newer["card 5"].samples) == (round_trip.CARDS_MAX, 1)


def test_the_engine_is_told_what_it_needs() -> None:
    assert round_trip.for_engine({"Solo": TRIP}) == {"Solo": [523, 48_000, 128]}


def test_another_card_knows_nothing_and_another_block_is_stale() -> None:
    trips = {"Solo": TRIP}
    assert round_trip.of_card(trips, SOLO) == Latency("Solo", 2, TRIP)
    assert round_trip.of_card(trips, SOLO | {"name": "Duo"}) == Latency("Duo", 2)
    assert round_trip.of_card(trips, SOLO | {"block_frames": 256}).stale
    assert round_trip.of_card(trips, SOLO | {"rate_hz": 44_100}).stale


@pytest.mark.parametrize(
    ("latency", "says"),
    [
        (Latency(), "not measured"),
        (Latency("Solo", 2), "not measured"),
        (Latency("Solo", 0), "this sound card has no output"),
        (Latency("Solo", 2, TRIP), "10.9 ms (523 samples), taken out of timing"),
        (Latency("Solo", 2, TRIP, stale=True), "measured at another rate or block: measure again"),
        (
            Latency("Solo", 2, TRIP, refused="clipped"),
            "it came back too loud: turn the input's gain down (still: 10.9 ms (523 samples), taken out of timing)",
        ),
    ],
)
def test_it_is_said_in_one_line(latency: Latency, says: str) -> None:
    assert words.round_trip(latency) == says


def test_every_refusal_has_its_words_and_its_screen() -> None:
    reasons = {refusal.value for refusal in Refusal} | {NO_OUTPUT, INTERRUPTED, "no_sound"}
    assert set(words.ROUND_TRIP_REFUSED) == reasons
    assert set(screens.NO_ECHO) == reasons
