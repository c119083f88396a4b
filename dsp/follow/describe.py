"""A target in words, for a terminal: what was read, and what was not."""

from collections.abc import Sequence

from dsp.follow.target import Target
from dsp.follow.tracks import TrackInfo
from dsp.theory.scales import note_name

_SHOWN_MAX = 24  # of tempi and of segments


def describe(target: Target, tracks: Sequence[TrackInfo] = ()) -> str:
    """Lines without an end-of-line at the last: title, tracks (the chosen one marked), bars, notes, tempo, segments."""
    lines = [f"{target.title or 'without a title'} ({target.source})"]
    lines += [_track(track, target) for track in tracks] or ([f"track: {target.track}"] if target.track else [])
    printed = len({bar.number for bar in target.bars})
    unfolded = f", {len(target.bars)} as played" if len(target.bars) != printed else ""
    lowest, highest = (choose(note.midi for note in target.notes) for choose in (min, max))
    lines.append(f"bars: {printed}{unfolded}; {_clock(_end_s(target))}")
    lines.append(f"notes: {len(target.notes)}, {note_name(lowest)} to {note_name(highest)}")
    lines.append(f"tempo: {_tempi(target)}")
    lines += [f"segment: {s.name}, bars {s.first_bar} to {s.last_bar}" for s in target.segments[:_SHOWN_MAX]]
    if len(target.segments) > _SHOWN_MAX:
        lines.append(f"and {len(target.segments) - _SHOWN_MAX} segments more")
    return "\n".join([*lines, *(f"note: {line}" for line in target.skipped)])


def _track(track: TrackInfo, target: Target) -> str:
    mark = "*" if track.name == target.track else " "
    what = "drums" if track.drums else f"{track.notes} notes"
    return f"{mark} {track.number}: {track.name}, {what}"


def _end_s(target: Target) -> float:
    last_beat = max(note.beat + note.duration_beats for note in target.notes)
    return target.at_s(last_beat) - target.at_s(0.0)


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d} at its own tempo"


def _tempi(target: Target) -> str:
    said = [f"{tempo.bpm:.4g}" for tempo in target.tempi]
    more = f" and {len(said) - _SHOWN_MAX} more" if len(said) > _SHOWN_MAX else ""
    return ", then ".join(said[:_SHOWN_MAX]) + more + " quarter notes per minute"
