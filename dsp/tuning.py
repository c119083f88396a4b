"""The tuner's reading: what a needle shows."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TunerReading:
    """One reading. ``f0_hz`` is the first partial; ``None`` when unsure."""

    sample: int
    decided_sample: int
    f0_hz: float | None
    midi: int | None
    cents: float | None
    confidence: float
