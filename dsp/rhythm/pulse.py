"""The player's own pulse, where no click says what the time is.

First the step, of which all onsets are whole multiples, then swing, then the beat that a musician would tap to it,
then the tempo by one fit over everything. Playing at several tempi is taken apart phrase by phrase. What has no
pulse, by a margin that chance seldom crosses, has none: ``None``, never a guess.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import numpy as np

from dsp.facts import PlaceError, TempoHeld, TempoPoint
from dsp.rhythm.held import Held, curve, hold, told
from dsp.rhythm.metre import DIVISIONS, Metre, Passage, find_metre
from dsp.rhythm.step import ONSETS_MIN, Chunk, Floats, Ints, cut, find_step, follow, line, number
from dsp.rhythm.strokes import Stretch
from dsp.rhythm.swing import Swing, find_swing

PAUSE_S: Final = 2.5  # after this nobody is still counting
UNEVEN_MAX: Final = 0.17  # of a step: beyond this the onsets fall nearly anywhere
TRIES_MAX: Final = 12
JUDGED_MIN: Final = 0.4  # of all strokes: a good phrase within noodling is no steady player
ALONE_MIN: Final = 12  # strokes
PHRASE_STRENGTH_MIN, MOVING_STRENGTH_MIN = 0.2, 0.5
CURVE_POINTS_MAX: Final = 60
# Halves of a swung pair: the pair is the beat, or swung 16ths fill it twice.
SWUNG_DIVISIONS: Final = {1.0: 0.02, 2.0: 0.92, 4.0: 0.06}
STRAIGHT: Final = 2  # steps: a beat and its half
PLACE_SURE, BEAT_SURE = 0.9, 0.6
PLACE_NAMES: Final = {2: ("on", "&"), 4: ("on", "e", "&", "a")}


@dataclass(frozen=True, slots=True)
class Phrase:
    """Strokes without a pause between."""

    segment: int
    onsets_s: Floats
    levels_db: Floats
    midis: Ints
    clock_s: float


@dataclass(frozen=True, slots=True)
class Pulse:
    """What one tempo says: errors (ms, late is positive) from it as it breathes, and how it was held.

    ``spread_factor`` gives back the freedom that following it took; ``step_s`` is the step that errors are judged by.
    """

    phrases: tuple[Phrase, ...]
    errors_ms: Floats
    tempo_bpm: float
    held: TempoHeld
    per_beat: float
    swing_ratio: float | None
    spread_factor: float
    step_s: float

    @property
    def strokes(self) -> int:
        """How many strokes it judges."""
        return len(self.errors_ms)


def find_pulses(stretches: Sequence[Stretch]) -> list[Pulse]:
    """The pulses of these stretches, the one with the most strokes first; of each phrase at most one.

    A long phrase finds its step alone, and those join it that follow the same; what is left tries together.
    """
    left = [phrase for stretch in stretches for phrase in _phrases(stretch)]
    found: list[Pulse] = []
    long = sorted((p for p in left if len(p.onsets_s) >= ALONE_MIN), key=lambda p: -len(p.onsets_s))
    for lead in [*long[:TRIES_MAX], None]:
        if not left or (lead is not None and all(lead is not phrase for phrase in left)):
            continue
        step_s = _step(left) if lead is None else _step([lead]) or _moving_step(lead)
        mine = [phrase for phrase in left if step_s is not None and _follows(phrase, step_s)]
        pulse = _pulse(mine, step_s) if step_s is not None else None
        if pulse is not None:
            found.append(pulse)
            left = [phrase for phrase in left if all(phrase is not other for other in mine)]
    judged, strokes = sum(pulse.strokes for pulse in found), sum(len(stretch.onsets_s) for stretch in stretches)
    return sorted(found, key=lambda pulse: -pulse.strokes) if judged >= JUDGED_MIN * strokes else []


def _phrases(stretch: Stretch) -> list[Phrase]:
    edges = [0, *(np.flatnonzero(np.diff(stretch.onsets_s) > PAUSE_S) + 1).tolist(), len(stretch.onsets_s)]
    parts = [slice(first, last) for first, last in pairwise(edges)]
    return [
        Phrase(stretch.segment, stretch.onsets_s[part], stretch.levels_db[part], stretch.midis[part], stretch.clock_s)
        for part in parts
    ]


def _step(phrases: Sequence[Phrase]) -> float | None:
    return find_step([chunk for phrase in phrases for chunk in cut(phrase.onsets_s)])


def _moving_step(phrase: Phrase) -> float | None:
    """The step with which a phrase begins whose tempo moves too far for one step to explain all of it."""
    chunks = cut(phrase.onsets_s)
    step_s = find_step(chunks[:1]) if len(chunks) > 1 else None
    return step_s if step_s is not None and follow(phrase.onsets_s, step_s)[2] > MOVING_STRENGTH_MIN else None


def _follows(phrase: Phrase, step_s: float) -> bool:
    """Whether the phrase's onsets are on steps that begin with nearly this length."""
    return follow(phrase.onsets_s, step_s)[2] > PHRASE_STRENGTH_MIN


def _pulse(phrases: Sequence[Phrase], step_s: float) -> Pulse | None:
    if sum(len(phrase.onsets_s) for phrase in phrases) < ONSETS_MIN:
        return None
    chunks = [number(phrase.onsets_s, step_s) for phrase in phrases]
    swing = find_swing(chunks, step_s)
    counted = list(swing.halves) if swing else [np.concatenate([c.steps for c in part]) for part in chunks]
    unit_s = 0.5 * swing.pair_s if swing else step_s
    errors_s, lines = _local_errors(chunks, counted, swing)
    spread_s = float(np.sqrt(np.mean(np.minimum(np.abs(errors_s), 0.5 * unit_s) ** 2)))
    held = hold([phrase.clock_s + phrase.onsets_s for phrase in phrases], counted, late=swing is not None)
    factor = math.sqrt(len(errors_s) / max(1, len(errors_s) - 2 * lines))
    if held is None or factor * spread_s > UNEVEN_MAX * unit_s:
        return None
    passages = [Passage(at, p.levels_db, p.midis) for p, at in zip(phrases, counted, strict=True)]
    metre = find_metre(passages, held.unit_s, SWUNG_DIVISIONS if swing else DIVISIONS)
    return _told(phrases, counted, errors_s, held, metre, swing, factor)


def _told(
    phrases: Sequence[Phrase],
    counted: Sequence[Ints],
    errors_s: Floats,
    held: Held,
    metre: Metre,
    swing: Swing | None,
    spread_factor: float,
) -> Pulse:
    straight = metre.per_beat == STRAIGHT and any((at % 2 == 1).any() for at in counted)
    tempo = told(held, metre.per_beat, metre.sure, _points(phrases, counted, metre.per_beat, swing))
    return Pulse(
        phrases=tuple(phrases),
        errors_ms=1000.0 * errors_s,
        tempo_bpm=60.0 / (held.unit_s * metre.per_beat),
        held=replace(tempo, places=_places(1000.0 * errors_s, counted, metre)),
        per_beat=metre.per_beat,
        swing_ratio=swing.ratio if swing else (1.0 if straight else None),
        spread_factor=spread_factor,
        step_s=held.unit_s,
    )


def _local_errors(
    chunks: Sequence[Sequence[Chunk]], counted: Sequence[Ints], swing: Swing | None
) -> tuple[Floats, int]:
    """Errors (s) from a line through each chunk, the swung ones from where they swing to, and how many lines."""
    errors, lines = [], 0
    for part, at in zip(chunks, counted, strict=True):
        begin = 0
        for chunk in part:
            count = at[begin : begin + len(chunk.steps)]
            begin += len(chunk.steps)
            x = 0.5 * (count - count % 2) + (count % 2) * swing.place if swing else count.astype(np.float64)
            if len(x) < 3 or x[-1] - x[0] < 1.0:
                errors.append(np.zeros(len(x)))
            else:
                slope, start_s = line(x, chunk.onsets_s)
                errors.append(chunk.onsets_s - start_s - slope * x)
            lines += 1
    return np.concatenate(errors), lines


def _points(
    phrases: Sequence[Phrase], counted: Sequence[Ints], per_beat: float, swing: Swing | None
) -> tuple[TempoPoint, ...]:
    strokes = sum(map(len, counted))
    points: list[TempoPoint] = []
    for phrase, at in zip(phrases, counted, strict=True):
        late = (2.0 * swing.place - 1.0) * (at % 2) if swing else 0.0
        share = CURVE_POINTS_MAX * len(at) // strokes
        points += curve(phrase.segment, phrase.onsets_s, at + late, per_beat, share)
    return tuple(points)


def _places(errors_ms: Floats, counted: Sequence[Ints], metre: Metre) -> tuple[PlaceError, ...]:
    """Errors by the place in the beat, seen from the beat; none at all where nothing tells where a beat begins."""
    per_beat = round(metre.per_beat)
    if metre.per_beat != per_beat or per_beat < STRAIGHT or metre.place_sure < PLACE_SURE or metre.sure < BEAT_SURE:
        return ()
    names = PLACE_NAMES.get(per_beat) or ("on", *(f".{part + 1}" for part in range(1, per_beat)))
    place = np.concatenate([(at - first) % per_beat for at, first in zip(counted, metre.first, strict=True)])
    if not (place == 0).any():
        return ()
    on_ms = float(np.median(errors_ms[place == 0]))
    return tuple(
        PlaceError(names[at], float(np.median(errors_ms[place == at])) - on_ms, int((place == at).sum()))
        for at in range(per_beat)
        if (place == at).any()
    )
