"""The table of one switch, row by row, and laws that hold for every foot in every state."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsp.types import Frame, Metrics, Summary
from pedal import reducer
from pedal.commands import (
    AddMark,
    BeginSession,
    Commands,
    EndSession,
    JamStep,
    JamUndo,
    KeepLastMinute,
    NextBlock,
    PauseSession,
    PowerOff,
    ReferenceTone,
    RemoveMark,
    ResetSettings,
    ResumeSession,
    SaveSettings,
    SetGrid,
)
from pedal.events import Asked, EdgeSeen, Heard, NotePlayed, PartChanged, SessionSaved, Ticked
from pedal.state import Mode, Session, State
from tests.pedal.foot_script import MS, S, at, stomp, wait

NOW = 100 * S
TAP = (0, 80)
DOUBLE = ((0, 80), (200, 280))
HOLD = (0, 700)
IDLE = State(now_ns=NOW)
FULL = at(IDLE, modes=("practice", "click", "trainer", "plan", "jam", "tuner", "set-up"))


def running(kind: str) -> State:
    return at(FULL, mode=Mode.SESSION, home=kind, session=Session(kind, NOW - 10 * S, "id"))  # type: ignore[arg-type]


def of(commands: Commands, kind: type) -> list:  # type: ignore[type-arg]
    return [c for c in commands if isinstance(c, kind)]


# --- idle -------------------------------------------------------------------------------------------------------------


def test_a_tap_starts_a_session_from_the_press() -> None:
    state, commands = stomp(IDLE, TAP)
    assert commands == (BeginSession(NOW, "practice"),)
    assert state.mode is Mode.SESSION
    assert state.session is not None
    assert state.session.started_ns == NOW


def test_a_double_tap_keeps_the_last_minute_as_a_session() -> None:
    state, commands = stomp(IDLE, *DOUBLE)
    assert commands == (KeepLastMinute(NOW, as_audio=False),)
    assert state.mode is Mode.IDLE


def test_a_hold_opens_the_carousel_tap_is_next_hold_chooses() -> None:
    state, _ = stomp(IDLE, HOLD)
    assert (state.mode, state.modes[state.menu.index]) == (Mode.CAROUSEL, "practice")
    state, _ = stomp(state, TAP)
    assert state.modes[state.menu.index] == "click"
    state, _ = stomp(state, HOLD)
    assert (state.mode, state.home) == (Mode.CLICK_READY, "click")


def test_the_carousel_left_alone_for_5_seconds_stays_where_the_player_was() -> None:
    state, _ = stomp(IDLE, HOLD)
    state, _ = stomp(state, TAP)
    state, _ = wait(state, 3.9)
    assert state.mode is Mode.CAROUSEL
    state, _ = wait(state, 1.2)
    assert (state.mode, state.home) == (Mode.IDLE, "practice")


def test_the_last_entry_is_set_up_tap_is_next_value_hold_next_field() -> None:
    state, _ = stomp(IDLE, HOLD)
    for _ in range(3):
        state, _ = stomp(state, TAP)
    state, _ = stomp(state, HOLD)
    assert state.mode is Mode.SETUP
    state, commands = stomp(state, TAP)
    assert state.settings.player == "Player 2"
    assert of(commands, SaveSettings)
    for field, changed in (("scale_root", "A#"), ("scale_type", "natural"), ("bpm", 100.0), ("tuning", "standard")):
        state, _ = stomp(state, HOLD)
        state, _ = stomp(state, TAP)
        assert getattr(state.settings, field) == changed
    state, _ = stomp(state, HOLD)
    assert state.mode is Mode.IDLE


# --- in a session -----------------------------------------------------------------------------------------------------


def test_a_tap_marks_the_spot_of_the_press_after_350_ms() -> None:
    state = running("practice")
    state, commands = stomp(state, TAP, settle_ms=340)
    assert not commands
    state, commands = wait(state, 0.1)
    assert commands == (AddMark(NOW),)
    assert state.session is not None
    assert state.session.marks == 1


def test_a_double_tap_keeps_the_audio() -> None:
    assert stomp(running("practice"), *DOUBLE)[1] == (KeepLastMinute(NOW, as_audio=True),)


@pytest.mark.parametrize("kind", ["practice", "click", "trainer", "plan", "jam"])
def test_a_hold_stops_and_saves_every_kind_of_session(kind: str) -> None:
    state, commands = stomp(running(kind), HOLD)
    assert commands == (EndSession(NOW + 700 * MS),)
    assert state.session is None
    assert state.mode is (Mode.CLICK_READY if kind in {"click", "trainer"} else Mode.IDLE)


def test_plan_and_jam_have_their_own_taps() -> None:
    assert stomp(running("plan"), TAP, settle_ms=0)[1] == (NextBlock(NOW),)
    assert stomp(running("jam"), TAP)[1] == (JamStep(NOW),)
    assert stomp(running("jam"), *DOUBLE)[1] == (JamUndo(NOW),)


# --- click and trainer ------------------------------------------------------------------------------------------------


def test_a_stopped_click_starts_at_the_tap_without_waiting() -> None:
    state = at(FULL, mode=Mode.CLICK_READY, home="click")
    state, commands = stomp(state, TAP, settle_ms=0)
    assert commands == (BeginSession(NOW, "click"), SetGrid(NOW, 90.0))


def taps_every(interval_ms: float, count: int) -> list[tuple[float, float]]:
    return [(n * interval_ms, n * interval_ms + 60) for n in range(count)]


@pytest.mark.parametrize("bpm", [60, 100, 180, 240])
def test_taps_after_the_start_set_the_tempo_from_the_third_on(bpm: int) -> None:
    ready = at(FULL, mode=Mode.CLICK_READY, home="click")
    state, commands = stomp(ready, *taps_every(60_000 / bpm, 2))
    assert [c.bpm for c in of(commands, SetGrid)] == [90.0]
    state, commands = stomp(ready, *taps_every(60_000 / bpm, 4))
    assert state.settings.bpm == pytest.approx(bpm, abs=0.5)
    assert not of(commands, AddMark)


@pytest.mark.parametrize("bpm", [60, 100, 180, 240])
def test_two_taps_set_the_tempo_of_a_running_click_and_leave_no_mark(bpm: int) -> None:
    state, commands = stomp(running("click"), *taps_every(60_000 / bpm, 2))
    assert state.settings.bpm == pytest.approx(bpm, abs=0.5)
    assert len(of(commands, AddMark)) == len(of(commands, RemoveMark))
    assert state.session is not None
    assert state.session.marks == 0


def test_one_tap_marks_in_a_running_click() -> None:
    state, commands = stomp(running("click"), TAP)
    assert commands == (AddMark(NOW),)
    _, commands = stomp(wait(state, 3)[0], TAP)
    assert of(commands, AddMark)
    assert not of(commands, SetGrid)


def test_one_late_tap_does_not_count() -> None:
    spans = taps_every(500, 5)
    spans[2] = (spans[2][0] + 90, spans[2][1] + 90)
    assert stomp(running("click"), *spans)[0].settings.bpm == pytest.approx(120, abs=0.5)


# --- tuner, countdown, recovery ---------------------------------------------------------------------------------------


def test_two_seconds_are_the_tuner_at_the_threshold_and_a_session_pauses() -> None:
    state, _ = reducer.reduce(running("practice"), EdgeSeen(NOW, True))
    state, commands = reducer.reduce(state, Ticked(NOW + 2 * S))
    assert state.mode is Mode.TUNER
    assert commands == (PauseSession(NOW + 2 * S),)
    state, _ = reducer.reduce(state, EdgeSeen(NOW + 2_500 * MS, False))
    assert state.mode is Mode.TUNER
    state, commands = stomp(state, HOLD)
    assert state.mode is Mode.SESSION
    assert len(of(commands, ResumeSession)) == 1
    assert state.session is not None
    assert state.session.paused_ns is None
    assert state.session.rested_ns == pytest.approx(1.2 * S, abs=1)


def test_a_tap_in_the_tuner_turns_the_tone_on_and_off() -> None:
    state, commands = stomp(at(IDLE, mode=Mode.TUNER), TAP, settle_ms=0)
    assert commands == (ReferenceTone(on=True),)
    _, commands = stomp(state, TAP, settle_ms=0)
    assert commands == (ReferenceTone(on=False),)


def test_six_seconds_switch_off_and_save_first() -> None:
    state, commands = stomp(running("practice"), (0, 6_100))
    assert of(commands, EndSession)[0].ended_by == "shutdown"
    assert commands[-1] == PowerOff()
    assert state.mode is Mode.OFF
    assert stomp(state, TAP, HOLD)[1] == ()


def test_a_release_during_the_countdown_cancels_it() -> None:
    state, _ = reducer.reduce(IDLE, EdgeSeen(NOW, True))
    state, _ = reducer.reduce(state, Ticked(NOW + 4_100 * MS))
    assert state.countdown_ns == NOW + 6 * S
    state, commands = reducer.reduce(state, EdgeSeen(NOW + 5_900 * MS, False))
    assert state.countdown_ns is None
    assert not of(commands, PowerOff)


RECOVERY = at(IDLE, mode=Mode.RECOVERY, recovery=True)


def test_recovery_resets_only_after_ten_seconds_and_one_more_tap() -> None:
    state, commands = stomp(RECOVERY, (0, 9_900))
    assert (state.mode, commands) == (Mode.RECOVERY, ())
    state, commands = stomp(RECOVERY, (0, 10_100))
    assert (state.mode, commands) == (Mode.RESET_ARMED, ())
    assert stomp(state, HOLD)[0].mode is Mode.RECOVERY
    state, commands = stomp(state, TAP)
    assert (state.mode, commands) == (Mode.RECOVERY, (ResetSettings(),))


def test_a_reset_that_nobody_confirms_is_forgotten() -> None:
    state, _ = stomp(RECOVERY, (0, 10_100))
    state, commands = wait(state, 11)
    assert (state.mode, commands) == (Mode.RECOVERY, ())


def test_practice_and_tuner_work_in_recovery_and_lead_back_to_it() -> None:
    state, commands = stomp(RECOVERY, TAP)
    assert of(commands, BeginSession)
    assert stomp(state, HOLD)[0].mode is Mode.RECOVERY
    state, _ = stomp(RECOVERY, (0, 2_500))
    assert state.mode is Mode.TUNER
    assert stomp(state, HOLD)[0].mode is Mode.RECOVERY


# --- what is not the foot ---------------------------------------------------------------------------------------------


def test_silence_stops_the_practice_clock_and_a_note_starts_it() -> None:
    state, _ = reducer.reduce(running("practice"), NotePlayed(NOW))
    state, commands = wait(state, 29)
    assert not commands
    state, commands = wait(state, 2)
    assert len(of(commands, PauseSession)) == 1
    state, commands = reducer.reduce(state, NotePlayed(state.now_ns))
    assert len(of(commands, ResumeSession)) == 1
    assert state.session is not None
    assert state.session.paused_ns is None


def test_a_pause_from_the_page_is_not_ended_by_a_note() -> None:
    state, _ = reducer.reduce(running("practice"), Asked(NOW, "pause"))
    _, commands = reducer.reduce(state, NotePlayed(NOW + S))
    assert not commands


def test_a_saved_session_is_reviewed_until_the_next_stomp() -> None:
    saved = SessionSaved(NOW, "id", Summary(10, 5, 5, 0, 3, 0, 0, Metrics()))
    state, _ = reducer.reduce(IDLE, saved)
    assert state.review is not None
    state, commands = stomp(state, TAP)
    assert of(commands, BeginSession)
    assert state.review is None


def test_a_lost_card_takes_the_reading_with_it() -> None:
    state, _ = reducer.reduce(IDLE, Heard(NOW, Frame(0, 0, -20.0, -10.0, -80.0, 440.0, 69, 0.0, 1.0)))
    assert state.heard is not None
    state, _ = reducer.reduce(state, PartChanged(NOW, "audio", "missing", "gone"))
    assert state.heard is None


ASKED = {"start": BeginSession, "stop": EndSession, "mark": AddMark, "keep": KeepLastMinute, "pause": PauseSession}


@pytest.mark.parametrize("what", ASKED)
def test_the_page_does_what_the_foot_does(what: str) -> None:
    state = IDLE if what == "start" else running("practice")
    _, commands = reducer.reduce(state, Asked(NOW, what))  # type: ignore[arg-type]
    assert [type(command) for command in commands] == [ASKED[what]]


@pytest.mark.parametrize("what", ["stop", "mark", "pause", "resume"])
def test_what_needs_a_session_changes_nothing_without_one(what: str) -> None:
    assert reducer.reduce(IDLE, Asked(NOW, what)) == (IDLE, ())  # type: ignore[arg-type]


@pytest.mark.parametrize("what", ["start", "stop", "mark", "keep", "pause", "resume", "tuner", "shutdown"])
def test_a_pedal_that_is_switching_off_does_nothing_more(what: str) -> None:
    off = at(IDLE, mode=Mode.OFF)
    assert reducer.reduce(off, Asked(NOW, what)) == (off, ())  # type: ignore[arg-type]


# --- laws -------------------------------------------------------------------------------------------------------------

steps = st.lists(st.tuples(st.integers(1, 4_000), st.booleans()), max_size=80)


@given(steps, st.sampled_from(["practice", "click", "trainer", "plan", "jam"]), st.booleans())
def test_sessions_begin_and_end_in_turn_whatever_the_foot_does(
    feet: list[tuple[int, bool]], home: str, recovery: bool
) -> None:
    mode = Mode.RECOVERY if recovery else Mode.CLICK_READY if home in {"click", "trainer"} else Mode.IDLE
    state = at(FULL, home=home, mode=mode, recovery=recovery)
    open_sessions, paused, at_ns = 0, False, NOW
    for step_ms, pressed in feet:
        at_ns += step_ms * MS
        state, commands = reducer.reduce(state, EdgeSeen(at_ns, pressed))
        for command in commands:
            if isinstance(command, BeginSession):
                open_sessions, paused = open_sessions + 1, False
            elif isinstance(command, EndSession):
                open_sessions -= 1
            elif isinstance(command, PauseSession | ResumeSession):
                assert isinstance(command, PauseSession) is not paused
                paused = isinstance(command, PauseSession)
        assert open_sessions in {0, 1}
        assert (state.session is not None) == bool(open_sessions)
        assert state.mode is not Mode.SESSION or state.session is not None


@given(steps)
def test_two_seconds_of_foot_lead_to_the_tuner_from_wherever_it_was(feet: list[tuple[int, bool]]) -> None:
    state, at_ns = FULL, NOW
    for step_ms, pressed in feet:
        at_ns += step_ms * MS
        state, _ = reducer.reduce(state, EdgeSeen(at_ns, pressed))
    state, _ = reducer.reduce(state, EdgeSeen(at_ns + 20 * S, False))
    if state.mode is Mode.OFF:
        return
    state, _ = stomp(at(state, now_ns=at_ns + 22 * S), (0, 2_500))
    assert state.mode is Mode.TUNER
