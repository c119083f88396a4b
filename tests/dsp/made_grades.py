"""How well a performance was followed: the truth of ``made_performances`` against what ``follow_json`` says.

Where two places of a piece hold the same notes nobody can tell them apart: a place counts as found where what follows
is what was played.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dsp.follow.follower import Follower
from dsp.types import LogEntry, NoteStarted
from tests.dsp.made_performances import RATE_HZ, Performance, Played

SAME_S = 0.03
AROUND = 4  # notes that two places must share to be one


@dataclass(frozen=True)
class Grade:
    """``hit_f1``: over (target note, time) of all passes. ``errors_ms``: of hits. ``found_after``: notes that were
    played wrongly placed after each move, in the end; ``live_after``: notes until the live place was right.
    """

    hit_f1: float
    errors_ms: tuple[float, ...]
    found_after: tuple[int, ...]
    live_after: tuple[int, ...]
    moves_too_many: int


def grade(done: Performance, result: dict, log: Sequence[LogEntry]) -> Grade:
    hits = [(t["index"], a) for t in result["targets"] for a in t["passes"] if a["state"] == "hit"]
    free, errors_ms, matched = list(hits), [], 0
    for true in (p for p in done.played if p.state == "hit"):
        same = next((h for h in free if h[0] == true.index and abs(h[1]["onset_s"] - true.at_s) < SAME_S), None)
        if same is not None:
            free.remove(same)
            matched += 1
            if same[1]["signed_ms"] is not None:
                errors_ms.append(same[1]["signed_ms"] - true.late_ms)
    true_hits = sum(p.state == "hit" for p in done.played)
    return Grade(
        2 * matched / max(1, true_hits + len(hits)),
        tuple(errors_ms),
        tuple(_placed_after(done, result)),
        tuple(_live_after(done, log)),
        len(result["events"]) - len(done.moves),
    )


def _after(done: Performance, at_s: float) -> list[Played]:
    return [p for p in sorted(done.played, key=lambda p: p.at_s) if p.at_s > at_s - 0.08 and p.index is not None]


def _placed_after(done: Performance, result: dict) -> list[int]:
    said = [(a["onset_s"], t["index"]) for t in result["targets"] for a in t["passes"] if a["onset_s"] is not None]
    midis = [note.midi for note in done.target.notes]
    found = []
    for _, at_s, _ in done.moves:
        right = (
            any(
                abs(onset_s - true.at_s) < SAME_S and _same_place(midis, true.index, index + 1)
                for onset_s, index in said
            )
            for true in _after(done, at_s)
        )
        found.append(next((n for n, good in enumerate(right) if good), 99))
    return found


def _live_after(done: Performance, log: Sequence[LogEntry]) -> list[int]:
    """After how many notes the live place was right: the place that is due next, and what leads there."""
    midis = [note.midi for note in done.target.notes]
    by_onset = {round(p.at_s * RATE_HZ): p for p in done.played}
    follower, here = Follower(done.target), {}
    for entry in log:
        follower.add(entry)
        if isinstance(entry, NoteStarted) and entry.onset_sample in by_onset:
            here[entry.onset_sample] = follower.position().next_index
    found = []
    for _, at_s, _ in done.moves:
        right = (_same_place(midis, true.index, here[round(true.at_s * RATE_HZ)]) for true in _after(done, at_s))
        found.append(next((n for n, good in enumerate(right, 1) if good), 99))
    return found


def _same_place(midis: Sequence[int], index: int | None, due: int | None) -> bool:
    assert index is not None, "extras have no place"
    if due is None:
        return index == len(midis) - 1
    here = due - 1
    around = (midis[at : at + AROUND] == midis[at + here - index : at + here - index + AROUND]
              for at in (index, max(0, index - AROUND + 1)))  # fmt: skip
    return here == index or (here >= 0 and all(around))


def histogram(counts: Sequence[int], most: int = 6) -> str:
    """ "0: 12, 1: 3, 6+: 1"."""
    held = np.bincount(np.minimum(counts, most), minlength=most + 1) if len(counts) else []
    return ", ".join(f"{n}{'+' if n == most else ''}: {many}" for n, many in enumerate(held) if many)
