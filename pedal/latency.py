"""The hub's hand on the card's round trip: has the engine measure it, keeps what was found, and says when it is due."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from pedal import round_trip, words
from pedal.early import stored_round_trips
from pedal.round_trip import ROUND_TRIPS_KEY, Latency, RoundTrip
from pedal.supervisor import Supervisor
from sync.store import Store


class LatencyKeeper:
    """``latency`` is how it stands; ``changed`` is told how it stands next, ``tell`` what the player should read."""

    def __init__(
        self,
        store: Store,
        supervisor: Supervisor,
        latency: Callable[[], Latency],
        changed: Callable[[Latency], None],
        tell: Callable[[str], None],
    ) -> None:
        self._store = store
        self._supervisor = supervisor
        self._latency = latency
        self._changed = changed
        self._tell = tell
        self._trips = stored_round_trips(store)
        self._card: dict[str, Any] = {}
        self._warned_of: dict[str, Any] = {}

    def measure(self) -> None:
        """Begin."""
        self._supervisor.tell_engine({"do": "measure"})

    def cancel(self) -> None:
        """Leave it."""
        self._supervisor.tell_engine({"do": "listen"})

    def heard(self, message: dict[str, Any]) -> None:
        """What the engine says about its card and its measurement."""
        now = self._latency()
        match message:
            case {"card": card}:
                self._opened(card)
            case {"found": found}:
                self._keep(found)
            case {"step": step} if now.step is not None:
                self._changed(replace(now, step=step))
            case {"refused": reason} if now.step is not None:
                self._changed(replace(now, step=None, refused=reason))
            case _:  # the last words of a measurement that was left
                pass

    def forget(self) -> None:
        """Nothing was ever measured."""
        self._trips = {}
        self._store.set_setting(ROUND_TRIPS_KEY, round_trip.to_json({}))
        self._supervisor.forget_round_trips()
        self._changed(replace(self._latency(), trip=None, stale=False, refused=""))

    def _opened(self, card: dict[str, Any]) -> None:
        """A measurement under way ended with the engine that was measuring."""
        self._card = card
        before, now = self._latency(), round_trip.of_card(self._trips, card)
        refused = "interrupted" if before.step is not None else before.refused if before.card == now.card else ""
        self._changed(replace(now, refused=refused))
        due = now.stale or (now.trip is None and len(self._trips) > 0)
        if due and now.outputs and card != self._warned_of:
            self._warned_of = card
            self._tell(words.MEASURE_AGAIN)

    def _keep(self, found: dict[str, Any]) -> None:
        card = self._card
        trip = RoundTrip(**found, rate_hz=card["rate_hz"], block_frames=card["block_frames"])
        self._trips = round_trip.with_card(self._trips, card["name"], trip)
        self._store.set_setting(ROUND_TRIPS_KEY, round_trip.to_json(self._trips))
        self._supervisor.know_round_trips(round_trip.for_engine(self._trips))
        self._changed(round_trip.of_card(self._trips, card))
