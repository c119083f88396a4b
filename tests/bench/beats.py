"""Which beat is heard in rhythms made by chance: the share that is right, and what is said instead.

    PYTHONPATH=. python tests/bench/beats.py [PLAYERS]

Each line is one rhythm at random tempi (60 to 160 BPM), uneven by up to 15 ms, drifting by up to 4 %. A column for
every ratio of the tempo told to the true one; ``null``: no pulse. Below: how often each degree of ``sure`` is right.
"""

import sys
from collections import Counter, defaultdict
from fractions import Fraction

import numpy as np

from dsp.rhythm.pulse import find_pulses
from tests.dsp.made_rhythms import FIGURES, rhythm

RATIOS = [Fraction(ratio) for ratio in ["1/4", "1/3", "1/2", "2/3", "3/4", "1", "4/3", "3/2", "2", "3", "4"]]
TEMPI_BPM = (60.0, 160.0)
NEAR = 0.015
STEPS_OF_SURE = (0.0, 0.5, 0.7, 0.9, 0.98, 1.01)


def told(name: str, accent_db: float, seed: int) -> tuple[str, float]:
    """The ratio of the tempo told to the true one, and how sure it was."""
    random = np.random.default_rng([seed, 9])
    bpm = float(np.exp(random.uniform(*np.log(TEMPI_BPM))))
    drift = float(random.uniform(-0.04, 0.04))
    beats = 8 * round(bpm * 16.0 / 60.0 / 8.0)
    stretch = rhythm(
        name, bpm, seed, beats, jitter_ms=float(random.uniform(0.0, 15.0)), accent_db=accent_db, drift=drift
    )
    pulses = find_pulses([stretch])
    if not pulses:
        return "null", 0.0
    ratio = pulses[0].tempo_bpm * (1.0 + drift / 2.0) / bpm
    names = [str(known) for known in RATIOS if abs(ratio / known - 1.0) < NEAR]
    return (names or ["other"])[0], pulses[0].held.sure or 0.0


def main(players: int) -> None:
    """Print the tables."""
    right: dict[int, list[bool]] = defaultdict(list)
    for accent_db in (0.0, 3.0, 6.0):
        print(f"\naccents of {accent_db:g} dB")
        every: Counter[str] = Counter()
        for name in FIGURES:
            said: Counter[str] = Counter()
            for seed in range(players):
                ratio, sure = told(name, accent_db, seed)
                said[ratio] += 1
                if ratio != "null":
                    right[int(np.searchsorted(STEPS_OF_SURE, sure, "right"))].append(ratio == "1")
            every += said
            print(f"  {name:30s} {said['1'] / players:5.2f}  {dict(said.most_common())}")
        print(f"  {'all':30s} {every['1'] / every.total():5.2f}  {dict(every.most_common())}")
    print()
    for step, outcomes in sorted(right.items()):
        low, high = STEPS_OF_SURE[step - 1], STEPS_OF_SURE[step]
        print(f"sure {low:.2f} to {min(1.0, high):.2f}: right {np.mean(outcomes):.3f} of {len(outcomes)}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60)
