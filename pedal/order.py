"""What the hub tells a new engine: plain data, given as one JSON argument."""

import json
from dataclasses import asdict, dataclass, field
from typing import Final

SEGMENTS_PER_RUN: Final = 1000
RUN_NS: Final = 100_000_000  # two engines never start within the same tenth of a second
EXIT_STOPPED: Final = 0
EXIT_MISSING: Final = 3
EXIT_BUSY: Final = 4
EXIT_LOST: Final = 5


@dataclass(frozen=True, slots=True)
class Order:
    """Source, settings and inherited descriptors of one engine run.

    ``recording`` wins over ``card``; ``plugged`` False is a sound card that is not there (the simulated board pulls
    its cable that way). ``channel`` counts from 1, 0 chooses. ``memory_fd`` is the shared last-60-s ring, −1 for none.
    ``round_trips``: by the card's name, [samples at 48 kHz, its rate in Hz, its block in frames] as measured.
    ``cable``: a recording's simulated output leads into its input, in the guitar's place.
    """

    link_fd: int
    memory_fd: int
    first_segment: int
    recording: str = ""
    card: str = ""
    channel: int = 0
    plugged: bool = True
    a4_hz: float = 440.0
    tuning: str = "any"
    sensitivity: float = 0.5
    round_trips: dict[str, list[int]] = field(default_factory=dict)
    cable: bool = False

    def latency_samples(self, name: str, rate_hz: int, block_frames: int) -> int:
        """What was measured for this card as it is open now; 0 for another card, rate or block."""
        samples, *measured_at = self.round_trips.get(name, [0, 0, 0])
        return samples if measured_at == [rate_hz, block_frames] else 0

    def to_json(self) -> str:
        """As an argument."""
        return json.dumps(asdict(self))

    @staticmethod
    def from_json(text: str) -> "Order":
        """Back from the argument; raises ``TypeError`` or ``ValueError`` for another version's order."""
        return Order(**json.loads(text))
