"""What a session says beside the scores, by topic: how loud, how picked, how bent, which tones, and how it went.

Frozen data only, JSON by ``dataclasses.asdict``. Every topic carries ``n``, what it was made of; a number is ``None``
where it cannot be known, and ``Metrics.not_scored`` has the reason under the topic's name.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dynamics:
    """How evenly the strokes sound. ``spread_db``: robust standard deviation about accents and slow swells, in dB.

    ``evenness``: the same as a score, 0 to 1. ``level_dbfs``: median of the attacks' peaks. ``range_db``: from the
    softest tenth to the loudest. ``accent_db``: how much louder strokes on the beat are than those between.
    """

    evenness: float | None = None
    spread_db: float | None = None
    level_dbfs: float | None = None
    range_db: float | None = None
    accent_db: float | None = None
    n: int = 0


@dataclass(frozen=True, slots=True)
class Picking:
    """Odd against even strokes of steady runs. Signed: the even strokes (up, where the run began down) less the odd.

    ``offset_ms``: how much later the even ones come than half-way between their neighbours; ``level_db``: how much
    louder they are. Both with their standard errors. ``n``: strokes compared.
    """

    offset_ms: float | None = None
    offset_se_ms: float | None = None
    level_db: float | None = None
    level_se_db: float | None = None
    n: int = 0


@dataclass(frozen=True, slots=True)
class BendTarget:
    """Bends that were meant to reach so many semitones. ``off_cents``: median of what was reached less that."""

    semitones: int
    off_cents: float
    n: int


@dataclass(frozen=True, slots=True)
class Bends:
    """Where bends arrived, against the nearest semitone: short is negative. ``spread_cents`` about that, robust.

    ``in_tune``: share that came within 15 cents.
    """

    off_cents: float | None = None
    spread_cents: float | None = None
    in_tune: float | None = None
    by_target: tuple[BendTarget, ...] = ()
    n: int = 0


@dataclass(frozen=True, slots=True)
class Vibrato:
    """Medians over the shaken notes: turns per second, and width in cents from lowest to highest."""

    rate_hz: float | None = None
    width_cents: float | None = None
    n: int = 0


@dataclass(frozen=True, slots=True)
class TempoPoint:
    """The tempo around a time; ``at_s`` counts from sample 0 of the segment."""

    segment: int
    at_s: float
    bpm: float


@dataclass(frozen=True, slots=True)
class PlaceError:
    """How far strokes are from their place in the beat ("&", "e", ".2"), seen from those on it; early is negative."""

    place: str
    signed_ms: float
    n: int


@dataclass(frozen=True, slots=True)
class TempoHeld:
    """The player's own tempo, or the click's: where it began and ended. ``drift_percent``: of the whole; faster is up.

    ``drift_bpm_per_min``: the slope, which compares sessions of unlike length, and its standard error. All of these are
    ``None`` where the tempo may as well have moved as not. ``n``: beats measured. ``se_bpm``: standard error of the
    tempo. ``sure``: 0 to 1, how sure it is as against half, twice or two thirds of it; 1 against a click. Of the
    player's own tempo alone: ``curve``, at most 60 points, and ``places``, empty where nothing tells the beat from the
    off-beat.
    """

    start_bpm: float | None = None
    end_bpm: float | None = None
    drift_percent: float | None = None
    drift_bpm_per_min: float | None = None
    n: int = 0
    drift_se_bpm_per_min: float | None = None
    se_bpm: float | None = None
    sure: float | None = None
    curve: tuple[TempoPoint, ...] = ()
    places: tuple[PlaceError, ...] = ()


@dataclass(frozen=True, slots=True)
class ToneCount:
    """How often a pitch class (0: C) was played."""

    pitch_class: int
    in_scale: bool
    n: int


@dataclass(frozen=True, slots=True)
class StringCount:
    """Notes that surely lay on a string (1: the highest), and the frets between which."""

    string: int
    lowest_fret: int
    highest_fret: int
    n: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of the scale and of the instrument was used. Says nothing about right or wrong.

    ``tones_used`` of ``tones_in_scale`` scale tones, ``share`` of them 0 to 1. ``tones``: the pitch classes that were
    played, from the scale's root upwards.
    """

    tones_used: int = 0
    tones_in_scale: int = 0
    share: float | None = None
    lowest_midi: int | None = None
    highest_midi: int | None = None
    tones: tuple[ToneCount, ...] = ()
    strings: tuple[StringCount, ...] = ()
    n: int = 0


@dataclass(frozen=True, slots=True)
class ChordCount:
    """Chords heard; ``in_scale``: those all of whose tones belong to the scale. ``names``: how often each, sorted."""

    n: int = 0
    in_scale: int = 0
    names: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """The scores of a stretch of the session that begins ``at_s`` on the practice clock."""

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


@dataclass(frozen=True, slots=True)
class Curve:
    """How the session went, in at most 48 stretches of equal length, in order."""

    points: tuple[CurvePoint, ...] = ()


@dataclass(frozen=True, slots=True)
class StringDrift:
    """One string. ``string``: 1 is the highest, as guitarists count; ``None`` where ``name`` is a range of pitches.

    ``cents``: distance from equal temperament now; ``drift_cents``: change since the session, or the last tuning in a
    pause, began; flat is negative. Both with their standard errors, ``None`` while not known. ``n``: notes that say
    what is now.
    """

    string: int | None
    name: str
    cents: float | None = None
    se_cents: float | None = None
    drift_cents: float | None = None
    drift_se_cents: float | None = None
    n: int = 0


@dataclass(frozen=True, slots=True)
class TuningDrift:
    """All strings, the lowest first. ``common_cents``: what they drifted together, as by warmth; ``None`` if not."""

    strings: tuple[StringDrift, ...] = ()
    common_cents: float | None = None
