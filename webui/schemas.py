"""The JSON that goes to phones and scripts: names, units and limits, once."""

from typing import Final, Literal, get_args

from pydantic import Field

from webui.closed import Closed
from webui.fact_schemas import BendsView, DynamicsView, PickingView, TempoView, VibratoView
from webui.target_schemas import FollowLive, TargetView

Metric = Literal["pitch_accuracy", "scale_conformity", "timing_stability", "noise_control"]
METRICS: Final[tuple[Metric, ...]] = get_args(Metric)


class BeatView(Closed):
    """How early (negative) or late ``n`` notes fell at one place of the bar: "3&"."""

    position: str
    signed_ms: float
    n: int


class MetricsView(Closed):
    """Scores 0 to 1; ``null`` means "not scored", and ``not_scored`` says why."""

    pitch_accuracy: float | None = None
    scale_conformity: float | None = None
    timing_stability: float | None = None
    noise_control: float | None = None
    quality: float | None = None
    tempo_bpm: float | None = None
    swing_ratio: float | None = None
    signed_ms: float | None = None
    by_beat: list[BeatView] = Field(default_factory=list)
    dynamics: DynamicsView = DynamicsView()
    picking: PickingView = PickingView()
    bends: BendsView = BendsView()
    vibrato: VibratoView = VibratoView()
    tempo: TempoView = TempoView()
    not_scored: dict[str, str] = Field(default_factory=dict)
    metric_version: int = 1


class NoteView(Closed):
    """One note on the session's clock."""

    onset_s: float
    offset_s: float | None
    midi: int
    cents: float
    confidence: float
    level_dbfs: float
    in_scale: bool
    stroke: bool = True
    bend_cents: float = 0.0
    vibrato_hz: float = 0.0
    # A string of a chord, which is not judged by itself.
    chord: bool = False
    # Early is negative; null where there is no pulse to be early against.
    signed_ms: float | None = None


class StringDriftView(Closed):
    """How a string is tuned now and how far it drifted while it was played, in cents; ``null`` while not known.

    ``string``: 1 is the highest, ``null`` where ``name`` is a range of pitches. ``n``: notes that say what is now.
    ``told``: far enough to be told, by the player's setting.
    """

    string: int | None
    name: str
    cents: float | None = None
    se_cents: float | None = None
    drift_cents: float | None = None
    drift_se_cents: float | None = None
    n: int = 0
    told: bool = False


class DriftView(Closed):
    """All strings, the lowest first; ``common_cents`` is what they drifted together. ``text`` says it in one line."""

    strings: list[StringDriftView] = Field(default_factory=list)
    common_cents: float | None = None
    text: str = ""


class SessionView(Closed):
    """The running session, as it stands."""

    session_id: str
    elapsed_s: float
    paused: bool
    notes: int
    marks: int
    metrics: MetricsView
    recent: list[NoteView] = Field(default_factory=list, max_length=16)
    # The newest chord, and whether it still sounds.
    chord: str = ""
    chord_sounds: bool = False
    # Where in the piece the player is, in a session that follows one.
    follow: FollowLive | None = None
    tuning_drift: DriftView = DriftView()


class HeardView(Closed):
    """What is heard right now."""

    level_dbfs: float
    noise_dbfs: float
    note: str | None = None
    midi: int | None = None
    cents: float | None = None
    f0_hz: float | None = None
    confidence: float = 0.0


class PartView(Closed):
    """One part of the pedal and how it is: nothing degrades silently."""

    name: Literal["audio", "oled", "cloud", "network", "storage", "board"]
    state: Literal["ok", "waiting", "missing", "fault", "off"]
    text: str


class RoundTripView(Closed):
    """The sound card's own delay, from output to input, that timing takes out; ``text`` says it in one line.

    ``latency_ms`` and what follows are null where it was not measured for this card as it is open now. ``step`` of
    ``steps`` while it is being measured, else null; ``refused``: why the last measurement found nothing.
    """

    card: str = ""
    outputs: int = 0
    text: str = "not measured"
    latency_ms: float | None = None
    samples: int | None = None
    spread_samples: float | None = None
    confidence: float | None = None
    stale: bool = False
    step: int | None = None
    steps: int = 5
    refused: str | None = None


class Settings(Closed):
    """What the player may change while the pedal runs."""

    player: str = Field(default="Player 1", min_length=1, max_length=40)
    scale_root: str = Field(default="A", max_length=2)
    scale_kind: str = Field(default="minor", max_length=80)
    scale_type: Literal["natural", "pentatonic"] = "pentatonic"
    strictness: float = Field(default=0.5, ge=0, le=1)
    sensitivity: float = Field(default=0.5, ge=0, le=1)
    a4_hz: float = Field(default=440.0, ge=425, le=455)
    tuning: str = Field(default="any", max_length=32)
    bpm: float = Field(default=90.0, ge=20, le=300)
    brightness: float = Field(default=1.0, ge=0.05, le=1)
    tell_drift: bool = True
    drift_cents: float = Field(default=5.0, ge=3, le=30)
    left_handed: bool = False
    note_names: Literal["key", "sharps", "flats", "german", "solfege"] = "key"
    enabled_metrics: list[Metric] = Field(default=list(METRICS), min_length=1, max_length=4)


class LiveState(Closed):
    """Everything that the live page shows; the newest one replaces all before it."""

    sequence: int
    mode: str
    screen: str
    toast: str | None = None
    switch_down: bool = False
    status_led: tuple[float, float, float] = (0.0, 0.0, 0.0)
    beat_led: float = 0.0
    heard: HeardView | None = None
    session: SessionView | None = None
    review: SessionView | None = None
    settings: Settings = Settings()
    # Spelled as its key is: "B♭ major" where the setting is A#.
    scale: str = "A minor pentatonic"
    # What the next session follows, if anything.
    target: TargetView | None = None
    round_trip: RoundTripView = RoundTripView()
    parts: list[PartView] = Field(default_factory=list)
    waiting_to_sync: int = 0
    simulated: bool = False


class Choices(Closed):
    """What the closed lists among the settings offer, in the order in which to show them.

    ``names``: what to show for a value that is not shown as it is, such as both names of a black key.
    """

    scale_root: list[str]
    scale_kind: list[str]
    scale_type: list[str]
    tuning: list[str]
    names: dict[str, str] = Field(default_factory=dict)
