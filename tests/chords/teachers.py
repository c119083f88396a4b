"""Which guitars the recogniser learns from, and which it never hears while it learns."""

from functools import cache
from pathlib import Path

from tests.chords.bank import Bank, bank_of
from tests.chords.lessons import Lessons, lessons
from tests.chords.made_banks import made_bank
from tests.takes.sources import guitar

TEACHERS = ("steel", "nylon", "clean", "drive", "muted")
APART = ("jazz", "acoustic")
MADE = 16
PART = 5_000


@cache
def teachers(sources: Path) -> tuple[Bank, ...]:
    """Recorded guitars more often than those made by formula; the one with few notes once."""
    recorded = [bank_of(guitar(sources, name)) for name in TEACHERS]
    return (*recorded[:4] * 5, recorded[4], *(made_bank(seed) for seed in range(MADE)))


def part_of(sources: Path, seed: int) -> Lessons:
    """One share of the lessons: its own seed, so that processes may share the work."""
    return lessons(seed, teachers(sources), PART)
