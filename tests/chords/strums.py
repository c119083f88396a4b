"""Strums for the recogniser to learn from: any voicing, on any guitar, over whatever rang before, dirty in every way.

All at 12 kHz, after the pipeline's low-pass: mixing and filtering may be exchanged.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from dsp.chords.spectrum import RATE_HZ, SHORTEST_SAMPLES
from tests.chords.bank import BANK_HZ, SECONDS, Bank
from tests.chords.voicings import Voicing, any_voicing

BEFORE: Final = 3_600
LONGEST: Final = 4_080  # 340 ms
USUAL: Final = 3_600
STRUM_S: Final = (0.01, 0.14)
TUNE_CENTS: Final = 4.0
COMMON_CENTS: Final = 22.0
LEVEL_DB: Final = (-10.0, 0.0)
HISS_DB: Final = (-75.0, -26.0)  # against the loudest sample
HUM_DB: Final = (-75.0, -42.0)
DEAD_S: Final = (0.003, 0.025)

Rng = np.random.Generator


@dataclass(frozen=True)
class Strum:
    """What the recogniser is given, and the truth: every pitch that was struck and rang."""

    samples: np.ndarray
    before: np.ndarray
    voicing: Voicing
    about: dict[str, float | str] = field(default_factory=dict)

    @property
    def struck(self) -> tuple[int, ...]:
        return tuple(sorted(set(self.voicing.midi)))


@dataclass
class _Stage:
    """The sound under way; index ``BEFORE`` is the strum's onset."""

    rng: Rng
    bank: Bank
    cents: float
    sound: np.ndarray
    comb: float

    def string(self, midi: int, at: float, until: float | None, level_db: float, dead_s: float | None = None) -> None:
        """Struck at sample ``at``, damped at ``until``; ``dead_s``: how fast it dies under a hand."""
        rng = self.rng
        cents = self.cents + rng.normal(0.0, TUNE_CENTS)
        source = self.bank.strings[midi]
        if self.comb:
            delay = max(1, round(self.comb * BANK_HZ / (440.0 * 2.0 ** ((midi - 69) / 12))))
            source = source.copy()
            source[delay:] -= 0.7 * source[:-delay]
        first = int(np.ceil(at))
        count = len(self.sound) - first
        read = (np.arange(count) + first - at) * (BANK_HZ / RATE_HZ) * 2.0 ** (cents / 1200)
        read = read[read < len(source) - 1]
        begin = read.astype(np.intp)
        part = source[begin] + (read - begin) * (source[begin + 1] - source[begin])
        part = part * (10.0 ** (level_db / 20) / np.abs(part[:600]).max())
        time = np.arange(len(part)) / RATE_HZ
        if dead_s is not None:
            part *= np.exp(-time / dead_s)
        if until is not None:
            part *= np.clip((until - at) / RATE_HZ / 0.012 - time / 0.012 + 1.0, 0.0, 1.0)
        skip = max(0, -first)
        if skip < len(part):
            self.sound[first + skip : first + len(part)] += part[skip:]


@dataclass(frozen=True)
class _Former:
    """What was struck before the strum, and whether it was damped, or one string after the other rings through."""

    voicing: Voicing | None
    how: str


def any_strum(rng: Rng, banks: Sequence[Bank], voicing: Voicing | None = None) -> Strum:
    """One strum like no other; ``voicing``: that one, not any."""
    while True:
        bank = banks[rng.integers(len(banks))]
        how = str(rng.choice(["silence", "damped", "through", "one by one"], p=[0.3, 0.3, 0.25, 0.15]))
        wanted, former = voicing or any_voicing(rng), any_voicing(rng)
        if how == "one by one" and voicing is None and rng.random() < 0.6:  # the next note of a lick, or an arpeggio
            note = int(rng.choice(former.midi)) + int(rng.choice([0, 0, 0, 12, 7, 5, 3, 2, -2]))
            wanted = Voicing((note,), note % 12, None)
        elif rng.random() < 0.4:
            former = wanted
        if voicing or all(midi in bank.strings for midi in wanted.midi):
            return _strum(rng, bank, wanted, _Former(None if how == "silence" else former, how))


def _strum(rng: Rng, bank: Bank, voicing: Voicing, former: _Former) -> Strum:
    comb = rng.uniform(0.05, 0.45) if rng.random() < 0.3 else 0.0
    stage = _Stage(rng, bank, rng.uniform(-COMMON_CENTS, COMMON_CENTS), np.zeros(BEFORE + LONGEST), comb)
    silent = rng.random() < 0.03
    count = _heard_samples(rng)
    spread_s = float(np.exp(rng.uniform(*np.log(STRUM_S)))) if rng.random() < 0.3 else rng.uniform(0.02, 0.1)
    spread_s = min(spread_s, 0.45 * count / RATE_HZ)
    early = BEFORE + rng.uniform(-0.012, 0.008) * RATE_HZ
    upwards = rng.random() < 0.35
    order = voicing.midi[::-1] if upwards else voicing.midi
    steps = np.linspace(0.0, 1.0, len(order)) if len(order) > 1 else np.zeros(1)
    times = early + RATE_HZ * spread_s * np.sort(np.clip(steps + rng.normal(0, 0.05, len(order)) * (steps > 0), 0, 1.1))
    if former.voicing is not None:
        _ring_before(stage, former.voicing, former.how, dict(zip(order, times, strict=True)))
    lasts = rng.uniform(0.08, 0.25) if rng.random() < 0.12 else None  # a hand that damps a little
    for midi, at in zip(order, times, strict=True):
        stage.string(midi, at, None, rng.uniform(*LEVEL_DB), rng.uniform(*DEAD_S) if silent else lasts)
    if rng.random() < 0.08:
        dead = int(rng.integers(40, 65))
        if dead in bank.strings:
            stage.string(dead, early + rng.uniform(0, 0.05) * RATE_HZ, None, -6.0, rng.uniform(*DEAD_S))
    sound = _dirty(rng, _coloured(rng, stage.sound))
    truth = Voicing((), 0, None) if silent else voicing
    about = {"guitar": bank.name, "strum_ms": 1000 * spread_s, "up": float(upwards)}
    return Strum(sound[BEFORE : BEFORE + count].astype(np.float32), sound[:BEFORE].astype(np.float32), truth, about)


def _heard_samples(rng: Rng) -> int:
    """Mostly 300 ms; less where something else was struck soon after."""
    what = rng.random()
    if what < 0.6:
        return USUAL
    return int(rng.integers(SHORTEST_SAMPLES, 2_160) if what < 0.72 else rng.integers(2_160, LONGEST))


def _ring_before(stage: _Stage, former: Voicing, how: str, struck_at: dict[int, float]) -> None:
    """The strings of ``former``: damped before the strum, with it, or ringing through it; together, or one by one."""
    rng, first = stage.rng, min(struck_at.values())
    begun = first - rng.uniform(0.12, 0.29 if how == "damped" else 0.6) * RATE_HZ
    damped_at = first - rng.uniform(-0.02, 0.14) * RATE_HZ
    apart = rng.uniform(0.07, 0.35) * RATE_HZ
    for place, midi in enumerate(rng.permutation(former.midi) if how == "one by one" else former.midi):
        if midi not in stage.bank.strings:
            continue
        until: float | None = damped_at
        if how != "damped":  # a string that is struck again is damped by that; some ring on
            near = [at for note, at in struck_at.items() if abs(note - midi) < (1 if how == "one by one" else 4)]
            until = near[0] if near else (None if rng.random() < (0.8 if how == "one by one" else 0.5) else damped_at)
        at = first - (place + 1) * apart if how == "one by one" else begun + rng.uniform(0, 0.06) * RATE_HZ
        if at > first - SECONDS * RATE_HZ:
            stage.string(int(midi), at, until, rng.uniform(-14.0, 0.0))


def _coloured(rng: Rng, sound: np.ndarray) -> np.ndarray:
    """Through another pickup and amplifier: a curve of a few dB, now and then some drive."""
    if rng.random() < 0.7:
        hz = np.fft.rfftfreq(len(sound), 1 / RATE_HZ)
        curve_db = np.interp(np.log2(np.maximum(hz, 40.0) / 40.0), np.arange(7), np.cumsum(rng.normal(0.0, 3.5, 7)))
        sound = np.fft.irfft(np.fft.rfft(sound) * 10.0 ** (curve_db / 20), len(sound))
    peak = np.abs(sound).max() + 1e-9
    if rng.random() < 0.12:
        return np.tanh(sound / peak * 10.0 ** rng.uniform(0.0, 0.7))
    return sound / peak


def _dirty(rng: Rng, sound: np.ndarray) -> np.ndarray:
    """With hiss, what is left of hum, and the level of any instrument."""
    count = len(sound)
    hiss = np.convolve(rng.standard_normal(count + 3), np.array([1.0, rng.uniform(0, 1), 0, 0]), mode="valid")
    out = sound + hiss * 10.0 ** (rng.uniform(*HISS_DB) / 20)
    if rng.random() < 0.3:
        mains_hz, at_s = float(rng.choice([50.0, 60.0])), np.arange(count) / RATE_HZ
        level = 10.0 ** (rng.uniform(*HUM_DB) / 20)
        for order in (1, 2, 3, 5, 7):
            share = rng.uniform(0.0, 1.0) / order
            out = out + level * share * np.sin(2 * np.pi * order * mains_hz * at_s + rng.uniform(0, 7))
    return out * 10.0 ** (rng.uniform(-36.0, -8.0) / 20)
