"""How well chords were heard: root, type, notes that are no tone of them, chords that were none, and how late.

By the rule of the shared scorer: a chord counts where one of that name begins within 250 ms of it, and a reported note
is off it where it begins while the chord sounds, 50 ms before included.
"""

import math
from dataclasses import dataclass, field
from typing import Any

from dsp.theory.chord_kinds import KINDS
from dsp.theory.chord_names import parse_chord

Json = dict[str, Any]

NEAR_S = 0.25
EARLY_S = 0.05
WORDS = {"maj": "", "min": "m"}  # of the truth; all others are the kinds of dsp.theory


@dataclass
class ChordScore:
    """Of one listener over any number of takes."""

    true: int = 0
    roots: int = 0
    exact: int = 0
    off_notes: int = 0
    false: dict[str, int] = field(default_factory=dict)
    late_ms: list[float] = field(default_factory=list)

    def add(self, name: str, kind: str, truth: Json, heard: Json) -> None:
        """``heard`` as ``pedal analyze --json`` prints it. Where notes are played over chords, they are not off."""
        said = heard.get("chords") or []
        claimed: set[int] = set()
        for chord in truth.get("meta", {}).get("chords") or []:
            near = [at for at, one in enumerate(said) if abs(one["onset_s"] - chord["onset"]) < NEAR_S]
            claimed.update(near)
            self._add_one(chord, [said[at] for at in near])
            if kind == "chord":
                self.off_notes += self._off(chord, heard["notes"])
        if len(said) > len(claimed):
            self.false[name] = len(said) - len(claimed)

    def _add_one(self, chord: Json, near: list[Json]) -> None:
        wanted = chord["root"], WORDS.get(chord["type"], chord["type"])
        names = [parse_chord(one["name"]) for one in near]
        self.true += 1
        self.roots += any(one.root == wanted[0] for one in names)
        self.exact += any((one.root, one.kind) == wanted for one in names)
        if near:
            nearest = min(near, key=lambda one: abs(one["onset_s"] - chord["onset"]))
            self.late_ms.append(1000.0 * (nearest["decided_s"] - chord["onset"]))
        else:
            self.late_ms.append(math.inf)

    @staticmethod
    def _off(chord: Json, notes: list[Json]) -> int:
        tones = {(chord["root"] + step) % 12 for step in KINDS[WORDS.get(chord["type"], chord["type"])]}
        during = [n for n in notes if chord["onset"] - EARLY_S < n["onset_s"] < chord["offset"]]
        return sum(note["midi"] % 12 not in tones for note in during)
