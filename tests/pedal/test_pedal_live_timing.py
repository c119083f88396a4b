"""Early and late while it is played: each of the newest notes has its own number, where a click runs."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from dsp.log import encode
from dsp.scores.session import LiveScore
from dsp.types import LogEntry, Metrics, SessionSetup
from pedal import views
from pedal.hub import Hub
from pedal.recorder import RECENT_NOTES, Recording, SegmentClock
from pedal.state import Mode, Session, State
from tests.dsp.made_logs import played
from webui.schemas import SessionView


def listening() -> Hub:
    """A hub in a session."""
    clock, recording = SegmentClock(), Recording("id", SessionSetup())
    sessions: Any = SimpleNamespace(clock=clock, recording=recording, heard=recording.add)
    quiet: Any = SimpleNamespace(update=lambda _: None)
    nothing: Any = SimpleNamespace()
    running = State(mode=Mode.SESSION, session=Session("practice", 0, "id"))
    return Hub(running, store=nothing, sessions=sessions, takes=nothing, screen=quiet, lamps=quiet, now_ns=lambda: 0)


def after(log: list[LogEntry]) -> SessionView:
    """What the page gets of a running session that heard this."""
    hub = listening()

    async def play() -> None:
        for entry in log:
            hub.entry(encode(entry))
        hub.scoring.begin()
        hub.scoring.begin()  # while one is computed no second begins
        assert len(hub._jobs) == 1
        await asyncio.wait(hub._jobs)

    asyncio.run(play())
    assert hub.state.session is not None
    return views.session_view(hub.state, hub.state.session)


def test_the_newest_notes_are_early_or_late_each_by_itself() -> None:
    recent = after(played(32, late_ms=lambda i: 18.0 if i == 30 else -7.0)).recent
    assert len(recent) == RECENT_NOTES
    assert [n.signed_ms for n in recent] == pytest.approx([-7.0] * 6 + [18.0, -7.0], abs=0.1)


def test_without_a_click_there_is_nothing_to_be_late_against() -> None:
    assert {n.signed_ms for n in after(played(32, click=False)).recent} == {None}
    assert after([]).recent == []


def test_what_comes_while_the_score_is_computed_is_scored_the_next_time() -> None:
    hub = listening()
    log = played(32)

    async def play() -> None:
        for entry in log[:40]:
            hub.entry(encode(entry))
        hub.scoring.begin()
        for entry in log[40:]:
            hub.entry(encode(entry))
        assert hub.scoring.due
        await asyncio.wait(hub._jobs)
        hub.scoring.begin()
        assert not hub.scoring.due
        await asyncio.wait(hub._jobs)

    asyncio.run(play())
    assert hub.state.session is not None
    live = LiveScore(SessionSetup())
    for entry in log:
        live.add(entry)
    assert hub.state.session.metrics == live.metrics()


def test_a_session_that_ended_meanwhile_is_not_told_of_its_score() -> None:
    hub = listening()

    async def play() -> None:
        for entry in played(32):
            hub.entry(encode(entry))
        hub.scoring.begin()
        hub._sessions.recording = None
        await asyncio.wait(hub._jobs)

    asyncio.run(play())
    assert hub.state.session is not None
    assert hub.state.session.metrics == Metrics()
