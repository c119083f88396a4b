"""Ids made on this device: they sort by birth, and no server has to hand them out."""

import uuid6


def new_id() -> str:
    """Return a new UUIDv7, lower case with dashes.

    Its order follows this device's clock, which may be wrong before the first time sync: ids are for identity, the
    store keeps its own order of arrival.
    """
    return str(uuid6.uuid7())
