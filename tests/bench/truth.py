"""Where recordings with truth lie: PEDAL_TRUTH, a folder of NAME.flac and NAME.json, or the project's own takes.

A ``manifest.json`` in the folder says which they are; without one, every pair of files counts.
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hardware.audio_file import read_audio
from pedal.early import DEMO_TAKE

RATE_HZ = 48_000


@dataclass(frozen=True)
class Take:
    """One recording; ``truth`` is its JSON, ``kind`` what it tests (seq, low, noise, ...)."""

    name: str
    kind: str
    audio: Path
    truth: dict[str, Any]

    def samples(self) -> NDArray[np.float32]:
        """Mono, shape (n,); a truth is only good for the rate it was made at."""
        audio = read_audio(self.audio)
        assert audio.sample_rate_hz == RATE_HZ, f"{self.audio} is not at 48 kHz"
        return np.ascontiguousarray(audio.samples[:, 0])


def truth_folder() -> Path:
    return Path(os.environ.get("PEDAL_TRUTH") or DEMO_TAKE.parent)


def takes(folder: Path) -> list[Take]:
    """All takes whose truth is exact, in the order of their names."""
    found = []
    for name in _names(folder):
        truth = json.loads((folder / f"{name}.json").read_text())
        if truth.get("annotation") == "exact":
            found.append(Take(name, truth["kind"], folder / f"{name}.flac", truth))
    if not found:
        raise FileNotFoundError(f"no NAME.flac with NAME.json in {folder}")
    return found


def _names(folder: Path) -> list[str]:
    manifest = folder / "manifest.json"
    if manifest.exists():
        return sorted(entry["file"] for entry in json.loads(manifest.read_text()))
    return sorted(path.stem for path in folder.glob("*.flac") if path.with_suffix(".json").exists())
