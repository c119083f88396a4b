"""The guitars that takes are made of, out of free packages: which notes of them are fit to be a truth, and why not.

A folder of sources holds, unpacked, the npm packages ``guitar-acoustic`` and ``bass-electric`` of tonejs-instruments
(Creative Commons BY 3.0), and ``FluidR3_GM.sf2`` of Debian's fluid-soundfont-gm (MIT). The electric guitar of
tonejs-instruments is left out: its maker and the pitches that were recorded are those of a guitar in the shared set.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from tests.takes.measure import RISEN_DB, Samples, attack_db, hz_of, midi_of, settled_pitch
from tests.takes.soundfont import Recorded, SoundFont

FLUID = "FluidR3_GM.sf2"
OUT_OF_FLUID = {
    "steel": "Steel/GS",
    "nylon": "Nylon Guitar/GS",
    "clean": "Clean Guitar",
    "jazz": "Jazz Guitar",
    "fingered": "Fingered Bass",
}
FOLDERS = {"acoustic": "guitar-acoustic", "bass": "bass-electric"}
FRET_NOISE = "Fret Noise"

NAME_CENTS_MAX = 60.0
"""A recording may be out of tune, but what is further from its name was measured wrong, or is not what it says."""
WANDER_CENTS_MAX = 10.0
START_DB_MAX = -36.0
"""Of the attack's peak: what is cut into louder than this has lost its beginning, and -30 dB is nowhere."""
CLIMB_FROM_DB, CLIMB_S_MAX = -33.0, 0.010
"""An attack that creeps up has no one beginning: a few dB of hiss would move it."""
CREEPING = {"drive": "Overdrive Guitar", "muted": "Palm Muted Guitar", "picked": "Picked Bass"}
"""Of FluidR3 as well. They take 8 to 35 ms, so their onsets are a matter of definition: for takes of their own kind."""
LENGTH_S_MIN = 0.5
SHIFT_SEMITONES_MAX = 5.5
"""Moved further, a recording no longer sounds, nor begins, like that string."""


@dataclass(frozen=True, eq=False)
class Source:
    """One recorded note: mono samples at its own rate, and its measured pitch."""

    name: str
    samples: Samples
    rate_hz: int
    f0_hz: float

    @property
    def midi(self) -> float:
        return float(69 + 12 * np.log2(self.f0_hz / 440.0))


@dataclass(frozen=True, eq=False)
class Guitar:
    """Its usable notes, lowest first, and one line about each that was refused."""

    name: str
    notes: tuple[Source, ...]
    refused: tuple[str, ...]

    def nearest(self, midi: float) -> Source:
        """The note that must be moved least; of two, the lower one. Raises ``ValueError`` where that is too far."""
        source = min(self.notes, key=lambda source: abs(source.midi - midi))
        if abs(source.midi - midi) > SHIFT_SEMITONES_MAX:
            raise ValueError(f"{self.name} has nothing near MIDI {midi:.1f}; the nearest is {source.midi:.1f}")
        return source


def guitar(folder: Path, name: str) -> Guitar:
    """Raises ``ValueError`` where nothing of it can be used, ``KeyError`` for a name that nobody knows."""
    if name in CREEPING:
        return chosen(name, SoundFont(folder / FLUID).instrument(CREEPING[name]), float("inf"))
    if name in OUT_OF_FLUID:
        return chosen(name, SoundFont(folder / FLUID).instrument(OUT_OF_FLUID[name]))
    return chosen(name, wav_notes(folder / FOLDERS[name]))


def wav_notes(folder: Path) -> list[Recorded]:
    """Every WAV that is named like a note, A2.wav or Cs3.wav."""
    found = []
    for path in sorted(folder.glob("*.wav")):
        match = re.match(r"([A-G]s?)(\d)$", path.stem)
        if match is not None:
            samples, rate_hz = soundfile.read(path, always_2d=True)
            midi = midi_of(match[1].replace("s", "#"), int(match[2]))
            found.append(Recorded(path.name, midi, samples.mean(axis=1), rate_hz))
    return found


def chosen(name: str, recordings: Iterable[Recorded], climb_s_max: float = CLIMB_S_MAX) -> Guitar:
    """The recordings whose pitch and attack can be stated exactly."""
    notes, refused = [], []
    for recorded in recordings:
        try:
            notes.append(measured(name, recorded, climb_s_max))
        except ValueError as error:
            refused.append(f"{name} {recorded.name}: {error}")
    if not notes:
        raise ValueError(f"{name} has no usable note: {'; '.join(refused) or 'nothing there'}")
    return Guitar(name, tuple(sorted(notes, key=lambda source: source.f0_hz)), tuple(refused))


def measured(guitar_name: str, recorded: Recorded, climb_s_max: float) -> Source:
    """The same with its pitch. Raises ``ValueError`` with the reason for what is not fit."""
    samples, rate_hz = recorded.samples, recorded.rate_hz
    if len(samples) < LENGTH_S_MIN * rate_hz:
        raise ValueError(f"lasts only {len(samples) / rate_hz:.2f} s before its loop")
    pitch = settled_pitch(samples, rate_hz)
    cents = 1200 * np.log2(pitch.f0_hz / hz_of(recorded.midi))
    if abs(cents) > NAME_CENTS_MAX:
        raise ValueError(f"sounds {cents:+.0f} cents off its name")
    if pitch.wander_cents > WANDER_CENTS_MAX:
        raise ValueError(f"wanders {pitch.wander_cents:.0f} cents")
    level_db = attack_db(samples, rate_hz)
    if level_db[0] > START_DB_MAX:
        raise ValueError(f"begins at {level_db[0]:.0f} dB of its peak")
    climb = int(np.argmax(level_db >= RISEN_DB)) - int(np.argmax(level_db >= CLIMB_FROM_DB))
    if climb > climb_s_max * rate_hz:
        raise ValueError(f"takes {1000 * climb / rate_hz:.0f} ms from {CLIMB_FROM_DB:.0f} to {RISEN_DB:.0f} dB")
    return Source(f"{guitar_name}/{recorded.name}", samples, rate_hz, pitch.f0_hz)
