"""The way of the pitch: where it rested, and whether a finger slid there.

A finger that slides along a fretted string passes every fret on its way: the pitch rests on each for some 15 to 60 ms,
goes on in the same direction, and the string never falls silent between. On a fretless neck, or under a bottleneck,
it glides. A hammer-on or pull-off is one step and then stays; a bend glides too, but no farther than a string can be
pushed; a trill turns around. So, without a stroke in between,

* two steps and more in one direction, each from fret to fret, are a slide, if no fret between was held for ``PASS``
  (longer, it is a note of its own: three fingers hammered down one after the other);
* a glide is a slide where it is farther than any bend (``BEND_MAX``). One of three semitones may be either, and stays a
  bend; speed does not tell them apart (players bend two semitones within 80 ms).

A fret is seen where the period holds still for three looks, which takes two periods and some 5 ms: shorter ones go by
unseen on low strings. What only seems to be a fret (two strings that cross over, the blur between two periods, a slow
bend) is not a whole number of semitones away, or is gone too soon (``ONE_FRET``), or does not hold still (``SETTLED``).
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from dsp.ear.hop import Hop
from dsp.ear.pitch import Look
from dsp.types import HOP_SAMPLES, SAMPLE_RATE_HZ

MS: Final = SAMPLE_RATE_HZ // 1000

CLEAR: Final = 0.9
ALIKE: Final = 0.04  # semitones between two looks at one fret; a bend that is as slow does not come to a whole number
SAME: Final = 0.35  # from a rest: still there
STEADY: Final = 0.15
SETTLE: Final = 0.1
FLAT: Final = 2  # looks that do not move
SETTLED: Final = 6  # looks since a rest crept: a bend does not stay
FRESH: Final = 3 * HOP_SAMPLES
NEXT: Final = 0.6  # from a rest: on the way to another
FRET: Final = 0.22  # how far from a whole number of semitones a step may seem
STEP_MAX: Final = 3.4  # frets that may be passed unseen
GLIDES: Final = 0.85  # semitones from look to look, on a way without a break
PASS: Final = 58 * MS
ONE_FRET: Final = 21 * MS  # a single fret between: two strings that cross over seem to rest midway for a moment
BEND_MAX: Final = 3.6  # semitones
LOUDER: Final = 10.0 ** (3.0 / 10.0)  # a finger that slides sets nothing off
LOST: Final = 30 * MS  # beyond the span of a look, without a clear pitch: what comes then has not slid there
RESTS_MAX: Final = 24


@dataclass(slots=True)
class Rest:
    """A pitch (fractional MIDI) that stood: from about ``since_sample``, last seen at ``until_sample``.

    ``power`` is the least of it. ``glided``: no look on the way there jumped; ``steady``: looks since it settled;
    ``louder``: something set the string off.
    """

    midi: float
    since_sample: int
    until_sample: int
    power: float
    glided: bool = False
    steady: int = SETTLED
    louder: bool = False


class Way:
    """``update`` with every hop says where a finger slides; ``passed`` tells where from."""

    def __init__(self) -> None:
        self._rests: list[Rest] = []
        self._midi = 0.0  # the newest clear look
        self._clear_sample = -LOST
        self._flat = 0
        self._glides = False  # since the last rest

    @property
    def here(self) -> Rest | None:
        """Where the pitch rests, or last did."""
        return self._rests[-1] if self._rests else None

    @property
    def gliding(self) -> bool:
        """Whether the pitch is on its way from the last rest, without a jump so far."""
        return self._glides and self.here is not None and abs(self._midi - self.here.midi) >= SAME

    @property
    def is_smooth(self) -> bool:
        """Whether the pitch came where it is without a jump or a moment of blur."""
        return self._glides

    def update(self, hop: Hop) -> bool:
        """Take the hop's quick look in. True where the pitch now is where a finger has slid it, or is still sliding."""
        look = hop.quick
        if self.here is not None and hop.sample - self._clear_sample > LOST + _look_samples(self.here.midi, hop):
            self._rests.clear()
        if look is None or look.clarity < CLEAR:
            return False
        midi = hop.midi(look.f0_hz)
        before, self._midi = self._midi, midi
        flat = hop.sample - self._clear_sample <= FRESH and abs(midi - before) < ALIKE
        self._flat = self._flat + 1 if flat else 0
        self._clear_sample = hop.sample
        self._glides = self._glides and abs(midi - before) < GLIDES
        here = self.here
        if here is not None and abs(midi - here.midi) < SAME:
            self._stay(here, look, hop)
            return False
        if self._flat >= FLAT:
            return self._come_to_rest(here, look, hop)
        return self._is_far(midi)

    def passed(self) -> list[Rest]:
        """The rests of the way that leads here, its origin first; only the last rest where it was no way."""
        way = self._rests[-1:]
        for before in reversed(self._rests[:-1]):
            if not _leads_on(before, way):
                break
            way.insert(0, before)
        return way

    def _stay(self, here: Rest, look: Look, hop: Hop) -> None:
        here.until_sample = hop.sample
        here.power = min(here.power, hop.power)
        self._glides = True
        if abs(self._midi - here.midi) < STEADY:
            here.midi += SETTLE * (self._midi - here.midi)
            here.steady += 1
        elif self._flat >= FLAT:
            self._creep(here, look, hop)

    def _creep(self, here: Rest, look: Look, hop: Hop) -> None:
        """What seemed to be a rest was not quite there; one that has stood is being bent."""
        if hop.sample - here.since_sample < PASS:
            here.midi, here.until_sample, here.steady = self._midi, hop.sample, 0
            here.since_sample = hop.sample - look.span_samples // 2

    def _come_to_rest(self, here: Rest | None, look: Look, hop: Hop) -> bool:
        if here is not None and abs(self._midi - here.midi) < NEXT:
            self._creep(here, look, hop)
            return False
        louder = here is not None and hop.power > LOUDER * here.power
        since_sample = hop.sample - look.span_samples // 2
        rest = Rest(self._midi, since_sample, hop.sample, hop.power, glided=self._glides, louder=louder)
        self._rests = [*self._rests[-(RESTS_MAX - 1) :], rest]
        self._glides = True
        return self._is_stepped() or self._is_far(self._midi)

    def _is_stepped(self) -> bool:
        """From fret to fret."""
        way = self.passed()
        steps = [abs(b.midi - a.midi) for a, b in pairwise(way)]
        held = [b.since_sample - a.since_sample for a, b in pairwise(way[1:])]
        from_fret_to_fret = all(abs(step - round(step)) < FRET for step in steps)
        steady = all(rest.steady >= SETTLED for rest in way[1:])
        return from_fret_to_fret and steady and (len(held) > 1 or max(held, default=0) > ONE_FRET)

    def _is_far(self, midi: float) -> bool:
        """Farther than any bend, and without a jump."""
        way = self.passed()
        if not (self._glides and way and all(rest.glided for rest in way[1:])):
            return False
        return abs(midi - way[0].midi) > BEND_MAX


def _look_samples(midi: float, hop: Hop) -> int:
    """What a quick look at this pitch spans."""
    return int(2 * SAMPLE_RATE_HZ / hop.f0_hz(midi))


def _leads_on(before: Rest, way: list[Rest]) -> bool:
    """Whether the way goes on from ``before``: one direction, and its first rest only passed."""
    first = way[0]
    step = first.midi - before.midi
    if first.louder or not (NEXT <= abs(step) <= STEP_MAX or first.glided):
        return False
    if len(way) == 1:
        return True
    onward = way[1].midi - first.midi
    return onward * step > 0 and way[1].since_sample - first.since_sample < PASS
