"""How large a target may be, and the one error that a file can cause.

A target comes from a stranger: a web page, a friend, a broken exporter. A file of a few bytes can ask for a billion
repeats, so what is *made* from a file is bounded too, not only what is read. Who gets hurt otherwise: the player on
stage, whose pedal runs out of memory over a tab.
"""

import math
import unicodedata
from typing import Final

BYTES_MAX: Final = 10_000_000
NOTES_MAX: Final = 50_000
BARS_MAX: Final = 5_000  # as played, repeats unfolded
SEGMENTS_MAX: Final = 500
TRACKS_MAX: Final = 256
TEMPI_MAX: Final = 5_000
TEXT_MAX: Final = 120  # characters of a title, a track or a segment
BPM_MIN, BPM_MAX = 3.0, 1000.0
SECONDS_MAX: Final = 36_000.0
BEATS_MAX: Final = BARS_MAX * 8.0


class TargetError(ValueError):
    """The file cannot be a target. The message is one line, for the player: what is wrong, and what to do."""


def clean_text(text: str, limit: int = TEXT_MAX) -> str:
    """One printable line of at most ``limit`` characters: a title must not clear a terminal or fill a display."""
    head = text[: 4 * limit]
    printable = (" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in head)
    return " ".join("".join(printable).split())[:limit].strip()


def shown(value: object, limit: int = 24) -> str:
    """A stranger's value as it may stand within an error line."""
    text = clean_text(str(value)[: 4 * limit], limit + 1)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def check_notes(count: int) -> None:
    """Raises ``TargetError`` when that many notes are too many."""
    if count > NOTES_MAX:
        raise TargetError(f"this has more than {NOTES_MAX:,} notes with all repeats; give a shorter piece")


def check_bars(count: float) -> None:
    """Raises ``TargetError`` when that many bars are too many."""
    if count > BARS_MAX:
        raise TargetError(f"this has more than {BARS_MAX:,} bars with all repeats; give a shorter piece")


def finite(value: float) -> bool:
    """Neither NaN nor infinite."""
    return math.isfinite(value)
