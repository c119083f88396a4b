"""What has to be known before the engine can start: the player's settings and where sound comes from.

Apart from ``assemble``, and small: the engine is on its way while everything else is still being loaded.
"""

import json
import logging
from pathlib import Path
from typing import Final

from pedal import settings
from pedal.config import Config
from pedal.order import Order
from pedal.round_trip import ROUND_TRIPS_KEY, RoundTrip, for_engine, stored
from pedal.settings import SETTINGS_KEY, Settings
from sync.store import Store

DEMO_TAKE: Final = Path(__file__).parent / "takes" / "demo.flac"
log = logging.getLogger(__name__)


def stored_settings(store: Store) -> Settings:
    """What the player had set; a value that this version refuses falls back to its default, alone."""
    kept = Settings()
    for field, value in json.loads(store.settings().get(SETTINGS_KEY, "{}")).items():
        try:
            kept = settings.changed(kept, {field: value})
        except settings.SettingRefused as error:
            log.warning("a stored setting was left out: %s", error)
    return kept


def stored_round_trips(store: Store) -> dict[str, RoundTrip]:
    """What was measured before, by the card's name."""
    return stored(store.settings().get(ROUND_TRIPS_KEY, "{}"))


def first_order(config: Config, player: Settings, memory_fd: int, round_trips: dict[str, RoundTrip]) -> Order:
    """What every engine of this pedal is told."""
    recording = config.audio.recording
    if config.board == "sim" and not recording and not config.audio.card:
        recording = str(DEMO_TAKE)
    return Order(
        link_fd=-1,
        memory_fd=memory_fd,
        first_segment=0,
        recording=recording,
        card=config.audio.card,
        channel=config.audio.channel,
        a4_hz=player.a4_hz,
        tuning=player.tuning,
        sensitivity=player.sensitivity,
        round_trips=for_engine(round_trips),
    )
