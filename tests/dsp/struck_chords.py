"""Strums by formula for the tests of chords: stiff strings, one after another, at 12 kHz as the pipeline hears them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dsp.ear.pitch import PitchTracker
from dsp.types import HOP_SAMPLES
from tests.dsp.plucked import RATE_HZ, pluck

Samples = NDArray[np.float32]
SECONDS = 0.3


def low(sound: NDArray[np.floating]) -> Samples:
    """48 kHz through the pipeline's own decimation, whole hops of it."""
    tracker = PitchTracker(60.0)
    parts = []
    for start in range(0, len(sound) - HOP_SAMPLES + 1, HOP_SAMPLES):
        tracker.update(sound[start : start + HOP_SAMPLES].astype(np.float32))
        parts.append(tracker.low(HOP_SAMPLES // 4).copy())
    return np.concatenate(parts)


def strum(midi: Sequence[float], apart_s: float = 0.01, seconds: float = SECONDS, peak: float = 0.1) -> Samples:
    """Strings in the order given, each ``apart_s`` after the other."""
    sound = np.random.default_rng(5).normal(size=round(seconds * RATE_HZ)) * 1e-5
    for order, pitch in enumerate(midi):
        start = round(order * apart_s * RATE_HZ)
        one = peak * pluck(pitch, seconds + 0.1)[: len(sound) - start]
        sound[start : start + len(one)] += one
    return low(sound)


NOTHING_BEFORE = np.zeros(3_600, np.float32)
