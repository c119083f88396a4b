"""How well a take was heard: notes, onsets, latency, octaves, jitter, tuner. One rule for the pedal and for its peers.

A note is found when its onset is within 50 ms and its pitch within 50 cents (half of a bend more); matching is that of
mir_eval. A report that stood wrong for more than 40 ms is one more false note, and so is a note that was taken back
after standing so long. Latency runs from the true onset to when the right semitone was said; a missed note is late for
ever.
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import mir_eval
import numpy as np
from numpy.typing import NDArray

from tests.bench.chord_scoring import ChordScore

Json = dict[str, Any]

NOTE_KINDS = ("seq", "legato", "bend", "low", "time")
TUNER_KINDS = ("tuner", "tunerdiff", "tunersynth")
REGISTERS = {"B1": 39.5, "E2": 44.5, "A2": 54.5, "G3": 63.5, "E4+": 999.0}  # each up to this MIDI number
ONSET_S = 0.05
PITCH_CENTS = 50.0
STANDS_S = 0.04
OCTAVE_CENTS = 60.0
JITTER_TRUE_MS_MAX = 20.0
STEADY_S = (0.4, 1.6)  # what counts of a tuner's note


@dataclass
class Counts:
    """True, reported and found; as F1."""

    true: int = 0
    reported: int = 0
    found: int = 0

    def add(self, true: int, reported: int, found: int) -> None:
        self.true, self.reported, self.found = self.true + true, self.reported + reported, self.found + found

    @property
    def f1(self) -> float:
        both = self.true + self.reported
        return 2 * self.found / both if both else math.nan


@dataclass
class Score:
    """Of one listener over any number of takes; ``add`` each with its kind, its truth and what was heard."""

    notes: dict[str, Counts] = field(default_factory=lambda: defaultdict(Counts))
    onsets: Counts = field(default_factory=Counts)
    onset_errors_ms: list[float] = field(default_factory=list)
    latencies_ms: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    octave_errors: int = 0
    heard_onsets: int = 0
    false_notes: dict[str, int] = field(default_factory=dict)
    noise_s: float = 0.0
    jitter_errors_ms: list[float] = field(default_factory=list)
    tuner_cents: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    chords: ChordScore = field(default_factory=ChordScore)

    @property
    def all_notes(self) -> Counts:
        total = Counts()
        for one in self.notes.values():
            total.add(one.true, one.reported, one.found)
        return total

    def add(self, name: str, kind: str, truth: Json, heard: Json, readings: Sequence[Json] = ()) -> None:
        """``heard`` as ``pedal analyze --json`` prints it, ``readings`` as ``pedal tune`` does."""
        self.chords.add(name, kind, truth, heard)
        if kind == "noise":
            self.false_notes[name] = len(heard["notes"]) + stood_wrong(heard)
            self.noise_s += truth["duration"]
        elif kind in NOTE_KINDS:
            self._add_notes(kind, truth["notes"], heard)
            self._add_onsets(kind, truth["notes"], heard["notes"])
            true_ms = truth["meta"].get("jitter_ms") if kind == "time" else None
            if true_ms is not None and true_ms <= JITTER_TRUE_MS_MAX and len(heard["notes"]) > 2:
                self._add_jitter(truth["notes"], heard["notes"], true_ms)
        elif kind in TUNER_KINDS:
            self.tuner_cents[kind] += tuner_errors(kind, truth, readings)

    def _add_notes(self, kind: str, true: Sequence[Json], heard: Json) -> None:
        found = dict(matched(true, heard["notes"]))
        self.notes[kind].add(len(true), len(heard["notes"]) + stood_wrong(heard), len(found))
        for index, note in enumerate(true):
            late = heard["notes"][found[index]]["decided_s"] - note["onset"] if index in found else math.inf
            self.latencies_ms[register(note["midi"])].append(1000 * late)

    def _add_onsets(self, kind: str, true: Sequence[Json], heard: Sequence[Json]) -> None:
        true, heard = sorted(true, key=lambda n: n["onset"]), sorted(heard, key=lambda n: n["onset_s"])
        pairs = near([n["onset"] for n in true], [n["onset_s"] for n in heard], ONSET_S)
        if kind != "legato":  # where a hammer-on begins is not exact enough to be held to
            self.onsets.add(len(true), len(heard), len(pairs))
            self.onset_errors_ms += [1000 * (heard[e]["onset_s"] - true[r]["onset"]) for r, e in pairs]
        for r, e in pairs:
            away = 100 * (pitch(heard[e]) - true[r]["midi"])
            self.heard_onsets += 1
            self.octave_errors += abs(away) > 600 and abs((away + 600) % 1200 - 600) < OCTAVE_CENTS

    def _add_jitter(self, true: Sequence[Json], heard: Sequence[Json], true_ms: float) -> None:
        grid, onsets = sorted(n["grid"] for n in true), sorted(n["onset_s"] for n in heard)
        steps = np.diff(np.unique(grid))
        pairs = near(grid, onsets, min(0.4 * float(np.median(steps)) if len(steps) else 0.2, 0.12))
        off_ms = np.array([1000 * (onsets[e] - grid[r]) for r, e in pairs])
        if len(off_ms) > 8:
            # Robust: one stray note is no jitter.
            spread = 1.4826 * float(np.median(np.abs(off_ms - np.median(off_ms))))
            self.jitter_errors_ms.append(abs(spread - true_ms))


def register(midi: float) -> str:
    return next(name for name, end in REGISTERS.items() if midi < end)


def pitch(note: Json) -> float:
    """Fractional MIDI number of a reported note."""
    return float(note["midi"] + note.get("cents", 0.0) / 100.0)


def stood_wrong(heard: Json) -> int:
    """Reports and notes that were wrong, and stood for longer than an eye is quick."""
    wrong = sum(
        said["midi"] != note["midi"] and then["decided_s"] - said["decided_s"] > STANDS_S
        for note in heard["notes"]
        for said, then in zip(note.get("reports") or [], (note.get("reports") or [])[1:], strict=False)
    )
    return wrong + sum(note["retracted_s"] - note["decided_s"] > STANDS_S for note in heard.get("retracted", []))


def near(true: Sequence[float], heard: Sequence[float], within_s: float) -> list[tuple[int, int]]:
    """Index pairs of the largest one-to-one matching of two sorted lists of times."""
    if not len(true) or not len(heard):
        return []
    return [(int(r), int(e)) for r, e in mir_eval.util.match_events(np.array(true), np.array(heard), within_s)]


def matched(true: Sequence[Json], heard: Sequence[Json]) -> list[tuple[int, int]]:
    """Index pairs of true and reported notes that are the same note."""
    if not true or not heard:
        return []
    # The curve of a bend has no one pitch: its middle is asked for, and half of the bend is allowed around it.
    bends = np.array([note.get("bend_cents") or (40.0 if note.get("vibrato") else 0.0) for note in true])
    return [
        (int(r), int(e))
        for r, e in mir_eval.transcription.match_notes(
            np.array([(n["onset"], max(n["offset"], n["onset"] + 0.02)) for n in true]),
            np.array([n["f0_hz"] for n in true]) * 2.0 ** (bends / 2400.0),
            np.array([(max(n["onset_s"], 0.0), max(n["offset_s"], n["onset_s"] + 0.01)) for n in heard]),
            440.0 * 2.0 ** ((np.array([pitch(n) for n in heard]) - 69.0) / 12.0),
            onset_tolerance=ONSET_S,
            pitch_tolerance=PITCH_CENTS + float(np.abs(bends).max()) / 2,
            offset_ratio=None,
        )
    ]


def tuner_errors(kind: str, truth: Json, readings: Sequence[Json]) -> list[float]:
    """Cents between the median reading and the median truth of each steady note; infinite where nothing was shown.

    ``tunerdiff``: two notes each, the same string shifted by a known amount; only how far the two errors are apart.
    """
    at = np.array([r["time_s"] for r in readings])
    f0_hz = np.array([r["f0_hz"] or 0.0 for r in readings])
    errors = [_tuner_error(note, truth["f0"], at, f0_hz) for note in truth["notes"]]
    if kind == "tunerdiff":
        return [
            abs(b - a) if math.isfinite(a + b) else math.inf for a, b in zip(errors[::2], errors[1::2], strict=True)
        ]
    return [abs(error) for error in errors]


def _tuner_error(note: Json, curve: Json, at: NDArray[np.float64], f0_hz: NDArray[np.float64]) -> float:
    start, stop = note["onset"] + STEADY_S[0], min(note["offset"], note["onset"] + STEADY_S[1])
    true_hz = np.array(curve["hz"][int(start / curve["hop"]) : int(stop / curve["hop"])])
    true_hz = true_hz[true_hz > 0]
    shown_hz = f0_hz[(at > start) & (at < stop) & (f0_hz > 0)]
    if not len(shown_hz) or not len(true_hz):
        return math.inf
    return 1200 * math.log2(float(np.median(shown_hz)) / float(np.median(true_hz)))
