"""Tags of AlphaTex, ``\\tempo 120`` and their like: which values they take, and what they say about a piece."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Final

from dsp.follow.alphatex_effects import effects_of
from dsp.follow.alphatex_piece import Piece
from dsp.follow.alphatex_words import Reader, Word
from dsp.follow.bounds import BPM_MAX, BPM_MIN, TargetError, shown
from dsp.follow.pitches import midi_named
from dsp.follow.unfold import Jump, Sign

_BASS: Final = (43, 38, 33, 28)
_OLD_OCTAVE_MIDI: Final = 47  # no six strings begin so high: an E is then the E an octave below, as once was written
_VALUES_MAX: Final = 64
_ONE_TEXT: Final = "title subtitle artist album words music wordsandmusic copyright copyright2 tab instructions notices"
_ONE_VALUE: Final = "capo instrument bank transpose displaytranspose clef ottava rc tf simile jump voicemode"
_ONLY_SHOWN: Final = (
    "accidentals barlineleft barlineright barnumberdisplay bardisplay barnumber beamingrule bracketextendmode"
    " chorddiagramsinscore defaultbarnumberdisplay defaultsystemslayout extendbarlines firstsystemtracknamemode"
    " firstsystemtracknameorientation hidedynamics hideemptystaves hideemptystavesinfirstsystem multibarrest"
    " multitracktracknamepolicy othersystemtracknamemode othersystemtracknameorientation scale showdynamics"
    " showsinglestaffbrackets singletracktracknamepolicy spd sph spu staffdisplay sync systemslayout tuningdisplaymode"
    " usesystemsignseparator width"
)
_NO_VALUE: Final = "ro ac db ft staff voice"
# How many values stand bare behind a tag, at least and at most; of other tags nothing is known.
_COUNTS: Final[dict[str, tuple[int, int]]] = {
    **dict.fromkeys(_ONE_TEXT.split(), (1, 1)),
    **dict.fromkeys(_ONE_VALUE.split(), (1, 1)),
    **dict.fromkeys(_NO_VALUE.split(), (0, 0)),
    "tempo": (1, 2),
    "ts": (2, 2),
    "tuning": (1, 16),
    "ks": (0, 1),
    "ae": (1, 8),
    "section": (1, 2),
    "track": (0, 2),
    "chord": (1, 16),
    "articulation": (1, 2),
    "lyrics": (0, 2),
}
_SILENT: Final = frozenset(_ONLY_SHOWN.split())
_SWINGS: Final = {
    **dict.fromkeys(("t16", "triplet-16th", "triplet16th", "1"), 16),
    **dict.fromkeys(("t8", "triplet-8th", "triplet8th", "2"), 8),
    **dict.fromkeys(("none", "no", "0"), 0),
}
_SIGNS: Final = {
    "segno": Sign.SEGNO,
    "segnosegno": Sign.DOUBLE_SEGNO,
    "coda": Sign.CODA,
    "doublecoda": Sign.DOUBLE_CODA,
    "fine": Sign.FINE,
}
_LEAVES: Final = {"dacoda": Sign.CODA, "dadoublecoda": Sign.DOUBLE_CODA}
_JUMPS: Final = {"dalsegnosegno": Sign.DOUBLE_SEGNO, "dalsegno": Sign.SEGNO, "dacapo": None}
_UNTIL: Final = {"alcoda": Sign.CODA, "aldoublecoda": Sign.DOUBLE_CODA, "alfine": Sign.FINE}

Wrong = Callable[[str], TargetError]


def read_tag(piece: Piece, reader: Reader) -> None:
    """Takes the tag at hand with its values, and does what it says. Raises ``TargetError`` with line and column."""
    word = reader.take()
    values = _values(reader, word.said)
    act = _ACTS.get(word.said)
    if act is not None:
        act(piece, values, lambda what: reader.error(word, f"\\{word.said} {what}"))
    elif word.said not in _COUNTS and word.said not in _SILENT:
        piece.staff.counted[f"tags \\{shown(word.said, 20)} not used"] += 1


def _values(reader: Reader, name: str) -> list[str]:
    """Takes the values, in parentheses or bare; properties in braces are left out."""
    effects_of(reader)
    at_least, at_most = _COUNTS.get(name, (0, 8))
    values: list[str] = []
    if at_most and reader.took("("):
        while not reader.took(")"):
            if reader.word.kind == "end":
                raise reader.error(reader.word, f"the values of \\{name} never end; close them with )")
            _value(reader, values)
    else:
        if reader.word.kind == "name" and (name == "ts" or (name == "tuning" and midi_named(reader.word.said) is None)):
            at_least = at_most = 1  # \ts common, \tuning piano
        while len(values) < at_most and _is_value(reader, name, len(values) < at_least):
            _value(reader, values)
    effects_of(reader)
    return values


def _value(reader: Reader, values: list[str]) -> None:
    value = reader.value()
    if value is not None and len(values) < _VALUES_MAX:
        values.append(f"{value:g}" if isinstance(value, float) else value)


def _is_value(reader: Reader, name: str, needed: bool) -> bool:
    """Whether the word at hand belongs to a tag; if it could as well be a note, only where a value is needed."""
    word: Word = reader.word
    if word.kind == "number":
        return not reader.joined() or (needed and name == "tempo")
    if word.kind == "name":
        note = midi_named(word.said) is not None or word.said.lower() == "r"
        note = note or (word.said.lower() == "x" and reader.ahead().is_sign("."))
        lasts = reader.ahead().is_sign(".") and reader.ahead().start == word.stop  # E4.8 is a note
        open_string = name == "tuning" and midi_named(word.said) is not None and not lasts
        return needed or open_string or not note
    return word.kind == "text"


def _number(values: list[str], low: float, high: float, wrong: Wrong) -> float:
    try:
        value = float(values[0])
    except (IndexError, ValueError):
        value = low - 1.0
    if not low <= value <= high:
        raise wrong(f"has {shown(values[0]) if values else 'nothing'!r}; write a number from {low:g} to {high:g}")
    return value


def _word(values: list[str]) -> str:
    return values[-1].lower().replace(" ", "") if values else ""


def _title(piece: Piece, values: list[str], _: Wrong) -> None:
    piece.title = values[0] if values else ""


def _tempo(piece: Piece, values: list[str], wrong: Wrong) -> None:
    bpm = _number(values, BPM_MIN, BPM_MAX, wrong)
    piece.frame.tempi.append((Fraction(0), bpm))
    if piece.at_start:
        piece.bpm = bpm


def _signature(piece: Piece, values: list[str], wrong: Wrong) -> None:
    named = {"common": (4.0, 4.0), "cut": (2.0, 2.0)}.get(_word(values))
    beats, unit = named or (_number(values[:1], 1, 64, wrong), _number(values[1:2], 1, 64, wrong))
    piece.frame.signature = Fraction(4 * int(beats), int(unit))


def _opens(piece: Piece, _: list[str], __: Wrong) -> None:
    piece.frame.course = replace(piece.frame.course, opens=True)


def _closes(piece: Piece, values: list[str], wrong: Wrong) -> None:
    piece.frame.course = replace(piece.frame.course, repeats=int(_number(values, 1, 100, wrong)) - 1)


def _endings(piece: Piece, values: list[str], wrong: Wrong) -> None:
    turns = {int(_number([value], 1, 32, wrong)) for value in values}
    piece.frame.course = replace(piece.frame.course, endings=sum(1 << turn - 1 for turn in turns))


def _section(piece: Piece, values: list[str], _: Wrong) -> None:
    piece.frame.heading = values[-1] if values else ""


def _feel(piece: Piece, values: list[str], _: Wrong) -> None:
    piece.frame.swing = _SWINGS.get(_word(values), 0)
    if _word(values) not in _SWINGS:
        piece.staff.counted["dotted or scottish feels read as written"] += 1


def _pickup(piece: Piece, _: list[str], __: Wrong) -> None:
    piece.frame.pickup = True


def _simile(piece: Piece, values: list[str], _: Wrong) -> None:
    piece.bar.simile = _word(values)


def _jump(piece: Piece, values: list[str], wrong: Wrong) -> None:
    said, course = _word(values), piece.frame.course
    to = next((start for start in _JUMPS if said.startswith(start)), None)
    if said in _SIGNS:
        piece.frame.course = replace(course, sign=_SIGNS[said])
    elif said in _LEAVES:
        piece.frame.course = replace(course, leave_for=_LEAVES[said])
    elif to is not None:
        piece.frame.course = replace(course, jump=Jump(_JUMPS[to], _UNTIL.get(said.removeprefix(to))))
    else:
        raise wrong(f"{shown(said)!r} is not known; write Segno, Coda, Fine, DaCoda, DaCapoAlFine, DalSegnoAlCoda, ...")


def _track(piece: Piece, values: list[str], _: Wrong) -> None:
    piece.begin_track(values[0] if values else "")


def _staff(piece: Piece, _: list[str], __: Wrong) -> None:
    piece.begin_staff()


def _voice(piece: Piece, _: list[str], __: Wrong) -> None:
    piece.begin_voice()


def _voice_mode(piece: Piece, values: list[str], _: Wrong) -> None:
    piece.bar_wise = _word(values) == "barwise"


def _capo(piece: Piece, values: list[str], wrong: Wrong) -> None:
    piece.staff.strings = replace(piece.staff.strings, capo=int(_number(values, 0, 24, wrong)))


def _tuning(piece: Piece, values: list[str], wrong: Wrong) -> None:
    piece.staff.tuned = True
    if _word(values) in {"piano", "none", "voice"}:
        piece.staff.strings = replace(piece.staff.strings, open_midi=())
        return
    open_midi = tuple(midi for midi in map(midi_named, values) if midi is not None and 0 <= midi <= 127)
    if not open_midi or len(open_midi) != len(values):
        raise wrong("is pitches, the highest string first; write E4 B3 G3 D3 A2 E2")
    if len(open_midi) >= 6 and min(open_midi) >= _OLD_OCTAVE_MIDI:
        open_midi = tuple(midi - 12 for midi in open_midi)
        piece.staff.counted["tunings read an octave lower, as no guitar is tuned so high"] += 1
    piece.staff.strings = replace(piece.staff.strings, open_midi=open_midi)


def _instrument(piece: Piece, values: list[str], _: Wrong) -> None:
    said, staff = _word(values), piece.staff
    if said.isascii() and said.isdigit() and len(said) < 4:
        staff.program = int(said)
    else:
        staff.program = 25 if "guitar" in said else 33 if "bass" in said else None
    staff.strings = replace(staff.strings, drums=said == "percussion")
    if staff.program is not None and 32 <= staff.program <= 39 and not staff.tuned:
        staff.strings = replace(staff.strings, open_midi=_BASS)


def _transpose(piece: Piece, values: list[str], _: Wrong) -> None:
    piece.staff.counted["\\transpose not applied"] += bool(values) and values[0] != "0"


_ACTS: Final[dict[str, Callable[[Piece, list[str], Wrong], None]]] = {
    "title": _title,
    "tempo": _tempo,
    "ts": _signature,
    "ro": _opens,
    "rc": _closes,
    "ae": _endings,
    "section": _section,
    "tf": _feel,
    "ac": _pickup,
    "simile": _simile,
    "jump": _jump,
    "track": _track,
    "staff": _staff,
    "voice": _voice,
    "voicemode": _voice_mode,
    "capo": _capo,
    "tuning": _tuning,
    "instrument": _instrument,
    "transpose": _transpose,
}
