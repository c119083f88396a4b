"""AlphaTex as words: strings, numbers, names, tags and signs, each with its place. Comments are left out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from dsp.follow.bounds import TargetError, clean_text, shown

WORDS_MAX: Final = 400_000
PIECES_MAX: Final = 2 * WORDS_MAX  # words, and gaps and remarks between them
_WORD: Final = re.compile(
    r"""(?P<space>\s+|//[^\n\r]*|/\*.*?\*/|\\(?![A-Za-z\\]))
      | (?P<text>"(?:[^"\\]++|\\.)*+"|'(?:[^'\\]++|\\.)*+')
      | (?P<tag>\\\\?[A-Za-z]\w*)
      | (?P<number>-?\d+(?![A-Za-z\d]))
      | (?P<name>\d*[A-Za-z#♯♭_][\w#♯♭]*(?:-[\w#]++)*+)
      | (?P<sign>[-.:(){}|*<>=,])""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPES: Final = {"n": " ", "r": " ", "t": " "}


@dataclass(frozen=True, slots=True)
class Word:
    """``kind``: "text", "tag", "number", "name", "sign" or "end". ``start``, ``stop``: offsets in the source."""

    kind: str
    said: str
    start: int
    stop: int

    def is_sign(self, sign: str) -> bool:
        """Whether this is that sign."""
        return self.kind == "sign" and self.said == sign


def words_of(source: str) -> list[Word]:
    """All words and one "end". Raises ``TargetError`` with line and column."""
    words: list[Word] = []
    place = 0
    for _ in range(PIECES_MAX):
        if place >= len(source):
            words.append(Word("end", "the end of the text", len(source), len(source)))
            return words
        found = _WORD.match(source, place)
        if found is None:
            raise error_at(source, place, _strange(source, place))
        kind = found.lastgroup or "space"
        if kind != "space":
            words.append(Word(kind, _plain(kind, found.group()), place, found.end()))
            if len(words) > WORDS_MAX:
                raise TargetError(f"this AlphaTex has more than {WORDS_MAX:,} words; give a shorter piece")
        place = found.end()
    raise TargetError("this AlphaTex has more gaps and remarks than any piece does; give a shorter piece")


def error_at(source: str, place: int, what: str) -> TargetError:
    """The error that says where: lines and columns count from 1."""
    line = source.count("\n", 0, place) + 1
    column = place - source.rfind("\n", 0, place)
    return TargetError(f"AlphaTex line {line}, column {column}: {what}")


def _strange(source: str, place: int) -> str:
    if source[place] in "\"'":
        return "a quoted text begins here and never ends; close it"
    if source.startswith("/*", place):
        return "a comment begins here and never ends; close it with */"
    return f"{shown(source[place])!r} is not understood here; take it out"


def _plain(kind: str, found: str) -> str:
    if kind == "tag":
        return found.lstrip("\\").lower()
    if kind == "text":
        inner = re.sub(r"\\(?:u([0-9A-Fa-f]{4})|(.))", _unescaped, found[1:-1][:4000], flags=re.DOTALL)
        return clean_text(inner)
    return found


def _unescaped(found: re.Match[str]) -> str:
    if found.group(1):
        return chr(int(found.group(1), 16))
    return _ESCAPES.get(found.group(2).lower(), found.group(2))


@dataclass(slots=True)
class Reader:
    """Goes through words once. ``source`` is there to say where something is wrong."""

    words: Sequence[Word]
    source: str
    place: int = 0

    @property
    def word(self) -> Word:
        """The word at hand."""
        return self.words[self.place]

    def ahead(self, count: int = 1) -> Word:
        """A word further on; the end, beyond it."""
        return self.words[min(self.place + count, len(self.words) - 1)]

    def take(self) -> Word:
        """The word at hand, and on to the next."""
        word = self.word
        self.place = min(self.place + 1, len(self.words) - 1)
        return word

    def took(self, sign: str) -> bool:
        """Takes this sign, where it stands here."""
        here = self.word.is_sign(sign)
        if here:
            self.take()
        return here

    def error(self, word: Word, what: str) -> TargetError:
        """What is wrong at a word."""
        return error_at(self.source, word.start, what)

    def joined(self) -> bool:
        """Whether a number stands here that a point and a number follow without space: a note, or a decimal."""
        here, point, after = self.word, self.ahead(), self.ahead(2)
        return (
            here.kind == "number"
            and point.is_sign(".")
            and after.kind in {"number", "name"}
            and here.stop == point.start
            and point.stop == after.start
        )

    def number(self, low: int, high: int, what: str) -> int:
        """Takes a whole number within these bounds."""
        word = self.take()
        if word.kind != "number" or len(word.said) > 9 or not low <= int(word.said) <= high:
            raise self.error(word, f"{shown(word.said)!r} is no {what}; write a number from {low} to {high}")
        return int(word.said)

    def value(self) -> str | float | None:
        """Takes a value within parentheses or braces: text, name, whole or decimal number; ``None`` for a sign."""
        if self.joined() and self.ahead(2).kind == "number":
            whole, _, part = self.take(), self.take(), self.take()
            return float(f"{whole.said[:9]}.{part.said[:9]}") if not part.said.startswith("-") else 0.0
        word = self.take()
        if word.kind == "number":
            return float(word.said[:9])
        return word.said if word.kind in {"text", "name"} else None
