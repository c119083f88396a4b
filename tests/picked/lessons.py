"""Takes to learn from: picked licks in every manner, and legato whose hammered notes are made in many ways.

How a finger sounds on the fretboard differs from hand to hand, and no free recording holds every way: so a hammered
note begins anywhere from inside a recorded attack to long after it, dull or not, louder or softer than what it takes
over from, with hardly a knock or a great one.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from scipy.signal import lfilter

from tests.takes.canvas import Canvas, Take
from tests.takes.dirt import amplitude, fret_tap
from tests.takes.gliding import GLIDE_DBFS, GROUPS
from tests.takes.measure import Samples
from tests.takes.played import FIRST_S, Seq, Timed, seq, string, timed
from tests.takes.sources import Guitar, guitar
from tests.takes.strings import RATE_HZ, Voice, damped

GUITARS: Final = ("steel", "clean", "nylon", "jazz", "acoustic")
CONDITIONS: Final = ("clean", "clean", "hiss", "hum50", "hum60", "dirty", "quiet")
LICKS: Final = (
    "majpent",
    "dorian",
    "thirds",
    "chromatic",
    "repeat",
    "turn",
    "arpeggio",
    "mixolydian",
    "skips",
    "octaves",
)
STYLES: Final = ("normal", "ring", "ring", "stacc")
STEPS_MAX_HZ: Final = 12.0
LEVEL_DB: Final = (5.0, 11.0)  # spread and limit of a hammered note beside the one before it
KNOCK: Final = (0.02, 2.0)


def legato(name: str, seed: int, played: Guitar) -> Take:
    """Groups on one string, the first note of each picked."""
    rng = np.random.default_rng(seed)
    cond = str(rng.choice(CONDITIONS))
    canvas = Canvas(name, "legato", seed, {"lib": played.name, "cond": cond})
    step_s, at_s = 60.0 / rng.uniform(60, 140) / 3, FIRST_S
    root = int(rng.integers(45, 53))
    for _ in range(12):
        steps = GROUPS[int(rng.integers(len(GROUPS)))]
        pitches = [root + int(rng.choice((0, 3, 5, 7, 10, 12))) + step for step in steps[:1]]
        pitches += [pitches[0] + step - steps[0] for step in steps[1:]]
        voices = [string(played, midi) for midi in pitches]
        sound = voices[0]
        for order, voice in enumerate(voices[1:], 1):
            sound = hammered(sound, voice, order * step_s, rng)
        total_s = len(steps) * step_s
        truth = canvas.pluck(damped(sound, total_s - 0.01).scaled(amplitude(rng.uniform(-4, 0))), at_s, pitches[0])
        truth |= {"legato": False, "offset": truth["onset"] + step_s}
        for order, midi in enumerate(pitches[1:], 1):
            onset_s = truth["onset"] + order * step_s
            canvas.note(onset_s, onset_s + step_s, midi, voices[order].source, legato=True)
        at_s += total_s
    return canvas.take(GLIDE_DBFS, cond)


def hammered(before: Voice, voice: Voice, at_s: float, rng: np.random.Generator) -> Voice:
    """The string goes on as ``voice``, ``at_s`` after its first onset."""
    way = rng.integers(3)
    settles_s = rng.uniform(*((0.06, 0.2), (0.006, 0.06), (-0.001, 0.01))[way])
    cross = round(RATE_HZ * rng.uniform(*((0.003, 0.012), (0.001, 0.006), (0.001, 0.0011))[way]))
    at = before.lead + round(at_s * RATE_HZ)
    entering = voice.samples[max(0, voice.lead + round(settles_s * RATE_HZ)) :]
    if way == 2 or (way == 1 and rng.random() < 0.5):
        entering = _dull(entering, rng.uniform(300, 2500) if way == 2 else rng.uniform(600, 5000), rng)
    spread_db, most_db = LEVEL_DB
    beside = amplitude(float(np.clip(rng.normal(0.0, spread_db), -most_db, most_db)))
    entering = entering * (beside * _rms(before.samples[at - RATE_HZ // 50 : at]) / _rms(entering[: RATE_HZ // 25]))
    fade = np.sin(np.linspace(0, np.pi / 2, cross)) ** 2
    entering[:cross] *= fade
    out = np.zeros(at + len(entering))
    out[: at + cross] = before.samples[: at + cross]
    out[at : at + cross] *= 1 - fade
    out[at:] += entering
    knock = fret_tap(rng) * np.exp(rng.uniform(*np.log(KNOCK)))
    out[at : at + len(knock)] += knock * _rms(entering[cross : cross + RATE_HZ // 50])
    return Voice(out, before.lead, before.source)


def licks(name: str, seed: int, played: Guitar) -> Take:
    """A lick, or a scale beside a click that leaks into the microphone; all of it picked."""
    rng = np.random.default_rng(seed)
    cond, sub = str(rng.choice(CONDITIONS)), int(rng.choice((2, 3, 4)))
    bpm = int(min(rng.uniform(60, 180), 60.0 * STEPS_MAX_HZ / sub))
    if rng.random() < 0.25:
        return timed(
            name, seed, played, Timed(played.name, bpm, sub, 5.0, 0.0, 0.0, cond, bleed=rng.random() < 0.5), 50
        )
    what = Seq(played.name, str(rng.choice(LICKS)), int(rng.integers(41, 49)), bpm, sub, cond, str(rng.choice(STYLES)))
    return seq(name, seed, played, what, "seq")


def lessons(sources: Path, rounds: int, seed: int) -> dict[str, list[tuple[Take, Take]]]:
    """Of every guitar, pairs of a legato take and a picked one. What a guitar cannot reach is passed over."""
    have = cache(lambda name: guitar(sources, name))
    found: dict[str, list[tuple[Take, Take]]] = {name: [] for name in GUITARS}
    for number in range(rounds):
        for index, name in enumerate(GUITARS):
            own = seed + 100 * number + index
            pair = [_within_reach(make, f"{name}_{own}", own, have(name)) for make in (legato, licks)]
            if pair[0] is not None and pair[1] is not None:
                found[name].append((pair[0], pair[1]))
    return found


def _within_reach(make: Callable[[str, int, Guitar], Take], name: str, seed: int, played: Guitar) -> Take | None:
    try:
        return make(name, seed, played)
    except ValueError:
        return None


def _dull(samples: Samples, cut_hz: float, rng: np.random.Generator) -> Samples:
    pole = np.exp(-2 * np.pi * cut_hz / RATE_HZ)
    for _ in range(int(rng.integers(1, 3))):
        samples = lfilter([1 - pole], [1, -pole], samples)
    return samples


def _rms(samples: Samples) -> float:
    return float(np.sqrt(np.mean(samples**2)) + 1e-12)
