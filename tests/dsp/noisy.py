"""What a guitar's cable also carries, made by formula: hum of every kind, hiss of every colour, what switches and pops.

Every maker takes its own random generator and a length, and gives the same samples every time. Levels are RMS.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tests.dsp.plucked import RATE_HZ, Played, take

Floats = NDArray[np.float64]
Random = np.random.Generator

SECONDS = 7.0
QUIET = -75.0  # what any input hisses
PLAIN = {k: 1.0 / k for k in range(1, 9)}
COIL = {1: 0.5, 2: 0.15, 3: 1.0, 5: 0.8, 7: 0.6, 9: 0.4, 11: 0.3, 13: 0.25, 15: 0.2, 17: 0.2, 19: 0.15, 23: 0.1}
ODD_ONLY = {3: 1.0, 5: 0.7, 7: 0.5}
RECTIFIER = {2 * k: 1.0 / k for k in range(1, 12)}


def gain(level_db: float) -> float:
    return float(10 ** (level_db / 20))


def at_level(sound: Floats, level_db: float) -> Floats:
    return sound * gain(level_db) / np.sqrt(np.mean(sound**2))


def times() -> Floats:
    return np.arange(int(SECONDS * RATE_HZ)) / RATE_HZ


def line(random: Random, mains_hz: float | Floats, level_db: float, multiples: Mapping[int, float] = PLAIN) -> Floats:
    """Hum of these multiples of the mains (a frequency, or one per sample), phases by chance."""
    turns = np.cumsum(np.broadcast_to(mains_hz, times().shape)) / RATE_HZ
    sound = sum(a * np.sin(2 * np.pi * (k * turns + random.random())) for k, a in multiples.items())
    return at_level(np.asarray(sound), level_db)


def dimmer(random: Random, mains_hz: float, level_db: float) -> Floats:
    """A dimmer switches twice in each period: clicks that swing out at some kHz, of one sign and then the other."""
    at, phase = times(), random.random()
    half = (2 * mains_hz * at + phase) % 1.0 / (2 * mains_hz)
    sign = np.where((mains_hz * at + phase / 2) % 1.0 < 0.5, 1.0, -0.85)
    return at_level(sign * np.exp(-half / 0.0008) * np.sin(2 * np.pi * 1_300 * half + 0.6), level_db)


def coloured(random: Random, level_db: float, slope: float = 0.0) -> Floats:
    """Noise whose amplitude goes with frequency to the power of ``slope``: 0 white, −.5 pink, −1 brown, .5 blue."""
    count = int(SECONDS * RATE_HZ)
    spectrum = np.fft.rfft(random.normal(size=count))
    spectrum *= np.maximum(np.fft.rfftfreq(count, 1 / RATE_HZ), 20.0) ** slope
    return at_level(np.fft.irfft(spectrum, count), level_db)


def steps(values: Mapping[float, float]) -> Floats:
    """A gain that jumps to each value (amplitude) at its time."""
    at, sound = times(), np.zeros(len(times()))
    for since_s, value in sorted(values.items()):
        sound[at >= since_s] = value
    return sound


def ramps(values: Mapping[float, float]) -> Floats:
    """A gain that goes from value to value in straight lines."""
    return np.interp(times(), list(values), list(values.values()))


def struck(random: Random, every_s: float, make: Callable[[float], Floats]) -> Floats:
    """``make(a number from 0 to 1)`` again and again, by chance, on average so often, from 0.5 s on."""
    sound, at_s = np.zeros(len(times())), 0.5
    while (at_s := at_s + every_s * (0.5 + random.random())) < SECONDS - 0.5:
        one, start = make(random.random()), int(at_s * RATE_HZ)
        part = sound[start : start + len(one)]
        part += one[: len(part)]
    return sound


def swing(hz: float, decay_s: float, peak_db: float, seconds: float = 0.4) -> Floats:
    at = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    return gain(peak_db) * np.exp(-at / decay_s) * np.sin(2 * np.pi * hz * at)


def phone(random: Random, level_db: float) -> Floats:
    """A GSM phone: 0.577 ms pulses, 216.7 a second, in bursts; every 26th frame is left out."""
    at = times()
    frame = at * 216.68
    pulse = (frame % 1.0 < 0.125) & (np.floor(frame) % 26 != 25)
    bursts = steps(
        {s: float(on) for s, on in zip(np.cumsum(0.05 + 0.35 * random.random(30)), [1, 0] * 15, strict=True)}
    )
    sound = np.convolve(pulse * bursts, np.exp(-np.arange(60) / 12) * np.cos(np.arange(60) / 5), "same")
    return at_level(sound, level_db)


def skipping(sound: Floats, lost: Mapping[float, int]) -> Floats:
    """Without so many samples at each of these times, and nobody says so."""
    parts, start = [], 0
    for at_s, count in sorted(lost.items()):
        parts.append(sound[start : int(at_s * RATE_HZ)])
        start = int(at_s * RATE_HZ) + count
    return np.concatenate([*parts, sound[start:]])


@dataclass(frozen=True)
class Situation:
    """``make(random)`` gives the sound without its notes; ``notes`` are what is played in it."""

    name: str
    make: Callable[[Random], Floats]
    notes: tuple[Played, ...] = ()

    def samples(self, seed: int) -> NDArray[np.float32]:
        random = np.random.default_rng([seed, *self.name.encode()])
        sound = self.make(random)
        sound = sound + coloured(random, QUIET)[: len(sound)]
        if self.notes:
            sound = sound + take(self.notes, SECONDS, noise=0.0)[: len(sound)]
        return np.clip(sound, -1.0, 1.0).astype(np.float32)


def _slow(random: Random, hz: float) -> Floats:
    """A smooth wandering between about −1 and 1, up to that frequency."""
    points = random.uniform(-1.0, 1.0, int(SECONDS * 2 * hz) + 2)
    return np.interp(times(), np.arange(len(points)) / (2 * hz), points)


def _cross(one: Floats, other: Floats) -> Floats:
    return np.where(steps({0: 1, 2: 0, 3.5: 1, 5: 0}) > 0, one, other)


def _plug(random: Random, mains_hz: float) -> Floats:
    """Nothing; a thump, the loud buzz of a tip that is touched, once more a thump; then the guitar's own hum."""
    buzz = line(random, mains_hz, -22, COIL) * steps({0: 0, 2: 1, 2.05: 0, 2.12: 1, 2.3: 0})
    sound = buzz + line(random, mains_hz, -43) * steps({0: 0, 2.3: 1})
    for at_s in (2.0, 2.12, 2.3):
        start = int(at_s * RATE_HZ)
        sound[start : start + 9_600] += swing(30 + 20 * random.random(), 0.02, -8, 0.2)
    return sound


def _whisper(random: Random) -> Floats:
    count = int(SECONDS * RATE_HZ)
    spectrum, hz = np.fft.rfft(random.normal(size=count)), np.fft.rfftfreq(count, 1 / RATE_HZ)
    spectrum *= np.exp(-(((hz - 500) / 250) ** 2)) + 0.5 * np.exp(-(((hz - 1_600) / 400) ** 2))
    return at_level(np.fft.irfft(spectrum, count) * np.maximum(0.0, _slow(random, 5.0)), -45)


def _mains(name: str, make: Callable[[Random, float], Floats], notes: tuple[Played, ...] = ()) -> list[Situation]:
    return [Situation(f"{name}, {hz:g} Hz", lambda r, hz=hz: make(r, hz), notes) for hz in (50.0, 60.0)]


ON = {0.0: 0.0, 2.03: 1.0}
HUM = [
    Situation("hum of a railway, 16.7 Hz", lambda r: line(r, 50 / 3, -40, PLAIN)),
    *_mains("hum", lambda r, hz: line(r, hz, -43)),
    *_mains("loud hum", lambda r, hz: line(r, hz, -25)),
    *_mains("hum switched on", lambda r, hz: line(r, hz, -45) * steps(ON)),
    *_mains("loud hum switched on", lambda r, hz: line(r, hz, -30) * steps(ON)),
    *_mains("hum on and off", lambda r, hz: line(r, hz, -40) * steps({0: 0, 1.5: 1, 3: 0, 4.2: 1, 5.5: 0})),
    *_mains("a loose contact in hum", lambda r, hz: line(r, hz, -38) * (0.5 + 0.5 * np.sign(_slow(r, 2.0)))),
    *_mains("hum jumps in level", lambda r, hz: line(r, hz, -42) * steps({0: 1, 2: 3, 3.5: 0.7, 5: 2.5, 6: 0.3})),
    *_mains("hum turns over", lambda r, hz: line(r, hz, -40) * steps({0: 1, 2: -1, 3.5: 1, 5: -0.6})),
    *_mains("loud hum turns slowly", lambda r, hz: line(r, hz, -30) * ramps({0: 1, 2: 1, 2.5: -1, 4: -1, 4.4: 0.5})),
    *_mains("hum changes its phase", lambda r, hz: _cross(line(r, hz, -38), line(r, hz, -38))),
    *_mains("hum breathes", lambda r, hz: line(r, hz, -40) * 10 ** (6 * _slow(r, 1.0) / 20)),
    *_mains("lost samples in hum", lambda r, hz: skipping(line(r, hz, -40), {2: 37, 3: 200, 4: 480, 5: 700})),
    *_mains("hum wanders", lambda r, hz: line(r, hz + 0.2 * np.sin(2 * np.pi * 0.1 * times()), -38)),
    *_mains("a cable is plugged in", _plug),
    *_mains("a single coil", lambda r, hz: line(r, hz, -40, COIL)),
    *_mains("a single coil, switched on", lambda r, hz: line(r, hz, -40, COIL) * steps(ON)),
    *_mains(
        "a single coil, turning", lambda r, hz: line(r, hz, -35, COIL) * ramps({0: 1, 2: 1, 2.3: -1, 4: -1, 4.1: 1})
    ),
    *_mains("a dimmer", lambda r, hz: dimmer(r, hz, -42)),
    *_mains("a dimmer, switched on", lambda r, hz: dimmer(r, hz, -42) * steps(ON)),
    *_mains("a rectifier", lambda r, hz: line(r, hz, -40, RECTIFIER)),
    *_mains("a rectifier, switched on", lambda r, hz: line(r, hz, -40, RECTIFIER) * steps(ON)),
    *_mains("only odd multiples", lambda r, hz: line(r, hz, -40, ODD_ONLY)),
    *_mains("only odd multiples, switched on", lambda r, hz: line(r, hz, -40, ODD_ONLY) * steps(ON)),
    *_mains(
        "hum and a volume pot",
        lambda r, hz: (line(r, hz, -35) + coloured(r, -55)) * ramps({0: 0, 2: 0, 2.4: 1, 5: 1, 5.3: 0}),
    ),
]
HISS = [
    Situation("white hiss", lambda r: coloured(r, -45)),
    Situation("pink hiss", lambda r: coloured(r, -40, -0.5)),
    Situation("brown hiss", lambda r: coloured(r, -35, -1.0)),
    Situation("blue hiss", lambda r: coloured(r, -45, 0.5)),
    Situation("white hiss jumps", lambda r: coloured(r, -60) * steps({0: 1, 2: 6, 3: 1, 4: 20, 5.5: 2})),
    Situation("pink hiss jumps", lambda r: coloured(r, -60, -0.5) * steps({0: 1, 2: 6, 3: 1, 4: 20, 5.5: 2})),
    Situation("brown hiss jumps", lambda r: coloured(r, -55, -1.0) * steps({0: 1, 2: 6, 3: 1, 4: 20, 5.5: 2})),
    Situation("brown hiss swells", lambda r: coloured(r, -40, -1.0) * 10 ** (8 * _slow(r, 1.0) / 20)),
    Situation("a volume pot in hiss", lambda r: coloured(r, -45) * ramps({0: 0, 2: 0, 2.2: 1, 4: 1, 4.1: 0.1})),
    Situation("a card that begins to hiss", lambda r: coloured(r, -50) * steps(ON)),
    Situation("crackle", lambda r: struck(r, 0.1, lambda x: r.normal(size=100) * gain(-50 + 35 * x))),
    Situation("speech on the radio, whispered", _whisper),
]
KNOCKS = [
    Situation("a phone", lambda r: phone(r, -40)),
    Situation("a loud phone", lambda r: phone(r, -28)),
    Situation("pops", lambda r: struck(r, 0.5, lambda x: swing(2_000 + 3_000 * x, 0.0006, -6 - 20 * x))),
    Situation("thumps", lambda r: struck(r, 0.5, lambda x: swing(25 + 60 * x, 0.025 + 0.03 * x, -12 - 20 * x))),
    Situation("steps of DC", lambda r: np.cumsum(struck(r, 0.4, lambda x: np.full(1, 0.6 * x - 0.3)))),
    Situation(
        "a cable is handled",
        lambda r: struck(
            r,
            0.4,
            lambda x: (
                np.convolve(r.normal(size=int(3_000 + 6_000 * x)), np.hanning(300), "same")
                * np.hanning(int(3_000 + 6_000 * x))
                * gain(-50)
            ),
        ),
    ),
    Situation("switches of a fridge", lambda r: struck(r, 0.7, lambda x: swing(3_000 * x + 300, 0.004, -20 - 10 * x))),
    Situation(
        "knocks on the body",
        lambda r: struck(r, 0.5, lambda x: swing(95 + 90 * x, 0.012, -12 - 12 * x) + swing(230 + 200 * x, 0.008, -18)),
    ),
]


def _lick(peak: float, first: float = 45.0, start_s: float = 1.0) -> tuple[Played, ...]:
    """Ten notes, two a second, from this pitch up and down again."""
    steps = (0, 1, 5, 7, 10, 12, 7, 5, 1, 0)
    return tuple(Played(start_s + 0.5 * n, first + step, 0.45, peak) for n, step in enumerate(steps))


QUIET_PEAK, USUAL_PEAK = gain(-38.0), gain(-14.0)
PLAYED = [
    *_mains("quiet notes in hum", lambda r, hz: line(r, hz, -43), _lick(QUIET_PEAK)),
    *_mains(
        "quiet notes in wandering hum",
        lambda r, hz: line(r, hz + 0.2 * np.sin(2 * np.pi * 0.1 * times()), -43),
        _lick(QUIET_PEAK),
    ),
    *_mains("quiet notes and a single coil", lambda r, hz: line(r, hz, -45, COIL), _lick(QUIET_PEAK)),
    *_mains("quiet notes and a dimmer", lambda r, hz: dimmer(r, hz, -50), _lick(QUIET_PEAK)),
    *_mains("quiet notes and a rectifier", lambda r, hz: line(r, hz, -45, RECTIFIER), _lick(QUIET_PEAK)),
    *_mains("quiet B1 and up in hum", lambda r, hz: line(r, hz, -45), _lick(QUIET_PEAK, 35.0)),
    *_mains("B1 and up in loud hum", lambda r, hz: line(r, hz, -30), _lick(USUAL_PEAK, 35.0)),
    *_mains("notes from the start in hum", lambda r, hz: line(r, hz, -40), _lick(USUAL_PEAK, 40.0, 0.1)),
    *_mains("quiet notes from the start in hum", lambda r, hz: line(r, hz, -43), _lick(QUIET_PEAK, 40.0, 0.1)),
    *_mains("hum comes under notes", lambda r, hz: line(r, hz, -40) * steps({0: 0, 2.2: 1}), _lick(USUAL_PEAK)),
    *_mains(
        "hum turns over under notes",
        lambda r, hz: line(r, hz, -38) * steps({0: 1, 2.2: -1, 4.1: 0.4}),
        _lick(USUAL_PEAK),
    ),
    *_mains(
        "quiet notes in breathing hum",
        lambda r, hz: line(r, hz, -45) * 10 ** (4 * _slow(r, 1.0) / 20),
        _lick(QUIET_PEAK),
    ),
    *_mains(
        "quiet notes after a switch",
        lambda r, hz: line(r, hz, -43) * steps({0: 0, 0.4: 1}),
        _lick(QUIET_PEAK, 45.0, 1.2),
    ),
    Situation("quiet notes in white hiss", lambda r: coloured(r, -58), _lick(QUIET_PEAK)),
    Situation("quiet notes in pink hiss", lambda r: coloured(r, -60, -0.5), _lick(QUIET_PEAK)),
    Situation("quiet notes in brown hiss", lambda r: coloured(r, -50, -1.0), _lick(QUIET_PEAK)),
    Situation("quiet notes after hiss falls", lambda r: coloured(r, -62) * steps({0: 10, 0.6: 1}), _lick(QUIET_PEAK)),
]
SITUATIONS = (*HUM, *HISS, *KNOCKS, *PLAYED)
