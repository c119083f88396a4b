"""The formulas of FretCoach (v0.3.1) and ours on the same sound: real notes, one thing wrong at a time.

Its formulas in our own words, fed as it feeds them: every 150 ms the last 0.4 s. Intonation is 1 less the distance to
the nearest semitone of the loudest spectral line between 150 and 4000 Hz, 0 where that is outside the scale. Timing is
exp(-2 v), v the variation (standard deviation over mean) of the last 15 times between polls at which the pitch class
changed. Noise control is 1 less the variance over the mean square. "Conformity" is exp(-2 v) over the counts of the
scale's tones, times the share of polls in the scale. Intonation and timing are smoothed by a quarter per poll.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from dsp.scores.session import summarise
from dsp.theory.scales import pitch_classes
from dsp.types import SessionSetup
from tests.bench.start import Row
from tests.dsp.heard_takes import RATE_HZ, Samples, hear, notes, ups_and_downs
from tests.takes import real

SETUP = SessionSetup()
POLL_S, WINDOW_S = 0.15, 0.4
LOWEST_HZ, HIGHEST_HZ, BINS = 150.0, 4000.0, 2048
SMOOTH = 0.25
NAMES = ("pitch_accuracy", "scale_conformity", "timing_stability", "noise_control")


@dataclass
class Ancestor:
    """Its state over one session."""

    scale: frozenset[int]
    pitch: float = 0.0
    timing: float = 0.0
    noise: float = 0.0
    counts: Counter[int] = field(default_factory=Counter)
    changes_s: list[float] = field(default_factory=list)
    last: int | None = None

    def poll(self, window: Samples, at_s: float) -> None:
        """One look at the newest window."""
        if float(np.mean(window.astype(float) ** 2)) < 6e-7:
            self.last = None
            return
        midi = loudest_midi(window)
        tone = round(midi) % 12
        self.counts[tone] += 1
        if tone != self.last:
            self.changes_s.append(at_s)
        self.last = tone
        score = 1.0 - abs(midi - round(midi)) if tone in self.scale else 0.0
        self.pitch += SMOOTH * (score - self.pitch)
        self.timing += SMOOTH * (self._evenness() - self.timing)
        self.noise = 1.0 - float(np.var(window)) / (float(np.mean(window.astype(float) ** 2)) + 1e-9)

    def _evenness(self) -> float:
        between_s = np.diff(self.changes_s[-15:])
        return float(np.exp(-2.0 * between_s.std() / between_s.mean())) if len(between_s) > 1 else 0.0

    def scores(self) -> dict[str, float]:
        inside = np.array([self.counts[tone] for tone in self.scale], float)
        share = inside.sum() / max(1, sum(self.counts.values()))
        even = float(np.exp(-2.0 * inside.std() / inside.mean())) if inside.sum() else 0.0
        return dict(zip(NAMES, (self.pitch, even * share, self.timing, max(0.0, self.noise)), strict=True))


def loudest_midi(window: Samples) -> float:
    """Of all short spectra, the highest line, placed by a parabola."""
    frames = np.lib.stride_tricks.sliding_window_view(window, BINS)[::512] * np.hanning(BINS)
    size = np.abs(np.fft.rfft(frames, axis=1))
    first, last = (round(hz * BINS / RATE_HZ) for hz in (LOWEST_HZ, HIGHEST_HZ))
    frame, line = np.unravel_index(size[:, first:last].argmax(), size[:, first:last].shape)
    at = int(line) + first
    before, top, after = size[frame, at - 1 : at + 2]
    bend = before - 2 * top + after
    shift = 0.5 * (before - after) / bend if bend else 0.0
    return 69.0 + 12.0 * float(np.log2((at + shift) * RATE_HZ / BINS / 440.0))


def theirs(sound: Samples) -> dict[str, float]:
    ancestor = Ancestor(pitch_classes(SETUP.scale_root, SETUP.scale_kind, SETUP.scale_type))
    step, window = round(POLL_S * RATE_HZ), round(WINDOW_S * RATE_HZ)
    for end in range(window, len(sound), step):
        ancestor.poll(sound[end - window : end], end / RATE_HZ)
    return ancestor.scores()


def ours(sound: Samples) -> dict[str, float | None]:
    metrics = summarise(SETUP, hear(sound)).metrics
    return {name: getattr(metrics, name) for name in NAMES}


def takes() -> Iterator[tuple[str, Samples, str, float, bool]]:
    """What is wrong, the sound, the score that must say so, its limit, and whether that is a lower one."""
    clean = real.render(notes(32))
    yield "flawless: pitch", clean, "pitch_accuracy", 0.97, True
    yield "20 cents sharp", real.render(notes(32, cents=lambda i: 20.0)), "pitch_accuracy", 0.6, False
    yield "root and fifth", real.render(notes(32, midis=(57, 64))), "scale_conformity", 1.0, True
    yield "half wrong", real.render(notes(32, midis=(57, 58))), "scale_conformity", 0.5, False
    yield "flawless: timing", clean, "timing_stability", 0.97, True
    yield (
        "random by half a step",
        real.render(notes(32, late_ms=ups_and_downs(150.0, 3))),
        "timing_stability",
        0.1,
        False,
    )
    yield "flawless: noise", clean, "noise_control", 0.97, True
    yield "hum at -43 dBFS", clean + real.hum(len(clean)), "noise_control", 0.5, False
    yield "hiss at -55 dBFS", clean + real.hiss(len(clean)), "noise_control", 0.5, False


def measure(_: Path) -> Iterator[Row]:
    for what, sound, name, limit, least in takes():
        our, their = ours(sound)[name], theirs(sound)[name]
        good = our is not None and (our >= limit if least else our <= limit)
        told = "not scored" if our is None else f"{our:.3f}"
        yield f"{what} ({name})", told, f"{'≥' if least else '≤'} {limit:g} | FretCoach {their:.3f}", good
