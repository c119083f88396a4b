"""A target laid out for following: its strokes in order, when each falls, and where one may begin again.

A *step* is what is struck at one moment: one note, or the tones of a chord. Everything that finds the place counts in
steps; only the report speaks of single notes again.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dsp.follow.target import Target, TargetNote

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

TOGETHER_S: Final = 0.03  # notes of a recorded MIDI chord are ticks apart; a 32nd at 200 BPM is 37 ms
STRUM_GAP_S, STRUM_SPAN_S, STRUM_RINGS_S = 0.05, 0.13, 0.1  # a recorded strum: string after string, and all ring on
STEPS_MAX: Final = 20_000  # every place is weighed at every note: beyond this a note would cost milliseconds
NO_TONE: Final = -1_000


@dataclass(frozen=True)
class Steps:
    """``at_s`` (steps,): when each falls by the piece's own tempo. ``tones`` (steps, most tones): MIDI, or ``NO_TONE``.

    ``bar_first[b]`` is the first step of the b-th bar that has any; ``bar_of[k]`` counts those bars. ``entries`` are
    the steps with which a segment begins. ``notes[k]`` are the target's notes of step k. ``classes`` (steps, 12): which
    pitch classes it holds. ``chords``: whether it has several tones.
    """

    at_s: Floats
    tones: Integers
    notes: tuple[tuple[TargetNote, ...], ...]
    bar_of: Integers
    bar_first: Integers
    entries: tuple[int, ...]
    typical_s: float
    classes: NDArray[np.bool_]
    chords: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.notes)

    def ioi_s(self, step: int) -> float:
        """Seconds by the piece's tempo from this step to the next; a typical one at the end."""
        if not 0 <= step < len(self) - 1:
            return self.typical_s
        return float(self.at_s[step + 1] - self.at_s[step])


def laid_out(target: Target) -> Steps:
    """Raises ``ValueError`` for a target without notes or with more than ``STEPS_MAX`` steps."""
    if not target.notes:
        raise ValueError("the target has no notes: choose another track")
    groups: list[list[TargetNote]] = []
    starts_s: list[float] = []
    for note in target.notes:
        at_s = target.at_s(note.beat)
        if not groups or not _together(target, groups[-1], at_s):
            groups.append([])
            starts_s.append(at_s)
        groups[-1].append(note)
    if len(groups) > STEPS_MAX:
        raise ValueError(f"the target has {len(groups)} strokes, at most {STEPS_MAX:,} can be followed: cut it")
    tones = np.full((len(groups), max(map(len, groups))), NO_TONE, np.int64)
    for step, group in enumerate(groups):
        tones[step, : len(group)] = [note.midi for note in group]
    bars, bar_first, bar_of = np.unique([group[0].bar for group in groups], return_index=True, return_inverse=True)
    iois_s = np.diff(starts_s)
    return Steps(
        np.array(starts_s),
        tones,
        tuple(map(tuple, groups)),
        bar_of.astype(np.int64),
        bar_first.astype(np.int64),
        _entries(target, bars.tolist(), bar_first.tolist()),
        float(np.median(iois_s)) if len(iois_s) else 0.5,
        _classes(tones),
        (tones != NO_TONE).sum(axis=1) > 1,
    )


def _together(target: Target, group: list[TargetNote], at_s: float) -> bool:
    """Whether a note that falls at ``at_s`` is struck with these."""
    since_s = at_s - target.at_s(group[0].beat)
    if since_s <= TOGETHER_S:
        return True
    if since_s > STRUM_SPAN_S or at_s - target.at_s(group[-1].beat) > STRUM_GAP_S:
        return False
    return all(target.at_s(one.beat + one.duration_beats) >= at_s + STRUM_RINGS_S for one in group)


def _classes(tones: Integers) -> NDArray[np.bool_]:
    held = np.zeros((len(tones), 12), np.bool_)
    step, place = np.nonzero(tones != NO_TONE)
    held[step, tones[step, place] % 12] = True
    return held


def _entries(target: Target, bars: list[int], bar_first: list[int]) -> tuple[int, ...]:
    """The first step of every segment, each time that its first bar comes."""
    if not target.bars:
        return ()
    begin = {segment.first_bar for segment in target.segments}
    return tuple(
        first
        for bar, first in zip(bars, bar_first, strict=True)
        if bar < len(target.bars) and target.bars[bar].number in begin
    )
