"""What the OLED shows: pure functions from the state to a picture, one big thing on each."""

from collections.abc import Callable
from typing import Final

from PIL import Image

from dsp.types import Metrics
from pedal import words
from pedal.canvas import BIG, HEIGHT, MIDDLE, SMALL, SMALLEST, WIDTH, Canvas
from pedal.round_trip import STEPS
from pedal.state import S_NS, SETUP_FIELDS, Mode, Session, State
from pedal.telling import telling

NEEDLE_MS: Final = 50.0
NEEDLE_CENTS: Final = 50.0
IN_TUNE_CENTS: Final = 2.0
TURN_NS: Final = 4 * S_NS
NO_ECHO: Final = {
    "no_cable": ("NO CABLE", "output to guitar input, then again"),
    "clipped": ("TOO LOUD", "turn the gain down, then again"),
    "unsteady": ("UNSTEADY", "check the cable, direct monitor off"),
    "interrupted": ("AGAIN", "sound was lost meanwhile"),
    "no_output": ("NO OUTPUT", "this sound card only hears"),
    "no_sound": ("NO SOUND", "the sound card is gone"),
}
SCORES: Final = {
    "pitch_accuracy": "pitch",
    "scale_conformity": "scale",
    "timing_stability": "time",
    "noise_control": "clean",
    "quality": "all",
}
CHORD: Final = 14
BAR: Final = 32
NO_SOUND: Final = {"missing": "NO CARD", "fault": "NO SOUND", "waiting": "WAIT"}


def draw(state: State) -> Image.Image:
    """The picture for this state: mode "1", 128 × 64."""
    canvas = Canvas()
    _SCREENS[screen_name(state)](canvas, state)
    if state.toast is not None:
        canvas.inverted_bar(state.toast.text)
    elif state.pin is not None and state.session is not None:
        canvas.inverted_bar(f"PIN for the phone {state.pin}")
    return canvas.image


def screen_name(state: State) -> str:
    """Which screen it is: what lies nearest to the player's foot comes first."""
    if state.mode is Mode.OFF:
        return "off"
    if state.countdown_ns is not None:
        return "countdown"
    if state.pin is not None and state.session is None:  # anybody on the network may ask for one: not over a session
        return "pin"
    if state.review is not None:
        return "review"
    if _no_sound(state) and state.mode in {Mode.IDLE, Mode.CLICK_READY, Mode.TUNER, Mode.RECOVERY}:
        return "fault"
    if state.mode is Mode.SESSION and state.session is not None:
        if state.session.paused_ns is not None:
            return "paused"
        return "session" if state.session.followed is None or state.session.followed.fault else "following"
    return "idle" if state.mode in {Mode.CLICK_READY, Mode.SESSION} else str(state.mode.value)


def _no_sound(state: State) -> bool:
    audio = state.parts.get("audio")
    return audio is not None and audio.state in {"missing", "fault"}


def _idle(canvas: Canvas, state: State) -> None:
    linked = "cloud" in state.parts and state.parts["cloud"].state != "off"
    canvas.top("ready", f"{state.waiting} waiting" if state.waiting and linked else "")
    canvas.text((WIDTH // 2, 32), state.home.capitalize(), 30, bold=True)
    # What the stomp begins: a piece to be followed, or else a scale.
    scale = f"{state.settings.scale_label()} {state.settings.bpm:g}"
    canvas.bottom(scale if state.piece is None else state.piece.title or f"a {state.piece.source} piece")


def _session(canvas: Canvas, state: State) -> None:
    session = state.session
    assert session is not None
    heard = state.heard
    name = state.settings.note_name(heard.midi) if heard is not None and heard.midi is not None else ""
    # Who plays only chords is not scored note by note: then the chord itself is the one big thing.
    chord_alone = session.chord_sounds and session.metrics.quality is None
    beside = session.chord_sounds and not chord_alone
    canvas.top(words.clock(session.elapsed_ns(state.now_ns) / 1e9), "" if session.chord_sounds else name)
    if beside:
        canvas.text((WIDTH - 1, 0), session.chord, CHORD, anchor="ra")
    canvas.big(session.chord if chord_alone else words.percent(session.metrics.quality))
    if not chord_alone:
        _beside(canvas, session.metrics)
    _timing(canvas, session, state)


def _following(canvas: Canvas, state: State) -> None:
    """Where in the piece: the bar, what comes next, and what became of the newest notes along the lower edge."""
    session = state.session
    assert session is not None
    assert session.followed is not None
    followed = session.followed
    canvas.top(words.clock(session.elapsed_ns(state.now_ns) / 1e9), followed.segment[:12] or followed.piece.title[:12])
    if followed.bar is None:
        canvas.text((WIDTH // 2, 32), "START", 30, bold=True)
    else:
        canvas.text((34, 33), str(followed.bar), BAR, bold=True)
        canvas.text((52, 14), "bar", SMALLEST)
    names = [state.settings.note_name(midi) for midi in followed.next_midis[:3]]
    if followed.bar is not None:
        for name, y, size in zip(names, (23, 38, 49), (MIDDLE, SMALL, SMALL), strict=False):
            canvas.text((100, y), name, size)
        if not names:
            canvas.text((100, 32), "end", MIDDLE)
    if _no_sound(state):
        canvas.inverted_bar(state.parts["audio"].text)
    else:
        canvas.trail(followed.trail)


def _beside(canvas: Canvas, metrics: Metrics) -> None:
    """Tempo on the left of the big number, early or late on its right, where they are known."""
    left = [] if metrics.tempo_bpm is None else [f"{metrics.tempo_bpm:.0f}", "bpm"]
    right = [] if metrics.signed_ms is None else [f"{metrics.signed_ms:+.0f}", "ms"]
    for x, anchor, lines in ((0, "la", left), (WIDTH - 1, "ra", right)):
        for row, line in enumerate(lines):
            canvas.text((x, 21 + 12 * row), line, SMALL, anchor=anchor)


def _timing(canvas: Canvas, session: Session, state: State) -> None:
    """The bottom of the session screen: where the playing lies against the beat, or that sound is missing."""
    if _no_sound(state):
        canvas.inverted_bar(state.parts["audio"].text)
    elif session.metrics.signed_ms is not None:
        canvas.needle(session.metrics.signed_ms / NEEDLE_MS, y=HEIGHT - 6)
    else:
        canvas.bottom(f"{session.notes} notes")


def _paused(canvas: Canvas, state: State) -> None:
    session = state.session
    assert session is not None
    canvas.top(words.clock(session.elapsed_ns(state.now_ns) / 1e9), f"{session.notes} notes")
    drifted = words.drift(session.drift, session.drifted)
    canvas.text((WIDTH // 2, 25 if drifted else 34), "PAUSED", 24 if drifted else 30, bold=True)
    canvas.text((WIDTH // 2, 42), drifted, SMALL)
    canvas.bottom("play to go on" if state.auto_paused else "hold to stop")


def _review(canvas: Canvas, state: State) -> None:
    assert state.review is not None
    summary = state.review.summary
    metrics = summary.metrics
    shown = [name for name in SCORES if name in state.settings.enabled_metrics][:3]
    if len(shown) < 3:
        shown.append("quality")
    for i, name in enumerate(shown):
        label, score = SCORES[name], getattr(metrics, name)
        x = WIDTH * (2 * i + 1) // (2 * len(shown))
        canvas.text((x, 6), label, SMALL)
        canvas.text((x, 30), words.percent(score), 26, bold=True)
    drifted = words.drift(state.review.drift, state.review.drifted)
    # Two sentences take turns: what was played, and what the guitar did meanwhile.
    turn = (state.review.until_ns - state.now_ns) // TURN_NS % 2
    canvas.bottom(drifted if drifted and turn else telling(summary, frozenset(state.settings.enabled_metrics)))


def _fault(canvas: Canvas, state: State) -> None:
    audio = state.parts["audio"]
    canvas.text((WIDTH // 2, 15), NO_SOUND[audio.state], 26, bold=True)
    canvas.lines(audio.text, top_y=35)


def _tuner(canvas: Canvas, state: State) -> None:
    heard = state.heard
    if heard is None or heard.midi is None or heard.cents is None:
        canvas.top("tuner", f"A={state.settings.a4_hz:g}")
        canvas.big("--")
        return
    canvas.top("tuner", f"{heard.cents:+.1f}")
    canvas.text((WIDTH // 2, 30), state.settings.note_name(heard.midi), BIG, bold=True)
    canvas.needle(heard.cents / NEEDLE_CENTS, y=HEIGHT - 6)


def _carousel(canvas: Canvas, state: State) -> None:
    canvas.top("tap: next", "hold: ok")
    canvas.text((WIDTH // 2, 34), state.modes[state.menu.index].capitalize(), 28, bold=True)
    canvas.dots(len(state.modes), state.menu.index)


def _setup(canvas: Canvas, state: State) -> None:
    field = SETUP_FIELDS[state.menu.index]
    settings = state.settings
    value = {
        "player": settings.player,
        "root": settings.root_name(),
        "scale": settings.scale_name().partition(" ")[2],
        "tempo": f"{settings.bpm:g}",
        "tuning": settings.tuning,
    }[field]
    canvas.top(field, "tap: change")
    canvas.text((WIDTH // 2, 34), value, 28, bold=True)
    canvas.dots(len(SETUP_FIELDS), state.menu.index)


def _countdown(canvas: Canvas, state: State) -> None:
    assert state.countdown_ns is not None
    left_s = max(0, state.countdown_ns - state.now_ns) / 1e9
    canvas.top("reset" if state.mode is Mode.RECOVERY else "switch off")
    canvas.big(f"{int(left_s) + 1}")
    canvas.bottom("release to cancel")


def _recovery(canvas: Canvas, _state: State) -> None:
    canvas.text((WIDTH // 2, 10), "RECOVERY", MIDDLE)
    canvas.text((WIDTH // 2, 34), "tap practice, 2 s tuner", SMALL)
    canvas.text((WIDTH // 2, 52), "hold 10 s: reset", SMALL)


def _reset_armed(canvas: Canvas, _state: State) -> None:
    canvas.text((WIDTH // 2, 16), "RESET?", 28, bold=True)
    canvas.text((WIDTH // 2, 40), "tap: clear settings", SMALL)
    canvas.text((WIDTH // 2, 55), "hold: leave all as it is", SMALL)


def _pin(canvas: Canvas, state: State) -> None:
    canvas.top("type on the phone")
    canvas.text((WIDTH // 2, 36), state.pin or "", 32, bold=True)


def _round_trip(canvas: Canvas, state: State) -> None:
    latency = state.latency
    if latency.refused:
        title, hint = NO_ECHO[latency.refused]
        canvas.text((WIDTH // 2, 15), title, 26, bold=True)
        canvas.lines(hint, top_y=35)
        return
    canvas.top("round trip", "tap: leave" if latency.step is not None else "measured")
    if latency.step is not None:
        canvas.text((WIDTH // 2, 32), f"{latency.step}/{STEPS}", 34, bold=True)
        canvas.bottom("chirps heard")
    elif latency.trip is not None:
        canvas.text((WIDTH // 2, 32), f"{latency.trip.latency_ms:.1f}", 36, bold=True)
        canvas.bottom(f"ms, {latency.trip.samples} samples")


def _off(canvas: Canvas, _state: State) -> None:
    canvas.text((WIDTH // 2, 24), "SAVED", 28, bold=True)
    canvas.bottom("dark? then unplug")


_SCREENS: Final[dict[str, Callable[[Canvas, State], None]]] = {
    "idle": _idle,
    "session": _session,
    "following": _following,
    "paused": _paused,
    "review": _review,
    "fault": _fault,
    "tuner": _tuner,
    "carousel": _carousel,
    "setup": _setup,
    "countdown": _countdown,
    "recovery": _recovery,
    "reset_armed": _reset_armed,
    "pin": _pin,
    "round_trip": _round_trip,
    "off": _off,
}
