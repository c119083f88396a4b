"""A chord on its way through the hub: it wakes a session as a note does, and its name is there to be shown."""

import asyncio
from types import SimpleNamespace
from typing import Any

from dsp.log import encode
from dsp.types import ChordEnded, ChordStarted, Metrics, SegmentStarted, SessionSetup
from pedal import reducer
from pedal.events import Scored
from pedal.hub import Hub
from pedal.recorder import Recording, SegmentClock
from pedal.state import S_NS, Mode, Session, State

NOW = 100 * S_NS
RUNNING = State(now_ns=NOW, mode=Mode.SESSION, session=Session("practice", NOW - 50 * S_NS, "id"))
CHORD = ChordStarted(0, 1, 20 * 48_000, 20 * 48_000 + 12_000, 1, "m7", 8, 0.9, -14.0)


def listening() -> Hub:
    """A hub in a session that began at boot time 50 s; its ear began at 75 s."""
    clock, recording = SegmentClock(), Recording("id", SessionSetup())
    clock.add(SegmentStarted(0, 75 * S_NS))
    sessions: Any = SimpleNamespace(clock=clock, recording=recording, heard=recording.add)
    quiet: Any = SimpleNamespace(update=lambda _: None)
    nothing: Any = SimpleNamespace()
    return Hub(RUNNING, store=nothing, sessions=sessions, takes=nothing, screen=quiet, lamps=quiet, now_ns=lambda: NOW)


def scored(hub: Hub) -> None:
    """Let it score what it has heard, to the end."""

    async def score() -> None:
        hub.scoring.begin()
        await asyncio.wait(hub._jobs)

    asyncio.run(score())


def session(hub: Hub) -> Session:
    assert hub.state.session is not None
    return hub.state.session


def test_playing_chords_is_playing() -> None:
    hub = listening()
    hub.entry(encode(CHORD))
    assert session(hub).last_note_ns == 95 * S_NS


def test_the_newest_chord_has_a_name_and_keeps_it_when_it_is_over() -> None:
    hub = listening()
    assert session(hub).chord == ""
    hub.entry(encode(CHORD))
    scored(hub)
    assert (session(hub).chord, session(hub).chord_sounds) == ("C#m7", True)
    hub.entry(encode(ChordEnded(0, 1, 21 * 48_000)))
    scored(hub)
    assert (session(hub).chord, session(hub).chord_sounds) == ("C#m7", False)


def test_a_scored_session_takes_over_what_was_heard() -> None:
    state = reducer.reduce(RUNNING, Scored(NOW, Metrics(), 3, chord="Asus4"))[0]
    assert state.session is not None
    assert state.session.chord == "Asus4"
