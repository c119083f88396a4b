"""Short takes of real strings, out of the notes in the repo: exact onsets, exact cents, any level, any length.

A note is brought to its pitch by band-limited resampling of the nearest recording, 2.6 semitones away at the most. Its
onset lies where the 0.5 ms RMS envelope first passes -30 dB of the attack's peak, to the sample.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from tests.takes import dirt
from tests.takes.measure import hz_of
from tests.takes.sources import Guitar, Source
from tests.takes.strings import RATE_HZ, Voice, damped, plucked

NOTES = Path(__file__).parent / "notes"
PEAK_DBFS = -10.0
"""Of a note at ``level_db`` 0."""
TAIL_S = 0.5


@dataclass(frozen=True)
class Placed:
    """A note: ``cents`` on top of ``midi``; ``level_db`` relative to the take's own level."""

    onset_s: float
    midi: int
    cents: float = 0.0
    level_db: float = 0.0
    duration_s: float = 0.27


@cache
def library(name: str = "jazz") -> Guitar:
    """One of the two guitars in the repo, "jazz" (electric, flat-wound) or "steel" (acoustic)."""
    table = json.loads((NOTES / "notes.json").read_text(encoding="utf-8"))
    found = []
    for file, facts in sorted(table.items()):
        if facts["guitar"] == name:
            samples, rate_hz = soundfile.read(NOTES / file)
            found.append(Source(facts["recorded"], samples, rate_hz, facts["f0_hz"]))
    return Guitar(name, tuple(sorted(found, key=lambda source: source.f0_hz)), ())


@lru_cache(maxsize=512)
def voice(guitar: Guitar, midi: int, cents: float) -> Voice:
    """The string at that pitch, attack peak 1; kept, because a lick has few pitches."""
    return plucked(guitar.nearest(midi + cents / 100), hz_of(midi + cents / 100))


def render(notes: Sequence[Placed], guitar: Guitar | str = "jazz", seconds: float | None = None) -> NDArray[np.float32]:
    """Mono, 48 kHz; as long as asked for, or half a second beyond the last note. Notes ring into one another."""
    played = library(guitar) if isinstance(guitar, str) else guitar
    end_s = max((note.onset_s + note.duration_s for note in notes), default=0.0) + TAIL_S
    out = np.zeros(round((seconds if seconds is not None else end_s) * RATE_HZ))
    for note in notes:
        one = damped(voice(played, note.midi, note.cents), note.duration_s)
        start = round(note.onset_s * RATE_HZ) - one.lead
        if start < 0:
            raise ValueError(f"a note at {note.onset_s} s cannot begin before its take does")
        part = one.samples[: max(0, len(out) - start)]
        out[start : start + len(part)] += part * dirt.amplitude(PEAK_DBFS + note.level_db)
    return out.astype(np.float32)


def hum(count: int, level_dbfs: float = dirt.HUM_DBFS, mains_hz: float = 50.0, seed: int = 1) -> NDArray[np.float32]:
    """RMS at this level: 12 multiples of the mains in random phase."""
    return dirt.hum(np.random.default_rng(seed), count, mains_hz, level_dbfs).astype(np.float32)


def hiss(count: int, level_dbfs: float = dirt.HISS_DBFS, seed: int = 2) -> NDArray[np.float32]:
    """RMS at this level: noise that falls gently with frequency."""
    return dirt.hiss(np.random.default_rng(seed), count, level_dbfs).astype(np.float32)


def bleed(count: int, beats_s: Iterable[float], level_dbfs: float = -36.0, seed: int = 3) -> NDArray[np.float32]:
    """A metronome in the microphone: peak at this level."""
    rng, out = np.random.default_rng(seed), np.zeros(count)
    for at_s in beats_s:
        one = dirt.click(rng) * dirt.amplitude(level_dbfs)
        start = round(at_s * RATE_HZ)
        part = one[: max(0, count - start)]
        out[start : start + len(part)] += part
    return out.astype(np.float32)
