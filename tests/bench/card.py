"""What an hour of practice writes to the card, and how often; counted by the kernel (see tests/sync/card_writes)."""

from collections.abc import Iterator
from pathlib import Path

from tests.bench.start import Row
from tests.sync.card_writes import hour_of_practice


def measure(folder: Path) -> Iterator[Row]:
    hour = hour_of_practice(folder / "hour")
    yield "commits per minute of practice", f"{hour.commits_per_minute:.1f}", "", True
    megabytes = hour.total_bytes / 1e6
    yield "written per hour of practice, checkpoints included", f"{megabytes:.1f} MB", "≤ 15 MB", megabytes <= 15
