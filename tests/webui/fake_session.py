"""What the fake pedal makes of a session beside its notes: charts and facts, the same in every run."""

from typing import Any

from webui.fact_schemas import (
    BendsView,
    BendTargetView,
    ChordCountView,
    CoverageView,
    CurvePointView,
    CurveView,
    DynamicsView,
    PickingView,
    TempoView,
    ToneView,
    VibratoView,
)
from webui.schemas import BeatView
from webui.session_schemas import ChordView, ClickView, NeckView, PlaceView, ScaleView, SpanView
from webui.target_schemas import BarReport, FollowEvent, FollowLive, FollowReport, SegmentReport, TargetView

PENTATONIC = [0, 2, 4, 7, 9]
NAMES = ["C", "C#", "D", "Eb", "E", "F", "F#", "G", "G#", "A", "Bb", "B"]
BY_BEAT = {"1": -3.0, "1&": 4.0, "2": 1.5, "2&": 6.0, "3": -2.0, "3&": 22.4, "4": 0.0, "4&": -12.0}


def topics() -> dict[str, Any]:
    """What metrics say beside the scores."""
    return {
        "swing_ratio": 1.02,
        "by_beat": [BeatView(position=p, signed_ms=ms, n=3 if p == "4&" else 12) for p, ms in BY_BEAT.items()],
        "dynamics": DynamicsView(evenness=0.78, spread_db=3.2, level_dbfs=-17.0, range_db=14.1, accent_db=2.1, n=96),
        "picking": PickingView(offset_ms=8.4, offset_se_ms=1.9, level_db=-1.3, level_se_db=0.4, n=80),
        "bends": BendsView(
            off_cents=-30.2,
            spread_cents=14.0,
            in_tune=0.25,
            by_target=[BendTargetView(semitones=2, off_cents=-31.0, n=8)],
            n=12,
        ),
        "vibrato": VibratoView(rate_hz=5.6, width_cents=42.0, n=9),
        "tempo": TempoView(start_bpm=98.2, end_bpm=101.0, drift_percent=2.9, drift_bpm_per_min=1.1, n=96),
    }


def charts(duration_s: float) -> dict[str, Any]:
    """What a whole session shows beside its notes."""
    third_s = round(duration_s / 3, 1)
    return {
        "clicks": [ClickView(from_s=0.03, to_s=duration_s, bpm=100, beats_per_bar=4, subdivision=2)],
        "pauses": [SpanView(from_s=2.1, to_s=2.6)],
        "chords": [ChordView(onset_s=1.0, offset_s=2.0, name="Am7", confidence=0.9)],
        "scale_tones": ScaleView(root=9, pitch_classes=PENTATONIC, pitch_names=NAMES),
        "coverage": CoverageView(
            tones_used=4,
            tones_in_scale=5,
            share=0.8,
            lowest_midi=57,
            highest_midi=72,
            tones=[ToneView(pitch_class=tone, in_scale=True, n=9) for tone in PENTATONIC[1:]],
            n=46,
        ),
        "chord_count": ChordCountView(n=5, in_scale=3, names=[("Am7", 3), ("D", 2)]),
        "neck": NeckView(
            strings=[40, 45, 50, 55, 59, 64],
            places=[
                PlaceView(string=3, fret=2, midi=57, n=9, likely=9.4),
                PlaceView(string=3, fret=5, midi=60, n=12, likely=12.2),
                PlaceView(string=2, fret=5, midi=64, n=2, likely=7.5),
                PlaceView(string=1, fret=0, midi=64, n=0, likely=3.9),
                PlaceView(string=1, fret=9, midi=73, n=3, likely=3.0),
            ],
            sure=26,
            notes=36,
        ),
        "curve": CurveView(
            points=[
                CurvePointView(
                    at_s=i * third_s,
                    seconds=third_s,
                    notes=16,
                    quality=0.7 + 0.08 * i,
                    pitch_accuracy=0.9,
                    timing_stability=None if i == 1 else 0.6 + 0.1 * i,
                    tempo_bpm=98.0 + i,
                )
                for i in range(3)
            ]
        ),
    }


def follow_live(played: int) -> FollowLive:
    """Somewhere in the chorus."""
    marks: list[Any] = ["hit", "hit", "wrong", "hit", "missed", "hit", "extra", "hit"]
    return FollowLive(
        title="Autumn leaves",
        notes=180,
        bars=64,
        bar=None if played < 2 else 12,
        segment="Chorus",
        next=["A3", "Bb3", "C#4"],
        tempo_bpm=98.2,
        hits=played,
        wrong=2,
        extra=1,
        reached=played + 2,
        trail=marks[: max(0, played)],
    )


def follow_report() -> FollowReport:
    """A verse that went well, a chorus that did not."""
    bars = [
        BarReport(
            number=n, segment="Verse" if n < 9 else "Chorus", hits=h, wrong=8 - h if h else 0, missed=0, signed_ms=3.0
        )
        for n, h in enumerate((8, 8, 7, 8, 8, 8, 8, 8, 5, 4, 8, 7, 0, 0, 0, 0), 1)
    ]
    return FollowReport(
        target=TargetView(title="Autumn leaves", source="guitar pro", track="Lead", notes=128, bars=16),
        hits=87,
        wrong=9,
        missed=3,
        extra=1,
        reached=99,
        accuracy=0.879,
        passes=2,
        tempo_bpm=98.2,
        signed_ms=-4.0,
        bars=bars,
        segments=[SegmentReport(name="Verse", played=64, hits=63, hit_share=0.98)],
        events=[FollowEvent(kind="repeat", at_s=34.2, bar=9), FollowEvent(kind="stop", at_s=50.0, bar=12)],
    )
