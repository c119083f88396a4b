"""A piece, where in it the player is, and what became of it, as the web's JSON. Pure."""

from collections.abc import Iterable
from itertools import groupby
from statistics import median
from typing import Any

from dsp.follow.report import follow_json
from dsp.follow.target import Target
from dsp.types import LogEntry
from pedal.followed import Followed
from pedal.settings import Settings
from pedal.target_file import Piece
from webui.target_schemas import (
    BARS_MAX,
    EVENTS_MAX,
    BarReport,
    FollowEvent,
    FollowLive,
    FollowReport,
    SegmentReport,
    TargetView,
)


def piece_view(piece: Piece) -> TargetView:
    """What is to be played."""
    return TargetView(
        title=piece.title,
        source=piece.source,
        track=piece.track,
        notes=piece.notes,
        bars=piece.bars,
        segments=list(piece.segments),
    )


def live_view(followed: Followed, settings: Settings) -> FollowLive:
    """Where the player is; notes by the names that the player likes."""
    return FollowLive(
        title=followed.piece.title,
        notes=followed.piece.notes,
        bars=followed.piece.bars,
        bar=followed.bar,
        segment=followed.segment,
        next=[settings.note_name(midi) for midi in followed.next_midis],
        tempo_bpm=None if followed.tempo_bpm is None else round(followed.tempo_bpm, 1),
        hits=followed.hits,
        wrong=followed.wrong,
        extra=followed.extra,
        reached=followed.reached,
        trail=list(followed.trail),
        fault=followed.fault,
    )


def report_view(found: tuple[Target, Piece] | None, entries: Iterable[LogEntry]) -> FollowReport:
    """What became of the piece, from the session's log; milliseconds per note of the piece in the hub's thread."""
    if found is None:
        return FollowReport(target=None)
    target, piece = found
    report = follow_json(target, entries)
    summary = report["summary"]
    bar_of = {t["index"]: t["bar"] for t in report["targets"]}
    return FollowReport(
        target=piece_view(piece),
        hits=summary["hits"],
        wrong=summary["wrong"],
        missed=summary["missed"],
        extra=summary["extra"],
        reached=summary["reached"],
        accuracy=summary["accuracy"],
        passes=summary["passes"],
        tempo_bpm=None if summary["tempo_bpm"] is None else round(summary["tempo_bpm"], 1),
        signed_ms=None if summary["signed_ms"] is None else round(summary["signed_ms"], 1),
        bars=_bars(report["targets"]),
        segments=[SegmentReport.model_validate(segment) for segment in summary["segments"]],
        events=[
            FollowEvent(kind=e["kind"], at_s=round(e["at_s"], 3), bar=bar_of.get(e["to_index"]))
            for e in report["events"][:EVENTS_MAX]
        ],
    )


def _bars(targets: Iterable[dict[str, Any]]) -> list[BarReport]:
    """One row for each bar as played; of a printed bar that comes again there are several."""
    rows = []
    for number, group in groupby((t for t in targets if t["bar"] is not None), key=lambda t: t["bar"]):
        notes = list(group)
        states = [note["state"] for note in notes]
        errors_ms = [n["signed_ms"] for n in notes if n["state"] == "hit" and n["signed_ms"] is not None]
        rows.append(
            BarReport(
                number=number,
                segment=notes[0]["segment"],
                hits=states.count("hit"),
                wrong=states.count("wrong"),
                missed=states.count("missed"),
                signed_ms=round(median(errors_ms), 1) if errors_ms else None,
            )
        )
    return rows[:BARS_MAX]
