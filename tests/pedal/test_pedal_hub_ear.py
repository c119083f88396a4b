"""When the hub ends an ear that says nothing: not before it has listened itself."""

import asyncio
from types import SimpleNamespace
from typing import Any

from dsp.types import Frame
from pedal.hub import SILENT_NS, Hub
from pedal.sessions import SegmentClock
from pedal.state import Part, State

FRAME = Frame(0, 1, -60.0, -60.0, -60.0)


class Watched:
    """A hub whose clock the test holds, and how often it has ended the engine."""

    def __init__(self, audio: str = "ok") -> None:
        self.now_ns = 10 * SILENT_NS
        self.ended = 0
        quiet: Any = SimpleNamespace(update=lambda _: None)
        sessions: Any = SimpleNamespace(clock=SegmentClock(), alive=lambda _: None)
        nothing: Any = SimpleNamespace()
        self.hub = Hub(
            State(parts={"audio": Part(audio, "")}),  # type: ignore[arg-type]
            store=nothing,
            sessions=sessions,
            takes=nothing,
            screen=quiet,
            lamps=quiet,
            now_ns=lambda: self.now_ns,
        )
        self.hub.supervisor = SimpleNamespace(end_hung_engine=self._end)  # type: ignore[assignment]
        self.hear()

    def _end(self) -> None:
        self.ended += 1

    def hear(self) -> None:
        self.hub.frame([getattr(FRAME, name) for name in FRAME.__slots__])

    def look(self, after_ns: int) -> int:
        self.now_ns += after_ns
        self.hub._look_at_ear()
        return self.ended


def test_a_silent_ear_is_ended_at_the_second_look() -> None:
    async def wait() -> list[int]:
        watched = Watched()
        return [watched.look(SILENT_NS // 2) for _ in range(6)]

    assert asyncio.run(wait()) == [0, 0, 0, 1, 1, 2]


def test_a_hub_that_stood_still_itself_blames_nobody() -> None:
    async def wait() -> list[int]:
        watched = Watched()
        counts = [watched.look(2 * SILENT_NS)]
        watched.hear()  # it was there all the time
        return [*counts, watched.look(1), watched.look(2 * SILENT_NS)]

    assert asyncio.run(wait()) == [0, 0, 0]


def test_a_card_that_is_not_there_says_nothing_by_right() -> None:
    async def wait() -> list[int]:
        watched = Watched("missing")
        return [watched.look(SILENT_NS) for _ in range(4)]

    assert asyncio.run(wait()) == [0] * 4
