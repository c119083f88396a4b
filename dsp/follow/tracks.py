"""The tracks of a file, and which of them a guitarist most likely means."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dsp.follow.bounds import TargetError, shown

GUITAR_LOWEST, GUITAR_HIGHEST = 28, 88  # E1 to E6: eight strings and 24 frets
_GUITAR = re.compile(r"gu?itar|gtr|chitarra|\bgit\b", re.IGNORECASE)
_PERHAPS = re.compile(r"\b(lead|riff|rhythm|solo)\b", re.IGNORECASE)
_OTHER = re.compile(r"bass|drum|perc|vocal|voice|vox|piano|keys|synth|string|organ|flute|sax|violin", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TrackInfo:
    """One track to choose from. ``number`` counts from 1; ``notes`` as written, repeats not unfolded.

    ``program``: General MIDI instrument, 0 to 127, ``None`` where unsaid. ``drums``: has no pitches to follow.
    ``lowest_midi``, ``highest_midi``: 0 where there is no note. ``in_range``: notes from E1 to E6.
    """

    number: int
    name: str
    notes: int
    in_range: int
    lowest_midi: int = 0
    highest_midi: int = 0
    program: int | None = None
    drums: bool = False


def info(
    number: int, name: str, pitches: Sequence[int], program: int | None = None, *, drums: bool = False
) -> TrackInfo:
    """What is to be said about a track with these pitches (MIDI)."""
    return TrackInfo(
        number,
        name or f"track {number}",
        len(pitches),
        sum(GUITAR_LOWEST <= pitch <= GUITAR_HIGHEST for pitch in pitches),
        min(pitches, default=0),
        max(pitches, default=0),
        program,
        drums,
    )


def choose(tracks: Sequence[TrackInfo], wanted: str | int | None) -> TrackInfo:
    """The track named or numbered by ``wanted``; without it the one that looks like a guitar part.

    A name is compared without regard to case; a part of it is enough where only one track has it. Raises
    ``TargetError`` with the list of tracks.
    """
    if wanted is None:
        playable = [track for track in tracks if track.notes and not track.drums]
        if not playable:
            raise TargetError("no track of this file has notes that a guitar could play; choose another file")
        return max(playable, key=lambda track: (bool(track.in_range), _likeness(track), track.in_range, -track.number))
    found = _named(tracks, str(wanted)) or _numbered(tracks, wanted)
    if found is None:
        listed = ", ".join(f"{track.number} {shown(track.name)}" for track in tracks[:12])
        raise TargetError(f"there is no track {shown(wanted)!r}; this file has: {listed or 'no track at all'}")
    if found.drums:
        raise TargetError(f"track {found.number} {shown(found.name)} is drums, without pitches; choose another track")
    return found


def _likeness(track: TrackInfo) -> int:
    """2: says that it is a guitar; 1: says nothing; 0: says that it is something else."""
    if _GUITAR.search(track.name) and not re.search("bass", track.name, re.IGNORECASE):
        return 2
    if _OTHER.search(track.name):
        return 0
    if _PERHAPS.search(track.name) or (track.program is not None and 24 <= track.program <= 31):
        return 2
    # Program 0 is what a file says that has never been asked: it tells nothing.
    return 0 if (track.program or 0) >= 32 else 1


def _named(tracks: Sequence[TrackInfo], wanted: str) -> TrackInfo | None:
    name = wanted.strip().casefold()
    same = [track for track in tracks if track.name.casefold() == name]
    if same:
        return same[0]
    within = [track for track in tracks if name and not name.isdigit() and name in track.name.casefold()]
    return within[0] if len(within) == 1 else None


def _numbered(tracks: Sequence[TrackInfo], wanted: str | int) -> TrackInfo | None:
    text = str(wanted).strip()
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        return None
    return next((track for track in tracks if track.number == int(text)), None)
