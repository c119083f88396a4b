"""A take while it is made: sound is placed, and in the same breath its truth is written down."""

import json
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from tests.takes.dirt import CONDITIONS, amplitude
from tests.takes.measure import Samples, hz_of
from tests.takes.strings import RATE_HZ, Voice

HOP_S = 0.01
QUIET_DB = -24.0
TAIL_S = 1.0


@dataclass
class Canvas:
    """``take`` at the end hands out what was placed, as it will be written."""

    name: str
    kind: str
    seed: int
    meta: dict[str, Any] = field(default_factory=dict)
    notes: list[dict[str, Any]] = field(default_factory=list)
    _placed: list[tuple[int, Samples]] = field(default_factory=list)

    def __post_init__(self) -> None:
        # Of its own name: one take more or less does not change the others.
        self.rng = np.random.default_rng([self.seed, zlib.crc32(self.name.encode())])

    def add(self, samples: Samples, at_s: float) -> None:
        """Sound that is no note."""
        self._placed.append((round(at_s * RATE_HZ), samples))

    def pluck(self, voice: Voice, at_s: float, midi: float, **more: Any) -> dict[str, Any]:
        """A note whose onset is at this time, to the nearest sample; its truth may still be refined by the caller."""
        onset = round(at_s * RATE_HZ)
        if onset < voice.lead:
            raise ValueError(f"{self.name}: a note cannot begin before its take does")
        self._placed.append((onset - voice.lead, voice.samples))
        onset_s = onset / RATE_HZ
        return self.note(onset_s, onset_s + voice.seconds, midi, voice.source, **more)

    def note(self, onset_s: float, offset_s: float, midi: float, source: str, **more: Any) -> dict[str, Any]:
        """The truth about one."""
        nearest = round(midi)
        truth = {
            "onset": onset_s,
            "offset": offset_s,
            "midi": round(midi, 4),
            "note": nearest,
            "cents": round(100 * (midi - nearest), 2),
            "f0_hz": hz_of(round(midi, 4)),
            "lib": source.partition("/")[0],
            "art": "pick",
            "src": source,
        } | more
        self.notes.append(truth)
        return truth

    def sum(self, seconds: float | None = None) -> Samples:
        """All that was placed, and a second of silence where no length is given."""
        end = max((start + len(samples) for start, samples in self._placed), default=0)
        out = np.zeros(round(seconds * RATE_HZ) if seconds is not None else end + round(TAIL_S * RATE_HZ))
        for start, samples in self._placed:
            part = samples[: max(0, len(out) - start)]
            out[start : start + len(part)] += part
        return out

    def take(self, peak_dbfs: float, condition: str = "clean", seconds: float | None = None) -> "Take":
        """The sum at this peak, and the condition under it."""
        out = self.sum(seconds)
        if np.any(out):
            out *= amplitude(peak_dbfs + (QUIET_DB if condition == "quiet" else 0.0)) / np.abs(out).max()
        out += CONDITIONS[condition](self.rng, len(out))
        return Take(self.name, self.kind, self.meta, tuple(sorted(self.notes, key=lambda n: n["onset"])), out)


@dataclass(frozen=True)
class Take:
    """Audio at 48 kHz and the truth about it; ``f0_hz`` every 10 ms where it was measured, else from the notes."""

    name: str
    kind: str
    meta: dict[str, Any]
    notes: tuple[dict[str, Any], ...]
    samples: Samples
    f0_hz: Samples | None = None

    def truth(self) -> dict[str, Any]:
        curve = self.f0_hz if self.f0_hz is not None else self._curve()
        return {
            "file": f"{self.name}.flac",
            "kind": self.kind,
            "sr": RATE_HZ,
            "duration": len(self.samples) / RATE_HZ,
            "annotation": "exact",
            "meta": self.meta,
            "notes": list(self.notes),
            "f0": {"hop": HOP_S, "hz": [round(float(f0_hz), 4) for f0_hz in curve]},
        }

    def _curve(self) -> Samples:
        curve = np.zeros(int(len(self.samples) / RATE_HZ / HOP_S))
        for note in self.notes:
            # A chord has no one pitch.
            curve[round(note["onset"] / HOP_S) : round(note["offset"] / HOP_S)] = (
                -1 if self.kind == "chord" else note["f0_hz"]
            )
        return curve

    def write(self, folder: Path) -> dict[str, Any]:
        """NAME.flac and NAME.json; returns its line of the manifest."""
        soundfile.write(folder / f"{self.name}.flac", self.samples, RATE_HZ, subtype="PCM_16")
        (folder / f"{self.name}.json").write_text(json.dumps(self.truth()), encoding="utf-8")
        seconds = round(len(self.samples) / RATE_HZ, 2)
        meta = {key: value for key, value in self.meta.items() if key not in {"chords", "double_stops", "events"}}
        return {"file": self.name, "kind": self.kind, "dur": seconds, "n": len(self.notes)} | meta
