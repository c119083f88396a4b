"""What one movement of the hand is: a note, or a chord with all its strings. And the steady runs that they make."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dsp.replay import SessionRecord
from dsp.types import Chord, GridSet, Note, Report

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

RUN_MIN: Final = 8
STEP_MAX_S: Final = 1.2  # slower strokes are single ones, not a run
WHOLE: Final = 0.3  # of a step: farther from a whole number of steps a run is broken
ON_BEAT: Final = 0.25  # of a beat


@dataclass(frozen=True, slots=True)
class Run:
    """Strokes in steady time, in order: onsets (s), levels (dBFS), the number of each one's step.

    Steps count from the click's beat where there is one (``on_beat``: which strokes fall on it), else from the first.
    ``picked``: which were, as against hammered on or pulled off: those keep time, but are no strokes of the pick.
    """

    onsets_s: Floats
    levels_dbfs: Floats
    steps: Ints
    on_beat: NDArray[np.bool_] | None
    picked: NDArray[np.bool_]

    def only_picked(self) -> "Run":
        """The same steps without what was hammered on."""
        kept = self.picked
        on_beat = None if self.on_beat is None else self.on_beat[kept]
        return Run(self.onsets_s[kept], self.levels_dbfs[kept], self.steps[kept], on_beat, kept[kept])


def singles(notes: Sequence[Note]) -> tuple[Note, ...]:
    """The notes that are judged one by one: those that are no string of a chord."""
    return tuple(note for note in notes if note.chord_id is None)


def events(record: SessionRecord, notes: Sequence[Note]) -> tuple[Note, ...]:
    """Everything that has a time: ``notes``, and each chord as if it were one note; in the order of the record."""
    segments = {number: index for index, number in enumerate(dict.fromkeys(s.segment for s in record.segments))}
    every = [*singles(notes), *map(_as_note, record.chords)]
    return tuple(sorted(every, key=lambda n: (segments.get(n.segment, -1), n.segment, n.onset_sample, n.note_id)))


def strokes(record: SessionRecord, notes: Sequence[Note]) -> tuple[Note, ...]:
    """The events that the hands set off, by the pick or on the fretboard; not what a finger slid to."""
    return tuple(note for note in events(record, notes) if not note.slide)


def is_picked(note: Note) -> bool:
    """Unless its whole attack was judged, and was none of a pick. (A first report, or an older log, may be wrong.)"""
    return note.picked is not False


def runs(record: SessionRecord, played: Sequence[Note]) -> list[Run]:
    """Every stretch of at least ``RUN_MIN`` strokes in steady time, from ``strokes``."""
    found: list[Run] = []
    for number in dict.fromkeys(note.segment for note in played):
        facts = record.segment(number)
        here = [note for note in played if note.segment == number]
        onsets_s = np.array([n.onset_sample for n in here], np.float64) / facts.sample_rate_hz
        levels_dbfs = np.array([n.level_dbfs for n in here], np.float64)
        picked = np.array([is_picked(n) for n in here], np.bool_)
        grids = sorted((g for g in record.grids if g.segment == number), key=lambda g: g.sample)
        changes_s = [g.sample / facts.sample_rate_hz for g in grids]
        late_s = facts.latency_samples / facts.sample_rate_hz
        edges = np.searchsorted(onsets_s - late_s, [s - _half_beat_s(g) for s, g in zip(changes_s, grids, strict=True)])
        for first, last, grid in zip([0, *edges], [*edges, len(here)], [None, *grids], strict=True):
            click = (grid.sample / facts.sample_rate_hz + late_s, 60.0 / grid.bpm) if grid and grid.bpm > 0 else None
            found += _steady(onsets_s[first:last], levels_dbfs[first:last], picked[first:last], click)
    return found


def _half_beat_s(grid: GridSet) -> float:
    return 30.0 / grid.bpm if grid.bpm > 0 else 0.0


def _steady(
    onsets_s: Floats, levels_dbfs: Floats, picked: NDArray[np.bool_], click: tuple[float, float] | None
) -> list[Run]:
    """Cut where the time between two strokes is no whole number of steps, or too long."""
    if len(onsets_s) < RUN_MIN:
        return []
    between_s = np.diff(onsets_s)
    step_s = _step_s(between_s, click)
    if step_s is None:
        return []
    apart = between_s / step_s
    whole = np.round(apart)
    broken = (np.abs(apart - whole) > WHOLE) | (whole < 1) | (between_s > max(2.0 * STEP_MAX_S, 4.0 * step_s))
    found = []
    for part in np.split(np.arange(len(onsets_s)), np.flatnonzero(broken) + 1):
        if len(part) < RUN_MIN:
            continue
        steps = np.concatenate([[0], np.cumsum(whole[part[:-1]])]).astype(np.int64)
        on_beat = None
        if click is not None:
            beats = (onsets_s[part] - click[0]) / click[1]
            steps += round(float(np.median(beats * click[1] / step_s - steps)))
            on_beat = np.abs(beats - np.round(beats)) < ON_BEAT
        found.append(Run(onsets_s[part], levels_dbfs[part], steps, on_beat, picked[part]))
    return found


def _step_s(between_s: Floats, click: tuple[float, float] | None) -> float | None:
    """The usual time between two strokes; beside a click the nearest part of its beat."""
    usual = between_s[between_s < STEP_MAX_S]
    if len(usual) < RUN_MIN - 1:
        return None
    step_s = float(np.median(usual))
    if click is not None:
        parts = click[1] / np.array([0.5, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0])
        step_s = float(parts[np.abs(np.log(parts / step_s)).argmin()])
    return step_s


def _as_note(chord: Chord) -> Note:
    return Note(
        chord.segment,
        -1 - chord.chord_id,
        chord.onset_sample,
        chord.offset_sample,
        chord.bass,
        0.0,
        chord.confidence,
        chord.level_dbfs,
        True,
        (Report(chord.decided_sample, chord.bass),),
        chord_id=chord.chord_id,
    )
