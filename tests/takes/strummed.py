"""Takes of several strings: strums of every voicing, repeated ones, melodies over them, arpeggios, double stops.

Their truth is that of the shared chords, and beside it which notes are a melody, an arpeggio or a double stop.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.takes.canvas import Canvas, Take
from tests.takes.dirt import Rng, amplitude
from tests.takes.phrases import STANDARD
from tests.takes.played import CHORD_DBFS, FIRST_S, TUNE_CENTS, string
from tests.takes.sources import Guitar
from tests.takes.strings import Voice, damped
from tests.takes.voicings import ALL, Voicing

STRUM_S = (0.02, 0.1)
UNEVEN = 0.35
"""Of the mean time from string to string: a hand is no machine."""
RESTRUCK_S = 0.004
"""A pick that comes back stops its string at once."""
DAMPED_S = 0.03
RINGS_S = 6.0


@dataclass
class Strings:
    """A guitar whose strings sound until they are struck again or damped; ``play`` at the end writes them down."""

    canvas: Canvas
    guitar: Guitar
    _sounding: dict[int, tuple[float, float, Voice, dict[str, Any]]] = field(default_factory=dict)

    @property
    def rng(self) -> Rng:
        return self.canvas.rng

    def pluck(self, number: int, note: int, at_s: float, gain_db: float, **more: Any) -> None:
        """String ``number`` is struck; what it sounded before is over."""
        self.damp(at_s, (number,), RESTRUCK_S)
        midi = note + self.rng.normal(0, TUNE_CENTS) / 100
        voice = string(self.guitar, midi).scaled(amplitude(gain_db))
        self._sounding[number] = at_s, midi, voice, more

    def damp(self, at_s: float, numbers: Iterable[int] = range(6), release_s: float = DAMPED_S) -> None:
        """These strings are silent from then on."""
        for number in numbers:
            if number not in self._sounding:
                continue
            begun_s, midi, voice, more = self._sounding.pop(number)
            length_s = min(at_s - begun_s, RINGS_S)
            self.canvas.pluck(damped(voice, length_s, min(release_s, length_s)), begun_s, midi, **more)

    def strum(
        self, voicing: Voicing, fret: int, at_s: float, spread_s: float, *, up: bool, gain_db: float = 0.0
    ) -> None:
        """All strings of the shape, from the lowest on or back, so far apart; its truth is not yet told."""
        strings = list(zip(voicing.strings(), voicing.notes(fret), strict=True))
        steps = 1.0 + UNEVEN * (2 * self.rng.random(len(strings) - 1) - 1)
        late_s = [0.0, *(spread_s * steps.cumsum() / steps.sum())]
        for (number, note), after_s in zip(strings[::-1] if up else strings, late_s, strict=True):
            self.pluck(number, note, at_s + float(after_s), gain_db + self.rng.uniform(-5.0, 0.0))

    def tell(self, voicing: Voicing, fret: int, onset_s: float, offset_s: float, spread_s: float, *, up: bool) -> None:
        """The truth about a chord."""
        self.canvas.meta.setdefault("chords", []).append(
            {
                "onset": onset_s,
                "offset": offset_s,
                "root": (voicing.root + fret) % 12,
                "type": voicing.kind,
                "strum_ms": 1000 * spread_s,
                "up": up,
                "bass": min(voicing.notes(fret)) % 12,
                "voicing": voicing.name,
            }
        )


def _begin(name: str, kind: str, seed: int, guitar: Guitar, cond: str) -> Strings:
    return Strings(Canvas(name, kind, seed, {"lib": guitar.name, "cond": cond}), guitar)


def _any(rng: Rng, kinds: tuple[str, ...] = ()) -> tuple[Voicing, int]:
    """A voicing and where on the neck."""
    fitting = [voicing for voicing in ALL if not kinds or voicing.kind in kinds]
    voicing = fitting[int(rng.integers(len(fitting)))]
    return voicing, int(rng.integers(0, voicing.frets_max + 1))


def changes(name: str, seed: int, guitar: Guitar, cond: str, count: int = 12) -> Take:
    """From chord to chord, each in any voicing; the one before rings on into it, or was damped a little earlier."""
    strings = _begin(name, "chord", seed, guitar, cond)
    rng, at_s = strings.rng, FIRST_S
    for index in range(count):
        voicing, fret = _any(rng)
        spread_s, up, held_s = rng.uniform(*STRUM_S), bool(rng.random() < 0.3), rng.uniform(0.7, 1.6)
        strings.strum(voicing, fret, at_s, spread_s, up=up)
        ends_s = at_s + held_s
        if index == count - 1 or rng.random() < 0.5:
            ends_s -= rng.uniform(0.0, 0.15)
            strings.damp(ends_s)
        else:
            # A hand that leaves its grip: what it does not strike again may ring on as an open string; most is lifted.
            strings.damp(ends_s + 0.05, [n for n in range(6) if rng.random() < 0.6])
        strings.tell(voicing, fret, at_s, ends_s, spread_s, up=up)
        at_s += held_s
    strings.damp(at_s)
    return strings.canvas.take(CHORD_DBFS, cond)


def repeated(name: str, seed: int, guitar: Guitar, cond: str, bpm: float) -> Take:
    """Four bars of 8ths, down and up, a new chord with every bar; the first stroke of each half is the loudest."""
    strings = _begin(name, "chord", seed, guitar, cond)
    strings.canvas.meta["bpm"] = bpm
    rng, step_s = strings.rng, 60 / bpm / 2
    for bar in range(4):
        voicing, fret = _any(rng, ("maj", "min", "7", "m7", "sus4", "5"))
        for stroke in range(8):
            at_s = FIRST_S + (8 * bar + stroke) * step_s
            spread_s, up = rng.uniform(0.02, min(0.06, 0.25 * step_s)), stroke % 2 == 1
            strings.strum(voicing, fret, at_s, spread_s, up=up, gain_db=0.0 if stroke % 4 == 0 else -2.5)
            strings.tell(voicing, fret, at_s, at_s + step_s, spread_s, up=up)
        strings.damp(FIRST_S + 8 * (bar + 1) * step_s - 0.01, release_s=0.02)
    return strings.canvas.take(CHORD_DBFS, cond)


def with_melody(name: str, seed: int, guitar: Guitar, cond: str, *, over: bool) -> Take:
    """A chord, then four notes, then the next chord: ``over`` it while it rings on, or after it was damped."""
    strings = _begin(name, "melody", seed, guitar, cond)
    rng, at_s = strings.rng, FIRST_S
    for _ in range(6):
        voicing, fret = _any(rng)
        while over and max(voicing.strings()) == 5 and len(voicing.strings()) > 4:
            voicing, fret = _any(rng)  # a finger and a string are left for the melody
        spread_s, step_s = rng.uniform(*STRUM_S), rng.uniform(0.2, 0.45)
        strings.strum(voicing, fret, at_s, spread_s, up=False, gain_db=-4.0 if over else 0.0)
        first_s = at_s + rng.uniform(0.5, 1.0)
        strings.tell(voicing, fret, at_s, first_s + 4 * step_s if over else first_s - 0.03, spread_s, up=False)
        if not over:
            strings.damp(first_s - 0.03)
        free = 5 if 5 not in voicing.strings() or not over else 4
        for index, step in enumerate((0, *rng.choice([-2, 2, 3, 5, 7, -3], 3))):
            note = STANDARD[free] + int(rng.integers(3, 8)) + int(step)
            strings.pluck(free, note, first_s + index * step_s, rng.uniform(-2.0, 0.0), melody=True)
        at_s = first_s + 4 * step_s
        strings.damp(at_s - 0.02)
    return strings.canvas.take(CHORD_DBFS, cond)


def arpeggios(name: str, seed: int, guitar: Guitar, cond: str, step_s: float) -> Take:
    """String after string of a grip, all of them ringing: notes, never a chord."""
    strings = _begin(name, "arpeggio", seed, guitar, cond)
    strings.canvas.meta |= {"arpeggio": True, "step_ms": 1000 * step_s, "chords": []}
    rng, at_s = strings.rng, FIRST_S
    for _ in range(4):
        voicing, fret = _any(rng, ("maj", "min", "7", "m7", "maj7"))
        played = list(zip(voicing.strings(), voicing.notes(fret), strict=True))
        for number, note in played + played[-2:0:-1]:
            strings.pluck(number, note, at_s + rng.uniform(0.0, 0.06) * step_s, rng.uniform(-4.0, 0.0))
            at_s += step_s
        strings.damp(at_s)
        at_s += rng.uniform(0.0, 0.3)
    return strings.canvas.take(CHORD_DBFS, cond)


STOPS = {3: "thirds", 4: "thirds", 5: "fourths", 8: "sixths", 9: "sixths", 12: "octaves", 7: "fifths"}


def double_stops(name: str, seed: int, guitar: Guitar, cond: str, steps: tuple[int, ...]) -> Take:
    """Two strings at once: both are notes. Only a root and its fifth are a chord."""
    strings = _begin(name, "double", seed, guitar, cond)
    meta = strings.canvas.meta
    meta |= {"double_stops": [], "chords": []}
    rng, at_s = strings.rng, FIRST_S
    for _ in range(16):
        step = int(rng.choice(steps))
        low = int(rng.integers(0, 4))
        fret = int(rng.integers(1, 8))
        high = low + (2 if step > 7 else 1)
        note = STANDARD[low] + fret
        spread_s, held_s = rng.uniform(0.0, 0.012), rng.uniform(0.3, 0.8)
        for number, midi, late_s in ((low, note, 0.0), (high, note + step, spread_s)):
            strings.pluck(number, midi, at_s + late_s, rng.uniform(-3.0, 0.0), stop=STOPS[step])
        meta["double_stops"].append({"onset": at_s, "offset": at_s + held_s, "low": note, "high": note + step})
        if step == 7:
            chord = {"root": note % 12, "type": "5", "strum_ms": 1000 * spread_s, "up": False, "bass": note % 12}
            meta["chords"].append({"onset": at_s, "offset": at_s + held_s} | chord)
        at_s += held_s
        strings.damp(at_s - rng.uniform(0.0, 0.05))
    return strings.canvas.take(CHORD_DBFS, cond)
