"""How far a note is from its semitone: its first partial, measured as soon as it can be, and better as the note grows.

The period that names a note is no measure of its intonation: a stiff string's is 1 to 13 cents sharper than its first
partial, which is what is tuned. A fresh stroke is sharp besides, so of several windows the latest that lies in the
note counts. What is too far from the period was no partial of this string: hum, or a string that rings on.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from dsp.ear.hop import Hop
from dsp.types import SAMPLE_RATE_HZ

MS: Final = SAMPLE_RATE_HZ // 1000
# After the onset. Those from 15 ms on are half as exact, but all that a fast note has. Of two that begin together the
# longer is for lower strings: partials are told apart from G#3 up in the first, from D3, D#3, E2, and then in all.
WINDOWS: Final = (
    (15 * MS, 50 * MS),
    (15 * MS, 65 * MS),
    (30 * MS, 80 * MS),
    (30 * MS, 110 * MS),
    (40 * MS, 140 * MS),
    (60 * MS, 200 * MS),
    (100 * MS, 300 * MS),
    (300 * MS, 500 * MS),
    (600 * MS, 800 * MS),
)
# First partial less period, in cents, of 2500 notes of 11 guitars: half lay 2 to 10 below, 1 in 100 by 14 to 22. Of
# those beyond these limits, on either side, most were wrong.
STIFF_CENTS: Final = 24.0
ABOVE_CENTS: Final = 6.0
BESIDE_SAMPLES: Final = 60 * MS
BESIDE_SEMITONES: Final = 0.12  # from the fret's pitch: farther, the bend has begun


@dataclass(slots=True)
class Intonation:
    """Mutable: it lives only inside its note. Fractional MIDI of the first partial, and where the window ended."""

    measured: list[tuple[int, float]] = field(default_factory=list)
    windows: int = 0  # that were full so far
    start: int = 0  # of the newest that was measured

    def hear(self, hop: Hop, onset_sample: int, rough_hz: float) -> None:
        """Measure once in each window that has come to its end; ``rough_hz`` is the period's."""
        full = sum(hop.sample >= onset_sample + stop for _, stop in WINDOWS)
        if full == self.windows:
            return
        self.windows = full
        start, stop = WINDOWS[full - 1]
        if start == self.start and self.measured:
            return
        first_hz = hop.first_partial_hz(hop.refined_hz(rough_hz), onset_sample + start, onset_sample + stop)
        if first_hz is not None:
            self.measured.append((onset_sample + stop, hop.midi(first_hz)))
            self.start = start

    def pitch(self, period_midi: float, until_sample: int) -> float:
        """Of a straight note that was over at ``until_sample``, fractional MIDI; without a measurement its period's."""
        for stop_sample, first in reversed(self.measured):
            if stop_sample <= until_sample and -STIFF_CENTS <= 100.0 * (first - period_midi) <= ABOVE_CENTS:
                return first
        return period_midi

    def beside_period(self, curve: Sequence[tuple[int, float]], centre: float) -> float:
        """By how much the first partial lies above the period (below is negative), in semitones, where both were seen.

        Of a note that is bent later: its period is as sharp then as it is before. 0 where no window lay at ``centre``.
        """
        found = []
        for stop_sample, first in self.measured:
            there = [midi for sample, midi in curve if stop_sample - BESIDE_SAMPLES <= sample <= stop_sample]
            if there and max(abs(midi - centre) for midi in there) < BESIDE_SEMITONES:
                apart = first - sum(there) / len(there)
                if -STIFF_CENTS <= 100.0 * apart <= ABOVE_CENTS:
                    found.append(apart)
        return found[-1] if found else 0.0
