"""AlphaTex to targets: the text form of tabs that practice plans bring.

Our own reader, because there is no kept one for Python; the grammar is that of https://alphatab.net/docs/alphatex/,
of before and after version 1.7. Tags and effects that change no note are left out; what is not known is told.
"""

from fractions import Fraction
from typing import Final

from dsp.follow.alphatex_beats import duration_of, read_beat
from dsp.follow.alphatex_effects import effects_of, tuplet_of
from dsp.follow.alphatex_piece import Frame, Piece, Staff, TexBar
from dsp.follow.alphatex_tags import read_tag
from dsp.follow.alphatex_words import Reader, words_of
from dsp.follow.building import About
from dsp.follow.score import WrittenBar, perform
from dsp.follow.target import Target, TempoChange
from dsp.follow.tracks import TrackInfo, choose, info

_BACK: Final = {"simple": 1, "firstofdouble": 2, "secondofdouble": 2}


def alphatex_tracks(text: str) -> list[TrackInfo]:
    """What there is to choose from; each staff is one. Raises ``TargetError``."""
    return _infos(_piece(text))


def read_alphatex(text: str, track: str | int | None = None) -> Target:
    """The target in one track of an AlphaTex text. Raises ``TargetError``, with line and column where it can."""
    piece = _piece(text)
    chosen = choose(_infos(piece), track)
    staff = piece.staves[chosen.number - 1]
    about = About(source="alphatex", title=piece.title, track=chosen.name, tempi=[TempoChange(0.0, piece.bpm)])
    return perform(_written(piece, staff), about, +staff.counted)


def _piece(text: str) -> Piece:
    piece, reader = Piece(), Reader(words_of(text), text)
    while reader.word.kind != "end":
        if reader.word.kind == "tag":
            read_tag(piece, reader)
        elif reader.took("|"):
            piece.next_bar()
        elif reader.took(":"):
            piece.rules.duration = duration_of(reader)
            piece.rules.tuplet = tuplet_of(effects_of(reader)) or Fraction(1)
        elif not reader.took("."):  # a point alone parts the sections of older texts
            piece.add(read_beat(reader, piece.rules, piece.staff.strings, piece.staff.counted))
    return piece


def _infos(piece: Piece) -> list[TrackInfo]:
    return [
        info(number, staff.name, staff.pitches, staff.program, drums=staff.strings.drums)
        for number, staff in enumerate(piece.staves, 1)
    ]


def _sounding(voice: list[TexBar], place: int) -> TexBar:
    """What sounds in a bar: its own beats, or those of the bar that it repeats, which may repeat one in turn."""
    while 0 <= place < len(voice) and not voice[place].beats and (back := _BACK.get(voice[place].simile, 0)):
        place -= back
    return voice[place] if 0 <= place < len(voice) else TexBar()


def _written(piece: Piece, staff: Staff) -> list[WrittenBar]:
    voices = [voice for one in piece.staves for voice in one.voices]
    count = max(len(voice) for voice in voices)
    while count > 1 and not any(_sounding(voice, count - 1).beats for voice in voices):
        count -= 1  # a bar line at the end begins no bar
    written, signature, swing = [], Fraction(4), 0
    for place in range(count):
        frame = piece.frames[place] if place < len(piece.frames) else Frame()
        signature = frame.signature or signature
        swing = swing if frame.swing is None else frame.swing
        played = tuple(tuple(_sounding(voice, place).beats) for voice in staff.voices)
        filled = max((beats[-1].start + beats[-1].duration for beats in played if beats), default=Fraction(0))
        # Who writes more into a bar than fits, or no bar lines at all, means it to be played one after the other.
        length = filled if frame.pickup and filled else max(signature, filled)
        written.append(
            WrittenBar(
                length, played, frame.course, tuple(sorted(frame.tempi, key=lambda one: one[0])), frame.heading, swing
            )
        )
    return written
