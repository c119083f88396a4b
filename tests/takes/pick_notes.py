"""Choose the notes that the repo itself holds, so that what must hold is shown on real strings everywhere.

    python -m tests.takes.pick_notes SOURCES

writes ``tests/takes/notes``; the same sources give the same files. Run on purpose only: golden numbers hang on it.
"""

import json
import sys
from pathlib import Path

import numpy as np
import soundfile
import soxr

from tests.takes.measure import attack_index
from tests.takes.sources import Source, guitar
from tests.takes.stiff import first_partial_hz
from tests.takes.strings import LEAD_SAMPLES, RATE_HZ

NOTES = Path(__file__).parent / "notes"
GUITARS = {"steel": (38.0, 77.0), "jazz": (38.0, 75.0)}
LENGTH_S = 1.2
FADE_S = 0.03
PEAK = 0.8


def kept(source: Source) -> tuple[np.ndarray, float]:
    """16-bit sound at 48 kHz from a little before the onset, and the frequency of its first partial."""
    samples = soxr.resample(source.samples, source.rate_hz, RATE_HZ, quality="VHQ")
    onset = attack_index(samples, RATE_HZ)
    samples = samples[max(0, onset - 2 * LEAD_SAMPLES) : onset + round(LENGTH_S * RATE_HZ)].copy()
    fade = round(FADE_S * RATE_HZ)
    samples[-fade:] *= np.linspace(1.0, 0.0, fade)
    rounded = np.round(samples / np.abs(samples).max() * PEAK * 32767).astype(np.int16)
    return rounded, first_partial_hz(rounded / 32768.0, RATE_HZ, source.f0_hz)


def main(sources: Path) -> None:
    """Write the notes and what was measured of them."""
    NOTES.mkdir(exist_ok=True)
    for old in NOTES.glob("*.flac"):
        old.unlink()
    table = {}
    for name, (low, high) in GUITARS.items():
        for source in guitar(sources, name).notes:
            if low <= source.midi <= high:
                samples, f0_hz = kept(source)
                file = f"{name}_{round(source.midi)}.flac"
                soundfile.write(NOTES / file, samples, RATE_HZ, subtype="PCM_16", compression_level=1.0)
                table[file] = {"guitar": name, "recorded": source.name, "f0_hz": round(f0_hz, 4)}
    (NOTES / "notes.json").write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
