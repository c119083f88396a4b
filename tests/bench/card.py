"""What an hour of practice writes to the card, and how often; counted by the kernel (see tests/sync/card_writes)."""

from collections.abc import Iterator
from pathlib import Path

from pedal.hub import BATCH_S
from tests.bench.start import Row
from tests.sync.card_writes import hour_of_practice


def measure(folder: Path) -> Iterator[Row]:
    # As often as the hub really writes, and as many entries as eight a second.
    batches = round(3600 / BATCH_S)
    hour = hour_of_practice(folder / "hour", batches, round(8 * BATCH_S))
    yield "commits per minute of practice", f"{hour.commits / 60:.1f}", "", True
    megabytes = hour.total_bytes / 1e6
    yield "written per hour of practice, checkpoints included", f"{megabytes:.1f} MB", "≤ 15 MB", megabytes <= 15
