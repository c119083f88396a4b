"""Single strings of a guitar, every semitone, ready to be mixed: 24 kHz, through the pipeline's own low-pass."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np

from dsp.ear.pitch import _lowpass
from tests.takes.measure import hz_of
from tests.takes.sources import SHIFT_SEMITONES_MAX, Guitar
from tests.takes.strings import RATE_HZ, plucked

BANK_HZ: Final = 24_000
SECONDS: Final = 1.3
MIDI: Final = range(33, 91)


@dataclass(frozen=True)
class Bank:
    """``strings[midi]``: from its onset on, attack peak 1 before the low-pass."""

    name: str
    strings: dict[int, np.ndarray]


def bank_of(guitar: Guitar, reach: float = SHIFT_SEMITONES_MAX, midi: Iterable[int] = MIDI) -> Bank:
    """Every pitch that a recording of it is near enough to."""
    taps = _lowpass()
    strings = {}
    for pitch in midi:
        source = min(guitar.notes, key=lambda one: abs(one.midi - pitch))
        if abs(source.midi - pitch) > reach:
            continue
        voice = plucked(source, hz_of(pitch))
        sound = voice.samples[voice.lead : voice.lead + round(SECONDS * RATE_HZ)]
        strings[pitch] = np.convolve(sound, taps)[: len(sound)][:: RATE_HZ // BANK_HZ].astype(np.float32)
    return Bank(guitar.name, strings)
