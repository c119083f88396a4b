"""Guitars by formula, each with strings, pickup and box of its own: what recordings are too few to show."""

import numpy as np

from tests.chords.bank import BANK_HZ, MIDI, SECONDS, Bank
from tests.takes.measure import hz_of

Rng = np.random.Generator
HIGHEST_HZ = 3_000.0


def made_bank(seed: int) -> Bank:
    """Stiff strings plucked somewhere, heard somewhere else, swinging in two planes, in a box of random resonances."""
    rng = np.random.default_rng([seed, 77])
    stiffness, tilt = 10.0 ** rng.uniform(-5.0, -3.9), rng.uniform(0.4, 1.6)
    plucked_at, heard_at = rng.uniform(0.06, 0.3), rng.uniform(0.05, 0.4) if rng.random() < 0.7 else None
    lasts_s, dulls = 10.0 ** rng.uniform(-0.4, 0.7), rng.uniform(0.05, 0.6)
    knots_db = rng.normal(0.0, 4.0, 8)
    strings = {}
    for midi in MIDI:
        fret = max(0.2, 1.0 - (midi - 40) % 5 / 17.0)
        own = stiffness * 2.0 ** ((midi - 52) / 14.0)
        sound = np.zeros(round(SECONDS * BANK_HZ))
        at_s = np.arange(len(sound)) / BANK_HZ
        order = 0
        while (hz := hz_of(midi) * (order + 1) * np.sqrt((1 + own * (order + 1) ** 2) / (1 + own))) < HIGHEST_HZ:
            order += 1
            level = np.sin(np.pi * order * min(0.5, plucked_at / fret)) / order**tilt
            if heard_at is not None:
                level *= np.sin(np.pi * order * min(0.5, heard_at / fret))
            level *= 10.0 ** ((np.interp(np.log2(hz / 50.0), np.arange(8), knots_db) + rng.normal(0.0, 2.5)) / 20.0)
            second = rng.uniform(0.0, 0.4)
            for share, off_hz in ((1.0 - second, 0.0), (second, rng.uniform(-1.0, 1.0))):
                turn = 2 * np.pi * (hz + off_hz) * at_s + rng.uniform(0, 2 * np.pi)
                sound += share * level * np.sin(turn) * np.exp(-at_s * (1 + dulls * order) / lasts_s)
        sound += _pick(rng, len(sound)) * rng.uniform(0.0, 0.3) * np.abs(sound).max()
        sound *= np.minimum(1.0, at_s / 0.001)
        strings[midi] = (sound / np.abs(sound).max()).astype(np.float32)
    return Bank(f"made {seed}", strings)


def _pick(rng: Rng, count: int) -> np.ndarray:
    return rng.standard_normal(count) * np.exp(-np.arange(count) / BANK_HZ / rng.uniform(0.001, 0.006))
