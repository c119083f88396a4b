"""Takes of plucked notes: licks (seq), dropped tunings (low), a click to be measured against (time), strums (chord)."""

from dataclasses import asdict, dataclass
from statistics import NormalDist

import numpy as np

from tests.takes.canvas import Canvas, Take
from tests.takes.dirt import amplitude, click
from tests.takes.measure import Samples, hz_of
from tests.takes.phrases import chord, lick
from tests.takes.sources import Guitar
from tests.takes.strings import Voice, damped, plucked

FIRST_S = 0.5
FIRST_CLICK_S = 0.6
TUNE_CENTS = 4.0
"""What a well tuned guitar is out by, as a standard deviation; ``detune`` comes on top for the whole take."""
HELD_STEPS = {"normal": (0.9, 0.98), "stacc": (0.45, 0.6), "ring": (1.0, 1.0), "letring": (2.2, 3.0)}
"""For how many steps a note sounds; ``ring`` a little into the next one, ``letring`` under two more."""
OVERLAP_S = (0.02, 0.06)
SEQ_S = 10.0
SEQ_DBFS, LOW_DBFS, TIME_DBFS, CHORD_DBFS = -8.0, -12.0, -12.0, -11.0
BLEED_DB = -26.0
CHORD_EVERY_S, CHORD_HELD_S = 1.5, 1.4


@dataclass(frozen=True)
class Seq:
    """A lick at ``bpm`` with ``sub`` notes to the beat."""

    lib: str
    lick: str
    root: int
    bpm: int
    sub: int
    cond: str = "clean"
    style: str = "normal"
    detune: float = 0.0


@dataclass(frozen=True)
class Timed:
    """Notes on a grid, each late by a normal deviate of ``jitter_set_ms`` and by the bias; the grid may speed up."""

    lib: str
    bpm: int
    sub: int
    jitter_set_ms: float
    bias_set_ms: float = 0.0
    drift_pct: float = 0.0
    cond: str = "clean"
    bleed: bool = False


def string(guitar: Guitar, midi: float) -> Voice:
    """The nearest recorded note of that guitar, brought to this pitch."""
    return plucked(guitar.nearest(midi), hz_of(midi))


def _seq(name: str, kind: str, seed: int, guitar: Guitar, what: Seq, notes: list[int], peak_dbfs: float) -> Take:
    canvas = Canvas(name, kind, seed, asdict(what))
    rng, step_s = canvas.rng, 60 / what.bpm / what.sub
    for index, note in enumerate(notes):
        midi = note + (what.detune + rng.normal(0, TUNE_CENTS)) / 100
        accent_db = 0.0 if index % what.sub == 0 else -2.0
        voice = string(guitar, midi).scaled(amplitude(accent_db + rng.uniform(-4.0, 0.0)))
        held_s = step_s * rng.uniform(*HELD_STEPS[what.style]) + rng.uniform(*OVERLAP_S) * (what.style == "ring")
        truth = canvas.pluck(damped(voice, held_s), FIRST_S + index * step_s, midi)
        truth["rings_to"] = truth["offset"]
        truth["offset"] = min(truth["offset"], truth["onset"] + 0.98 * step_s)
    return canvas.take(peak_dbfs, what.cond)


def seq(name: str, seed: int, guitar: Guitar, what: Seq, kind: str = "seq") -> Take:
    """The lick, again and again until the take is long enough."""
    once = lick(what.lick, what.root)
    times = max(1, round(SEQ_S * what.bpm * what.sub / 60 / len(once)))
    return _seq(name, kind, seed, guitar, what, once * times, SEQ_DBFS)


def low(name: str, seed: int, guitar: Guitar, what: Seq) -> Take:
    """A riff on the lowest string of a dropped tuning."""
    rng = np.random.default_rng([seed, what.root, what.bpm])
    riff = [what.root + int(step) for step in rng.choice([0, 0, 0, 1, 3, 5, 6, 7, 10], 20)]
    return _seq(name, "low", seed, guitar, what, riff, LOW_DBFS)


def timed(name: str, seed: int, guitar: Guitar, what: Timed, notes: int) -> Take:
    """``jitter_ms`` in its truth is the standard deviation of what was really placed, not of what was asked for."""
    canvas = Canvas(name, "time", seed)
    rng, step_s = canvas.rng, 60 / what.bpm / what.sub
    # Speeds up evenly by drift_pct over the whole take.
    steps_s = step_s * (1 - what.drift_pct / 100 * np.arange(notes) / notes)
    grid_s = FIRST_CLICK_S + np.concatenate([[0.0], np.cumsum(steps_s[:-1])])
    late_ms = what.bias_set_ms + what.jitter_set_ms * even_deviates(rng, notes)
    walk = (0, 3, 5, 7, 10, 12, 10, 7, 5, 3)
    deviations_ms = []
    for index, due_s in enumerate(grid_s):
        note = 45 + walk[index * 3 % len(walk)]
        held_s = max(0.05, step_s * rng.uniform(0.8, 0.93) - max(0.0, late_ms[index] / 1000))
        voice = damped(string(guitar, note).scaled(amplitude(rng.uniform(-4.0, 0.0))), held_s)
        truth = canvas.pluck(voice, due_s + late_ms[index] / 1000, note, grid=float(due_s))
        truth["dev_ms"] = 1000 * (truth["onset"] - due_s)
        deviations_ms.append(truth["dev_ms"])
        if what.bleed and index % what.sub == 0:
            canvas.add(click(rng) * amplitude(BLEED_DB), float(due_s))
    canvas.meta |= asdict(what) | {
        "jitter_ms": float(np.std(deviations_ms, ddof=1)),
        "bias_ms": float(np.mean(deviations_ms)),
        "t0": FIRST_CLICK_S,
    }
    return canvas.take(TIME_DBFS, what.cond)


def even_deviates(rng: np.random.Generator, count: int) -> Samples:
    """Normal deviates, one from each of so many equal shares, in random order.

    Drawn freely, 60 of them have a median deviation up to 10 % away from their standard deviation: a scorer that
    compares the one with the other would blame a perfect listener for 0.6 ms.
    """
    normal = NormalDist()
    return rng.permutation([normal.inv_cdf((at + 0.5) / count) for at in range(count)])


def chords(name: str, seed: int, guitar: Guitar, cond: str, kinds: tuple[str, ...]) -> Take:
    """One strum every 1.5 s, downwards or upwards, strings a few ms apart; all of them damped together."""
    canvas = Canvas(name, "chord", seed, {"lib": guitar.name, "cond": cond, "chords": []})
    rng = canvas.rng
    for index, kind in enumerate(kinds):
        at_s = FIRST_S + index * CHORD_EVERY_S
        shape, fret, up = str(rng.choice(["E", "A"])), int(rng.integers(0, 6)), bool(rng.random() < 0.3)
        notes = chord(shape, kind, fret)
        spread_s = rng.uniform(0.02, 0.09)
        strings = notes[::-1] if up else notes
        for order, note in enumerate(strings):
            begin_s = at_s + spread_s * order / max(1, len(notes) - 1)
            midi = note + rng.normal(0, TUNE_CENTS) / 100
            voice = string(guitar, midi).scaled(amplitude(rng.uniform(-5.0, 0.0)))
            canvas.pluck(damped(voice, at_s + CHORD_HELD_S - begin_s), begin_s, midi)
        truth = {"root": notes[0] % 12, "type": kind, "strum_ms": 1000 * spread_s, "up": up}
        canvas.meta["chords"].append({"onset": at_s, "offset": at_s + CHORD_HELD_S} | truth)
    return canvas.take(CHORD_DBFS, cond)
