"""A session as text: what a person reads on a terminal, and its notes as CSV for a spreadsheet. Pure."""

import csv
import io
import json
from collections.abc import Sequence
from typing import Final

from pedal import words
from pedal.telling import early_late, place
from webui.schemas import MetricsView, NoteView
from webui.session_schemas import SessionDetail
from webui.target_schemas import FollowReport

SCORES: Final = ("pitch_accuracy", "scale_conformity", "timing_stability", "noise_control", "quality")
COLUMNS: Final = (
    *(
        "onset_s",
        "offset_s",
        "name",
        "midi",
        "cents",
        "signed_ms",
        "in_scale",
        "stroke",
        "chord",
        "bend_cents",
        "vibrato_hz",
    ),
    *("level_dbfs", "confidence"),
)


def note_name(midi: int, pitch_names: Sequence[str]) -> str:
    """A note as the session's key spells it. The octave is that of the letter: the Cb under the middle C4 is Cb4."""
    name = pitch_names[midi % 12]
    shift = name[1:].count("#") - name[1:].count("b")
    return f"{name}{(midi - shift) // 12 - 1}"


def as_csv(detail: SessionDetail, notes: Sequence[NoteView]) -> str:
    """One line for each note, early negative, after a line of names with their units; nothing where not known."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for note in notes:
        values = note.model_dump() | {"name": note_name(note.midi, detail.scale_tones.pitch_names)}
        writer.writerow([_cell(values[column]) for column in COLUMNS])
    return out.getvalue()


def as_json(detail: SessionDetail, notes: Sequence[NoteView], follow: FollowReport | None = None) -> str:
    """Everything, with all notes: the page gets them in portions, a file holds them all.

    ``follow``: what became of the piece, where the session followed one.
    """
    every = [note.model_dump() for note in notes]
    report = None if follow is None else follow.model_dump()
    whole = detail.model_dump() | {"timeline": every, "notes_next": None, "follow": report}
    return json.dumps(whole, allow_nan=False)


def as_text(detail: SessionDetail, notes: Sequence[NoteView], follow: FollowReport | None = None) -> str:
    """Every note, then every number with its unit, the piece, and what was not scored and why."""
    lines = [
        f"{detail.session_id}  {detail.start or 'date unknown'}  {detail.scale}  {words.clock(detail.duration_s)}",
        *(_note(note, detail) for note in notes),
        *(f"{c.onset_s:9.3f} s  chord {c.name}" for c in detail.chords),
        *_scores(detail.metrics),
        *_facts(detail),
        *_piece(follow),
        *(f"{name:17} not scored: {why}" for name, why in detail.metrics.not_scored.items()),
    ]
    return "\n".join(lines) + "\n"


def _note(note: NoteView, detail: SessionDetail) -> str:
    name = note_name(note.midi, detail.scale_tones.pitch_names)
    timing = "" if note.signed_ms is None else f"  {note.signed_ms:+.0f} ms"
    return f"{note.onset_s:9.3f} s  {name:4} {note.cents:+6.1f} cents{timing}{_where(note)}"


def _where(note: NoteView) -> str:
    return "  of a chord" if note.chord else "" if note.in_scale else "  off the scale"


def _scores(metrics: MetricsView) -> list[str]:
    known = [(name, getattr(metrics, name)) for name in (*SCORES, "tempo_bpm", "swing_ratio", "signed_ms")]
    lines = [f"{name:17} {value:g}" for name, value in known if value is not None]
    return lines + [f"{place(b.position):17} {early_late(b.signed_ms)} ({b.n} notes)" for b in metrics.by_beat]


def _facts(detail: SessionDetail) -> list[str]:
    """Each topic's own numbers under the names of the API."""
    metrics = detail.metrics
    topics = {
        "tempo": metrics.tempo,
        "dynamics": metrics.dynamics,
        "picking": metrics.picking,
        "bends": metrics.bends,
        "vibrato": metrics.vibrato,
        "coverage": detail.coverage,
    }
    lines = []
    for topic, found in topics.items():
        numbers = {k: v for k, v in found.model_dump().items() if isinstance(v, int | float)}
        n = numbers.pop("n")
        if n and numbers:
            lines.append(f"{topic:17} {', '.join(f'{k} {v:g}' for k, v in numbers.items())} (n {n:g})")
    if detail.chord_count.n:
        said = ", ".join(f"{name} x {n}" for name, n in detail.chord_count.names)
        lines.append(f"{'chords':17} {detail.chord_count.n}: {said}")
    if detail.tuning_drift.text:
        lines.append(f"{'strings':17} {detail.tuning_drift.text}")
    return lines


def _piece(follow: FollowReport | None) -> list[str]:
    if follow is None:
        return []
    if follow.target is None:
        return [f"{'piece':17} not kept any more"]
    counts = f"{follow.hits} of {follow.reached} notes hit, {follow.wrong} at another pitch, {follow.missed} left out"
    return [f"{'piece':17} {follow.target.title or 'without a title'}: {counts}, {follow.extra} too many"]


def _cell(value: object) -> object:
    return "" if value is None else int(value) if isinstance(value, bool) else value
