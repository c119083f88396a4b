"""From verdicts on notes to what became of the target: passes through it, and each note's state in each of them.

A *pass* is a way forward without going elsewhere; a repeat or a jump begins the next. What lies within a pass and was
not heard is missed; what lies outside of all passes was not played, which is no fault.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from dsp.follow.steps import Steps
from dsp.follow.verdicts import EXTRA, HIT, JUMP, REPEAT, RETRACTED, STOP, WRONG, NoteFollowed

MISSED: Final = "missed"
LATE_START: Final = 2  # who begins so few strokes after the piece's first has left those out


@dataclass(frozen=True, slots=True)
class Move:
    """A stop, repeat or jump: with the note at ``at_s`` the player was at target note ``to_index``.

    ``before_s``: onset of the stroke before it; ``None`` where nothing was. ``decided_s``: when it was known.
    """

    kind: str
    at_s: float
    to_index: int
    before_s: float | None
    note: NoteFollowed


@dataclass(frozen=True, slots=True)
class Attempt:
    """One target note in one pass. ``played`` is the note that stands for it; ``None`` where it was missed.

    ``judged`` is false for a chord's tone that was not heard by itself while the chord was: the ear cannot say.
    """

    index: int
    state: str
    played: NoteFollowed | None
    judged: bool = True


@dataclass(frozen=True)
class Pass:
    """``number`` counts from 1. ``stretches``: its strokes in order, cut where the player stood still."""

    number: int
    attempts: tuple[Attempt, ...]
    stretches: tuple[tuple[NoteFollowed, ...], ...]


@dataclass(frozen=True)
class Followed:
    """All of it. ``extras`` are the notes that belong to nothing."""

    passes: tuple[Pass, ...] = ()
    moves: tuple[Move, ...] = ()
    extras: tuple[NoteFollowed, ...] = ()


@dataclass
class _Open:
    """The pass that is being put together."""

    stretches: list[list[NoteFollowed]] = field(default_factory=lambda: [[]])


def gathered(steps: Steps, verdicts: Iterable[NoteFollowed]) -> Followed:
    """``verdicts`` as ``Follower.add`` gave them, in that order; later ones replace earlier ones on the same note."""
    newest: dict[tuple[int, int], NoteFollowed] = {}
    for verdict in verdicts:
        newest[verdict.segment, verdict.note_id] = verdict
    kept = [v for v in newest.values() if v.state != RETRACTED]
    moves: list[Move] = []
    passes: list[list[list[NoteFollowed]]] = []
    before: NoteFollowed | None = None
    for verdict in kept:
        if verdict.state == EXTRA or verdict.index is None:
            continue
        moves += [
            Move(kind, verdict.onset_s, verdict.index, before.onset_s if before else None, verdict)
            for kind in verdict.moves
        ]
        if not passes or REPEAT in verdict.moves or JUMP in verdict.moves:
            passes.append([[]])
        elif STOP in verdict.moves:
            passes[-1].append([])
        passes[-1][-1].append(verdict)
        before = verdict
    return Followed(
        tuple(_pass(steps, number, stretches) for number, stretches in enumerate(passes, 1)),
        tuple(moves),
        tuple(v for v in kept if v.state == EXTRA),
    )


def _pass(steps: Steps, number: int, stretches: Sequence[Sequence[NoteFollowed]]) -> Pass:
    played: dict[int, dict[int, NoteFollowed]] = {}
    for verdict in (v for stretch in stretches for v in stretch):
        assert verdict.step is not None, "extras belong to no pass"
        assert verdict.index is not None, "extras belong to no pass"
        tones = played.setdefault(verdict.step, {})
        if verdict.index not in tones or tones[verdict.index].state == WRONG:
            tones[verdict.index] = verdict
    first, last = min(played), max(played)
    if number == 1 and first <= LATE_START:
        first = 0
    attempts = [
        attempt for step in range(first, last + 1) for attempt in _step_attempts(steps, step, played.get(step, {}))
    ]
    return Pass(number, tuple(attempts), tuple(map(tuple, stretches)))


def _step_attempts(steps: Steps, step: int, heard: dict[int, NoteFollowed]) -> list[Attempt]:
    any_hit = any(v.state == HIT for v in heard.values())
    attempts = []
    for note in steps.notes[step]:
        verdict = heard.get(note.index)
        if verdict is not None:
            attempts.append(Attempt(note.index, verdict.state, verdict))
        else:
            attempts.append(Attempt(note.index, MISSED, None, judged=not any_hit))
    return attempts
