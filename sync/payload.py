"""A stored session as a row of ``fretcoach.sessions``: one table says which column comes from where.

Another dialect of the shared database is another set of columns, not another code path.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, TypeAlias

from dsp.types import Summary
from sync.errors import Rejected
from sync.records import SessionEnd, SessionHeader, StoredSession

Value: TypeAlias = str | int | float | bool | None
Row: TypeAlias = dict[str, Value]

DEVICE_TYPE: Final = "portable"
ROOTS: Final = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
FAMILY_KINDS: Final = frozenset({"major", "minor"})


class NotYet(Exception):
    """This session cannot be told yet, and will be later: its wall time is not known."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a row is made of."""

    user_id: str
    header: SessionHeader
    end: SessionEnd
    summary: Summary


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``required``: the server cannot do without it, so no negotiation drops it."""

    name: str
    value: Callable[[Facts], Value]
    required: bool = False


def utc_label(wall: str | None) -> str | None:
    """ISO 8601 with an offset -> the same moment in UTC *without* one: the server would drop an offset in silence."""
    if wall is None:
        return None
    moment = datetime.fromisoformat(wall)
    if moment.tzinfo is None:
        raise Rejected(f"the time {wall} does not say its zone")
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat()


def scale_chosen(root: str, kind: str) -> str:
    """Canonical name of a scale, with sharps: "A Minor", "C# Harmonic Minor", "D Dorian b2", "A Custom 0 3 5 7 10".

    What names no tone begins with a capital letter, as the family's names do. Raises ``Rejected``.
    """
    words = kind.replace("_", " ").split()
    if root not in ROOTS or not words:
        raise Rejected(f"no scale is called {root!r} {kind!r}")
    return " ".join([root, *(word if word[-1].isdigit() else word.capitalize() for word in words)])


def scale_type(kind: str, chosen: str) -> str:
    """The family's word: only its own two kinds have a pentatonic form, every other scale counts as natural."""
    return chosen if kind in FAMILY_KINDS else "natural"


def _score(name: str, score: float | None) -> float | None:
    if score is not None and not (math.isfinite(score) and 0 <= score <= 1):
        raise Rejected(f"{name} is {score}, and a score lies between 0 and 1")
    return score


def _start(facts: Facts) -> str:
    label = utc_label(facts.header.start_wall)
    if label is None:
        raise NotYet("the clock is not known yet")
    return label


def _seconds(facts: Facts) -> int:
    if not math.isfinite(facts.summary.duration_s):
        raise Rejected(f"the duration is {facts.summary.duration_s} s")
    return round(facts.summary.duration_s)


SESSION_COLUMNS: Final = (
    Column("session_id", lambda f: f.header.session_id, required=True),
    Column("user_id", lambda f: f.user_id, required=True),
    Column("start_timestamp", _start, required=True),
    Column("end_timestamp", lambda f: utc_label(f.end.end_wall)),
    Column("scale_chosen", lambda f: scale_chosen(f.header.setup.scale_root, f.header.setup.scale_kind), required=True),
    Column("scale_type", lambda f: scale_type(f.header.setup.scale_kind, f.header.setup.scale_type), required=True),
    Column("pitch_accuracy", lambda f: _score("pitch_accuracy", f.summary.metrics.pitch_accuracy)),
    Column("scale_conformity", lambda f: _score("scale_conformity", f.summary.metrics.scale_conformity)),
    Column("timing_stability", lambda f: _score("timing_stability", f.summary.metrics.timing_stability)),
    Column("noise_control", lambda f: _score("noise_control", f.summary.metrics.noise_control)),
    Column("total_notes_played", lambda f: int(f.summary.notes)),
    Column("correct_notes_played", lambda f: int(f.summary.correct_notes)),
    Column("bad_notes_played", lambda f: int(f.summary.wrong_notes)),
    Column("unique_notes_used", lambda f: int(f.summary.unique_notes)),
    Column("duration_seconds", _seconds),
    Column("strictness", lambda f: _score("strictness", f.header.setup.strictness)),
    Column("sensitivity", lambda f: _score("sensitivity", f.header.setup.sensitivity)),
    Column("ambient_lighting_used", lambda _: False),
    Column("device_type", lambda _: DEVICE_TYPE),
)

_RENAMED: Final = {
    "ambient_lighting_used": Column("ambient_light_option", lambda _: False),
    "duration_seconds": Column("duration_seconds", lambda f: float(f.summary.duration_s)),
    # How many tones the scale has: 5 of a pentatonic one. Summaries of version 1 do not know it.
    "unique_notes_used": Column("total_inscale_notes", lambda f: f.summary.coverage.tones_in_scale or None),
}
_ABSENT: Final = ("noise_control", "device_type")
DEPLOYED_COLUMNS: Final = tuple(_RENAMED.get(c.name, c) for c in SESSION_COLUMNS if c.name not in _ABSENT)
"""The dialect of the database as it was deployed (v0.3.1)."""


def session_row(session: StoredSession, user_id: str, columns: tuple[Column, ...] = SESSION_COLUMNS) -> Row:
    """Make the row that the server is told. Scores that were not given are ``None``, never 0.

    Raises ``NotYet`` while its wall time is unknown, ``Rejected`` when it holds what no server may be sent.
    """
    if session.end is None or session.summary is None:
        raise NotYet("the session is still open")
    facts = Facts(user_id, session.header, session.end, session.summary)
    return {column.name: column.value(facts) for column in columns}
