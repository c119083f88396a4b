"""Takes whose pitch changes without a pick: hammer-ons and pull-offs (legato), bends and vibrato, slides."""

from collections.abc import Callable

import numpy as np

from tests.takes.canvas import HOP_S, Canvas, Take
from tests.takes.dirt import amplitude, fret_tap
from tests.takes.measure import Samples, hz_of
from tests.takes.played import FIRST_S, TUNE_CENTS, string
from tests.takes.sources import Guitar
from tests.takes.strings import bent, damped, joined

GLIDE_DBFS = -13.0
GROUPS = ((0, 3, 5, 3), (0, 2, 0), (0, 4), (5, 3, 0), (0, 2, 3, 5), (7, 5, 3, 5), (3, 0))
"""Semitones over the picked note's fret, one after the other on one string."""
TAP = (0.5, 2.0)
"""Peak of the finger's knock over the RMS of the string."""
BEND_LENGTHS_S = (0.9, 1.2, 1.5)
GAP_S = 0.15


def legato(name: str, seed: int, guitar: Guitar, bpm: int, cond: str, root: int = 52, groups: int = 14) -> Take:
    """Three notes to the beat, the first of each group picked."""
    canvas = Canvas(name, "legato", seed, {"bpm": bpm, "lib": guitar.name, "cond": cond})
    rng, step_s, at_s = canvas.rng, 60 / bpm / 3, FIRST_S
    for _ in range(groups):
        steps = GROUPS[int(rng.integers(len(GROUPS)))]
        base = root + int(rng.choice([0, 3, 5, 7, 10, 12]))
        pitches = [base + step + rng.normal(0, TUNE_CENTS) / 100 for step in steps]
        voices = [string(guitar, midi) for midi in pitches]
        following = [(voice, order * step_s) for order, voice in enumerate(voices[1:], 1)]
        joint = joined(voices[0], following, fret_tap(rng) * rng.uniform(*TAP))
        total_s = len(steps) * step_s - 0.01
        joint = damped(joint.scaled(amplitude(rng.uniform(-4.0, 0.0))), total_s)
        truth = canvas.pluck(joint, at_s, pitches[0], legato=False)
        end_s = truth["offset"]
        truth["offset"] = truth["onset"] + step_s
        for order, midi in enumerate(pitches[1:], 1):
            onset_s = truth["onset"] + order * step_s
            offset_s = end_s if order == len(pitches) - 1 else onset_s + step_s
            canvas.note(onset_s, offset_s, midi, voices[order].source, legato=True, art="hammer")
        at_s += len(steps) * step_s
    return canvas.take(GLIDE_DBFS, cond)


def bends(name: str, seed: int, guitar: Guitar, vibrato: bool, cond: str, low: int = 55, count: int = 8) -> Take:
    """Notes of 0.9 to 1.5 s, each bent up by one to three semitones and held there, or shaken by 15 to 45 cents."""
    canvas = Canvas(name, "bend", seed, {"lib": guitar.name, "vibrato": int(vibrato), "cond": cond})
    rng, at_s, curves = canvas.rng, FIRST_S, []
    for _ in range(count):
        note = low + int(rng.integers(0, 18))
        held_s = float(rng.choice(BEND_LENGTHS_S))
        cents_at, extent = _vibrato(rng) if vibrato else _bend(rng)
        voice = damped(bent(guitar.nearest(note), hz_of(note), cents_at, held_s), held_s)
        more = {"bend_cents": 0.0 if vibrato else extent, "vibrato": vibrato}
        truth = canvas.pluck(voice.scaled(amplitude(rng.uniform(-3.0, 0.0))), at_s, note, **more)
        curves.append((truth, cents_at))
        at_s += held_s + GAP_S
    return _with_curve(canvas.take(GLIDE_DBFS, cond), curves)


def slides(name: str, seed: int, guitar: Guitar, stepped: bool, cond: str, count: int = 8) -> Take:
    """From one fret to another without a pick. ``to_midi`` is where it arrives, at ``arrives`` s.

    Stepped: a staircase over the frets, 25 to 60 ms on each; else a glide, as without frets.
    """
    canvas = Canvas(name, "slide", seed, {"lib": guitar.name, "stepped": stepped, "cond": cond})
    rng, at_s, curves = canvas.rng, FIRST_S, []
    for _ in range(count):
        note = 50 + int(rng.integers(0, 15))
        semitones = int(rng.choice([-7, -5, -4, -3, -2, 2, 3, 4, 5, 7]))
        begins_s, fret_s = rng.uniform(0.3, 0.45), rng.uniform(0.025, 0.06)
        arrives_s = begins_s + abs(semitones) * fret_s
        cents_at = _slide(semitones, begins_s, fret_s, stepped)
        held_s = arrives_s + 0.5
        voice = damped(bent(guitar.nearest(note), hz_of(note), cents_at, held_s), held_s)
        more = {"art": "slide", "to_midi": note + semitones, "leaves": at_s + begins_s, "arrives": at_s + arrives_s}
        truth = canvas.pluck(voice.scaled(amplitude(rng.uniform(-3.0, 0.0))), at_s, note, **more)
        curves.append((truth, cents_at))
        at_s += held_s + GAP_S
    return _with_curve(canvas.take(GLIDE_DBFS, cond), curves)


Curve = Callable[[Samples], Samples]


def _bend(rng: np.random.Generator) -> tuple[Curve, float]:
    extent = float(rng.choice([100.0, 200.0, 300.0]))
    begins_s, takes_s = rng.uniform(0.15, 0.3), rng.uniform(0.08, 0.3)

    def cents_at(at_s: Samples) -> Samples:
        return extent * 0.5 * (1 - np.cos(np.pi * np.clip((at_s - begins_s) / takes_s, 0, 1)))

    return cents_at, extent


def _vibrato(rng: np.random.Generator) -> tuple[Curve, float]:
    """A string is only ever pushed up: between nothing and its extent."""
    extent, rate_hz = rng.uniform(15.0, 45.0), rng.uniform(4.0, 6.5)
    begins_s, grows_s = rng.uniform(0.12, 0.3), 0.25

    def cents_at(at_s: Samples) -> Samples:
        since_s = np.maximum(0.0, at_s - begins_s)
        return extent * np.minimum(1.0, since_s / grows_s) * 0.5 * (1 - np.cos(2 * np.pi * rate_hz * since_s))

    return cents_at, extent


def _slide(semitones: int, begins_s: float, fret_s: float, stepped: bool) -> Curve:
    frets = abs(semitones)

    def cents_at(at_s: Samples) -> Samples:
        passed = np.clip((at_s - begins_s) / fret_s, 0, frets)
        if stepped:
            # 2 ms from fret to fret; the string has no time for more.
            whole = np.floor(passed)
            passed = whole + np.clip((passed - whole) * fret_s / 0.002, 0, 1) * (passed < frets)
            passed = np.minimum(passed, frets)
        return 100.0 * np.sign(semitones) * passed

    return cents_at


def _with_curve(take: Take, curves: list[tuple[dict[str, float], Curve]]) -> Take:
    """The pitch that was made, where it was made."""
    at_s = np.arange(int(take.truth()["duration"] / HOP_S)) * HOP_S
    f0_hz = np.zeros(len(at_s))
    for truth, cents_at in curves:
        inside = (at_s >= truth["onset"]) & (at_s < truth["offset"])
        f0_hz[inside] = truth["f0_hz"] * 2.0 ** (cents_at(at_s[inside] - truth["onset"]) / 1200)
    return Take(take.name, take.kind, take.meta, take.notes, take.samples, f0_hz)
