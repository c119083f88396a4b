"""The state as the web's JSON: names, units and rounding. Pure."""

from dataclasses import asdict
from itertools import zip_longest

from dsp.facts import TuningDrift
from dsp.scores.session import in_scale
from dsp.theory.names import pretty
from dsp.types import Metrics, Note, Summary
from pedal import lights, screens, words
from pedal.fact_views import of_metrics
from pedal.follow_views import live_view, piece_view
from pedal.round_trip import STEPS, Latency
from pedal.settings import Settings as PlayerSettings
from pedal.state import Review, Session, State
from webui.schemas import (
    BeatView,
    DriftView,
    HeardView,
    LiveState,
    MetricsView,
    NoteView,
    PartView,
    RoundTripView,
    SessionView,
    Settings,
    StringDriftView,
)


def live_state(state: State, sequence: int, *, simulated: bool) -> LiveState:
    """Everything that the live page shows."""
    return LiveState(
        sequence=sequence,
        mode=state.mode.value,
        screen=screens.screen_name(state),
        toast=state.toast.text if state.toast is not None else None,
        switch_down=state.switch.down,
        status_led=lights.status(state),
        beat_led=lights.beat(state),
        heard=heard_view(state),
        session=session_view(state, state.session) if state.session is not None else None,
        review=review_view(state.review) if state.review is not None else None,
        settings=settings_view(state.settings),
        scale=pretty(state.settings.scale_name()),
        target=None if state.piece is None else piece_view(state.piece),
        round_trip=round_trip_view(state.latency),
        parts=[PartView(name=name, state=part.state, text=part.text) for name, part in state.parts.items()],
        waiting_to_sync=state.waiting,
        simulated=simulated,
    )


def heard_view(state: State) -> HeardView | None:
    """What is heard now."""
    frame = state.heard
    if frame is None:
        return None
    return HeardView(
        level_dbfs=round(frame.level_dbfs, 1),
        noise_dbfs=round(frame.noise_dbfs, 1),
        note=state.settings.note_name(frame.midi) if frame.midi is not None else None,
        midi=frame.midi,
        cents=_rounded(frame.cents, 1),
        f0_hz=_rounded(frame.f0_hz, 2),
        confidence=round(frame.confidence, 3),
    )


def session_view(state: State, session: Session) -> SessionView:
    """The running session."""
    setup = state.settings.setup(session.kind)
    return SessionView(
        session_id=session.session_id,
        elapsed_s=round(session.elapsed_ns(state.now_ns) / 1e9, 1),
        paused=session.paused_ns is not None,
        notes=session.notes,
        marks=session.marks,
        metrics=metrics_view(session.metrics),
        recent=[
            note_view(note, at_s, None, in_scale=in_scale(setup, note), signed_ms=late_ms)
            for (at_s, note), late_ms in zip_longest(session.recent, session.late_ms[: len(session.recent)])
        ],
        chord=session.chord,
        chord_sounds=session.chord_sounds,
        follow=None if session.followed is None else live_view(session.followed, state.settings),
        tuning_drift=drift_view(session.drift, session.drifted),
    )


def review_view(review: Review) -> SessionView:
    """The session that was just saved."""
    view = summary_view(review.session_id, review.summary)
    return view.model_copy(update={"tuning_drift": drift_view(review.drift, review.drifted)})


def summary_view(session_id: str, summary: Summary) -> SessionView:
    """A finished session as the live page shows it."""
    return SessionView(
        session_id=session_id,
        elapsed_s=round(summary.duration_s, 1),
        paused=False,
        notes=summary.notes,
        marks=summary.marks,
        metrics=metrics_view(summary.metrics),
    )


def drift_view(drift: TuningDrift, told: frozenset[str]) -> DriftView:
    """How the strings have drifted; ``told``: names of those that are worth a word."""
    return DriftView(
        strings=[StringDriftView(**asdict(string), told=string.name in told) for string in drift.strings],
        common_cents=drift.common_cents,
        text=words.drift(drift, told),
    )


def metrics_view(metrics: Metrics, *, whole: bool = False) -> MetricsView:
    """Scores, rounded for people; the stored ones keep every digit. ``whole``: with all curves."""
    return MetricsView(
        pitch_accuracy=_rounded(metrics.pitch_accuracy, 3),
        scale_conformity=_rounded(metrics.scale_conformity, 3),
        timing_stability=_rounded(metrics.timing_stability, 3),
        noise_control=_rounded(metrics.noise_control, 3),
        quality=_rounded(metrics.quality, 3),
        tempo_bpm=_rounded(metrics.tempo_bpm, 2),
        swing_ratio=_rounded(metrics.swing_ratio, 2),
        signed_ms=_rounded(metrics.signed_ms, 1),
        by_beat=[BeatView(position=b.position, signed_ms=round(b.signed_ms, 1), n=b.n) for b in metrics.by_beat],
        **of_metrics(metrics, whole=whole),
        not_scored=metrics.not_scored,
        metric_version=metrics.metric_version,
    )


def note_view(
    note: Note, onset_s: float, offset_s: float | None, *, in_scale: bool, signed_ms: float | None = None
) -> NoteView:
    """One note on the session's clock."""
    return NoteView(
        onset_s=round(onset_s, 4),
        offset_s=_rounded(offset_s, 4),
        midi=note.midi,
        cents=round(note.cents, 1),
        confidence=round(note.confidence, 3),
        level_dbfs=round(note.level_dbfs, 1),
        in_scale=in_scale,
        stroke=note.stroke,
        bend_cents=round(note.bend_cents, 1),
        vibrato_hz=round(note.vibrato_hz, 2),
        chord=note.chord_id is not None,
        signed_ms=_rounded(signed_ms, 1),
    )


def round_trip_view(latency: Latency) -> RoundTripView:
    """The card's round trip; its numbers only where they count."""
    trip = None if latency.stale else latency.trip
    return RoundTripView(
        card=latency.card,
        outputs=latency.outputs,
        text=words.round_trip(latency),
        latency_ms=None if trip is None else round(trip.latency_ms, 2),
        samples=None if trip is None else trip.samples,
        spread_samples=None if trip is None else trip.spread_samples,
        confidence=None if trip is None else trip.confidence,
        stale=latency.stale,
        step=latency.step,
        steps=STEPS,
        refused=latency.refused or None,
    )


def settings_view(settings: PlayerSettings) -> Settings:
    """The player's settings."""
    return Settings.model_validate(asdict(settings))


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
