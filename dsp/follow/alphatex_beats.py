"""One beat of AlphaTex: notes with their effects, length, tuplet and times. The grammar of a bar's content.

``duration? content .duration? {effects}? *times?``, content being a rest, a note or notes in parentheses; a note is
``fret.string`` or a pitch such as C#4, each with effects of its own.
"""

from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

from dsp.follow.alphatex_effects import Effects, bend_values, effects_of, tell_unknown, tuplet_of
from dsp.follow.alphatex_words import Reader, Word
from dsp.follow.bounds import shown
from dsp.follow.harmonics import TOUCHED, bent
from dsp.follow.pitches import midi_named
from dsp.follow.score import WrittenNote

TIMES_MAX: Final = 1000
_BEND_CENTS: Final = 50.0  # bends are told in quarter tones
_PITCHED_LINES: Final = 1000  # above all strings


@dataclass(frozen=True, slots=True)
class Strings:
    """What frets mean: open strings (MIDI, the highest first) and capo; no strings where notes are named."""

    open_midi: tuple[int, ...] = (64, 59, 55, 50, 45, 40)
    capo: int = 0
    drums: bool = False


@dataclass(slots=True)
class BeatRules:
    """What one beat hands to the next: its length and tuplet, and which lines it played."""

    duration: Fraction = Fraction(1)
    tuplet: Fraction = Fraction(1)
    lines: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Beat:
    """``duration``: quarter notes, 0 for a grace. ``times``: how often. ``bpm``: a tempo that begins here."""

    duration: Fraction
    notes: tuple[WrittenNote, ...]
    times: int = 1
    bpm: float | None = None


def read_beat(reader: Reader, rules: BeatRules, strings: Strings, counted: Counter[str]) -> Beat:
    """The beat at hand. Raises ``TargetError`` with line and column."""
    first = reader.word
    heads: list[tuple[Word, str, int, Effects]] = []
    shared: Effects = []
    if reader.took("("):
        while not reader.took(")"):
            if reader.word.kind == "end":
                raise reader.error(first, "this chord never ends; close it with )")
            heads.append(_head(reader, strings))
        shared = effects_of(reader)
    elif reader.word.kind == "name" and reader.word.said.lower() == "r":
        reader.take()
        shared = effects_of(reader)
    else:
        heads.append(_head(reader, strings))
        shared = heads[0][3]
    if reader.word.is_sign("."):
        reader.take()
        rules.duration = duration_of(reader)
    own = effects_of(reader)
    if len(heads) == 1:
        # One note: what stands behind its length may mean the note as well as the beat.
        word, said, string, of_note = heads[0]
        heads = [(word, said, string, [*of_note, *own])]
    effects = [*shared, *own]
    notes = [_note(reader, head, place, rules, strings, counted) for place, head in enumerate(heads)]
    tell_unknown([*effects, *(one for head in heads[1:] for one in head[3])], counted)
    kept = tuple(note for note in notes if note is not None)
    named = dict(effects)
    if "gr" in named:
        counted["grace notes left out"] += len(kept)
        return Beat(Fraction(0), ())
    if kept:
        rules.lines = [note.line for note in kept]
    times = reader.number(1, TIMES_MAX, "count of beats") if reader.took("*") else 1
    counted["tremolos expected as their first stroke"] += "tp" in named and bool(kept)
    bpm = next((one for one in named.get("tempo", []) if isinstance(one, float)), None)
    return Beat(_length(rules, named), kept, times, bpm)


def duration_of(reader: Reader) -> Fraction:
    """Takes a note value, in quarter notes: 4 is a quarter, -2 a double whole."""
    word = reader.word
    value = reader.number(-4, 256, "note value")
    if value in {-4, -2}:
        return Fraction(-4 * value)
    if value < 1 or value & (value - 1):
        raise reader.error(word, f"{value} is no note value; write 1, 2, 4, 8, 16, 32, 64, 128 or 256")
    return Fraction(4, value)


def _head(reader: Reader, strings: Strings) -> tuple[Word, str, int, Effects]:
    """A note before its meaning: where, fret or pitch as said, string (0: none), effects."""
    word = reader.take()
    if word.kind not in {"number", "name", "text"} and not word.is_sign("-"):
        raise reader.error(word, f"a note should stand here, not {shown(word.said)!r}; write one such as 3.3 or E4")
    by_string = word.kind == "number" or (word.said.lower() in {"x", "-"} and reader.word.is_sign("."))
    if by_string and (word.kind == "number" or strings.open_midi):
        if not reader.took("."):
            raise reader.error(
                word, f"{shown(word.said)!r} is a fret without a string; write it as {shown(word.said)}.3"
            )
        string = reader.number(1, max(1, len(strings.open_midi)), "string")
        return word, word.said, string, effects_of(reader)
    return word, word.said, 0, effects_of(reader)


def _note(
    reader: Reader,
    head: tuple[Word, str, int, Effects],
    place: int,
    rules: BeatRules,
    strings: Strings,
    counted: Counter[str],
) -> WrittenNote | None:
    word, said, string, effects = head
    named = dict(effects)
    tie = said == "-" or "t" in named or "-" in named
    leads_on = "h" in named or "sl" in named
    if strings.drums:
        return None
    if said.lower() == "x" or "x" in named:
        counted["dead notes left out"] += 1
        return None
    if not string:
        line = _pitched_line(reader, word, place, rules)
        midi = line - _PITCHED_LINES
    else:
        line = string
        midi = 0 if said == "-" else _fretted(reader, word, string, named, strings, counted)
    if tie:
        return WrittenNote(line, tie=True, leads_on=leads_on)
    counted["trills expected as their first note"] += "tr" in named
    semitones, bend_cents = bent([_BEND_CENTS * value for value in bend_values(named)])
    if not 0 <= midi + semitones <= 127:
        raise reader.error(word, f"{shown(said)!r} lies beyond any pitch; write MIDI 0 to 127 (C-1 to G9)")
    return WrittenNote(line, midi + semitones, leads_on=leads_on, legato="lht" in named, bend_cents=bend_cents)


def _pitched_line(reader: Reader, word: Word, place: int, rules: BeatRules) -> int:
    """A named note is its own line; a lone ``-`` goes on with the note at its place in the beat before."""
    if word.said == "-":
        return rules.lines[min(place, len(rules.lines) - 1)] if rules.lines else _PITCHED_LINES
    midi = midi_named(word.said)
    if midi is None:
        raise reader.error(
            word, f"{shown(word.said)!r} is no note; write fret.string such as 3.3, or a pitch such as E4"
        )
    return _PITCHED_LINES + midi


def _fretted(
    reader: Reader,
    word: Word,
    string: int,
    named: dict[str, list[str | float]],
    strings: Strings,
    counted: Counter[str],
) -> int:
    if len(word.said) > 3 or not 0 <= int(word.said) <= 99:
        raise reader.error(word, f"{shown(word.said)!r} is no fret; write a number from 0 to 99")
    fret, open_midi = int(word.said), strings.open_midi[string - 1] + strings.capo
    if "nh" in named:
        return open_midi + TOUCHED.get(fret, fret)
    for name in ("ah", "th"):
        if name in named:
            touched = next((round(value) for value in named[name] if isinstance(value, float)), 12)
            return open_midi + fret + TOUCHED.get(touched, 12)
    counted["pinch harmonics expected at their fretted pitch"] += "ph" in named
    return open_midi + fret


def _length(rules: BeatRules, named: dict[str, list[str | float]]) -> Fraction:
    own = tuplet_of([(name, values) for name, values in named.items() if name == "tu"])
    dots = Fraction(7, 4) if "dd" in named else Fraction(3, 2) if "d" in named else Fraction(1)
    return rules.duration * dots * (rules.tuplet if own is None else own)
