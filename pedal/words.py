"""Words for numbers, the same on the OLED, the log and the command line."""

from typing import Final

from dsp.facts import StringDrift, TuningDrift
from dsp.theory.spelling import scale_name
from dsp.types import Metrics, SessionSetup
from pedal.round_trip import Latency

MEASURE_AGAIN: Final = "new card: measure latency"
ROUND_TRIP_REFUSED: Final = {
    "no_cable": "nothing came back: lead a cable from an output into the guitar's input",
    "clipped": "it came back too loud: turn the input's gain down",
    "unsteady": "the echoes disagree: check the cable, and that direct monitoring is off",
    "interrupted": "sound was lost meanwhile: measure again",
    "no_output": "this sound card has no output",
    "no_sound": "the sound card is gone: plug it in again",
}


def clock(seconds: float) -> str:
    """Minutes and seconds, "3:07"; hours in front when there are any."""
    whole = int(max(0.0, seconds))
    hours, rest = divmod(whole, 3600)
    minutes, rest = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def scale(setup: SessionSetup) -> str:
    """The scale of a session, spelled as its key is: "Bb major", "A minor pentatonic".

    A log that a newer pedal wrote may hold a scale that is not known here: then it is told as it was written.
    """
    try:
        return scale_name(setup.scale_root, setup.scale_kind, setup.scale_type)
    except ValueError:
        return f"{setup.scale_root} {setup.scale_kind}"


def percent(score: float | None) -> str:
    """A score as 0 to 100, or dashes for "not scored"."""
    return "--" if score is None else f"{round(100 * score)}"


def signed_ms(metrics: Metrics) -> str:
    """Where the player stands against the beat: "12 ms early"."""
    if metrics.signed_ms is None:
        return ""
    away = round(metrics.signed_ms)
    if away == 0:
        return "on the beat"
    return f"{abs(away)} ms {'early' if away < 0 else 'late'}"


def drift(drift: TuningDrift, told: frozenset[str]) -> str:
    """Which strings have drifted how far, in one line for the display; empty when there is nothing to tell."""
    gone = sorted((s for s in drift.strings if s.name in told), key=lambda s: -abs(s.drift_cents or 0.0))
    if not gone:
        return ""
    common = drift.common_cents
    if common is not None and len(gone) > 1:
        apart = [s for s in gone if abs((s.drift_cents or 0.0) - common) > max(5.0, 4.0 * (s.drift_se_cents or 0.0))]
        return f"all {_gone(common)}, {_string(apart[0])}" if apart else f"all gone {_gone(common, ' cents')}"
    if len(gone) == 1:
        return f"{gone[0].name} gone {_gone(gone[0].drift_cents or 0.0, ' cents')}"
    return ", ".join(_string(string) for string in gone[:2]) + (" ..." if len(gone) > 2 else "")


def _string(string: StringDrift) -> str:
    return f"{string.name} {_gone(string.drift_cents or 0.0)}"


def _gone(cents: float, unit: str = "") -> str:
    return f"{abs(cents):.0f}{unit} {'flat' if cents < 0 else 'sharp'}"


def round_trip(latency: Latency) -> str:
    """What is known of the card's round trip, in one line."""
    if latency.step is not None:
        return "measuring"
    known = "not measured"
    if latency.stale:
        known = "measured at another rate or block: measure again"
    elif latency.trip is not None:
        known = f"{latency.trip.latency_ms:.1f} ms ({latency.trip.samples} samples), taken out of timing"
    elif latency.card and not latency.outputs:
        known = ROUND_TRIP_REFUSED["no_output"]
    return f"{ROUND_TRIP_REFUSED[latency.refused]} (still: {known})" if latency.refused else known
