"""Segments given beside a file, by hand: ``Chorus=17-24``."""

import re
from dataclasses import replace
from typing import Final

from dsp.follow.bounds import SEGMENTS_MAX, TargetError, clean_text, shown
from dsp.follow.target import Segment, Target

_RANGE: Final = re.compile(r"(\d{1,5}) ?(?:(?:[-–:]|to|\.\.) ?(\d{1,5}))?", re.ASCII)


def parse_segments(text: str) -> tuple[Segment, ...]:
    """Segments from ``"Chorus=17-24, Solo=30"``, parted by commas, semicolons or lines. Raises ``TargetError``."""
    parts = [part for part in re.split(r"[,;\n]", text[:100_000]) if part.strip()]
    if len(parts) > SEGMENTS_MAX:
        raise TargetError(f"there are more than {SEGMENTS_MAX} segments; name fewer")
    return tuple(_parse(part) for part in parts)


def _parse(part: str) -> Segment:
    name, _, bars = part.rpartition("=")
    found = _RANGE.fullmatch(clean_text(bars))
    if found is None or not clean_text(name):
        raise TargetError(f"{shown(part)!r} names no bars; write a name and a range such as Chorus=17-24")
    first, last = int(found[1]), int(found[2] or found[1])
    if last < first:
        raise TargetError(f"{shown(part)!r} ends before it begins; write the first bar first, such as Chorus=17-24")
    return Segment(clean_text(name), first, last)


def with_segments(target: Target, segments: tuple[Segment, ...]) -> Target:
    """The target with these segments in front of its own; of two of one name the given one is kept.

    Raises ``TargetError`` where a range has no bar in common with the piece.
    """
    printed = {bar.number for bar in target.bars}
    for segment in segments:
        if printed and (segment.first_bar > max(printed) or segment.last_bar < min(printed)):
            raise TargetError(
                f"{shown(segment.name)} is bars {segment.first_bar} to {segment.last_bar}, but this piece has bars"
                f" {min(printed)} to {max(printed)}"
            )
    names = {segment.name for segment in segments}
    return replace(target, segments=(*segments, *(own for own in target.segments if own.name not in names)))
