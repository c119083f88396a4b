"""Takes without a note: whatever is reported in them is false. ``meta.events`` says when something happened."""

from collections.abc import Callable

import numpy as np

from tests.takes.canvas import Canvas, Take
from tests.takes.dirt import amplitude, finger, hiss, hum, knock, pop
from tests.takes.measure import Samples
from tests.takes.played import string
from tests.takes.sources import Guitar
from tests.takes.strings import RATE_HZ, plucked

SECONDS = 14.0
FLOOR_DBFS = -68.0
FIRST_S = 0.4
APART_S = (0.2, 0.7)
LOUD_HISS_DBFS, LOUD_HUM_DBFS = -50.0, -35.0
DEAD_S = (0.003, 0.007)
"""How fast a string under a flat hand dies: before the lowest has swung once, so no pitch is there to be heard."""
RELEASED_S = (0.006, 0.012)
EVENT_DBFS = (-30.0, -14.0)
RELEASE_DBFS = (-42.0, -26.0)
POP_DBFS = (-25.0, -1.0)


def steady(name: str, seed: int, what: str) -> Take:
    """Hiss, hum of 50 or 60 Hz, or hum that grows and shrinks as a player turns around."""
    canvas = Canvas(name, "noise", seed, {"what": what})
    count = round(SECONDS * RATE_HZ)
    if what == "hiss":
        canvas.add(hiss(canvas.rng, count, LOUD_HISS_DBFS), 0.0)
    else:
        loud = hum(canvas.rng, count, 60.0 if "60" in what else 50.0, LOUD_HUM_DBFS)
        turns = np.interp(np.arange(count) / RATE_HZ, np.arange(0, SECONDS + 1, 2.0), canvas.rng.uniform(-15, 3, 8))
        canvas.add(loud * (amplitude_of(turns) if "turn" in what else 1.0), 0.0)
        canvas.add(hiss(canvas.rng, count, FLOOR_DBFS), 0.0)
    return unscaled(canvas)


def amplitude_of(levels_db: Samples) -> Samples:
    return 10.0 ** (levels_db / 20)


def events(
    name: str, seed: int, what: str, sound: Callable[[np.random.Generator], Samples], level: tuple[float, float]
) -> Take:
    """The same kind of event again and again, at levels from so many dBFS (peak) to so many."""
    canvas = Canvas(name, "noise", seed, {"what": what, "events": []})
    canvas.add(hiss(canvas.rng, round(SECONDS * RATE_HZ), FLOOR_DBFS), 0.0)
    at_s = FIRST_S
    while at_s < SECONDS - 1.0:
        canvas.add(sound(canvas.rng) * amplitude(canvas.rng.uniform(*level)), at_s)
        canvas.meta["events"].append(round(at_s, 3))
        at_s += canvas.rng.uniform(*APART_S)
    return unscaled(canvas)


def unscaled(canvas: Canvas) -> Take:
    return Take(canvas.name, canvas.kind, canvas.meta, (), canvas.sum(SECONDS))


def dead_string(guitar: Guitar) -> Callable[[np.random.Generator], Samples]:
    """A pick on one to three strings that a hand lies upon: their attack alone."""

    def sound(rng: np.random.Generator) -> Samples:
        out = np.zeros(RATE_HZ // 10)
        for order in range(int(rng.integers(1, 4))):
            voice = string(guitar, float(rng.integers(40, 53)))
            start = order * round(rng.uniform(0.004, 0.012) * RATE_HZ)
            part = voice.samples[: len(out) - start]
            out[start : start + len(part)] += part * np.exp(-np.arange(len(part)) / RATE_HZ / rng.uniform(*DEAD_S))
        return faded(out)

    return sound


def release(guitar: Guitar) -> Callable[[np.random.Generator], Samples]:
    """What is left of a string that still rang softly when the finger leaves it: it is damped, and the skin rubs."""

    def sound(rng: np.random.Generator) -> Samples:
        source = guitar.nearest(float(rng.integers(40, 62)))
        ringing = plucked(source, source.f0_hz).samples
        start = min(round(rng.uniform(0.6, 1.5) * RATE_HZ), len(ringing) - RATE_HZ // 8)
        part = ringing[start : start + RATE_HZ // 10]
        part = part * np.exp(-np.arange(len(part)) / RATE_HZ / rng.uniform(*RELEASED_S))
        rub = finger(rng, 0.03)
        out = part / np.abs(part).max()
        out[: len(rub)] += rub * rng.uniform(0.3, 1.0)
        return faded(out)

    return sound


def squeak(recorded: Samples, rate_hz: int) -> Callable[[np.random.Generator], Samples]:
    """A recorded finger that shifts along a wound string, faster or slower: it whistles."""

    def sound(rng: np.random.Generator) -> Samples:
        at = np.arange(0, len(recorded) - 1, rate_hz / RATE_HZ * rng.uniform(0.8, 1.3))
        return faded(np.interp(at, np.arange(len(recorded)), recorded))

    return sound


def faded(samples: Samples) -> Samples:
    """Peak 1, without a step at either end."""
    count = min(48, len(samples) // 4)
    out = samples / np.abs(samples).max()
    out[:count] *= np.linspace(0, 1, count)
    out[-count:] *= np.linspace(1, 0, count)
    return out


def knocks(name: str, seed: int) -> Take:
    return events(name, seed, "knocks", knock, EVENT_DBFS)


def pops(name: str, seed: int) -> Take:
    return events(name, seed, "cable pops/crackle", pop, POP_DBFS)


def muted(name: str, seed: int, guitar: Guitar) -> Take:
    return events(name, seed, "muted_strings", dead_string(guitar), EVENT_DBFS)


def released(name: str, seed: int, guitar: Guitar) -> Take:
    return events(name, seed, "release", release(guitar), RELEASE_DBFS)


def squeaks(name: str, seed: int, recorded: Samples, rate_hz: int) -> Take:
    return events(name, seed, "squeaks", squeak(recorded, rate_hz), EVENT_DBFS)


def fingering(name: str, seed: int) -> Take:
    return events(name, seed, "fingering", lambda rng: finger(rng, rng.uniform(0.06, 0.25)), EVENT_DBFS)
