"""Chords among tones, and chords in a scale: which chord is this, which ones belong, what is it called in this key.

The same tones may bear two names (C6 is Am7, Csus2 is Gsus4). The bass decides; where it does not, the more usual
kind comes first. The order of ``chord_kinds.KINDS`` is that of usage.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from dsp.theory.chord_kinds import FORMULAS, KINDS
from dsp.theory.chord_names import Chord, written
from dsp.theory.names import ROOTS
from dsp.theory.scales import Scale, scale_of
from dsp.theory.spelling import spelled_classes

# Named only after the bass of a usual chord: C Eb Ab Bb over C is Abadd9/C before it is Cm7#5.
_RARE: Final = frozenset(
    {"7sus2", "dimMaj7", "maj7b5", "m7#5", "add11", "madd11", "sus2sus4", "7b9sus4", "m9b5", "m6/9", "7b13"}
)
_USAGE: Final = {kind: place + len(KINDS) * (kind in _RARE) for place, kind in enumerate(KINDS)}
_TONES_MIN: Final = 3  # of a chord that is not there as a whole, or stands over a foreign bass
_FIFTH: Final = 7
_TRIADS: Final = ("", "m", "dim", "aug")
_SCALE_TONES: Final = 7


def chords_of(pitch_classes: Iterable[int], bass: int | None = None) -> tuple[Chord, ...]:
    """The chords that these tones may be, the likeliest first; empty where no known chord is made of them.

    ``pitch_classes``: 0 = C, in any order, repeated as may be. ``bass``: the pitch class that sounds lowest, one of
    them; ``None`` where it is not known. In turn: chords with exactly these tones (over their root, then inverted);
    chords over a foreign bass ("F/G" before "Fadd9/G"); chords whose perfect fifth was left out.
    """
    tones = frozenset(tone % 12 for tone in pitch_classes)
    low = None if bass is None else bass % 12
    assert low is None or low in tones, (low, tones)
    whole = _ranked(_exactly(tones), low)
    foreign = () if low is None else _ranked(_exactly(tones - {low}, _TONES_MIN), low)
    inside = tuple(chord for chord in whole if not _far_fetched(chord))
    return tuple(dict.fromkeys((*inside, *foreign, *whole, *_ranked(_without_fifth(tones), low))))


def chords_in(root: str, kind: str, scale_type: str = "natural") -> tuple[Chord, ...]:
    """The chords on each tone of a scale, from its root up: ("C", "major") -> C Dm Em F G Am Bdim Cmaj7 Dm7 ...

    A scale of seven tones has the triads, then the sevenths, that stand in thirds on it, as far as they have names;
    others have all major, minor, diminished and augmented triads that are made of their tones. Raises ``ValueError``.
    """
    scale = scale_of(root, kind, scale_type)
    start = ROOTS.index(scale.root)
    tones = [(start + step) % 12 for step in scale.steps]
    if len(tones) == _SCALE_TONES:
        stacks = [(tone, _in_thirds(tones, place, count)) for count in (3, 4) for place, tone in enumerate(tones)]
        return tuple(Chord(tone, word) for tone, word in stacks if word is not None)
    return tuple(chord for tone in tones for word in _TRIADS if belongs(chord := Chord(tone, word), scale))


def belongs(chord: Chord, scale: Scale) -> bool:
    """Whether all tones of a chord, its bass included, are tones of the scale."""
    bass = set() if chord.bass is None else {chord.bass}
    return chord.pitch_classes | bass <= scale.pitch_classes


def name_in(chord: Chord, scale: Scale) -> str:
    """A chord's name as its key spells it: A#/Bb is "Bb" in F major and "A#" in B major."""
    root = spelled_classes(scale.root, scale.kind, scale.scale_type)[chord.root]
    return written(root, chord.root, chord.kind, chord.bass)


@lru_cache(maxsize=1)
def _by_steps() -> dict[tuple[int, ...], str]:
    return {steps: kind for kind, steps in KINDS.items()}


def _exactly(tones: frozenset[int], least: int = 2) -> list[Chord]:
    """The chords that have these tones and no others."""
    if len(tones) < least:
        return []
    found = [(root, _by_steps().get(tuple(sorted((tone - root) % 12 for tone in tones)))) for root in sorted(tones)]
    return [Chord(root, kind) for root, kind in found if kind is not None]


def _without_fifth(tones: frozenset[int]) -> list[Chord]:
    """The chords that lack nothing but their perfect fifth: what a hand leaves out first."""
    if len(tones) < _TONES_MIN:
        return []
    return [chord for root in sorted(tones) for chord in _exactly(tones | {(root + _FIFTH) % 12}) if chord.root == root]


def _ranked(chords: list[Chord], bass: int | None) -> tuple[Chord, ...]:
    """Usual kinds before rare ones, over their own root before inverted, then by usage."""
    placed = [Chord(c.root, c.kind, None if c.root == bass else bass) for c in chords]
    return tuple(sorted(placed, key=lambda c: (c.kind in _RARE, c.bass is not None, _USAGE[c.kind], c.root)))


def _far_fetched(chord: Chord) -> bool:
    """An inversion that nobody names before the simpler chord over a foreign bass: of a rare kind, or over the chord's
    own 2nd or 4th, a tone that stands above and not under it."""
    if chord.bass is None:
        return False
    step = (chord.bass - chord.root) % 12
    return chord.kind in _RARE or any(one.step == step and one.letter in {1, 3} for one in FORMULAS[chord.kind])


def _in_thirds(tones: list[int], place: int, count: int) -> str | None:
    """The kind of chord that every second tone of a scale makes, from this place on."""
    stack = [tones[(place + 2 * third) % len(tones)] for third in range(count)]
    return _by_steps().get(tuple(sorted((tone - stack[0]) % 12 for tone in stack)))
