"""Where on the neck the notes of a session lay: each place of it, how often surely, and how often likely.

The same pitch lies on several strings. A note whose string is sure counts in ``n``; every note, sure or not, is shared
out over the places where it may have been by how likely each is, in ``likely``. A tuning that names no strings ("any",
or one that only a newer pedal knows) is taken for the standard one.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from dsp.replay import SessionRecord
from dsp.strings.fingering import FRETS, SURE, Fingering
from dsp.theory.tunings import TUNINGS
from dsp.types import Note, SessionSetup

LIKELY_MIN: Final = 0.5  # notes; a place that was less likely than this is left out


@dataclass(frozen=True, slots=True)
class Place:
    """One place of the neck. ``string`` 1 is the highest, ``fret`` 0 the open string; ``likely`` counts those
    of ``n`` and the chances of all others."""

    string: int
    fret: int
    midi: int
    n: int
    likely: float


@dataclass(frozen=True, slots=True)
class Neck:
    """``open_midis``: lowest string first. ``places``: by string, then fret. ``sure`` of ``notes``: the string is."""

    open_midis: tuple[int, ...]
    places: tuple[Place, ...] = ()
    sure: int = 0
    notes: int = 0


def open_strings(tuning: str) -> tuple[int, ...]:
    """MIDI numbers of the open strings, lowest first; the standard ones for a tuning that names none."""
    midis = TUNINGS.get(tuning, TUNINGS["any"])
    return midis if len(midis) > 1 else TUNINGS["standard"]


def neck(setup: SessionSetup, record: SessionRecord, notes: Iterable[Note]) -> Neck:
    """Place these notes of the record, which are in its order, on the strings of the session's tuning.

    Pitches that the strings do not have are left out. About 0.02 ms per note.
    """
    open_midis = open_strings(setup.tuning)
    fingering = Fingering(open_midis)
    clock = {s.segment: (s.boottime_ns / 1e9, s.sample_rate_hz) for s in record.segments}
    midis: list[int] = []
    shares = []
    before_s = 0.0
    for note in notes:
        began_s, rate_hz = clock.get(note.segment, (0.0, 48_000))
        at_s = began_s + note.onset_sample / rate_hz
        shares += fingering.weigh(note.midi, at_s - before_s)
        midis.append(note.midi)
        before_s = at_s
    shares += fingering.finish()
    sure: dict[tuple[int, int], int] = defaultdict(int)
    likely: dict[tuple[int, int], float] = defaultdict(float)
    placed = 0
    for midi, share in zip(midis, shares, strict=True):
        if share is None:
            continue
        placed += 1
        for index, open_midi in enumerate(open_midis):
            if share[index] > 0.0 and 0 <= midi - open_midi <= FRETS:
                where = len(open_midis) - index, midi - open_midi
                likely[where] += float(share[index])
                sure[where] += bool(share[index] >= SURE)
    places = tuple(
        Place(string, fret, open_midis[len(open_midis) - string] + fret, sure[string, fret], chance)
        for (string, fret), chance in sorted(likely.items())
        if chance >= LIKELY_MIN
    )
    return Neck(open_midis, places, sum(sure.values()), placed)
