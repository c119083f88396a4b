"""Which pitch do several looks agree on? A few rival pitches, each with the weight of the looks that spoke for it.

Two clear looks are enough, five doubtful ones as well; a single slip to an overtone costs a little time, not the note.
"""

from dataclasses import dataclass
from typing import Final

from dsp.ear.pitch import Look

AGREE_SEMITONES: Final = 0.4
DOUBTFUL: Final = 0.66  # a look this unclear says nothing
FADE: Final = 0.8  # of every rival's weight, per look that speaks for another
RIVALS_MAX: Final = 4
STALE_SAMPLES: Final = 8 * 128  # 21 ms without a word for it


@dataclass(slots=True)
class Rival:
    """One pitch (fractional MIDI, as the newest look had it), its weight, its looks, and the first one's sample."""

    midi: float
    weight: float
    looks: int
    since_sample: int
    clarity: float
    newest_sample: int = 0


class Evidence:
    """Looks in, the best supported pitch out."""

    def __init__(self) -> None:
        self._rivals: list[Rival] = []

    def clear(self) -> None:
        """Forget everything."""
        self._rivals.clear()

    def leads(self, rival: Rival) -> bool:
        """Whether nothing else has more weight."""
        return all(rival.weight >= other.weight for other in self._rivals)

    def best(self) -> Rival | None:
        """The one with the most weight, or ``None`` where no look has spoken."""
        return max(self._rivals, key=lambda rival: rival.weight, default=None)

    def add(self, midi: float, look: Look, sample: int) -> Rival | None:
        """One more look; returns the rival that it spoke for, or ``None`` when it was too unclear to count."""
        if look.clarity <= DOUBTFUL:
            return None
        for rival in self._rivals:
            rival.weight *= FADE
        self._rivals = [r for r in self._rivals if r.weight > 0.02 and sample - r.newest_sample <= STALE_SAMPLES]
        chosen = next((rival for rival in self._rivals if abs(rival.midi - midi) <= AGREE_SEMITONES), None)
        if chosen is None:
            chosen = Rival(midi, 0.0, 0, sample - look.span_samples // 2, look.clarity, sample)
            self._rivals = [*self._rivals[-(RIVALS_MAX - 1) :], chosen]
        chosen.weight = chosen.weight / FADE + look.clarity - DOUBTFUL
        chosen.midi = midi
        chosen.newest_sample = sample
        chosen.looks += 1
        chosen.clarity = max(chosen.clarity, look.clarity)
        return chosen
