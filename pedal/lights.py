"""What the LEDs show: pure functions of the state and the time.

Colour never speaks alone: each state also has its own rhythm, so that a colour-blind player reads it too.
"""

from typing import Final, TypeAlias

from pedal.gestures import THRESHOLDS, Threshold
from pedal.state import Mode, State

Rgb: TypeAlias = tuple[float, float, float]
DARK: Final[Rgb] = (0.0, 0.0, 0.0)
WHITE: Final[Rgb] = (1.0, 1.0, 1.0)
RED: Final[Rgb] = (1.0, 0.0, 0.0)
AMBER: Final[Rgb] = (1.0, 0.45, 0.0)
GREEN: Final[Rgb] = (0.0, 1.0, 0.0)
BLUE: Final[Rgb] = (0.0, 0.2, 1.0)
MS_NS: Final = 1_000_000
FLASH_NS: Final = 60 * MS_NS
UNDER_FOOT: Final = {None: WHITE, Threshold.HOLD: AMBER, Threshold.TUNER: BLUE, Threshold.COUNTDOWN: RED}


def status(state: State) -> Rgb:
    """The RGB LED now; each channel 0 to 1."""
    if state.mode is Mode.OFF:
        return _blink(BLUE, state.now_ns, on_ms=100, of_ms=200)
    if state.switch.down:
        return _under_foot(state)
    colour = _resting(state)
    return _scaled(colour, state.settings.brightness)


def beat(state: State) -> float:
    """The beat LED now, 0 to 1: bright on the first beat of the bar, half on the others."""
    if state.grid is None or state.mode is Mode.OFF:
        return 0.0
    start_ns, bpm = state.grid
    beat_ns = 60e9 / bpm
    since_ns = state.now_ns - start_ns
    if since_ns < 0 or since_ns % beat_ns >= FLASH_NS:
        return 0.0
    return state.settings.brightness * (1.0 if int(since_ns / beat_ns) % 4 == 0 else 0.5)


def beat_due_ns(state: State) -> int | None:
    """When the beat LED changes next; ``None`` without a click. The hub wakes for it: a late light is a wrong beat."""
    if state.grid is None:
        return None
    start_ns, bpm = state.grid
    beat_ns = 60e9 / bpm
    phase = (state.now_ns - start_ns) % beat_ns
    return state.now_ns + int(FLASH_NS - phase if phase < FLASH_NS else beat_ns - phase) + 1


def _under_foot(state: State) -> Rgb:
    """White at the press, then a new colour at every threshold: the foot feels how long it has been down."""
    passed = state.switch.passed
    last = THRESHOLDS[passed - 1] if passed else None
    if last in {Threshold.COUNTDOWN, Threshold.SHUTDOWN, Threshold.RESET}:
        return _blink(RED, state.now_ns, on_ms=80, of_ms=160)
    return UNDER_FOOT[last]


def _resting(state: State) -> Rgb:
    now_ns = state.now_ns
    audio = state.parts.get("audio")
    if audio is not None and audio.state in {"missing", "fault"}:
        return _double_blink(RED, now_ns)
    match state.mode:
        case Mode.SESSION:
            paused = state.session is not None and state.session.paused_ns is not None
            return _blink(RED, now_ns, on_ms=1000, of_ms=2000) if paused else RED
        case Mode.TUNER:
            return _tuner(state)
        case Mode.CAROUSEL | Mode.SETUP:
            return _blink(AMBER, now_ns, on_ms=150, of_ms=300)
        case Mode.ROUND_TRIP if state.latency.step is not None:
            return _blink(BLUE, now_ns, on_ms=300, of_ms=600)
        case Mode.RECOVERY | Mode.RESET_ARMED:
            return _double_blink(AMBER, now_ns)
        case _:
            return _scaled(GREEN, 0.35)


def _tuner(state: State) -> Rgb:
    """Steady green in tune; flat blinks slowly, sharp fast."""
    cents = state.heard.cents if state.heard is not None else None
    if cents is None:
        return _scaled(BLUE, 0.2)
    if abs(cents) <= 2.0:
        return GREEN
    return _blink(AMBER, state.now_ns, on_ms=250 if cents < 0 else 75, of_ms=500 if cents < 0 else 150)


def _blink(colour: Rgb, now_ns: int, *, on_ms: int, of_ms: int) -> Rgb:
    return colour if now_ns % (of_ms * MS_NS) < on_ms * MS_NS else DARK


def _double_blink(colour: Rgb, now_ns: int) -> Rgb:
    phase_ms = now_ns % (1500 * MS_NS) / MS_NS
    return colour if phase_ms < 100 or 200 <= phase_ms < 300 else DARK


def _scaled(colour: Rgb, share: float) -> Rgb:
    return (colour[0] * share, colour[1] * share, colour[2] * share)
