"""The sound card's round trip: what was measured of which card, and how measuring goes. Pure.

A measurement belongs to a card at a rate and a block size: any other has another latency, and a wrong number is worse
than none. So it is kept under the card's name, and counts only while rate and block are what they were.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

from dsp.types import SAMPLE_RATE_HZ

ROUND_TRIPS_KEY: Final = "round_trips"
STEPS: Final = 5  # dsp.chirp.CHIRPS, without loading what finds them
CARDS_MAX: Final = 16


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """One measurement. ``samples`` at 48 kHz is what timing numbers take out; the rest says how good it is.

    ``exact_samples`` and ``spread_samples`` are at the card's own ``rate_hz``; ``input`` counts from 1.
    """

    samples: int
    exact_samples: float
    spread_samples: float
    confidence: float
    gain_db: float
    inverted: bool
    input: int
    rate_hz: int
    block_frames: int

    @property
    def latency_ms(self) -> float:
        """In milliseconds."""
        return 1000.0 * self.samples / SAMPLE_RATE_HZ


RoundTrips = Mapping[str, RoundTrip]


@dataclass(frozen=True, slots=True)
class Latency:
    """The card in use ("" before one is open), what is known of it, and how measuring it goes.

    ``stale``: it was measured at another rate or block. ``step``: chirps heard so far, ``None`` while nothing is being
    measured. ``refused``: why the last measurement found nothing, "" if it did.
    """

    card: str = ""
    outputs: int = 0
    trip: RoundTrip | None = None
    stale: bool = False
    step: int | None = None
    refused: str = ""


def stored(text: str) -> dict[str, RoundTrip]:
    """All that was kept; what this version cannot read is left out: it is measured again."""
    try:
        document = json.loads(text)
    except ValueError:
        return {}
    if not isinstance(document, dict):
        return {}
    found = {name: _read(facts) for name, facts in document.items()}
    return {name: trip for name, trip in found.items() if trip is not None}


def to_json(trips: RoundTrips) -> str:
    """As it is kept."""
    return json.dumps({name: asdict(trip) for name, trip in trips.items()})


def with_card(trips: RoundTrips, card: str, trip: RoundTrip) -> dict[str, RoundTrip]:
    """One more, or a newer one; at most ``CARDS_MAX``, *drop oldest*."""
    others = [(name, one) for name, one in trips.items() if name != card]
    return dict([*others[1 - CARDS_MAX :], (card, trip)])


def for_engine(trips: RoundTrips) -> dict[str, list[int]]:
    """As ``pedal.order.Order`` takes them."""
    return {name: [trip.samples, trip.rate_hz, trip.block_frames] for name, trip in trips.items()}


def of_card(trips: RoundTrips, facts: Mapping[str, Any]) -> Latency:
    """What is known of the card that the engine has opened ("name", "rate_hz", "block_frames", "outputs")."""
    trip = trips.get(facts["name"])
    stale = trip is not None and (trip.rate_hz, trip.block_frames) != (facts["rate_hz"], facts["block_frames"])
    return Latency(facts["name"], facts["outputs"], trip, stale)


def _read(facts: Any) -> RoundTrip | None:
    declared = {field.name: field.type for field in fields(RoundTrip)}
    if not isinstance(facts, dict) or set(facts) != set(declared):
        return None
    numbers = all(isinstance(facts[name], int | float) for name in declared)
    whole = all(type(facts[name]) is kind for name, kind in declared.items() if kind is not float)
    return RoundTrip(**facts) if numbers and whole and facts["samples"] >= 0 else None
