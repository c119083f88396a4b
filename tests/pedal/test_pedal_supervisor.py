"""What the hub is told of the engine's lines: every one in order, and every hole."""

import asyncio

from pedal.link import number
from pedal.order import Order
from pedal.supervisor import EngineCallbacks, Supervisor


def test_a_hole_in_the_lines_is_told_and_the_rest_still_arrives() -> None:
    lines: list[bytes] = []
    holes: list[int] = []

    async def hear() -> None:
        supervisor = Supervisor(Order(link_fd=-1, memory_fd=-1, first_segment=0))
        supervisor._tell = EngineCallbacks(lambda _: None, lines.append, lambda *_: None, holes.append)
        for sequence in (0, 1, 4, 5):
            supervisor._entry(number(sequence, f"line {sequence}".encode()))

    asyncio.run(hear())
    assert lines == [b"line 0", b"line 1", b"line 4", b"line 5"]
    assert holes == [2]
