"""What became of a target, as the plain JSON values that ``pedal follow`` prints. Times in seconds, early negative."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, Final

from dsp.follow.against import Line, clicks
from dsp.follow.follower import Follower
from dsp.follow.passes import Attempt, Followed, Move, Pass, gathered
from dsp.follow.target import Target
from dsp.follow.timing import lines
from dsp.follow.verdicts import NoteFollowed
from dsp.replay import replay
from dsp.types import LogEntry, Note

Json = dict[str, Any]

STATES: Final = ("hit", "wrong", "missed")


@dataclass(frozen=True)
class _Told:
    """Everything that the report is made of."""

    follower: Follower
    followed: Followed
    lines: Sequence[Line]
    signed_ms: dict[tuple[int, int], float]
    heard: dict[tuple[int, int], Note]
    delay_s: float

    @property
    def target(self) -> Target:
        return self.follower.target


def follow_json(target: Target, entries: Iterable[LogEntry], *, delay_s: float = 0.0) -> Json:
    """The object of ``pedal follow --json``. Raises ``ValueError`` for a target that cannot be followed.

    ``delay_s``: what a resampler before the ear looked ahead (see ``dsp.report``). Every state, event and place is the
    live follower's; milliseconds are measured against the line through the whole stretch, once that is known.
    """
    entries = list(entries)
    follower = Follower(target)
    verdicts = [verdict for entry in entries for verdict in follower.add(entry)]
    followed = gathered(follower.steps, verdicts)
    record = replay(entries)
    latency_s = {s.segment: s.latency_samples / s.sample_rate_hz for s in record.segments}
    fitted = lines(follower.steps, followed, clicks(record.grids, follower.segment_starts_s, latency_s))
    told = _Told(
        follower,
        followed,
        fitted,
        {key: ms for line in fitted for key, ms in line.signed_ms.items()},
        {(note.segment, note.note_id): note for note in record.notes},
        delay_s,
    )
    targets = _targets(told)
    return {
        "targets": targets,
        "extras": [{"onset_s": round(v.onset_s, 6), "midi": v.midi} for v in followed.extras],
        "events": [_event(told, move) for move in followed.moves],
        "passes": [_pass(told, one) for one in followed.passes],
        "summary": _summary(told, targets),
        "target": {"title": target.title, "source": target.source, "track": target.track},
    }


def _targets(told: _Told) -> list[Json]:
    attempts: dict[int, list[tuple[int, Attempt]]] = {}
    for one in told.followed.passes:
        for attempt in one.attempts:
            attempts.setdefault(attempt.index, []).append((one.number, attempt))
    found = []
    for note in told.target.notes:
        tries = [_attempt(told, number, attempt) for number, attempt in attempts.get(note.index, [])]
        bar = told.target.bars[note.bar].number if note.bar < len(told.target.bars) else None
        segment = told.target.segment_at(bar) if bar is not None else None
        last = tries[-1] if tries else NOT_PLAYED
        place = {"index": note.index, "midi": note.midi, "beat": note.beat, "bar": bar}
        found.append(place | {"segment": segment.name if segment else None} | last | {"passes": tries})
    return found


NOT_PLAYED: Final[Json] = {
    "state": "not_played",
    "signed_ms": None,
    "cents": None,
    "played_midi": None,
    "onset_s": None,
    "judged": True,
    "pass": None,
}


def _attempt(told: _Told, number: int, attempt: Attempt) -> Json:
    played = attempt.played
    # What the ear cannot tell from a chord is not counted against the player, nor for him.
    state = attempt.state if attempt.judged else "not_played"
    found = NOT_PLAYED | {"state": state, "judged": attempt.judged, "pass": number}
    if played is None:
        return found
    key = played.segment, played.note_id
    heard = told.heard.get(key)
    signed_ms = told.signed_ms.get(key)
    return found | {
        "signed_ms": None if signed_ms is None else round(signed_ms, 2),
        "cents": None if heard is None else heard.cents,
        "played_midi": attempt.midi,
        "onset_s": round(played.onset_s, 6),
    }


def _event(told: _Told, move: Move) -> Json:
    return {
        "kind": move.kind,
        "at_s": round(move.at_s, 6),
        "to_index": move.to_index,
        "from_s": None if move.before_s is None else round(move.before_s, 6),
        "decided_s": round(_decided_s(told, move.note), 6),
    }


def _decided_s(told: _Told, verdict: NoteFollowed) -> float:
    start_s = told.follower.segment_starts_s.get(verdict.decided_segment, 0.0)
    return start_s + verdict.decided_sample / 48_000 + told.delay_s


def _pass(told: _Told, one: Pass) -> Json:
    strokes = [v for stretch in one.stretches for v in stretch]
    states = [a.state for a in one.attempts if a.judged]
    return {
        "number": one.number,
        "from_s": round(strokes[0].onset_s, 6),
        "to_s": round(strokes[-1].onset_s, 6),
        "first_index": one.attempts[0].index,
        "last_index": one.attempts[-1].index,
        "hits": states.count("hit"),
        "wrong": states.count("wrong"),
        "missed": states.count("missed"),
        "tempo_bpm": _tempo_bpm(told, strokes[0].onset_s, strokes[-1].onset_s),
    }


def _tempo_bpm(told: _Told, from_s: float, to_s: float) -> float | None:
    """Of the longest line within this time, in beats of where it began; ``None`` where no line holds the strokes."""
    inside = [line for line in told.lines if line.from_s >= from_s - 1e-9 and line.to_s <= to_s + 1e-9]
    longest = max(inside, key=lambda line: len(line.signed_ms), default=None)
    if longest is None or not longest.signed_ms:
        return None
    first = next(v for one in told.followed.passes for s in one.stretches for v in s if v.onset_s >= longest.from_s)
    assert first.step is not None, "a pass holds no extras"
    beat = told.follower.steps.notes[first.step][0].beat
    return round(told.follower.target_bpm(beat) / longest.rate, 3)


def _summary(told: _Told, targets: Sequence[Json]) -> Json:
    reached = [t for t in targets if t["state"] in STATES]
    by_state = {state: sum(t["state"] == state for t in reached) for state in STATES}
    errors_ms = [t["signed_ms"] for t in targets if t["state"] == "hit" and t["signed_ms"] is not None]
    practised = Counter(t["segment"] for t in targets for one in t["passes"] if one["state"] in STATES)
    practised.pop(None, None)
    everything = [v.onset_s for one in told.followed.passes for s in one.stretches for v in s]
    return {
        "hits": by_state["hit"],
        "wrong": by_state["wrong"],
        "missed": by_state["missed"],
        "extra": len(told.followed.extras),
        "targets": len(targets),
        "reached": len(reached),
        "accuracy": round(by_state["hit"] / len(reached), 4) if reached else None,
        "progress": round(len(reached) / len(targets), 4),
        "passes": len(told.followed.passes),
        "tempo_bpm": _tempo_bpm(told, min(everything), max(everything)) if everything else None,
        "signed_ms": round(median(errors_ms), 2) if errors_ms else None,
        "segment": practised.most_common(1)[0][0] if practised else None,
        "bar": told.follower.position().bar,
        "segments": _segments(told.target, targets),
    }


def _segments(target: Target, targets: Sequence[Json]) -> list[Json]:
    found = []
    for segment in target.segments:
        within = [
            one
            for t in targets
            if t["bar"] is not None and segment.first_bar <= t["bar"] <= segment.last_bar
            for one in t["passes"]
            if one["state"] in STATES
        ]
        hits = sum(one["state"] == "hit" for one in within)
        share = round(hits / len(within), 4) if within else None
        found.append({"name": segment.name, "played": len(within), "hits": hits, "hit_share": share})
    return found
