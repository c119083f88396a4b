"""In which order printed bars are played: repeats, alternate endings, da capo, segno, coda and fine.

The rules: a repeat closes back to its opening, or else to where the last one ended. An ending holds until its repeat
closes, another ending or another repeat begins. After da capo or dal segno nothing is repeated, and of several
endings the last is played, as musicians read it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from dsp.follow.bounds import BARS_MAX, TargetError, check_bars

_STEPS_MAX: Final = 4 * BARS_MAX  # bars looked at, those of other endings included


class Sign(Enum):
    """Where a jump may lead, or end."""

    SEGNO = "segno"
    DOUBLE_SEGNO = "segno segno"
    CODA = "coda"
    DOUBLE_CODA = "double coda"
    FINE = "fine"


@dataclass(frozen=True, slots=True)
class Jump:
    """After this bar: back to ``to`` (``None``: the start), and from there until ``until``: fine, a coda, the end."""

    to: Sign | None = None
    until: Sign | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """What a printed bar says about the order.

    ``repeats``: how often its repeat is played beyond the first time, 0 where none closes here. ``endings``: bit 0 is
    the first time; 0 where no ending begins. ``leave_for``: "to coda" stands here.
    """

    opens: bool = False
    repeats: int = 0
    endings: int = 0
    sign: Sign | None = None
    jump: Jump | None = None
    leave_for: Sign | None = None


@dataclass(slots=True)
class _Repeat:
    start: int
    turn: int = 0


def unfold(courses: Sequence[Course]) -> list[int]:
    """Indices of the printed bars in the order in which they are played. Raises ``TargetError`` beyond the bounds."""
    walk = _Walk(courses)
    order: list[int] = []
    for _ in range(_STEPS_MAX):
        if walk.place >= len(courses):
            return order
        if walk.plays():
            order.append(walk.place)
            check_bars(len(order))
        walk.move_on()
    raise TargetError(f"its repeats never end; take some out, or give it as MIDI (at most {BARS_MAX:,} bars)")


class _Walk:
    """Where we are, which repeats are open, and which jump was taken."""

    def __init__(self, courses: Sequence[Course]) -> None:
        self.courses = courses
        self.place = 0
        self._open: list[_Repeat] = []
        self._free = 0  # where a repeat begins that nobody opened
        self._came_back = False
        self._ending = 0
        self._jumps_taken: set[int] = set()
        self._jumped: Jump | None = None
        self._later = _later_endings(courses)

    def plays(self) -> bool:
        """Whether the bar at hand is played this time."""
        course = self.courses[self.place]
        if course.opens and not self._came_back:
            self._ending = 0
            if self._jumped is None:
                self._open.append(_Repeat(self.place))
        self._came_back = False
        self._ending = course.endings or self._ending
        if not self._ending:
            return True
        if self._jumped is not None:
            return self._ending.bit_length() > self._later[self.place].bit_length()
        return bool(self._ending >> self._turn & 1)

    def move_on(self) -> None:
        """Sets ``place`` to the bar to look at next."""
        here, course = self.place, self.courses[self.place]
        played = not self._ending or self._jumped is not None or bool(self._ending >> self._turn & 1)
        self.place = here + 1
        if course.repeats and self._jumped is None and self._repeats(here, course, played):
            return
        if course.repeats:
            self._ending = 0
        if played:
            self._leave(here, course)

    @property
    def _turn(self) -> int:
        return self._open[-1].turn if self._open else 0

    def _repeats(self, here: int, course: Course, played: bool) -> bool:
        """Whether it goes back from here; if not, the repeat is done."""
        if not self._open:
            self._open.append(_Repeat(self._free))
        repeat = self._open[-1]
        if played:
            group = self.courses[repeat.start].endings | self._later[repeat.start]
            again = repeat.turn < course.repeats or bool(group >> (repeat.turn + 1) & 1)
        else:
            # The close of another ending: ours may come later, or (as AlphaTex has it) this close may be for all.
            mine_comes = bool(self._later[here] >> repeat.turn & 1)
            if mine_comes or repeat.turn >= course.repeats:
                return False
            again = True
        self._ending = 0
        if again:
            repeat.turn += 1
            self.place, self._came_back = repeat.start, True
            return True
        self._open.pop()
        self._free = here + 1
        return False

    def _leave(self, here: int, course: Course) -> None:
        until = self._jumped.until if self._jumped is not None else None
        if until is not None and course.leave_for is until:
            self._go_to(self._find(until, self.place))
        elif self._jumped is not None and until in {None, Sign.FINE} and course.sign is Sign.FINE:
            self.place = len(self.courses)
        elif course.jump is not None and here not in self._jumps_taken:
            self._jumps_taken.add(here)
            self._jumped = course.jump
            self._go_to(0 if course.jump.to is None else self._find(course.jump.to, 0))

    def _go_to(self, place: int) -> None:
        self.place, self._ending, self._came_back = place, 0, False
        self._open.clear()

    def _find(self, sign: Sign, otherwise: int) -> int:
        return next((place for place, course in enumerate(self.courses) if course.sign is sign), otherwise)


def _later_endings(courses: Sequence[Course]) -> list[int]:
    """For each bar, the endings that begin after it and before another repeat opens."""
    later = [0] * len(courses)
    for place in range(len(courses) - 2, -1, -1):
        following = courses[place + 1]
        later[place] = 0 if following.opens else later[place + 1] | following.endings
    return later
