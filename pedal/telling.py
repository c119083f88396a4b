"""The one sentence after the stomp: which of all measured facts tells the player most.

Pure and deterministic. Each rule looks at one fact and says how much it matters, in multiples of what a listener just
notices; the largest wins, and of equal ones the first in the table. A rule speaks only of what was measured from
enough notes: a wrong sentence on stage is worse than a dull one. Every sentence fits the display's one line.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from dsp.types import BeatError, Summary

# What is just noticed: so much of each weighs 1.
NOTICED_MS: Final = 10.0
NOTICED_CENTS: Final = 15.0
NOTICED_WRONG: Final = 0.04
NOTICED_PERCENT: Final = 2.0
NOTICED_DB: Final = 3.0
NOTICED_UNUSED: Final = 0.4
LEAST: Final = 0.75  # less than this is not worth a sentence
BEATS_MIN, BENDS_MIN, STROKES_MIN, NOTES_MIN = 4, 3, 16, 24
SURE: Final = 2.0  # standard errors
SUBS: Final = {"&": "the & of", "e": "the e of", "a": "the a of"}


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence and how much it matters."""

    weight: float
    text: str


def telling(summary: Summary, enabled: frozenset[str] | None = None) -> str:
    """The most telling fact of a session in one line. ``enabled``: the scores that the player looks at; else all."""
    if summary.notes == 0:
        chords = summary.chords.n
        return f"{chords} chord{'s' * (chords != 1)} heard" if chords else "no notes heard"
    found = [rule(summary) for metric, rule in RULES if enabled is None or metric is None or metric in enabled]
    best = max((told for told in found if told is not None), key=lambda told: told.weight, default=None)
    if best is None or best.weight < LEAST:
        minutes, seconds = divmod(int(summary.duration_s), 60)
        # A chord is several notes; where most that was played are chords, those are counted.
        chords = summary.chords.n
        what = f"{chords} chords" if 3 * chords > summary.notes else f"{summary.notes} notes"
        return f"{what} in {minutes}:{seconds:02}"
    return best.text


def place(position: str) -> str:
    """A place of the bar in words: "3&" -> "the & of 3", "2" -> "beat 2", "1.2" -> "1, part 2"."""
    beat, _, part = position.partition(".")
    if part:
        return f"{beat}, part {part}"
    sub = SUBS.get(position[-1:])
    return f"{sub} {position[:-1]}" if sub else f"beat {position}"


def early_late(signed_ms: float) -> str:
    """ "22 ms early", or "on the beat"."""
    away = abs(round(signed_ms))
    return f"{away} ms {'early' if signed_ms < 0 else 'late'}" if away else "on the beat"


def _wrong(summary: Summary) -> Told | None:
    judged = summary.correct_notes + summary.wrong_notes
    if not summary.wrong_notes:
        return None
    return Told(summary.wrong_notes / judged / NOTICED_WRONG, f"{summary.wrong_notes} of {judged} off the scale")


def _place(summary: Summary) -> Told | None:
    """The place of the bar that stands out from the player's usual lead or lag."""
    metrics = summary.metrics
    usual_ms = metrics.signed_ms or 0.0
    sure = [beat for beat in metrics.by_beat if beat.n >= BEATS_MIN]

    def apart_ms(beat: BeatError) -> float:
        return abs(beat.signed_ms - usual_ms)

    worst = max(sure, key=apart_ms, default=None)
    if worst is None or len(sure) < 2 or apart_ms(worst) < 0.5 * abs(worst.signed_ms):
        return None
    return Told(apart_ms(worst) / NOTICED_MS, f"{place(worst.position)} is {early_late(worst.signed_ms)}")


def _own_place(summary: Summary) -> Told | None:
    """Without a click: the place in the player's own beat that is furthest off."""
    sure = [place for place in summary.metrics.tempo.places if place.n >= BEATS_MIN]
    worst = max(sure, key=lambda place: abs(place.signed_ms), default=None)
    if worst is None:
        return None
    name = f"part {worst.place[1:]}" if worst.place.startswith(".") else f"the {worst.place}"
    return Told(abs(worst.signed_ms) / NOTICED_MS, f"{name} is {early_late(worst.signed_ms)}")


def _average(summary: Summary) -> Told | None:
    signed_ms = summary.metrics.signed_ms
    return None if signed_ms is None else Told(abs(signed_ms) / NOTICED_MS, f"{early_late(signed_ms)} on average")


def _tempo(summary: Summary) -> Told | None:
    held = summary.metrics.tempo
    if held.drift_percent is None or held.n < STROKES_MIN:
        return None
    return Told(
        abs(held.drift_percent) / NOTICED_PERCENT,
        f"{'rushed' if held.drift_percent > 0 else 'dragged'}: {held.start_bpm:.0f} to {held.end_bpm:.0f} bpm",
    )


def _picking(summary: Summary) -> Told | None:
    picking = summary.metrics.picking
    if picking.offset_ms is None or picking.offset_se_ms is None or picking.n < STROKES_MIN:
        return None
    if abs(picking.offset_ms) < SURE * picking.offset_se_ms:
        return None
    return Told(abs(picking.offset_ms) / NOTICED_MS, f"2nd strokes {early_late(picking.offset_ms)}")


def _bends(summary: Summary) -> Told | None:
    bends = summary.metrics.bends
    if bends.off_cents is None or bends.n < BENDS_MIN:
        return None
    way = "short" if bends.off_cents < 0 else "too high"
    return Told(abs(bends.off_cents) / NOTICED_CENTS, f"bends {abs(round(bends.off_cents))} cents {way}")


def _dynamics(summary: Summary) -> Told | None:
    dynamics = summary.metrics.dynamics
    if dynamics.spread_db is None or dynamics.n < STROKES_MIN:
        return None
    return Told(dynamics.spread_db / NOTICED_DB - 0.5, f"strokes uneven by {dynamics.spread_db:.0f} dB")


def _coverage(summary: Summary) -> Told | None:
    coverage = summary.coverage
    if coverage.share is None or coverage.n < NOTES_MIN:
        return None
    text = f"{coverage.tones_used} of {coverage.tones_in_scale} scale tones used"
    return Told((1.0 - coverage.share) / NOTICED_UNUSED, text)


Rule = Callable[[Summary], Told | None]
# Which score each rule belongs to: who does not look at a score does not hear of it either.
RULES: Final[tuple[tuple[str | None, Rule], ...]] = (
    ("scale_conformity", _wrong),
    ("timing_stability", _place),
    ("timing_stability", _own_place),
    ("timing_stability", _average),
    ("timing_stability", _tempo),
    ("timing_stability", _picking),
    ("pitch_accuracy", _bends),
    (None, _dynamics),
    ("scale_conformity", _coverage),
)
