"""Pieces and players made by machine: what should be played, what was played, and what an ear would log of it.

The truth is exact: which target note each played note stands for, how many ms off the player's own time line it was,
and where the player stopped, repeated or jumped. Everything comes from one seed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from dsp.follow.target import Bar, Segment, Target, TargetNote, TempoChange
from dsp.types import LogEntry, NoteCorrected, NoteEnded, NoteRetracted, NoteStarted, SegmentStarted

Rng = np.random.Generator

RATE_HZ = 48_000
KINDS = ("scale", "lick", "riff", "arpeggio", "chromatic", "same", "song", "fast")
MAJOR = (0, 2, 4, 5, 7, 9, 11)
BEATS = 4.0


def target_of(midis: Sequence[int], step_beats: float | Sequence[float] = 0.5, bpm: float = 100.0) -> Target:
    """One note after the other, 4/4; segments of four bars, "A", "B", ..."""
    steps = [step_beats] * len(midis) if isinstance(step_beats, float) else list(step_beats)
    beats = np.concatenate([[0.0], np.cumsum(steps)])
    bars = int(np.ceil(beats[-1] / BEATS - 1e-9))
    notes = tuple(
        TargetNote(i, float(beat), steps[i], int(midi), int(beat // BEATS))
        for i, (beat, midi) in enumerate(zip(beats, midis, strict=False))
    )
    segments = tuple(Segment(chr(65 + i), 4 * i + 1, min(bars, 4 * i + 4)) for i in range((bars + 3) // 4) if i < 26)
    return Target(
        "made", notes, tuple(Bar(i + 1, BEATS * i, BEATS) for i in range(bars)), (TempoChange(0.0, bpm),), segments
    )


def piece(kind: str, rng: Rng) -> Target:
    """A piece of that kind: 64 to 160 notes, tempo and figures by chance."""
    bpm = float(rng.integers(70, 131))
    root = int(rng.integers(45, 58))
    match kind:
        case "scale":
            up = [root + 12 * octave + step for octave in range(2) for step in MAJOR] + [root + 24]
            once = up + up[-2:0:-1]
            return target_of((once * 4)[:96], 0.5, bpm)
        case "lick":
            return target_of(_walk(rng, root, 96), 0.5, bpm)
        case "riff":
            one, two = (list(rng.choice([0, 0, 3, 5, 6, 7, 10, 12], 8)) for _ in range(2))
            return target_of([root + int(s) for s in (one + two) * 6], 0.5, bpm)
        case "arpeggio":
            chords = [rng.choice([0, 5, 7, 9, 2, 4]) for _ in range(12)]
            shape = (0, 4, 7, 12, 16, 12, 7, 4)
            return target_of([root + int(c) + s for c in chords for s in shape], 0.5, bpm)
        case "chromatic":
            run = [*range(13), *range(11, 0, -1)]
            return target_of([root + s for s in run * 4], 0.25, min(bpm, 100.0))
        case "same":
            runs = [(int(rng.choice([0, 3, 5, 7, 8])), int(rng.choice([4, 8]))) for _ in range(14)]
            return target_of([root + s for s, times in runs for _ in range(times)], 0.5, bpm)
        case "fast":
            return target_of(_walk(rng, root, 160), 0.25, 140.0)
        case _:
            return _song(rng, root, bpm)


def _walk(rng: Rng, root: int, count: int) -> list[int]:
    """Steps of up to a third, turned back at the ends of two octaves."""
    midis = [root + 7]
    for step in rng.choice([-4, -3, -2, -1, 1, 2, 3, 4], count - 1):
        ahead = midis[-1] + int(step)
        midis.append(ahead if root - 3 <= ahead <= root + 24 else midis[-1] - int(step))
    return midis


def _song(rng: Rng, root: int, bpm: float) -> Target:
    """Verse bars that come again, rhythms mixed."""
    rhythms = ((0.5,) * 8, (1.0, 0.5, 0.5, 1.0, 1.0), (0.75, 0.25, 0.5, 0.5, 1.0, 1.0), (1.5, 0.5, 1.0, 0.5, 0.5))
    bars = []
    for _ in range(5):
        rhythm = rhythms[int(rng.integers(len(rhythms)))]
        walk = np.cumsum(rng.choice([-2, -1, 0, 1, 2, 3], len(rhythm)))
        bars.append(
            [(root + 12 * (int(w) // 7) + MAJOR[int(w) % 7], beats) for w, beats in zip(walk, rhythm, strict=True)]
        )
    form = [0, 1, 0, 2, 0, 1, 0, 3, 4, 2, 4, 3, 0, 1, 0, 2]
    played = [note for bar in form for note in bars[bar]]
    return target_of([midi for midi, _ in played], [beats for _, beats in played], bpm)


@dataclass(frozen=True)
class Player:
    """Shares of notes that go wrong, and how time is kept. ``rate``: seconds played per second of the piece.

    ``drift``: change of that in 30 s. ``breath``: each interval is longer or shorter by this (standard deviation of its
    logarithm), and what follows with it: no tempo is kept.
    """

    wrong: float = 0.1
    missed: float = 0.1
    extra: float = 0.1
    rate: float = 1.0
    drift: float = 0.0
    jitter_ms: float = 10.0
    octaves: float = 0.0
    splits: float = 0.0
    guesses: float = 0.0
    breath: float = 0.0
    moves: tuple[str, ...] = ()


@dataclass(frozen=True)
class Played:
    """One note of the truth. ``index`` is ``None`` for one too many; ``state`` "hit", "wrong" or "extra"."""

    at_s: float
    midi: int
    index: int | None
    state: str
    late_ms: float = 0.0
    number: int = 0


@dataclass
class Performance:
    """What was played of ``target``. ``moves``: (kind, at s, to index), as the player meant them."""

    target: Target
    played: list[Played] = field(default_factory=list)
    moves: list[tuple[str, float, int]] = field(default_factory=list)
    missed: list[tuple[int, int]] = field(default_factory=list)


def bars_of(target: Target) -> list[int]:
    """The first note of every bar."""
    return [next(n.index for n in target.notes if n.bar == b) for b in sorted({n.bar for n in target.notes})]


def perform(
    target: Target, player: Player, rng: Rng, start: int = 0, stop: int | None = None, times: int = 1
) -> Performance:
    """From note ``start`` to ``stop``, ``times`` over, with the player's slips; moves are spread evenly over it."""
    done = Performance(target)
    at = np.array([target.at_s(n.beat) for n in target.notes])
    stop = len(at) if stop is None else stop
    due = {int(start + (stop - start) * (i + 1) / (len(player.moves) + 1)): m for i, m in enumerate(player.moves)}
    here, now_s, number, kind = start, 1.0, 1, ""
    began_s = now_s
    while here < stop:
        if here in due:
            kind, here, pause_s = _go(due.pop(here), here, target, rng)
            now_s += pause_s
            number += kind != "stop"
            done.moves.append((kind, now_s, here))
        grow = 1.0 + player.drift * (now_s - began_s) / 30.0
        step_s = (at[here + 1] - at[here] if here + 1 < len(at) else 0.3) * player.rate * grow
        step_s *= float(np.exp(rng.normal(0.0, player.breath)))
        _play(done, here, now_s, step_s, player, rng, number)
        now_s += step_s
        here += 1
        if here == stop and times > 1:
            here, times, number = start, times - 1, number + 1
            done.moves.append(("repeat", now_s, here))
    return done


def _go(what: str, here: int, target: Target, rng: Rng) -> tuple[str, int, float]:
    """Kind, where to, and the pause before it; in tempo, or after a breath."""
    bars = bars_of(target)
    this = max(i for i, first in enumerate(bars) if first < max(1, here))
    breath_s = float(rng.choice([0.0, 0.0, 1.2]))
    if what == "stop":
        return "stop", here, float(rng.uniform(2.0, 6.0))
    if what == "repeat":
        return "repeat", bars[this], breath_s
    choices = {"back": bars[:this], "anywhere": list(range(max(0, here - 8))), "forward": bars[this + 2 : this + 5]}
    told_apart = [index for index in choices[what] if only_here(target, index)]
    return ("jump", int(rng.choice(told_apart)), breath_s) if told_apart else ("repeat", bars[this], breath_s)


def only_here(target: Target, index: int, count: int = 6) -> bool:
    """Whether the notes from this one on are found nowhere else: nobody could tell two such places apart."""
    midis = [note.midi for note in target.notes]
    wanted = midis[index : index + count]
    return sum(midis[at : at + count] == wanted for at in range(len(midis) - count + 1)) == 1


def _play(done: Performance, index: int, due_s: float, step_s: float, player: Player, rng: Rng, number: int) -> None:
    midi = done.target.notes[index].midi
    chance = rng.random()
    late_ms = float(rng.normal(0.0, player.jitter_ms))
    if chance < player.missed:
        done.missed.append((number, index))
    elif chance < player.missed + player.wrong:
        other = midi + int(rng.choice([-7, -5, -4, -3, -2, -1, 1, 2, 3, 4, 5, 7]))
        done.played.append(Played(due_s + late_ms / 1000, other, index, "wrong", late_ms, number))
    else:
        done.played.append(Played(due_s + late_ms / 1000, midi, index, "hit", late_ms, number))
    if rng.random() < player.extra:
        other = midi + int(rng.choice([-5, -4, -3, -2, -1, 1, 2, 3, 4, 5]))
        done.played.append(Played(due_s + step_s * rng.uniform(0.35, 0.65), other, None, "extra", 0.0, number))


def heard(done: Performance, player: Player, rng: Rng) -> list[LogEntry]:
    """The log of an ear that makes its own mistakes: octaves, strokes heard as two, first guesses taken back."""
    log: list[LogEntry] = [SegmentStarted(0, 0)]
    order = sorted(done.played, key=lambda p: p.at_s)
    number = 0
    for one in order:
        onset = round(one.at_s * RATE_HZ)
        midi = one.midi + (12 if rng.random() < player.octaves else 0)
        guess = midi + (12 if rng.random() < player.guesses else 0)
        log.append(NoteStarted(0, number, onset, onset + 960, guess, 0.0, 0.99, -14.0))
        if guess != midi:
            log.append(NoteCorrected(0, number, onset + 2_400, midi, 0.0, 0.99))
        log.append(NoteEnded(0, number, onset + 4_800, midi, 0.0, 0.99, -14.0))
        number += 1
        if rng.random() < player.guesses:
            log.append(NoteStarted(0, number, onset + 3_000, onset + 3_900, midi + 7, 0.0, 0.7, -30.0))
            log.append(NoteRetracted(0, number, onset + 5_000))
            number += 1
        if rng.random() < player.splits:
            log.append(NoteStarted(0, number, onset + 3_400, onset + 4_300, midi, 0.0, 0.9, -20.0))
            log.append(NoteEnded(0, number, onset + 4_900, midi, 0.0, 0.9, -20.0))
            number += 1
    return log
