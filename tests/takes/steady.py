"""Takes for a tuner: long notes, whose first partial is followed through time, and stiff strings made by formula."""

from collections.abc import Sequence

import numpy as np

from tests.takes.canvas import HOP_S, Canvas, Take
from tests.takes.measure import Samples, attack_index, f0_curve_hz, hz_of
from tests.takes.sources import Guitar, Source
from tests.takes.strings import RATE_HZ, Voice, damped, plucked

TUNER_DBFS = -10.4
FIRST_S = 0.3
OPEN_STRINGS = (40, 45, 50, 55, 59, 64)
HELD_S, EVERY_S = 3.2, 3.5
PAIR_HELD_S, PAIR_EVERY_S = 2.3, 2.5
DETUNED_CENTS = 30.0
STEADY_CENTS, LOOKED_AT_S = 0.7, (0.4, 1.4)
NEAR_SEMITONES = 3.0
PERIODS = 20
"""Of what is followed: with six the second partial still moves the first by 0.06 cents, with these by 0.005."""
SHIFTS_CENTS = (0.5, 1.0, 2.0, 5.0)
STIFFNESS_LOG10 = (-4.6, -3.7)


def steadiest(guitars: Sequence[Guitar]) -> Guitar:
    """What their notes have in common whose first partial keeps still while a tuner looks: the truth of the others is
    a matter of taste, because a body's resonance pushes their first partial about by several cents.
    """
    return Guitar(
        "steady", tuple(note for one in guitars for note in one.notes if _sway_cents(note) < STEADY_CENTS), ()
    )


def _sway_cents(source: Source) -> float:
    samples, rate_hz = source.samples, source.rate_hz
    onset = attack_index(samples, rate_hz)
    first, last = (onset + round(at_s * rate_hz) for at_s in LOOKED_AT_S)
    if last + rate_hz // 20 > len(samples):
        return float("inf")
    curve = f0_curve_hz(samples, rate_hz, source.f0_hz, np.arange(first, last, rate_hz // 100, dtype=np.int64))
    return float(np.std(1200 * np.log2(np.maximum(curve, 1.0) / np.median(curve))))


def real(name: str, kind: str, seed: int, guitar: Guitar, cond: str) -> Take:
    """Six strings, each out of tune by up to 30 cents; of the notes near enough to a string any may be taken."""
    canvas = Canvas(name, kind, seed, {"lib": guitar.name, "cond": cond})
    for index, note in enumerate(OPEN_STRINGS):
        midi = note + round(canvas.rng.uniform(-DETUNED_CENTS, DETUNED_CENTS), 2) / 100
        near = [source for source in guitar.notes if abs(source.midi - note) < NEAR_SEMITONES]
        source = near[int(canvas.rng.integers(len(near)))] if near else guitar.nearest(note)
        voice = damped(plucked(source, hz_of(midi)), HELD_S)
        canvas.pluck(voice, FIRST_S + index * EVERY_S, midi)
    return _followed(canvas, cond)


def pairs(name: str, seed: int, guitar: Guitar) -> Take:
    """Each string twice, the second time shifted by a known amount: the recording is the same, so nothing else is."""
    canvas = Canvas(name, "tunerdiff", seed, {"lib": guitar.name})
    for index, note in enumerate(OPEN_STRINGS):
        for second in (0, 1):
            shift = float(canvas.rng.choice(SHIFTS_CENTS)) if second else 0.0
            midi = note + shift / 100
            voice = damped(plucked(guitar.nearest(note), hz_of(midi)), PAIR_HELD_S)
            at_s = FIRST_S + (2 * index + second) * PAIR_EVERY_S
            canvas.pluck(voice, at_s, midi, pair_shift=shift)
    return _followed(canvas, "clean")


def stiff(name: str, seed: int) -> Take:
    """Strings by formula, exact: partial k at k·f·sqrt(1 + B·k²), where f is set so that the first is the truth."""
    canvas = Canvas(name, "tunersynth", seed, {"lib": "synth"})
    for index, note in enumerate(OPEN_STRINGS):
        midi = note + round(canvas.rng.uniform(-DETUNED_CENTS, DETUNED_CENTS), 2) / 100
        stiffness = 10 ** canvas.rng.uniform(*STIFFNESS_LOG10)
        voice = Voice(stiff_string(canvas.rng, hz_of(midi), stiffness, HELD_S), 0, "synth")
        canvas.pluck(damped(voice, HELD_S), FIRST_S + index * EVERY_S, midi, art="stiff", B=stiffness)
    return canvas.take(TUNER_DBFS, "hiss")


def stiff_string(rng: np.random.Generator, first_hz: float, stiffness: float, seconds: float) -> Samples:
    """One string plucked at a random place, its first partial exactly at ``first_hz``; peak 1."""
    at_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    base_hz = first_hz / np.sqrt(1 + stiffness)
    place, dies = rng.uniform(0.12, 0.3), rng.uniform(0.5, 0.9)
    out = np.zeros(len(at_s))
    for order in range(1, 40):
        f_hz = base_hz * order * np.sqrt(1 + stiffness * order * order)
        if f_hz > 8_000:
            break
        level = np.sin(np.pi * order * place) / order
        out += level * np.exp(-at_s * dies * (1 + 0.25 * order)) * np.sin(2 * np.pi * f_hz * at_s)
    out *= np.minimum(1.0, at_s / 0.002)
    return out / np.abs(out).max()


def _followed(canvas: Canvas, cond: str) -> Take:
    """The take, and the first partial of each note, measured on the clean sound."""
    curve = np.zeros(int((max(n["offset"] for n in canvas.notes) + 1.0) / HOP_S))
    clean = canvas.sum()
    for note in canvas.notes:
        first, last = (round(note[key] / HOP_S) for key in ("onset", "offset"))
        part = clean[round(note["onset"] * RATE_HZ) : round(note["offset"] * RATE_HZ)]
        centres = (np.arange(last - first) * HOP_S * RATE_HZ).astype(np.int64)
        curve[first:last] = f0_curve_hz(part, RATE_HZ, note["f0_hz"], centres, PERIODS)
    take = canvas.take(TUNER_DBFS, cond)
    return Take(take.name, take.kind, take.meta, take.notes, take.samples, curve)
