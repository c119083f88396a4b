"""The wire: notes are never lost or reordered, frames never push one out, a dead end is noticed."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pedal import link
from pedal.link import ENTRY, FRAME, Link, LinkClosed, number, numbered


@pytest.fixture
def ends() -> Iterator[tuple[Link, Link]]:
    one, other = Link.pair()
    pair = Link(one), Link(other)
    yield pair
    for end in pair:
        end.close()


def drain(end: Link) -> list[tuple[bytes, bytes]]:
    packets = []
    while got := end.receive():
        packets += got
    return packets


def test_entries_of_a_stalled_hub_arrive_in_order_and_without_loss(ends: tuple[Link, Link]) -> None:
    engine, hub = ends
    for sequence in range(5_000):
        engine.send(ENTRY, number(sequence, b"x" * 100))
        engine.send_latest(FRAME, b"y" * 100)
    heard = []
    while engine._backlog or not heard or heard[-1] < 4_999:
        heard += [numbered(payload)[0] for kind, payload in drain(hub) if kind == ENTRY]
        engine.flush()
    assert heard == list(range(5_000))
    assert engine.refused == 0


def test_frames_are_dropped_while_something_waits(ends: tuple[Link, Link]) -> None:
    engine, hub = ends
    sent = sum(engine.send_latest(FRAME, b"y" * 200) for _ in range(1_000))
    assert 0 < sent < 50
    assert len(drain(hub)) == sent
    assert engine.send_latest(FRAME, b"again")


def test_a_frame_never_overtakes_an_entry_that_waits(ends: tuple[Link, Link]) -> None:
    engine, hub = ends
    while not engine._backlog:
        engine.send(ENTRY, b"x" * 1_000)
    drain(hub)  # the socket is empty now, and the backlog still waits for its turn
    assert not engine.send_latest(FRAME, b"y")
    engine.flush()
    drain(hub)
    assert engine.send_latest(FRAME, b"y")


def test_a_full_backlog_is_counted_and_never_grows(ends: tuple[Link, Link], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link, "BACKLOG_MAX", 10)
    engine, _ = ends
    for _ in range(5_000):
        engine.send(ENTRY, b"x" * 1_000)
    assert len(engine._backlog) <= 10
    assert engine.refused > 0


def test_what_was_sent_before_the_end_is_still_read(ends: tuple[Link, Link]) -> None:
    engine, hub = ends
    engine.send(ENTRY, b"last words")
    engine.close()
    assert hub.receive() == [(ENTRY, b"last words")]
    with pytest.raises(LinkClosed, match="gone"):
        hub.receive()


def test_sending_to_nobody_is_noticed(ends: tuple[Link, Link]) -> None:
    engine, hub = ends
    hub.close()
    with pytest.raises(LinkClosed, match="gone"):
        engine.send(ENTRY, b"?")


@given(st.integers(0, 2**63), st.binary(max_size=200))
def test_numbers_come_back(sequence: int, line: bytes) -> None:
    assert numbered(number(sequence, line)) == (sequence, line)


def test_only_objects_are_unpacked() -> None:
    assert link.unpack(link.pack({"do": "stop"})) == {"do": "stop"}
    with pytest.raises(ValueError, match="object"):
        link.unpack(b"[1]")
