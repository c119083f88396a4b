"""One state for every screen: for ``pedal screens``, the README's pictures and the golden tests."""

from dataclasses import replace
from typing import Any, Final

from dsp.facts import Bends, Coverage, Picking, StringDrift, TempoHeld, TuningDrift
from dsp.types import BeatError, Frame, Metrics, Summary
from pedal.followed import Followed, Mark
from pedal.round_trip import Latency, RoundTrip
from pedal.settings import Settings
from pedal.state import S_NS, Menu, Mode, Part, Review, Session, State, Toast
from pedal.target_file import Piece

METRICS: Final = Metrics(0.94, 0.98, 0.87, 0.91, 0.92, 90.2, None, -12.0)
FULL: Final = replace(METRICS, quality=1.0, tempo_bpm=128.4, signed_ms=22.0)
# One review for each kind of sentence.
TOLD: Final[dict[str, dict[str, Any]]] = {
    "place": {"metrics": replace(METRICS, by_beat=(BeatError("3", -11.0, 12), BeatError("3&", -38.0, 12)))},
    "coverage": {"metrics": Metrics(0.9, 1.0), "coverage": Coverage(4, 7, 4 / 7, 45, 69, (), (), 64)},
    "bends": {"metrics": replace(METRICS, bends=Bends(-30.0, 14.0, 0.2, (), 8))},
    "picking": {"metrics": replace(METRICS, signed_ms=1.0, picking=Picking(18.0, 3.0, -1.0, 0.4, 80))},
    "tempo": {"metrics": replace(METRICS, signed_ms=None, tempo=TempoHeld(96.0, 104.0, 8.3, 2.0, 120))},
}
PIECE: Final = Piece("0" * 32, "Autumn leaves", "guitar pro", "Lead", 180, 64, ("Verse", "Chorus"))
TRAIL: Final[tuple[Mark, ...]] = (
    *("hit",) * 6,
    "wrong",
    *("hit",) * 3,
    "missed",
    "missed",
    *("hit",) * 4,
    "extra",
    "hit",
)
PLAYED: Final = Followed(PIECE, 12, "Chorus", (57, 60, 64, 67), 98.2, 34, 2, 1, 36, TRAIL)
AT_END: Final = replace(PLAYED, bar=128, next_midis=())
SUMMARY: Final = Summary(187.0, 212, 209, 3, 11, 2, 0, METRICS)
HEARD: Final = Frame(0, 48_000, -18.0, -12.0, -70.0, f0_hz=110.6, midi=45, cents=9.4, confidence=0.97)
CHORDS: Final = Session("practice", 13 * S_NS, "example", notes=4, chord="C#m7", chord_sounds=True)
RUNNING: Final = Session("practice", 13 * S_NS, "example", notes=212, marks=2, metrics=METRICS)
BASE: Final = State(now_ns=200 * S_NS, settings=Settings(), parts={"audio": Part("ok", "demo.flac")})
TRIP: Final = RoundTrip(523, 523.02, 0.01, 0.99, -1.5, False, 1, 48_000, 128)
CARD: Final = Latency("Scarlett Solo USB: Audio", outputs=2)
FLATS: Final = Settings(scale_root="A#", scale_kind="major", scale_type="natural")
OWN: Final = Settings(scale_kind="custom 0 2 3 6 7 8 10 11", scale_type="natural")
FLAT: Final = TuningDrift((StringDrift(3, "G3", -3.1, 1.2, -8.2, 1.1, 48),))
TWO: Final = TuningDrift((StringDrift(6, "E2", 9.0, 1.2, -6.4, 0.9, 48), StringDrift(2, "B3", 8.0, 1.2, 11.7, 1.3, 30)))
NO_CARD: Final = Part("missing", "plug the sound card in")
LONG: Final = 'Several sound cards fit ("Scarlett Solo", "Scarlett 2i2"): unplug one, or name one exactly.'


def states() -> dict[str, State]:
    """Every screen by its name, and the variants a player meets."""
    session = replace(BASE, mode=Mode.SESSION, session=RUNNING, heard=HEARD)
    paused = replace(session, session=replace(RUNNING, paused_ns=190 * S_NS))
    review = Review("example", SUMMARY, 260 * S_NS)
    clean = replace(SUMMARY, wrong_notes=0)
    tuner = replace(BASE, mode=Mode.TUNER, heard=HEARD)
    looping = replace(BASE, mode=Mode.ROUND_TRIP, latency=CARD)
    return {
        "idle": BASE,
        "idle-click": replace(BASE, mode=Mode.CLICK_READY, home="click"),
        "idle-own-scale": replace(BASE, settings=OWN),
        "idle-piece": replace(BASE, piece=PIECE),
        "idle-waiting": replace(BASE, waiting=3, parts={"cloud": Part("waiting", "no network")}),
        "session": session,
        "session-flats": replace(session, settings=FLATS, heard=replace(HEARD, midi=46)),
        "session-chord": replace(session, session=replace(RUNNING, chord="F#maj7", chord_sounds=True)),
        "session-chords": replace(session, session=CHORDS),
        "session-full": replace(session, session=replace(RUNNING, metrics=FULL)),
        "following": replace(session, session=replace(RUNNING, followed=PLAYED)),
        "following-start": replace(session, session=replace(RUNNING, followed=Followed(PIECE))),
        "following-end": replace(session, session=replace(RUNNING, followed=AT_END)),
        "session-beginning": replace(session, session=Session("practice", 199 * S_NS), heard=None),
        "session-no-sound": replace(session, parts={"audio": NO_CARD}),
        "session-pin": replace(session, pin="493027"),
        "session-marked": replace(session, toast=Toast("marked", 201 * S_NS)),
        "paused": paused,
        "paused-silence": replace(paused, auto_paused=True),
        "paused-drift": replace(
            paused, session=replace(RUNNING, paused_ns=190 * S_NS, drift=FLAT, drifted=frozenset({"G3"}))
        ),
        "review": replace(BASE, review=review),
        "review-early": replace(BASE, review=replace(review, summary=clean)),
        **{
            f"review-{name}": replace(BASE, review=replace(review, summary=replace(clean, **told)))
            for name, told in TOLD.items()
        },
        "review-clean": replace(BASE, review=review, settings=Settings(enabled_metrics=("noise_control",))),
        "review-drift": replace(
            BASE,
            review=replace(review, until_ns=204 * S_NS, drift=TWO, drifted=frozenset({"E2", "B3"})),
        ),
        "review-nothing": replace(BASE, review=replace(review, summary=Summary(8.0, 0, 0, 0, 0, 0, 0, Metrics()))),
        "fault-missing": replace(BASE, parts={"audio": NO_CARD}),
        "fault-lost": replace(BASE, parts={"audio": Part("fault", "the sound card was unplugged")}),
        "fault-long": replace(BASE, parts={"audio": replace(NO_CARD, text=LONG)}),
        "tuner": tuner,
        "tuner-silent": replace(tuner, heard=None),
        "carousel": replace(BASE, mode=Mode.CAROUSEL, menu=Menu(1)),
        "setup-scale": replace(BASE, mode=Mode.SETUP, menu=Menu(2)),
        "setup-root": replace(BASE, mode=Mode.SETUP, menu=Menu(1), settings=FLATS),
        "setup-own-scale": replace(BASE, mode=Mode.SETUP, menu=Menu(2), settings=OWN),
        "setup-tempo": replace(BASE, mode=Mode.SETUP, menu=Menu(3)),
        "countdown": replace(BASE, countdown_ns=BASE.now_ns + 2 * S_NS - 1),
        "recovery": replace(BASE, mode=Mode.RECOVERY, recovery=True),
        "reset_armed": replace(BASE, mode=Mode.RESET_ARMED, recovery=True),
        "pin": replace(BASE, pin="493027"),
        "round-trip-running": replace(looping, latency=replace(CARD, step=2)),
        "round-trip-result": replace(looping, latency=replace(CARD, trip=TRIP)),
        "round-trip-no-cable": replace(looping, latency=replace(CARD, refused="no_cable")),
        "round-trip-unsteady": replace(looping, latency=replace(CARD, refused="unsteady", trip=TRIP)),
        "off": replace(BASE, mode=Mode.OFF),
    }
