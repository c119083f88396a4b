"""From verdicts on notes to what became of the target: passes through it, and each note's state in each of them.

A *pass* is a way forward without going elsewhere; a repeat or a jump begins the next. What lies within a pass and was
not heard is missed; what lies outside of all passes was not played, which is no fault.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from dsp.follow.steps import Steps
from dsp.follow.target import TargetNote
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
    """One target note in one pass. ``played`` is the note or chord that stands for it; ``None`` where it was missed.

    ``midi``: the pitch that was played for it. ``judged`` is false for a chord's tone of which the ear cannot say
    whether it sounded: it was not heard by itself, and the chord's name does not hold it while its other tones are
    there.
    """

    index: int
    state: str
    played: NoteFollowed | None
    midi: int | None = None
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
class _Stroke:
    """What was heard at one step in one pass: notes by the target's index, and a chord."""

    tones: dict[int, NoteFollowed] = field(default_factory=dict)
    chord: NoteFollowed | None = None


def gathered(steps: Steps, verdicts: Iterable[NoteFollowed]) -> Followed:
    """``verdicts`` as ``Follower.add`` gave them, in that order; later ones replace earlier ones on the same note."""
    newest: dict[tuple[int, int], NoteFollowed] = {}
    for verdict in verdicts:
        newest[verdict.segment, verdict.note_id] = verdict
    # A chord is told later than the notes that follow it.
    kept = sorted((v for v in newest.values() if v.state != RETRACTED), key=lambda v: v.onset_s)
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
    played: dict[int, _Stroke] = {}
    for verdict in (v for stretch in stretches for v in stretch):
        assert verdict.step is not None, "extras belong to no pass"
        assert verdict.index is not None, "extras belong to no pass"
        stroke = played.setdefault(verdict.step, _Stroke())
        if verdict.classes:
            stroke.chord = verdict
        elif verdict.index not in stroke.tones or stroke.tones[verdict.index].state == WRONG:
            stroke.tones[verdict.index] = verdict
    first, last = min(played), max(played)
    if number == 1 and first <= LATE_START:
        first = 0
    silent = _Stroke()
    attempts = [
        _attempt(note, played.get(step, silent)) for step in range(first, last + 1) for note in steps.notes[step]
    ]
    return Pass(number, tuple(attempts), tuple(map(tuple, stretches)))


def _attempt(note: TargetNote, stroke: _Stroke) -> Attempt:
    alone, chord = stroke.tones.get(note.index), stroke.chord
    if chord is not None and note.midi % 12 in chord.classes:
        return Attempt(note.index, HIT, alone if alone is not None and alone.state == HIT else chord, note.midi)
    if alone is not None:
        return Attempt(note.index, alone.state, alone, alone.midi)
    if chord is not None and chord.state == WRONG:
        instead = min((m for m in range(note.midi - 11, note.midi + 12) if m % 12 in chord.classes),
                      key=lambda m: abs(m - note.midi))  # fmt: skip
        return Attempt(note.index, WRONG, chord, instead)
    some = chord is not None or any(v.state == HIT for v in stroke.tones.values())
    return Attempt(note.index, MISSED, None, judged=not some)
