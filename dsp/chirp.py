"""How long sound takes from our output back into our input: a known chirp out, found in what came back.

A linear sweep, −20 dBFS and a sixth of a second, is played several times. Each echo is found by the phase of the cross
spectrum alone (GCC-PHAT: Knapp and Carter, "The generalized correlation method for estimation of time delay", 1976):
every frequency of the band has one vote, so a humming string or the mains is outvoted, however loud it is. An echo
counts only where one delay clearly has more votes than every other; a measurement only where the echoes agree.
Better no number than a wrong one: it is taken out of everything the player is told about being early or late.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
Spectrum = NDArray[np.complex64]

CHIRPS: Final = 5
CHIRP_SAMPLES: Final = 8_192
CHIRP_DBFS: Final = -20.0
DELAY_SAMPLES_MAX: Final = 24_000
MARGIN_SAMPLES: Final = 4_096
"""Sound before and after, over which a window fades in and out: else steady tones would smear over every frequency."""
WINDOW_SAMPLES: Final = MARGIN_SAMPLES + DELAY_SAMPLES_MAX + CHIRP_SAMPLES + MARGIN_SAMPLES
PERIOD_SAMPLES: Final = WINDOW_SAMPLES - MARGIN_SAMPLES
"""From one chirp to the next: so far apart that an echo can belong to one chirp only."""

_LOW_HZ: Final = 300.0
_HIGH_HZ: Final = 15_000.0
_HIGH_SHARE: Final = 0.4  # of the rate, where that is lower
_FFT: Final = 1 << 16
_NEAR: Final = 48  # what converters ring belongs to the same echo
_VOTES_MIN: Final = 0.12
_SECOND_MAX: Final = 0.5
_CLIP: Final = 0.985
_APART_MAX: Final = 1.0


class Refusal(Enum):
    """Why there is no number."""

    NO_CABLE = "no_cable"
    CLIPPED = "clipped"
    UNSTEADY = "unsteady"


@dataclass(frozen=True, slots=True)
class Echo:
    """One chirp that came back ``delay_samples`` later. ``votes``: share of the band that says so, 0 to 1.

    ``gain_db`` is how loud it came back, at most: other sound in its place counts as its own.
    """

    delay_samples: float
    votes: float
    gain_db: float
    inverted: bool


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """Median of the echoes, in samples; ``spread_samples`` from the earliest to the latest of them."""

    latency_samples: float
    spread_samples: float
    confidence: float
    gain_db: float
    inverted: bool
    echoes: int


@lru_cache(maxsize=1)
def chirp(sample_rate_hz: int = 48_000) -> Samples:
    """The chirp, shape (CHIRP_SAMPLES,), read-only: its band is swept once, upwards, and faded at both ends."""
    low_hz, high_hz = _band_hz(sample_rate_hz)
    time_s = np.arange(CHIRP_SAMPLES) / sample_rate_hz
    duration_s = CHIRP_SAMPLES / sample_rate_hz
    phase = 2 * np.pi * (low_hz * time_s + (high_hz - low_hz) / (2 * duration_s) * time_s**2)
    made = (10 ** (CHIRP_DBFS / 20) * np.sin(phase) * _fade(CHIRP_SAMPLES, CHIRP_SAMPLES // 16)).astype(np.float32)
    made.setflags(write=False)
    return made


def find_echo(window: Samples, sample_rate_hz: int = 48_000) -> Echo | Refusal:
    """The echo of one chirp. ``window``: (WINDOW_SAMPLES,), the chirp was handed out at its sample MARGIN_SAMPLES.

    ``CLIPPED`` where a sample of it is at full scale, ``NO_CABLE`` where no delay from 0 to DELAY_SAMPLES_MAX stands
    out; silence and what is not a number have none.
    """
    assert window.shape == (WINDOW_SAMPLES,), f"a window has {WINDOW_SAMPLES} samples, not {window.shape}"
    if not np.isfinite(window).all() or not window.any():
        return Refusal.NO_CABLE
    if np.abs(window).max() >= _CLIP:
        return Refusal.CLIPPED
    votes = _votes_by_delay(window, sample_rate_hz)
    sizes = np.abs(votes[1:-1])  # its first and last only serve the neighbours: delays 0 to DELAY_SAMPLES_MAX
    best = int(sizes.argmax())
    others = np.concatenate((sizes[: max(0, best - _NEAR)], sizes[best + _NEAR + 1 :]))
    if sizes[best] < _VOTES_MIN or others.max() > _SECOND_MAX * sizes[best]:
        return Refusal.NO_CABLE
    at = MARGIN_SAMPLES + best
    sent, back = chirp(sample_rate_hz), window[at : at + CHIRP_SAMPLES]
    gain = abs(float(np.dot(sent, back))) / float(np.dot(sent, sent))
    sign = float(np.sign(votes[best + 1]))
    before, middle, after = (float(v) for v in sign * votes[best : best + 3])
    gain_db = 20 * math.log10(max(gain, 1e-6))
    return Echo(best + _peak(before, middle, after), float(sizes[best]), gain_db, sign < 0)


def agree(found: Sequence[Echo | Refusal]) -> RoundTrip | Refusal:
    """What all chirps together say: every one must have come back, and all within a sample of each other.

    One that is missing may be the first, whose echo comes so late that it is taken for the next one's.
    """
    echoes = [echo for echo in found if isinstance(echo, Echo)]
    if Refusal.CLIPPED in found:
        return Refusal.CLIPPED
    if len(echoes) <= len(found) // 2:
        return Refusal.NO_CABLE
    delays = np.array([echo.delay_samples for echo in echoes])
    spread = float(np.ptp(delays))
    if len(echoes) < len(found) or spread > _APART_MAX or len({e.inverted for e in echoes}) > 1:
        return Refusal.UNSTEADY
    return RoundTrip(
        max(0.0, float(np.median(delays))),
        spread,
        float(np.median([echo.votes for echo in echoes])),
        float(np.median([echo.gain_db for echo in echoes])),
        echoes[0].inverted,
        len(echoes),
    )


def find_round_trip(recorded: Samples, first_chirp_at: int, sample_rate_hz: int = 48_000) -> RoundTrip | Refusal:
    """The round trip in a whole recording, shape (n,): CHIRPS chirps, PERIOD_SAMPLES apart, the first at that sample.

    Sound must be there from MARGIN_SAMPLES before the first chirp to the end of the last one's window.
    """
    starts = [first_chirp_at - MARGIN_SAMPLES + number * PERIOD_SAMPLES for number in range(CHIRPS)]
    return agree([find_echo(recorded[start : start + WINDOW_SAMPLES], sample_rate_hz) for start in starts])


def _votes_by_delay(window: Samples, sample_rate_hz: int) -> NDArray[np.float32]:
    """Votes, −1 to 1, for the delays −1 to DELAY_SAMPLES_MAX + 1; negative for a chirp that came back upside down."""
    sent, weights = _sent(sample_rate_hz)
    heard = np.fft.rfft(window * _fade(WINDOW_SAMPLES, MARGIN_SAMPLES), _FFT)
    cross = heard * sent
    cross *= weights / np.maximum(np.abs(cross), np.finfo(np.float32).tiny)
    votes = np.fft.irfft(cross, _FFT).astype(np.float32)
    return votes[MARGIN_SAMPLES - 1 : MARGIN_SAMPLES + DELAY_SAMPLES_MAX + 2]


@lru_cache(maxsize=1)
def _sent(sample_rate_hz: int) -> tuple[Spectrum, NDArray[np.float32]]:
    """The chirp's conjugate spectrum, and each frequency's weight, such that unanimity is 1.

    The weights are a smooth hill over the band, so that votes for one delay do not spill over its neighbours.
    """
    spectrum = np.fft.rfft(chirp(sample_rate_hz), _FFT)
    low_hz, high_hz = _band_hz(sample_rate_hz)
    place = (np.fft.rfftfreq(_FFT, 1 / sample_rate_hz) - low_hz) / (high_hz - low_hz)
    weights = np.where((place > 0) & (place < 1), np.sin(np.pi * np.clip(place, 0, 1)), 0.0)
    weights *= _FFT / (2 * weights.sum())
    return np.conj(spectrum).astype(np.complex64), weights.astype(np.float32)


def _peak(before: float, middle: float, after: float) -> float:
    """Where between its neighbours the top of a parabola through three votes lies, −0.5 to 0.5."""
    bend = before - 2 * middle + after
    return float(np.clip(0.5 * (before - after) / bend, -0.5, 0.5)) if bend < 0 else 0.0


def _band_hz(sample_rate_hz: int) -> tuple[float, float]:
    return _LOW_HZ, min(_HIGH_HZ, _HIGH_SHARE * sample_rate_hz)


@lru_cache(maxsize=2)
def _fade(length: int, edge: int) -> Samples:
    """Ones, with a raised cosine of ``edge`` samples at both ends."""
    rising = 0.5 - 0.5 * np.cos(np.pi * (np.arange(edge) + 0.5) / edge)
    return np.concatenate((rising, np.ones(length - 2 * edge), rising[::-1])).astype(np.float32)
