"""Note lists as plain text: onset, pitch and perhaps duration in columns, with or without a header.

Also the labels that sound editors write: start, end, name. Cells are parted by tabs, semicolons, commas or spaces;
lines that begin with # say something to people only.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from dsp.follow.bounds import TargetError, check_notes, shown
from dsp.follow.note_list import KEYS, from_notes
from dsp.follow.pitches import midi_named, number_of
from dsp.follow.target import Target

_KNOWN: Final = frozenset((*KEYS, "bar", "measure", "segment", "section"))
_COLUMNS_MAX: Final = 24
_FRET: Final = re.compile(r"\d{1,2}\.[1-8]")
_LINES_MAX: Final = 200_000


def looks_like_table(text: str) -> bool:
    """Whether the first line that says something is a header that we know, or a number beside others."""
    line = next(_lines(text[:4096]), (0, ""))[1]
    cells = _cells(line, _separator(line))
    if len(cells) < 2:
        return False
    if number_of(cells[0]) is not None:
        numbers = [cell for cell in cells[:3] if number_of(cell) is not None]
        named = all(number_of(cell) is not None or midi_named(cell) is not None for cell in cells[1:3])
        # "3.3 4.3" is frets and strings of AlphaTex sooner than a pitch below all hearing.
        return named and not (len(numbers) == len(cells[:3]) and all(map(_FRET.fullmatch, numbers)))
    return len(_KNOWN & {_key(cell) for cell in cells}) >= 2


def read_table(text: str) -> Target:
    """The target in a table. Raises ``TargetError`` with the line."""
    if text.count("\n") + text.count("\r") > _LINES_MAX:
        raise TargetError(f"this table has more than {_LINES_MAX:,} lines; give a shorter piece")
    rows: list[tuple[int, list[str]]] = []
    separator = ""
    for number, line in _lines(text):
        separator = separator or _separator(line)
        rows.append((number, _cells(line, separator)))
        check_notes(len(rows) - 1)
    header = [_key(cell) for cell in rows[0][1]] if rows and number_of(rows[0][1][0]) is None else None
    body = rows[1:] if header is not None else rows
    if not body:
        raise TargetError("there is not one note in this table; write lines such as: 0.50 E2 0.4")
    keys = header if header is not None else _columns([cells for _, cells in body])
    for number, cells in body:
        if len(cells) < min(2, len(keys)) or (number_of(cells[0]) is None and header is None):
            raise TargetError(f"line {number} is no note: {shown(' '.join(cells))!r}; write lines such as: 0.50 E2 0.4")
    notes = [{key: cell for key, cell in zip(keys, cells, strict=False) if cell} for _, cells in body]
    return from_notes(notes, {})


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Number (from 1) and content of each line that is not empty and no remark."""
    for number, found in enumerate(re.finditer(r"([^\r\n]*)(\r\n|\r|\n|$)", text), 1):
        line = found.group(1).strip()
        if line and not line.startswith("#"):
            yield number, line[:1000]


def _separator(line: str) -> str:
    return next((sign for sign in "\t;," if sign in line), " ")


def _cells(line: str, separator: str) -> list[str]:
    parts = line.split() if separator == " " else line.split(separator)
    cells = [part.strip().strip("\"'") for part in parts[:_COLUMNS_MAX]]
    # Where the comma does not part cells, it is the decimal point of half of Europe.
    return cells if separator == "," else [re.sub(r"^(-?\d+),(\d+)$", r"\1.\2", cell) for cell in cells]


def _key(cell: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", cell.lower()).strip("_")


def _columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Which column is what, where no header says it: by what all rows have in it."""
    third = [row[2] for row in rows if len(row) > 2]
    if len(third) == len(rows):
        if all(midi_named(cell) is not None for cell in third):
            return ["onset_s", "offset_s", "midi"]
        if not all(_is_pitch(row[1]) for row in rows) and all(_is_pitch(cell) for cell in third):
            return ["onset_s", "offset_s", "midi"]
    return ["onset_s", "midi", "duration_s"]


def _is_pitch(cell: str) -> bool:
    number = number_of(cell)
    return midi_named(cell) is not None or (number is not None and number == int(number) and 0 <= number <= 127)
