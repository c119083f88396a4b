"""Is what sounds now only a machine: the mains, or a phone?

Hum that is switched on, turned around or interrupted begins like a note, and 60 Hz lies 49 cents under B1. But a
machine repeats itself after its period to the sample: the newest half period is held against the one a period before,
and against what lies a little earlier and later. Where the least difference lies exactly at the period, it is one.
Strings in tune have other periods (the nearest of the lowest three multiples are 35 cents away), what is stiff has no
exact one, and a struck string fades; so the longer a note has stood, the less it is asked.
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dsp.ear.pitch import Look
from dsp.ear.strokes import FLUX_NEW, MS, WAITS

Samples = NDArray[np.float32]

PERIODS: Final = (240, 200)  # samples of 50 and of 60 Hz
RATE_HZ: Final = 12_000
NEAR: Final = 0.04
BESIDE: Final = 6  # samples: 43 to 62 cents
REACH: Final = PERIODS[0] + PERIODS[0] // 2 + BESIDE
ALIKE: Final = 0.04  # power of the difference, of the power of what sounds
DEEPER: Final = 0.5  # than the differences beside it
CENTRED: Final = 0.12  # of BESIDE: 6 cents
STEPS: Final = (4, 5, 6, 7, 9, 11)  # what repeats so often in a period has a string's pitch, like F4 at 350 Hz
REPEATS: Final = 0.15
FALLS: Final = 0.97  # amplitude, from period to period: a string does
FALLS_TURNED: Final = 0.6  # and so does hum that is known, when its coil is turned away
GROWS: Final = 3.0  # a volume pot that is turned up
FRAMES: Final = (166, 111)  # three and two frames of a GSM phone, 4.615 ms each
PHONE_HZ: Final = 216.7
PHONE_APART: Final = 0.15  # semitones from the nearest note of the player
PHONE_ALIKE: Final = (0.12, 0.3)
PHONE_CENTRED: Final = 0.25  # 15 cents; A3 is 26 beside it
PROVES: Final = 42 * MS
HOLDS: Final = 24 * MS
CLEAR: Final = 0.66  # less clear, and nobody would take it for a note
MOVED_SEMITONES: Final = 0.6
STAYS: Final = 3  # hops


class BuzzWatch:
    """Listens where a note may begin, until it has proved itself; a machine that was heard is listened to on."""

    def __init__(self, a4_hz: float = 440.0) -> None:
        semitones = 12.0 * math.log2(PHONE_HZ / a4_hz)
        # At an A4 of 432 Hz, A3 is a phone's own pitch: better a phone that plays than a note that does not.
        self._phones = abs(semitones - round(semitones)) > PHONE_APART
        self._watch_until = 0
        self._held_until = 0
        self._begun = 0
        self._heard = 0

    def update(
        self,
        low: Samples,
        sample: int,
        flux: float,
        look: Look | None,
        *,
        begun: int,
        at_hz: float | None,
        humming: bool,
    ) -> bool:
        """Whether the pitch of the hop that ends at ``sample`` is a machine's. ``low`` as for ``is_buzz``.

        ``begun``: how many notes have; ``at_hz``: pitch of the open one, if any; ``humming``: whether it may be known
        hum that has changed.
        """
        if flux > FLUX_NEW:
            self._watch_until, self._held_until = sample + WAITS, 0
        if begun != self._begun:
            self._begun, self._watch_until = begun, sample + PROVES
        if look is None or look.clarity < CLEAR:
            return False
        if at_hz is not None and sample > self._watch_until and not _moved(look.f0_hz, at_hz):
            return False
        if not is_buzz(low, look.f0_hz, falls=FALLS_TURNED if humming else FALLS, phones=self._phones):
            self._heard = 0
        else:
            self._heard += 1
            # A finger that slides or bends past the pitch of a machine is there for a moment only.
            if at_hz is None or self._heard >= STAYS:
                self._held_until = sample + HOLDS
                self._watch_until = max(self._watch_until, self._held_until)
        return sample <= self._held_until


def is_buzz(low: Samples, f0_hz: float, falls: float = FALLS, *, phones: bool = True) -> bool:
    """Whether what was taken for a pitch of ``f0_hz`` is a machine's.

    ``low``: the newest ``REACH`` samples at 12 kHz, oldest first. ``falls``: as little amplitude as may be left.
    """
    return any(_may_be(f0_hz, period) and _is_mains(low, period, falls) for period in PERIODS) or (
        phones and abs(f0_hz - PHONE_HZ) < NEAR * PHONE_HZ and _is_phone(low)
    )


def _may_be(f0_hz: float, period: int) -> bool:
    """Whether a period of ``f0_hz``, read as a pitch is read early, fits into the machine's a whole number of times."""
    times = f0_hz * period / RATE_HZ
    return abs(times - round(times)) < NEAR * times


def _is_mains(low: Samples, period: int, falls: float) -> bool:
    newest, before = low[-(period // 2) :], low[-(period // 2) - period : -period]
    power, power_before, both = np.dot(newest, newest), np.dot(before, before) + 1e-20, np.dot(newest, before)
    gain = float(both / power_before)
    middle = float(power - gain * both)
    if not falls < gain < GROWS or middle > ALIKE * power or not _centred(low, newest, period, gain, CENTRED):
        return False
    return all(_difference(low, newest, round(period / step)) > REPEATS * power for step in STEPS)


def _is_phone(low: Samples) -> bool:
    three, two = FRAMES
    newest, before = low[-(three // 2) :], low[-(three // 2) - three : -three]
    power = float(np.dot(newest, newest))
    if power + np.dot(before, before) - 2.0 * np.dot(newest, before) > PHONE_ALIKE[0] * power:
        return False
    # D3 and E2 lie near two thirds and a third of it.
    return _difference(low, newest, two) < PHONE_ALIKE[1] * power and _centred(low, newest, three, 1.0, PHONE_CENTRED)


def _centred(low: Samples, newest: Samples, lag: int, gain: float, within: float) -> bool:
    """Whether the difference is least at ``lag``, to a share of ``BESIDE``."""
    earlier, middle, later = (_difference(low, newest, at, gain) for at in (lag - BESIDE, lag, lag + BESIDE))
    if middle > DEEPER * min(earlier, later):
        return False
    return 0.5 * abs(earlier - later) < within * (earlier + later - 2.0 * middle)


def _difference(low: Samples, newest: Samples, lag: int, gain: float = 1.0) -> float:
    away = newest - gain * low[-len(newest) - lag : -lag]
    return float(np.dot(away, away))


def _moved(f0_hz: float, at_hz: float) -> bool:
    return abs(12.0 * math.log2(f0_hz / at_hz)) > MOVED_SEMITONES
