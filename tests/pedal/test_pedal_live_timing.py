"""Early and late while it is played: each of the newest notes has its own number, where a click runs."""

from types import SimpleNamespace
from typing import Any

import pytest

from dsp.log import encode
from dsp.types import LogEntry, SessionSetup
from pedal import views
from pedal.hub import Hub
from pedal.recorder import RECENT_NOTES, Recording, SegmentClock
from pedal.state import Mode, Session, State
from tests.dsp.made_logs import played
from webui.schemas import SessionView


def after(log: list[LogEntry]) -> SessionView:
    """What the page gets of a running session that heard this."""
    clock, recording = SegmentClock(), Recording("id", SessionSetup())
    sessions: Any = SimpleNamespace(clock=clock, recording=recording, heard=recording.add)
    quiet: Any = SimpleNamespace(update=lambda _: None)
    nothing: Any = SimpleNamespace()
    running = State(mode=Mode.SESSION, session=Session("practice", 0, "id"))
    hub = Hub(running, store=nothing, sessions=sessions, takes=nothing, screen=quiet, lamps=quiet, now_ns=lambda: 0)
    for entry in log:
        hub.entry(encode(entry))
    hub._score()
    assert hub.state.session is not None
    return views.session_view(hub.state, hub.state.session)


def test_the_newest_notes_are_early_or_late_each_by_itself() -> None:
    recent = after(played(32, late_ms=lambda i: 18.0 if i == 30 else -7.0)).recent
    assert len(recent) == RECENT_NOTES
    assert [n.signed_ms for n in recent] == pytest.approx([-7.0] * 6 + [18.0, -7.0], abs=0.1)


def test_without_a_click_there_is_nothing_to_be_late_against() -> None:
    assert {n.signed_ms for n in after(played(32, click=False)).recent} == {None}
    assert after([]).recent == []
