"""Words for numbers, the same on the OLED, the log and the command line."""

from dsp.types import Metrics, Summary


def clock(seconds: float) -> str:
    """Minutes and seconds, "3:07"; hours in front when there are any."""
    whole = int(max(0.0, seconds))
    hours, rest = divmod(whole, 3600)
    minutes, rest = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


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


def verdict(summary: Summary) -> str:
    """One sentence after the stomp, made of measured numbers alone."""
    metrics = summary.metrics
    if summary.notes == 0:
        return "no notes heard"
    if summary.wrong_notes:
        return f"{summary.wrong_notes} of {summary.notes} off the scale"
    if metrics.signed_ms is not None and abs(metrics.signed_ms) >= 5:
        return f"{signed_ms(metrics)} on average"
    return f"{summary.notes} notes in {clock(summary.duration_s)}"
