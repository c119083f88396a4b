"""Other ears, to be measured beside ours in the same run: aubio's trackers as they stream, SwiftF0 where installed.

aubio's own note maker finds next to nothing on a guitar, so all of them share one rule that makes notes of frames: a
semitone that holds for 40 ms is a note; another pitch, a gap, or an attack (6 dB within 30 ms, or aubio's own onset
detector) begins the next.
"""

import importlib.util
import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import aubio
import numpy as np
from numpy.typing import NDArray

Json = dict[str, Any]
Listener = Callable[[NDArray[np.float32]], tuple[list[Json], list[Json]]]

RATE_HZ = 48_000
WINDOW = 2_048
HOP = 256
SILENCE_DBFS = -50.0
F0_HZ = (38.0, 1_500.0)
HOLD_S = 0.04
GAP_S = 0.03
ATTACK_S = 0.03
ATTACK_DB = 6.0
APART_S = 0.06
SAME_SEMITONES = 0.6
AGREE_SEMITONES = 0.5
RECENT_FRAMES = 12


@dataclass(frozen=True)
class PitchFrame:
    """What a peer said: ``f0_hz`` 0 for none, the time that it is about, and when it could be known at the earliest."""

    f0_hz: float
    at_s: float
    known_s: float
    level_dbfs: float


@dataclass
class _Held:
    onset_s: float
    decided_s: float
    heard_until_s: float
    pitches: list[float]


@dataclass
class NoteRule:
    """Frames in, notes out. With ``own_onsets`` attacks come from outside only, and a note begins where they were."""

    hop_s: float
    own_onsets: bool = False
    hold_s: float = HOLD_S
    notes: list[Json] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._held: _Held | None = None
        self._candidate: list[tuple[float, float]] = []
        self._levels: deque[float] = deque(maxlen=max(2, round(ATTACK_S / self.hop_s)))
        self._attack_s = -1.0
        self._struck_s: float | None = None

    def attack(self, at_s: float) -> None:
        """A stroke was noticed there: what sounds is over, and what is heard next began there."""
        if self._held is None or at_s - self._held.onset_s > APART_S:
            self._end(at_s)
            self._candidate, self._struck_s = [], at_s

    def frame(self, frame: PitchFrame) -> None:
        self._levels.append(frame.level_dbfs)
        if frame.f0_hz <= 0.0:
            self._candidate = []
            if self._held is not None and frame.at_s - self._held.heard_until_s > GAP_S:
                self._end(self._held.heard_until_s)
            return
        midi = 69.0 + 12.0 * math.log2(frame.f0_hz / 440.0)
        if self._is_attack(frame):
            self._attack_s, self._candidate = frame.at_s, []
            self._end(frame.at_s)
        held = self._held
        if held is not None and abs(midi - median(held.pitches[-RECENT_FRAMES:])) < SAME_SEMITONES:
            held.heard_until_s, self._candidate = frame.at_s, []
            held.pitches.append(midi)
            return
        if self._candidate and abs(midi - self._candidate[-1][1]) >= AGREE_SEMITONES:
            self._candidate = []
        self._candidate.append((frame.at_s, midi))
        if len(self._candidate) >= max(2, round(self.hold_s / self.hop_s)):
            self._begin(frame)

    def finish(self) -> list[Json]:
        self._end(math.inf)
        return self.notes

    def _is_attack(self, frame: PitchFrame) -> bool:
        return (
            not self.own_onsets
            and self._held is not None
            and self._levels[-1] - self._levels[0] > ATTACK_DB
            and frame.at_s - max(self._attack_s, self._held.onset_s) > APART_S
        )

    def _begin(self, frame: PitchFrame) -> None:
        first_s = self._candidate[0][0]
        self._end(first_s)
        onset_s = first_s if self._struck_s is None else min(first_s, self._struck_s)
        self._held = _Held(onset_s, frame.known_s, frame.at_s, [midi for _, midi in self._candidate])
        self._candidate, self._struck_s = [], None

    def _end(self, at_s: float) -> None:
        held, self._held = self._held, None
        if held is None or min(at_s, held.heard_until_s) - held.onset_s < GAP_S:
            return
        pitch = median(held.pitches)
        self.notes.append(
            {
                "onset_s": held.onset_s,
                "offset_s": min(at_s, held.heard_until_s),
                "midi": round(pitch),
                "cents": 100.0 * (pitch - round(pitch)),
                "decided_s": held.decided_s,
            }
        )


def _level_dbfs(samples: NDArray[np.float32], end: int) -> float:
    """RMS over the last 20 ms."""
    recent = samples[max(0, end - 960) : end].astype(np.float64)
    return 10.0 * math.log10(float(np.mean(recent**2)) + 1e-12) if len(recent) else -120.0


def _aubio_peer(method: str, onset_method: str | None = None, hold_s: float = HOLD_S) -> Listener:
    def listen(samples: NDArray[np.float32]) -> tuple[list[Json], list[Json]]:
        tracker = aubio.pitch(method, WINDOW, HOP, RATE_HZ)
        tracker.set_unit("Hz")
        tracker.set_silence(SILENCE_DBFS)
        onsets = aubio.onset(onset_method, WINDOW // 2, HOP, RATE_HZ) if onset_method else None
        rule, readings = NoteRule(HOP / RATE_HZ, onsets is not None, hold_s), []
        for end in range(HOP, len(samples) + 1, HOP):
            hop = samples[end - HOP : end]
            level_dbfs = _level_dbfs(samples, end)
            if onsets is not None and onsets(hop)[0] > 0 and level_dbfs > SILENCE_DBFS:
                rule.attack(onsets.get_last_s())
            f0_hz = float(tracker(hop)[0])
            f0_hz = f0_hz if F0_HZ[0] < f0_hz < F0_HZ[1] and level_dbfs > SILENCE_DBFS else 0.0
            at_s = (end - WINDOW / 2) / RATE_HZ
            rule.frame(PitchFrame(f0_hz, at_s, end / RATE_HZ, level_dbfs))
            readings.append({"time_s": at_s, "f0_hz": f0_hz})
        return rule.finish(), readings

    return listen


def _swift_f0() -> Listener:
    """The network sees ten frames ahead and runs over the whole file; that it had to wait for them is added."""
    import soxr  # noqa: PLC0415
    from swift_f0 import SwiftF0  # noqa: PLC0415

    rate_hz, hop_s, ahead_frames = 16_000, 256 / 16_000, 10
    detector = SwiftF0(threads=1)

    def listen(samples: NDArray[np.float32]) -> tuple[list[Json], list[Json]]:
        found = detector.detect(soxr.resample(samples, RATE_HZ, rate_hz), rate_hz, fmin=47.0, fmax=1_400.0)
        rule, readings = NoteRule(hop_s), []
        frames = zip(found.timestamps.tolist(), found.pitch_hz.tolist(), found.confidence.tolist(), strict=True)
        for at_s, f0_hz, confidence in frames:
            level_dbfs = _level_dbfs(samples, int(at_s * RATE_HZ) + 1)
            heard_hz = f0_hz if confidence > 0.5 and level_dbfs > SILENCE_DBFS else 0.0
            rule.frame(PitchFrame(heard_hz, at_s, at_s + (ahead_frames + 1) * hop_s, level_dbfs))
            readings.append({"time_s": at_s, "f0_hz": heard_hz})
        return rule.finish(), readings

    return listen


def peers() -> dict[str, Listener]:
    """Every peer that can be heard on this machine."""
    found = {
        "yinfft": _aubio_peer("yinfft"),
        "yinfast": _aubio_peer("yinfast"),
        "specdiff+yinfft": _aubio_peer("yinfft", "specdiff"),
        "the same, 2 frames": _aubio_peer("yinfft", "specdiff", hold_s=0.0),
    }
    if importlib.util.find_spec("swift_f0") is not None:
        found["SwiftF0"] = _swift_f0()
    return found
