"""Strokes: the notes of a record as events in time.

A chord that was recognised comes as one note already; of what was not, strings within ``STRUM_S`` are one stroke.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from dsp.replay import SessionRecord
from dsp.rhythm.step import Floats, Ints
from dsp.types import GridSet, Note

STRUM_S: Final = 0.035


@dataclass(frozen=True, slots=True)
class Stretch:
    """Strokes under one click (``grid``) or none, in order of time: onsets (s), levels (dBFS), lowest pitches.

    ``latency_s`` is still in the onsets. ``clock_s``: sample 0 of the segment, after that of the record's first one.
    """

    segment: int
    onsets_s: Floats
    levels_db: Floats
    midis: Ints
    grid: GridSet | None
    latency_s: float
    clock_s: float = 0.0


def stretches(record: SessionRecord, notes: Sequence[Note]) -> list[Stretch]:
    """Every stretch with one click or none."""
    found: list[Stretch] = []
    for number in dict.fromkeys(note.segment for note in notes):
        facts = record.segment(number)
        rate_hz = facts.sample_rate_hz
        onsets_s, levels_db, midis = _strummed([n for n in notes if n.segment == number], rate_hz)
        grids = sorted((g for g in record.grids if g.segment == number), key=lambda g: g.sample)
        # A player may come in a little before the first beat: half a beat still belongs to the click.
        starts_s = [g.sample / rate_hz - (30.0 / g.bpm if g.bpm > 0 else 0.0) for g in grids]
        latency_s = facts.latency_samples / rate_hz
        clock_s = (facts.boottime_ns - record.segments[0].boottime_ns) / 1e9 if record.segments else 0.0
        edges = np.searchsorted(onsets_s - latency_s, starts_s).tolist()
        for first, last, grid in zip([0, *edges], [*edges, len(onsets_s)], [None, *grids], strict=True):
            active = grid if grid is not None and grid.bpm > 0 else None
            part = slice(first, last)
            found.append(Stretch(number, onsets_s[part], levels_db[part], midis[part], active, latency_s, clock_s))
    return [stretch for stretch in found if len(stretch.onsets_s)]


def _strummed(notes: Sequence[Note], rate_hz: int) -> tuple[Floats, Floats, Ints]:
    ordered = sorted(notes, key=lambda n: (n.onset_sample, n.note_id))
    onsets_s = np.array([n.onset_sample for n in ordered], dtype=np.float64) / rate_hz
    first = np.flatnonzero(np.diff(onsets_s, prepend=-np.inf) > STRUM_S)
    levels_db = np.maximum.reduceat(np.array([n.level_dbfs for n in ordered]), first)
    midis = np.minimum.reduceat(np.array([n.midi for n in ordered], dtype=np.int64), first)
    return onsets_s[first], levels_db, midis
