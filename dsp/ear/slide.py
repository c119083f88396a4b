"""A note that was left without a stroke: for where? For another note, or did the finger only slide off?

What it was left for is told at once; its own end waits until that has stood for ``STANDS``, because

* frets that a finger passes on its way are no notes: they are taken back, and the note is where the finger stays
  (``slide`` true, ``stroke`` false; it begins when the finger arrives);
* where a finger that was just set down slides on at once (``INTO``), it was one note: its pitch is where it arrives;
* where it stays nowhere, the note that it left ends with a slide.

A hammered note is told as fast as ever; only a step of one semitone, without a sound and without a moment of blur, is
waited for some 10 ms longer (``ENOUGH_STEP``): it may be a slide's first fret.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from dsp.ear.evidence import Rival
from dsp.ear.hop import Hop
from dsp.ear.sounding import Sounding
from dsp.ear.way import PASS, Way
from dsp.types import SAMPLE_RATE_HZ

MS: Final = SAMPLE_RATE_HZ // 1000

STANDS: Final = PASS + 24 * MS
INTO: Final = 64 * MS
NEXT_FRET: Final = 1.4  # semitones: what began so close to what sounded may be a click on the way
LATE: Final = 12 * MS  # how far a rest may seem to begin before the note was left
ARRIVES: Final = 8 * MS  # a look still sees the fret that was left
LONGER: Final = 1.3  # than on the fret that was held longest before
GLIDES: Final = 14 * MS  # where it passed no fret
ENOUGH_STEP: Final = 2.2  # weight of looks
SLIDES_ON: Final = 40 * MS  # longer nothing is waited for
STEP: Final = (0.5, 1.4)  # semitones
ARRIVED_SEMITONES: Final = 0.2
ARRIVED_MAX: Final = PASS + 8 * MS
OFF_MAX: Final = 10.0 ** (-12.0 / 10.0)  # a finger that slides off lets the string die


@dataclass(slots=True)
class Left:
    """The note that was left, when, and its power then. ``sliding``: nothing has been reported since."""

    note: Sounding
    sample: int
    power: float
    sliding: bool = False

    def stands(self, hop: Hop) -> bool:
        """Whether what came after it has stood long enough to be a note."""
        return not self.sliding and hop.sample - self.sample > STANDS

    def goes_on_in(self, way: Way) -> bool:
        """Whether the finger is still on its way, or just where it has brought it."""
        here = way.here
        return here is not None and not here.louder and (way.gliding or here.since_sample >= self.sample - LATE)

    def has_arrived(self, way: Way, hop: Hop) -> bool:
        """Whether it stays where it is now: longer than on any fret before."""
        here = way.here
        if here is None or here.until_sample != hop.sample or here.since_sample < self.sample - LATE:
            return False
        if hop.power < OFF_MAX * self.power:
            return False
        longest = max((b.since_sample - a.since_sample for a, b in pairwise(way.passed()[1:])), default=GLIDES)
        return hop.sample - here.since_sample >= min(ARRIVES + LONGER * longest, ARRIVED_MAX)


def is_into(note: Sounding, step_sample: int, to: float) -> bool:
    """Whether the finger left the fret of this stroke so soon that nobody heard a note there, or is still on its way.

    ``to``: the pitch (fractional MIDI) that it came to at ``step_sample``.
    """
    if not note.struck or (note.before is not None and abs(note.before - note.midi) < NEXT_FRET):
        return False
    if step_sample - note.onset_sample < INTO:
        return True
    onward = len(note.said) > 1 and (note.said[-1] - note.said[-2]) * (to - note.midi) > 0
    return onward and step_sample - note.moved_sample < PASS


def arrives(way: Way, note: Sounding, step_sample: int, midi: float) -> bool:
    """Whether the finger slid on from where ``note`` was struck, and rests at ``midi`` now."""
    here = way.here
    arrived = here is not None and way.is_smooth and abs(here.midi - midi) < ARRIVED_SEMITONES
    return arrived and is_into(note, step_sample, midi)


def may_be_into(way: Way, note: Sounding, rival: Rival, hop: Hop) -> bool:
    """Whether the finger may be sliding on from where ``note`` was struck, and has not come to a rest yet."""
    if not way.is_smooth or abs(rival.midi - note.midi) < STEP[0]:
        return False
    young = hop.sample - rival.since_sample < SLIDES_ON
    into = is_into(note, rival.since_sample, rival.midi)
    return into and young and not arrives(way, note, rival.since_sample, rival.midi)


def may_slide_on(way: Way, note: Sounding, rival: Rival, hop: Hop) -> bool:
    """Whether it is too early to say that ``rival`` is a note after ``note``: it may be a fret on the way."""
    young = hop.sample - rival.since_sample < SLIDES_ON
    if way.gliding:
        return young
    soft = STEP[0] < abs(rival.midi - note.at) < STEP[1] and rival.weight < ENOUGH_STEP
    return (soft and way.is_smooth and young) or may_be_into(way, note, rival, hop)
