"""What a session says beside its scores, as JSON: the fields of ``dsp.facts``, rounded for people.

Every topic carries ``n``, what it was made of; ``null`` where a number cannot be known, with the reason in
``MetricsView.not_scored`` under the topic's name.
"""

from pydantic import BaseModel, ConfigDict, Field


class Fact(BaseModel):
    """A model that refuses non-finite numbers and passes over what only a newer pedal knows."""

    model_config = ConfigDict(frozen=True, allow_inf_nan=False)


class DynamicsView(Fact):
    """How evenly the strokes sound."""

    evenness: float | None = None
    spread_db: float | None = None
    level_dbfs: float | None = None
    range_db: float | None = None
    accent_db: float | None = None
    n: int = 0


class PickingView(Fact):
    """Even strokes of steady runs less the odd ones: later and louder are positive; each with its standard error."""

    offset_ms: float | None = None
    offset_se_ms: float | None = None
    level_db: float | None = None
    level_se_db: float | None = None
    n: int = 0


class BendTargetView(Fact):
    """Bends that were meant to reach so many semitones, and how far off they ended; short is negative."""

    semitones: int
    off_cents: float
    n: int


class BendsView(Fact):
    """Where bends arrived, against the nearest semitone; ``in_tune``: the share within 15 cents."""

    off_cents: float | None = None
    spread_cents: float | None = None
    in_tune: float | None = None
    by_target: list[BendTargetView] = Field(default_factory=list)
    n: int = 0


class VibratoView(Fact):
    """Turns per second, and width from lowest to highest."""

    rate_hz: float | None = None
    width_cents: float | None = None
    n: int = 0


class TempoPointView(Fact):
    """The tempo around a time of a segment."""

    segment: int
    at_s: float
    bpm: float


class PlaceErrorView(Fact):
    """How far strokes are from their place in the beat, seen from those on the beat; early is negative."""

    place: str
    signed_ms: float
    n: int


class TempoView(Fact):
    """Where the tempo began and ended; faster is positive. ``sure``: as against half or twice of it."""

    start_bpm: float | None = None
    end_bpm: float | None = None
    drift_percent: float | None = None
    drift_bpm_per_min: float | None = None
    n: int = 0
    drift_se_bpm_per_min: float | None = None
    se_bpm: float | None = None
    sure: float | None = None
    curve: list[TempoPointView] = Field(default_factory=list)
    places: list[PlaceErrorView] = Field(default_factory=list)


class ToneView(Fact):
    """How often a pitch class (0: C) was played."""

    pitch_class: int
    in_scale: bool
    n: int


class CoverageView(Fact):
    """How much of the scale was used, and between which pitches."""

    tones_used: int = 0
    tones_in_scale: int = 0
    share: float | None = None
    lowest_midi: int | None = None
    highest_midi: int | None = None
    tones: list[ToneView] = Field(default_factory=list)
    n: int = 0


class ChordCountView(Fact):
    """Chords heard; ``in_scale``: those all of whose tones belong to the scale. ``names``: how often each."""

    n: int = 0
    in_scale: int = 0
    names: list[tuple[str, int]] = Field(default_factory=list)


class CurvePointView(Fact):
    """The scores of a stretch that begins ``at_s`` on the practice clock."""

    at_s: float
    seconds: float
    notes: int
    pitch_accuracy: float | None = None
    scale_conformity: float | None = None
    timing_stability: float | None = None
    noise_control: float | None = None
    quality: float | None = None
    tempo_bpm: float | None = None
    signed_ms: float | None = None
    level_dbfs: float | None = None


class CurveView(Fact):
    """How the session went, in stretches of equal length."""

    points: list[CurvePointView] = Field(default_factory=list)
