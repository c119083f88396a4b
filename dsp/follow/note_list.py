"""Note lists to targets: JSON of many shapes, and tables of onset, pitch and duration.

The format is ours and strangers write it, so several words are understood for one thing; what is read is exact. In
seconds without a tempo a beat is a second, and the piece is one bar.
"""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from dsp.follow.bounds import BPM_MAX, BPM_MIN, SECONDS_MAX, TargetError, check_bars, check_notes, shown
from dsp.follow.building import EPSILON_BEATS, About, Heading, Struck, bars_of, build, segments_from
from dsp.follow.pitches import midi_of, number_of
from dsp.follow.target import Bar, Segment, Target, TempoChange

_CONTAINERS_MAX, _COLONS_MAX, _COMMAS_MAX = (
    250_000,
    1_000_000,
    1_200_000,
)  # 200 bytes each would be more than a pedal can spare
# "grid" first: in a take that was played on purpose off the grid, the grid is what should have been played.
_ONSETS: Final = ("grid", "onset_s", "onset", "time_s", "time", "start_s", "start", "t")
_ONSETS_MS: Final = ("onset_ms", "time_ms", "start_ms")
_BEATS: Final = ("onset_beats", "beat", "beats", "start_beats")
_PITCHES: Final = ("midi", "pitch", "note", "midi_note", "name")
_HERTZ: Final = ("f0_hz", "frequency_hz", "frequency", "hz")
_DURATIONS: Final = ("duration_s", "duration", "dur")
_DURATIONS_BEATS: Final = ("duration_beats", "length_beats")
_ENDS: Final = ("offset_s", "offset", "end_s", "end")
# Every word for a quantity of a note; a table's header is known by them.
KEYS: Final = (*_ONSETS, *_ONSETS_MS, *_BEATS, *_PITCHES, *_HERTZ, *_DURATIONS, *_DURATIONS_BEATS, *_ENDS)
_TEMPI: Final = ("bpm", "tempo_bpm", "tempo")
_UNKNOWN_BEATS: Final = 1.0  # how long a note lasts at most of which only the start is known


@dataclass(frozen=True, slots=True)
class _Listed:
    onset_beats: float
    duration_beats: float | None
    midi: int
    bar: int | None
    segment: str


@dataclass(frozen=True, slots=True)
class _Frame:
    """What holds for all notes: tempo (``None``: unsaid), length of a bar (beats), where bar 1 begins (seconds)."""

    bpm: float | None
    bar_beats: float
    start_s: float = 0.0


def read_json(text: str) -> Target:
    """The target in a JSON note list, or in the truth of a take. Raises ``TargetError``."""
    # Read before it is parsed: a million empty lists are five bytes each in the file and sixty in memory.
    if (
        text.count("{") + text.count("[") > _CONTAINERS_MAX
        or text.count(":") > _COLONS_MAX
        or text.count(",") > _COMMAS_MAX
    ):
        raise TargetError("this note list holds more than any piece does; give a shorter one")
    try:
        content = json.loads(text, parse_constant=_no_number)
    except RecursionError:
        raise TargetError("this JSON is nested deeper than any note list; write a list of notes") from None
    except json.JSONDecodeError as error:
        raise TargetError(f"this is not JSON: line {error.lineno}, column {error.colno}: {_plain(error)}") from None
    except ValueError as error:
        raise (
            error
            if isinstance(error, TargetError)
            else TargetError(
                "this JSON has a number with thousands of digits; write onsets in seconds and pitches from 0 to 127"
            )
        ) from None
    head = content if isinstance(content, dict) else {}
    notes = head.get("notes") if head else content
    if not isinstance(notes, list):
        raise TargetError('this JSON is no note list; write {"notes": [{"onset_s": 0.5, "midi": 40}, ...]}')
    return from_notes(notes, head)


def _plain(error: json.JSONDecodeError) -> str:
    return shown(error.msg, 60)


def _no_number(name: str) -> float:
    raise TargetError(f"{name} is not a number that JSON or a note can have; write onsets in seconds")


def from_notes(notes: Sequence[object], head: Mapping[str, Any], track: str = "") -> Target:
    """The target of notes given as objects or arrays; ``head`` holds what was said about all of them."""
    check_notes(len(notes))
    frame = _frame(head)
    listed = [_note(note, number, frame) for number, note in enumerate(notes, 1)]
    listed.sort(key=lambda note: note.onset_beats)
    struck = list(_struck(listed))
    end_beat = max((note.beat + note.duration_beats for note in struck), default=0.0)
    bars = _bars(listed, frame, end_beat)
    bpm = frame.bpm or 60.0
    title = head.get("title") or head.get("name") or ""
    about = About(
        source="notes",
        title=title if isinstance(title, str) else "",
        track=track,
        tempi=[TempoChange(0.0, bpm)],
        segments=[*_segments(head), *_named_notes(listed, bars)],
    )
    return build(struck, bars, about)


def _frame(head: Mapping[str, Any]) -> _Frame:
    meta = head.get("meta")
    both: dict[str, Any] = {**(meta if isinstance(meta, dict) else {}), **head}
    said = _first(both, _TEMPI)
    bpm = number_of(said)
    if said is not None and (bpm is None or not BPM_MIN <= bpm <= BPM_MAX):
        raise TargetError(
            f"the tempo is {shown(said)!r}; write one from {BPM_MIN:g} to {BPM_MAX:g} quarter notes per minute"
        )
    start_s = number_of(both.get("t0")) or 0.0
    return _Frame(bpm, _bar_beats(both), start_s if 0.0 < start_s < SECONDS_MAX else 0.0)


def _bar_beats(head: Mapping[str, Any]) -> float:
    signature = head.get("time_signature", head.get("meter"))
    if signature is not None:
        parts = signature.split("/") if isinstance(signature, str) else signature
        numbers = [number_of(part) for part in parts] if isinstance(parts, (list, tuple)) and len(parts) == 2 else []
        if len(numbers) != 2 or not all(one and one == int(one) and 1 <= one <= 64 for one in numbers):
            raise TargetError(f"the time signature is {shown(signature)!r}; write one such as 4/4")
        return float(numbers[0] or 4.0) * 4.0 / float(numbers[1] or 4.0)
    said = head.get("beats_per_bar")
    beats = 4.0 if said is None else number_of(said)
    if beats is None or not 0.25 <= beats <= 64.0:
        raise TargetError(f"a bar has {shown(said)!r} beats; write a number such as 4")
    return beats


def _first(note: Mapping[str, Any], keys: Iterable[str]) -> Any:
    return next((note[key] for key in keys if note.get(key) is not None), None)


def _note(note: object, number: int, frame: _Frame) -> _Listed:
    where = f"note {number}"
    if isinstance(note, (list, tuple)):
        if not 2 <= len(note) <= 3:
            raise TargetError(f"{where} has {len(note)} values; write [onset_s, midi] or [onset_s, midi, duration_s]")
        note = dict(zip(("onset_s", "midi", "duration_s"), note, strict=False))
    if not isinstance(note, dict):
        raise TargetError(f'{where} is {shown(note)!r}; write {{"onset_s": 0.5, "midi": 40}} or [0.5, 40]')
    per_s = (frame.bpm or 60.0) / 60.0
    onset_beats = _onset_beats(note, where, per_s)
    return _Listed(
        onset_beats,
        _duration_beats(note, onset_beats, per_s),
        _pitch(note, where),
        _bar_number(note, where),
        str(_first(note, ("segment", "section")) or ""),
    )


def _onset_beats(note: Mapping[str, Any], where: str, per_s: float) -> float:
    beat = _first(note, _BEATS)
    said = _first(note, _ONSETS)
    if said is None and (ms := _first(note, _ONSETS_MS)) is not None:
        onset_ms = number_of(ms)
        said = ms if onset_ms is None else onset_ms / 1000.0
    value = beat if said is None else said
    if value is None:
        raise TargetError(f"{where} has no onset; write onset_s in seconds")
    number = number_of(value)
    if number is None or not 0.0 <= number <= SECONDS_MAX:
        raise TargetError(f"{where} has the onset {shown(value)!r}; write seconds from 0 to {SECONDS_MAX:g}")
    return number if said is None else number * per_s


def _duration_beats(note: Mapping[str, Any], onset_beats: float, per_s: float) -> float | None:
    """``None`` where it is not said, or not longer than nothing."""
    in_beats = number_of(_first(note, _DURATIONS_BEATS))
    duration = number_of(_first(note, _DURATIONS))
    end = number_of(_first(note, _ENDS))
    if in_beats is None and duration is not None:
        in_beats = duration * (per_s if _first(note, (*_ONSETS, *_ONSETS_MS)) is not None else 1.0)
    if in_beats is None and end is not None:
        in_beats = end * per_s - onset_beats
    return in_beats if in_beats is not None and 0.0 < in_beats <= SECONDS_MAX else None


def _pitch(note: Mapping[str, Any], where: str) -> int:
    value = _first(note, _PITCHES)
    if value is not None:
        return midi_of(value, where)
    f0_hz = number_of(_first(note, _HERTZ))
    if f0_hz is None or f0_hz <= 0.0:
        raise TargetError(f"{where} has no pitch; write midi as a number such as 40, or a name such as E2")
    return midi_of(69.0 + 12.0 * math.log2(f0_hz / 440.0), where)


def _bar_number(note: Mapping[str, Any], where: str) -> int | None:
    said = _first(note, ("bar", "measure"))
    number = number_of(said)
    if said is not None and (number is None or number != int(number) or not 0 <= number <= 100_000):
        raise TargetError(f"{where} is in bar {shown(said)!r}; write its number, counted from 1")
    return None if number is None else int(number)


def _struck(listed: Sequence[_Listed]) -> Iterable[Struck]:
    """With the durations that were not said: until the next onset, a beat at most."""
    following_beat = math.inf
    for place in range(len(listed) - 1, -1, -1):
        note = listed[place]
        if place + 1 < len(listed) and listed[place + 1].onset_beats > note.onset_beats:
            following_beat = listed[place + 1].onset_beats
        unsaid = min(following_beat - note.onset_beats, _UNKNOWN_BEATS)
        yield Struck(note.onset_beats, note.duration_beats or unsaid, note.midi)


def _bars(listed: Sequence[_Listed], frame: _Frame, end_beat: float) -> list[Bar]:
    if listed and all(note.bar is not None for note in listed):
        return _bars_said(listed, frame, end_beat)
    if frame.bpm is None:
        return [Bar(1, 0.0, max(end_beat, 1.0))]
    start_beat = frame.start_s * frame.bpm / 60.0
    return bars_of([(start_beat, frame.bar_beats)], end_beat)


def _bars_said(listed: Sequence[_Listed], frame: _Frame, end_beat: float) -> list[Bar]:
    """A bar for each run of notes with its number. It begins on the beat grid where there is one, else at a note."""
    bars: list[Bar] = []
    last_beat = -math.inf
    for note in listed:
        if not bars or bars[-1].number != note.bar:
            check_bars(len(bars) + 1)
            on_grid = math.floor(note.onset_beats / frame.bar_beats + EPSILON_BEATS) * frame.bar_beats
            beat = on_grid if frame.bpm is not None and on_grid > last_beat else note.onset_beats
            bars.append(Bar(note.bar or 0, beat, frame.bar_beats))
        last_beat = note.onset_beats
    ends = [bar.beat for bar in bars[1:]] + [max(end_beat, bars[-1].beat + EPSILON_BEATS)]
    return [Bar(bar.number, bar.beat, end - bar.beat) for bar, end in zip(bars, ends, strict=True)]


def _segments(head: Mapping[str, Any]) -> list[Segment]:
    said = head.get("segments", head.get("sections"))
    if said is None:
        return []
    if not isinstance(said, list):
        raise TargetError('segments are a list: [{"name": "Chorus", "first_bar": 17, "last_bar": 24}]')
    return [_segment(one, number) for number, one in enumerate(said, 1)]


def _segment(said: object, number: int) -> Segment:
    wanted = f'segment {number} is not {{"name": "Chorus", "first_bar": 17, "last_bar": 24}}'
    if not isinstance(said, dict) or not isinstance(said.get("name"), str):
        raise TargetError(wanted)
    first, last = number_of(said.get("first_bar")), number_of(said.get("last_bar", said.get("first_bar")))
    if first is None or last is None or not 0 <= first <= last <= 100_000 or first != int(first) or last != int(last):
        raise TargetError(wanted)
    return Segment(said["name"], int(first), int(last))


def _named_notes(listed: Sequence[_Listed], bars: Sequence[Bar]) -> list[Segment]:
    """Segments that the notes themselves name."""
    headings: list[Heading] = []
    place, before = 0, ""
    for note in listed:
        while place + 1 < len(bars) and bars[place + 1].beat <= note.onset_beats + EPSILON_BEATS:
            place += 1
        if note.segment and note.segment != before:
            headings.append(Heading(bars[place].number, note.segment))
        before = note.segment or before
    return segments_from(headings, max((bar.number for bar in bars), default=1)) if headings else []
