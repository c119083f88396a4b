"""How following a piece stands, for screen and page: where the player is, what comes next, what was hit. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from dsp.follow.follower import Follower, Position
from dsp.follow.target import Target
from dsp.follow.verdicts import NoteFollowed
from dsp.types import LogEntry
from pedal.target_file import Piece

TRAIL_MAX: Final = 20
NEXT_MAX: Final = 4
GAP_MAX: Final = 4  # so many notes left out are shown as missed; more is another place of the piece
Mark: TypeAlias = Literal["hit", "wrong", "missed", "extra"]


@dataclass(frozen=True, slots=True)
class Followed:
    """``bar`` is the printed number; ``segment`` its name, empty without one. ``next_midis``: the notes that are due.

    ``trail``: what became of the newest notes, oldest first. ``reached``: different notes of the piece that were hit
    or tried. ``fault``: why nothing is followed any more, empty while all is well.
    """

    piece: Piece
    bar: int | None = None
    segment: str = ""
    next_midis: tuple[int, ...] = ()
    tempo_bpm: float | None = None
    hits: int = 0
    wrong: int = 0
    extra: int = 0
    reached: int = 0
    trail: tuple[Mark, ...] = ()
    fault: str = ""


class Tracker:
    """A ``Follower`` and what is told of it. ``add`` costs what the follower does: up to some ms per note."""

    def __init__(self, target: Target, piece: Piece) -> None:
        self._target = target
        self._piece = piece
        self._follower = Follower(target)
        self._verdicts: dict[tuple[int, int], NoteFollowed] = {}
        self._reached: dict[int, int] = {}

    def add(self, entry: LogEntry) -> bool:
        """Take one entry in; whether anything that is shown may have changed."""
        changed = self._follower.add(entry)
        for verdict in changed:
            key = verdict.segment, verdict.note_id
            before = self._verdicts.pop(key, None) if verdict.state == "retracted" else self._verdicts.get(key)
            self._count(before, -1)
            if verdict.state != "retracted":
                self._verdicts[key] = verdict
                self._count(verdict, 1)
        return bool(changed)

    def followed(self) -> Followed:
        """As it stands."""
        position = self._follower.position()
        return Followed(
            self._piece,
            position.bar,
            position.segment or "",
            self._next(position),
            position.tempo_bpm,
            position.hits,
            position.wrong,
            position.extra,
            sum(count > 0 for count in self._reached.values()),
            trail(list(self._verdicts.values())[-TRAIL_MAX:]),
        )

    def _count(self, verdict: NoteFollowed | None, by: int) -> None:
        if verdict is not None and verdict.index is not None:
            self._reached[verdict.index] = self._reached.get(verdict.index, 0) + by

    def _next(self, position: Position) -> tuple[int, ...]:
        if position.next_index is None:
            return ()
        notes = self._target.notes[position.next_index : position.next_index + NEXT_MAX]
        return tuple(note.midi for note in notes)


def trail(verdicts: Sequence[NoteFollowed]) -> tuple[Mark, ...]:
    """What became of the notes, those that were left out between two included."""
    marks: list[Mark] = []
    before: int | None = None
    for verdict in verdicts:
        if verdict.step is not None:
            skipped = 0 if before is None else verdict.step - before - 1
            if 0 < skipped <= GAP_MAX and not {"jump", "repeat"} & set(verdict.moves):
                marks += ["missed"] * skipped
            before = verdict.step
        marks.append("hit" if verdict.state == "hit" else "wrong" if verdict.state == "wrong" else "extra")
    return tuple(marks[-TRAIL_MAX:])
