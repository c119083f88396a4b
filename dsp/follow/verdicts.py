"""What is said about one note that was heard, and what happened between two strokes: going on, or another place."""

from dataclasses import dataclass, replace
from typing import Final

from dsp.follow.model import SKIP_MAX
from dsp.follow.sound import Sound
from dsp.follow.steps import Steps

HIT, WRONG, EXTRA, RETRACTED = "hit", "wrong", "extra", "retracted"
STOP, REPEAT, JUMP = "stop", "repeat", "jump"

STOP_S: Final = 1.5  # longer than due by this, and by STOP_SHARE of what was due: the player stood still
STOP_SHARE: Final = 1.0
UNBARRED_S: Final = 5.0
JUST_BEHIND: Final = 1  # the first note of the next bar, played by habit
DROPPED_OUT_S, DROPPED_OUT_SHARE = 0.15, 0.05  # how exactly one who was silent for bars comes in again


@dataclass(frozen=True, slots=True)
class NoteFollowed:
    """The verdict on one note. A later one on the same note replaces it.

    "retracted": the ear took the note back, or says now that it was a string of a chord. A chord is told as one note
    whose ``note_id`` is below 0 and whose pitch classes are ``classes``.

    ``state``: "hit", "wrong" (this target note's time, another pitch) or "extra". ``index`` is the target's note, and
    ``step`` its step; ``None`` for extras. ``moves``: what happened just before it: "stop", "repeat", "jump".
    ``onset_s`` counts from sample 0 of the log's first segment. ``decided_sample`` (of ``decided_segment``) is the end
    of the block with which it was known.
    """

    segment: int
    note_id: int
    onset_s: float
    midi: int
    state: str
    index: int | None
    step: int | None
    moves: tuple[str, ...] = ()
    decided_segment: int = 0
    decided_sample: int = 0
    classes: frozenset[int] = frozenset()

    def says_the_same(self, other: "NoteFollowed") -> bool:
        """Whether the other verdict on this note adds nothing."""
        mine = self.midi, self.state, self.index, self.step, self.moves
        return mine == (other.midi, other.state, other.index, other.step, other.moves)


@dataclass(frozen=True, slots=True)
class Stroke:
    """A note that belongs to a step, when, and the player's rate then (seconds per second of the piece)."""

    step: int
    at_s: float
    rate: float


def verdict_on(steps: Steps, sound: Sound, at_s: float, step: int | None, moves: tuple[str, ...]) -> NoteFollowed:
    """Hit, wrong or extra, once it is known to which step the sound belongs."""
    verdict = NoteFollowed(sound.segment, sound.note_id, at_s, sound.midi, EXTRA, None, None, classes=sound.classes)
    if step is None:
        return verdict
    tones = steps.notes[step]
    if sound.classes:
        hit = 2 * sum(tone.midi % 12 in sound.classes for tone in tones) > len(tones)
        return replace(verdict, state=HIT if hit else WRONG, index=tones[0].index, step=step, moves=moves)
    meant = min(tones, key=lambda tone: abs(tone.midi - sound.midi))
    state = HIT if meant.midi == sound.midi else WRONG
    return replace(verdict, state=state, index=meant.index, step=step, moves=moves)


def moves_between(steps: Steps, before: Stroke | None, after: Stroke) -> tuple[str, ...]:
    """What the player did between two strokes, other than going on."""
    if before is None or (after.step == before.step and len(steps.notes[after.step]) > 1):
        return ()
    waited_s = after.at_s - before.at_s
    skipped = after.step - before.step - 1
    due_s = before.rate * float(steps.at_s[after.step] - steps.at_s[before.step])
    if 0 <= skipped <= SKIP_MAX:
        return (STOP,) if _stood(waited_s, due_s) else ()
    if skipped > 0 and abs(waited_s - due_s) < DROPPED_OUT_S + DROPPED_OUT_SHARE * due_s:
        return ()
    kind = REPEAT if _is_repeat(steps, before.step, after.step) else JUMP
    stood = _stood(waited_s, before.rate * steps.ioi_s(before.step))
    return (STOP, kind) if stood else (kind,)


def _stood(waited_s: float, due_s: float) -> bool:
    return waited_s - due_s > max(STOP_S, STOP_SHARE * due_s)


def _is_repeat(steps: Steps, before: int, after: int) -> bool:
    """From within a bar, or from just behind it, back to its beginning; or from the end of the piece to the start.

    The first note may be left out. Where the target has no bars, going back a few seconds is a repeat.
    """
    if before == len(steps) - 1 and after == 0:
        return True
    if after > before:
        return False
    if len(steps.bar_first) == 1:
        return bool(steps.at_s[before] - steps.at_s[after] <= UNBARRED_S)
    bar = steps.bar_of[after]
    within = steps.bar_of[max(after, before - JUST_BEHIND)] == bar or steps.bar_of[before] == bar
    return bool(within and after - steps.bar_first[bar] <= 1)
