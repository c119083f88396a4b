"""Onsets that wait for their pitch: what began, and whether it was a stroke."""

from collections import deque
from dataclasses import dataclass, field
from typing import Final

from dsp.ear.evidence import Evidence
from dsp.ear.hop import Hop
from dsp.types import HOP_SAMPLES, SAMPLE_RATE_HZ

MS: Final = SAMPLE_RATE_HZ // 1000

FLUX_NEW: Final = 0.11  # something began
FLUX_PICKED: Final = 0.25
FLUX_STROKE: Final = 0.40
FLUX_SOFT: Final = 0.06  # the small knock of a hammer-on
DIP_STROKE: Final = 0.12
DIP_LOUD_STROKE: Final = 0.04
APART: Final = 45 * MS
RISES_FOR: Final = 12 * MS
STRONGER: Final = 1.5
WAITS: Final = 110 * MS
WAITS_AGAIN: Final = 150 * MS
RECENT_HOPS: Final = 48
WARM_UP: Final = 30 * MS  # the first sound of all is always new, hum too


@dataclass(slots=True)
class Pending:
    """An onset without a pitch so far."""

    rough_sample: int
    flux: float
    before: float | None = None  # the pitch that sounded then
    clarity_before: float = 0.0
    dip: float = 1.0  # how unclear that pitch became
    again: bool = False  # its first pitch was taken back
    waits_samples: int = WAITS
    evidence: Evidence = field(default_factory=Evidence)

    @property
    def picked(self) -> bool:
        """Whether a pick was heard, as against a finger on the fretboard."""
        return self.flux >= FLUX_PICKED

    @property
    def is_loud(self) -> bool:
        """Whether it was a stroke by its flux alone."""
        return self.flux >= FLUX_STROKE

    @property
    def is_stroke(self) -> bool:
        """On the same pitch: a stroke breaks the period of the string for a moment; a squeak or a beat does not."""
        dip = self.clarity_before - self.dip
        return dip >= DIP_STROKE or (self.is_loud and dip >= DIP_LOUD_STROKE)


class StrokeWatch:
    """Turns the flux into at most one pending onset."""

    def __init__(self) -> None:
        self.pending: Pending | None = None
        self._last_onset_sample = -APART
        self._last_flux = 0.0
        self._clarity = 0.0
        self._recent: deque[tuple[float, int, float]] = deque(maxlen=RECENT_HOPS)

    def update(self, hop: Hop, sounding: float | None) -> None:
        """Take one hop in; ``sounding`` is the pitch of the open note, fractional MIDI."""
        self._recent.append((hop.flux, hop.sample, hop.power))
        clarity = hop.quick.best_clarity if hop.quick is not None else 0.0
        pending = self.pending
        if pending is not None:
            pending.dip = min(pending.dip, clarity)
            if hop.sample - pending.rough_sample > pending.waits_samples:
                pending = self.pending = None
        if hop.sample >= WARM_UP:
            self._notice(hop, pending, sounding)
        self._clarity += 0.25 * (clarity - self._clarity)

    def wait_again(self, onset_sample: int) -> None:
        """The note that began there was taken back, but something did begin: its pitch may still become clear."""
        if self.pending is None or not self.pending.is_loud:
            self.pending = Pending(onset_sample + HOP_SAMPLES, FLUX_STROKE, again=True, waits_samples=WAITS_AGAIN)

    def soft_onset(self, guess_sample: int) -> int:
        """Where the flux was greatest near the guess, for a note that came without a stroke."""
        near = [
            (f, sample) for f, sample, _ in self._recent if abs(sample - 2 * HOP_SAMPLES - guess_sample) < RISES_FOR
        ]
        flux, sample = max(near, default=(0.0, 0))
        return sample - 2 * HOP_SAMPLES if flux > FLUX_SOFT else guess_sample

    def loudest_since(self, onset_sample: int) -> float:
        """The greatest power (mean square over 16 ms) since then, as far as it is remembered (0.13 s)."""
        return max((power for _, sample, power in self._recent if sample > onset_sample), default=0.0)

    def power_at(self, sample: int) -> float:
        """Mean square over the 16 ms that end there, as far as it is remembered."""
        return next((power for _, at, power in reversed(self._recent) if at <= sample), 0.0)

    def _notice(self, hop: Hop, pending: Pending | None, sounding: float | None) -> None:
        since_samples = hop.sample - self._last_onset_sample
        if since_samples <= RISES_FOR:
            self._last_flux = max(self._last_flux, hop.flux)
            if pending is not None:
                pending.flux = self._last_flux
        elif hop.flux >= self._needed(since_samples):
            before, clarity = sounding, self._clarity
            if pending is not None and pending.before is not None:
                before, clarity = pending.before, pending.clarity_before
            dip = hop.quick.best_clarity if hop.quick is not None else 0.0
            self.pending = Pending(hop.sample, hop.flux, before, clarity, dip)
            self._last_onset_sample, self._last_flux = hop.sample, hop.flux

    def _needed(self, since_samples: int) -> float:
        """Shortly after a finger or a squeak only something clearly stronger is the stroke itself."""
        if since_samples >= APART:
            return FLUX_NEW
        return max(FLUX_STROKE, (0.5 if since_samples > APART // 2 else STRONGER) * self._last_flux)
