"""The first partial of a recorded string, from all that can be seen of it: what a tuner shows and the ear reports."""

import numpy as np

from tests.takes.measure import Samples, attack_index

FROM_S, TO_S = 0.06, 0.42
"""After its onset: what the ear sees of a note, too."""
PARTIALS = 8
ROUNDS = 3
SPECTRUM = 1 << 18
"""Points, 0.2 Hz apart at 48 kHz."""


def first_partial_hz(samples: Samples, rate_hz: int, near_hz: float) -> float:
    """Each partial's frequency by the peak of one long window, and the stiff string's law through them.

    ``(f_k / k)**2`` is a straight line over ``k**2`` (Fletcher, 1964): its value at k = 1, each partial weighted by
    its energy. A body's resonance may swallow the first partial itself, or bend it by a dozen cents.
    """
    onset = attack_index(samples, rate_hz)
    part = samples[onset + round(FROM_S * rate_hz) : onset + round(TO_S * rate_hz)]
    taper = np.hanning(len(part)) ** 2
    size = np.abs(np.fft.rfft(part * taper, SPECTRUM))
    orders, found, energy = [], [], []
    for k in range(1, PARTIALS + 1):
        if k * near_hz > 0.35 * rate_hz:
            break
        f_hz, level = _peak(size, rate_hz, k * near_hz, near_hz)
        orders.append(k)
        found.append(f_hz)
        energy.append(level**2)
    k2 = np.array(orders, float) ** 2
    y = (np.array(found) / np.array(orders)) ** 2
    weight = np.array(energy) * k2
    for _ in range(ROUNDS):
        slope, start = np.polyfit(k2, y, 1, w=np.sqrt(weight)) if len(k2) > 2 else (0.0, np.average(y, weights=weight))
        away = np.abs(y - (start + slope * k2)) / start
        weight = weight * (away < max(5e-4, 3.0 * float(np.median(away))))
    return float(np.sqrt(start + slope))


def _peak(size: Samples, rate_hz: int, near_hz: float, f0_hz: float) -> tuple[float, float]:
    """Frequency and size of the strongest line within 3 % of a place, by a parabola through its logarithm."""
    bin_hz = rate_hz / SPECTRUM
    span = min(0.03 * near_hz, 0.3 * f0_hz)
    first, last = (round((near_hz + side * span) / bin_hz) for side in (-1, 1))
    at = int(np.clip(first + size[first : last + 1].argmax(), first + 1, last - 1))
    before, peak, after = np.log(size[at - 1 : at + 2] + 1e-12)
    bend = before - 2 * peak + after
    shift = 0.5 * (before - after) / bend if bend < 0 else 0.0
    return float((at + shift) * bin_hz), float(size[at])
