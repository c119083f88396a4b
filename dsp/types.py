"""The words that the whole pedal shares: frames, notes, log entries, metrics.

Frozen data only. Times are sample counts within a *segment*: an uninterrupted run of the sound card (an engine start,
or the stretch after lost samples, begins a new one). A segment knows the boot time of its sample 0; wall time is a
label that a session carries, never a measure.
"""

from dataclasses import dataclass, field
from typing import Final, TypeAlias

from dsp.facts import Bends, ChordCount, Coverage, Curve, Dynamics, Picking, TempoHeld, Vibrato

SAMPLE_RATE_HZ: Final = 48_000
HOP_SAMPLES: Final = 128
METRIC_VERSION: Final = 2
CHORD_NOTE_EARLY_SAMPLES: Final = SAMPLE_RATE_HZ // 20  # a chord's string may be found to begin so much before it


@dataclass(frozen=True, slots=True)
class Frame:
    """What is heard right now. *Latest*: a newer one replaces it, none is ever waited for.

    ``sample`` is the end of the hop. ``f0_hz``, ``midi`` and ``cents`` (offset from ``midi``, −50 to 50) are ``None``
    when no pitch is sure. Levels are dB relative to full scale, −120 at the least.
    """

    segment: int
    sample: int
    level_dbfs: float
    peak_dbfs: float
    noise_dbfs: float
    f0_hz: float | None = None
    midi: int | None = None
    cents: float | None = None
    confidence: float = 0.0


@dataclass(frozen=True, slots=True)
class SegmentStarted:
    """A new stretch of unbroken sound. ``boottime_ns`` is CLOCK_BOOTTIME at its sample 0.

    ``latency_samples`` is the measured round trip that timing numbers have taken out (0: not measured).
    """

    segment: int
    boottime_ns: int
    sample_rate_hz: int = SAMPLE_RATE_HZ
    latency_samples: int = 0


@dataclass(frozen=True, slots=True)
class NoteStarted:
    """First report of a note. ``decided_sample`` is the end of the block in which it was decided.

    ``stroke``: picked, as against hammered, pulled off or slid to. ``level_dbfs``: peak of the attack.
    """

    segment: int
    note_id: int
    onset_sample: int
    decided_sample: int
    midi: int
    cents: float
    confidence: float
    level_dbfs: float
    stroke: bool = True


@dataclass(frozen=True, slots=True)
class NoteCorrected:
    """A longer look changed the pitch of a note that was already reported."""

    segment: int
    note_id: int
    decided_sample: int
    midi: int
    cents: float
    confidence: float


@dataclass(frozen=True, slots=True)
class NoteRetracted:
    """A longer look says that this was no note."""

    segment: int
    note_id: int
    retracted_sample: int


@dataclass(frozen=True, slots=True)
class NoteEnded:
    """A note is over; these are its final numbers.

    ``bend_cents``, ``vibrato_hz`` and ``vibrato_cents`` (from lowest to highest) are 0 without one. ``ringing_db``: how
    loud the string that was left rang on under it, relative to it, −60 to 6 dB; ``None`` where that was not seen.
    ``stroke``: as that of its start, judged by 50 ms of it; ``None`` where it was too short, or the log is older.
    """

    segment: int
    note_id: int
    offset_sample: int
    midi: int
    cents: float
    confidence: float
    level_dbfs: float
    slide: bool = False
    bend_cents: float = 0.0
    vibrato_hz: float = 0.0
    noise_dbfs: float | None = None
    hum_dbfs: float | None = None
    vibrato_cents: float = 0.0
    ringing_db: float | None = None
    stroke: bool | None = None


@dataclass(frozen=True, slots=True)
class ChordStarted:
    """Several strings were struck as one: the only report of a chord, at most 400 ms after ``onset_sample``.

    ``root`` and ``bass`` are pitch classes, 0 is C; ``kind`` is a word of ``dsp.theory.chord_kinds``. Notes that began
    with it (``CHORD_NOTE_EARLY_SAMPLES``) and were not taken back are strings of it.
    """

    segment: int
    chord_id: int
    onset_sample: int
    decided_sample: int
    root: int
    kind: str
    bass: int
    confidence: float
    level_dbfs: float


@dataclass(frozen=True, slots=True)
class ChordEnded:
    """It was damped, has faded, or gave way to what was struck next."""

    segment: int
    chord_id: int
    offset_sample: int


@dataclass(frozen=True, slots=True)
class NoiseReading:
    """One per second: what sounds when no note does, and how much of it is mains hum.

    ``sure``: silence was heard since listening began. Before, the numbers are held down by notes alone, and are no
    measure of a room.
    """

    segment: int
    sample: int
    noise_dbfs: float
    hum_dbfs: float
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Mark:
    """The player's foot said: remember this spot."""

    segment: int
    sample: int


@dataclass(frozen=True, slots=True)
class MarkRemoved:
    """The mark at this sample was no mark (it was the first tap of a tempo)."""

    segment: int
    sample: int


@dataclass(frozen=True, slots=True)
class GridSet:
    """From this sample on, a click (audible or not) counts: a beat is played at ``sample``. ``bpm`` 0 ends it.

    Played: it is there for the player, and a note exactly on it in the input, ``SegmentStarted.latency_samples`` later.
    """

    segment: int
    sample: int
    bpm: float
    beats_per_bar: int = 4
    subdivision: int = 2


@dataclass(frozen=True, slots=True)
class Gap:
    """Sound is missing before this sample: ``lost_s`` seconds, estimated, and why."""

    segment: int
    sample: int
    lost_s: float
    reason: str


@dataclass(frozen=True, slots=True)
class Paused:
    """The practice clock stops here; the session goes on."""

    segment: int
    sample: int


@dataclass(frozen=True, slots=True)
class Resumed:
    """The practice clock runs again."""

    segment: int
    sample: int


NoteEvent: TypeAlias = NoteStarted | NoteCorrected | NoteRetracted | NoteEnded
ChordEvent: TypeAlias = ChordStarted | ChordEnded
LogEntry: TypeAlias = (
    NoteEvent | ChordEvent | SegmentStarted | NoiseReading | Mark | MarkRemoved | GridSet | Gap | Paused | Resumed
)


@dataclass(frozen=True, slots=True)
class Report:
    """One statement about a note's pitch, and when it was made."""

    decided_sample: int
    midi: int


@dataclass(frozen=True, slots=True)
class Note:
    """A note as the log tells it, after all corrections. ``offset_sample`` is ``None`` while it sounds.

    ``chord_id``: the chord of the same segment of which it is a string; ``None`` for a note of its own. ``picked``:
    ``stroke``, where the note's end said so; ``None`` where nobody may be judged by it.
    """

    segment: int
    note_id: int
    onset_sample: int
    offset_sample: int | None
    midi: int
    cents: float
    confidence: float
    level_dbfs: float
    stroke: bool
    reports: tuple[Report, ...]
    slide: bool = False
    bend_cents: float = 0.0
    vibrato_hz: float = 0.0
    noise_dbfs: float | None = None
    hum_dbfs: float | None = None
    vibrato_cents: float = 0.0
    ringing_db: float | None = None
    chord_id: int | None = None
    picked: bool | None = None

    @property
    def decided_sample(self) -> int:
        """When the pitch that was finally kept was first reported."""
        return next((r.decided_sample for r in self.reports if r.midi == self.midi), self.reports[-1].decided_sample)


@dataclass(frozen=True, slots=True)
class Chord:
    """A chord as the log tells it, one stroke in time. ``offset_sample`` is ``None`` while it sounds."""

    segment: int
    chord_id: int
    onset_sample: int
    offset_sample: int | None
    decided_sample: int
    root: int
    kind: str
    bass: int
    confidence: float
    level_dbfs: float


@dataclass(frozen=True, slots=True)
class SessionSetup:
    """What the player had set when the session began; with the log, all that metrics are made of.

    ``scale_root`` and ``scale_kind`` are canonical ("A", sharps; "minor"); ``scale_type`` is "natural" or
    "pentatonic". ``strictness`` and ``sensitivity`` are 0 to 1. ``piece``: names what should be played, or is empty.
    """

    scale_root: str = "A"
    scale_kind: str = "minor"
    scale_type: str = "pentatonic"
    strictness: float = 0.5
    sensitivity: float = 0.5
    a4_hz: float = 440.0
    tuning: str = "any"
    mode: str = "practice"
    piece: str = ""


@dataclass(frozen=True, slots=True)
class BeatError:
    """Mean signed error at one place of the bar ("3&"); early is negative."""

    position: str
    signed_ms: float
    n: int


@dataclass(frozen=True, slots=True)
class Metrics:
    """Scores 0 to 1 or ``None`` ("not scored"; the reason stands in ``not_scored`` under the metric's or topic's name).

    The topics (``dynamics`` to ``tempo``) are told beside the scores and are in none of them.
    """

    pitch_accuracy: float | None = None
    scale_conformity: float | None = None
    timing_stability: float | None = None
    noise_control: float | None = None
    quality: float | None = None
    tempo_bpm: float | None = None
    swing_ratio: float | None = None
    signed_ms: float | None = None
    by_beat: tuple[BeatError, ...] = ()
    not_scored: dict[str, str] = field(default_factory=dict)
    metric_version: int = METRIC_VERSION
    dynamics: Dynamics = Dynamics()
    picking: Picking = Picking()
    bends: Bends = Bends()
    vibrato: Vibrato = Vibrato()
    tempo: TempoHeld = TempoHeld()


@dataclass(frozen=True, slots=True)
class Summary:
    """A whole session in numbers. ``duration_s`` is the practice clock: pauses are left out.

    ``notes``: all that were heard. ``correct_notes`` belong to the scale and ``wrong_notes`` do not; unsure ones and
    the tones of chords are neither. ``unique_notes``: different pitches among the sure ones.
    """

    duration_s: float
    notes: int
    correct_notes: int
    wrong_notes: int
    unique_notes: int
    marks: int
    gaps: int
    metrics: Metrics
    strokes: int = 0
    coverage: Coverage = Coverage()
    chords: ChordCount = ChordCount()
    curve: Curve = Curve()
