"""From the stomp to the disk, on a real store: begin, save, end, crash, recover."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest

from dsp.log import decode
from dsp.scores.session import summarise
from dsp.types import (
    Gap,
    GridSet,
    LogEntry,
    Mark,
    NoteEnded,
    NoteStarted,
    Paused,
    Resumed,
    SegmentStarted,
    SessionSetup,
)
from pedal.sessions import Sessions
from pedal.wall import WallClock
from sync.errors import StoreFull
from sync.library import Library
from sync.store import Store

S = 1_000_000_000
RATE = 48_000
SETUP = SessionSetup(strictness=0.4)


class Hand:
    """A clock that the test holds."""

    def __init__(self) -> None:
        self.now_ns = 100 * S

    def __call__(self) -> int:
        return self.now_ns


@pytest.fixture
def hand() -> Hand:
    return Hand()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    running = Store(tmp_path)
    running.start()
    yield running
    running.stop()


def sessions_on(store: Store, hand: Hand, faults: list[str] | None = None) -> Sessions:
    wall = WallClock(hand, lambda: 1_795_000_000.0 + hand.now_ns / 1e9, Path("/nonexistent"))
    made = Sessions(store, wall, hand, (faults if faults is not None else []).append)
    made.heard(SegmentStarted(0, 90 * S))
    return made


def note(note_id: int, at_s: float) -> list[LogEntry]:
    onset = round((at_s - 90) * RATE)
    return [
        NoteStarted(0, note_id, onset, onset + 900, 45, 0.0, 0.95, -20.0),
        NoteEnded(0, note_id, onset + 12_000, 45, 1.0, 0.95, -20.0),
    ]


def play(sessions: Sessions, *notes: tuple[int, float]) -> None:
    for number, at_s in notes:
        for entry in note(number, at_s):
            sessions.heard(entry)


def test_a_session_holds_what_was_played_between_its_two_stomps(store: Store, hand: Hand, tmp_path: Path) -> None:
    async def evening() -> None:
        sessions = sessions_on(store, hand)
        play(sessions, (1, 95), (2, 99))
        session_id = sessions.begin("Ada", SETUP, 98 * S)
        play(sessions, (3, 101))
        sessions.note_down(Mark, 102 * S)
        sessions.save_batch()
        hand.now_ns = 110 * S
        saved = await sessions.end(110 * S, "stop")
        assert saved is not None
        assert saved.session_id == session_id
        assert (saved.summary.notes, saved.summary.marks, saved.summary.duration_s) == (2, 1, 12.0)

    asyncio.run(evening())
    (kept,) = Library(tmp_path).sessions(10)
    found = Library(tmp_path).session(kept.session_id)
    assert found is not None
    entries = [decode(line) for line in found[1]]
    assert entries[:2] == [SegmentStarted(0, 90 * S), Resumed(0, 8 * RATE)]
    assert entries[-1] == Paused(0, 20 * RATE)
    assert summarise(SETUP, entries) == kept.summary
    assert kept.header.player == "Ada"
    assert kept.header.start_wall is not None
    assert kept.header.start_wall.endswith("Z")


def test_a_crash_loses_only_what_was_not_written_yet(store: Store, hand: Hand, tmp_path: Path) -> None:
    async def evening() -> None:
        sessions = sessions_on(store, hand)
        sessions.begin("Ada", SETUP, 100 * S)
        play(sessions, (1, 101), (2, 102))
        hand.now_ns = 103 * S
        sessions.save_batch()
        play(sessions, (3, 103.5))

    asyncio.run(evening())
    store.stop()
    again = Store(tmp_path)
    again.start()
    hand.now_ns = 5_000 * S
    assert sessions_on(again, hand).recover(60.0) is None
    (kept,) = Library(tmp_path).sessions(10)
    again.stop()
    assert kept.state == "closed"
    assert kept.end is not None
    assert kept.end.ended_by == "crash"
    assert kept.summary is not None
    assert (kept.summary.notes, kept.summary.duration_s) == (2, 3.0)


def test_a_hub_that_is_back_at_once_goes_on_with_the_gap_marked(store: Store, hand: Hand, tmp_path: Path) -> None:
    async def before() -> str:
        sessions = sessions_on(store, hand)
        session_id = sessions.begin("Ada", SETUP, 100 * S)
        play(sessions, (1, 101))
        hand.now_ns = 103 * S
        sessions.save_batch()
        return session_id

    async def after(sessions: Sessions) -> None:
        left = sessions.recover(60.0)
        assert left is not None
        sessions.go_on(left)
        sessions.heard(SegmentStarted(2_000, 107 * S))
        hand.now_ns = 120 * S
        saved = await sessions.end(120 * S, "stop")
        assert saved is not None
        assert saved.session_id == session_id
        assert (saved.summary.notes, saved.summary.gaps) == (1, 1)

    session_id = asyncio.run(before())
    store.stop()
    again = Store(tmp_path)
    again.start()
    hand.now_ns = 106 * S
    wall = WallClock(hand, lambda: 1_795_000_000.0, Path("/nonexistent"))
    asyncio.run(after(Sessions(again, wall, hand, print)))
    found = Library(tmp_path).session(session_id)
    again.stop()
    assert found is not None
    assert [e for e in map(decode, found[1]) if isinstance(e, Gap)] == [Gap(2_000, 0, 4.0, "no sound")]


def test_the_last_minute_becomes_a_session_of_its_own(store: Store, hand: Hand) -> None:
    async def evening() -> None:
        sessions = sessions_on(store, hand)
        assert await Sessions(store, WallClock(hand), hand, print).keep_last_minute("Ada", SETUP, 100 * S) is None
        play(sessions, (1, 95), (2, 99))
        saved = await sessions.keep_last_minute("Ada", SETUP, 100 * S)
        assert saved is not None
        assert saved.kept
        assert (saved.summary.notes, saved.summary.duration_s) == (2, 10.0)
        assert sessions.recording is None

    asyncio.run(evening())


def test_a_full_disk_is_told_and_the_journal_stays(store: Store, hand: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    faults: list[str] = []

    def full(*_: object) -> None:
        raise StoreFull("the card is full")

    async def evening() -> None:
        sessions = sessions_on(store, hand, faults)
        sessions.begin("Ada", SETUP, 100 * S)
        play(sessions, (1, 101))
        sessions.save_batch()
        monkeypatch.setattr(store, "close_session", full)
        assert await sessions.end(110 * S, "stop") is None

    asyncio.run(evening())
    assert faults == ["the card is full"]
    (left,) = store.unfinished()
    assert sum(isinstance(decode(line), NoteStarted) for line in left.lines) == 1


def test_what_the_card_refused_is_written_the_next_time(
    store: Store, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults: list[str] = []
    refused: Future[None] = Future()
    refused.set_exception(StoreFull("the card is full"))

    async def evening() -> None:
        sessions = sessions_on(store, hand, faults)
        sessions.begin("Ada", SETUP, 100 * S)
        play(sessions, (1, 101))
        with monkeypatch.context() as full:
            full.setattr(store, "append", lambda *_: refused)
            sessions.save_batch()
            await asyncio.sleep(0)
        play(sessions, (2, 102))
        sessions.save_batch()
        saved = await sessions.end(110 * S, "stop")
        assert saved is not None
        assert saved.summary.notes == 2

    asyncio.run(evening())
    assert faults == ["the card is full"]
    library = Library(store.folder)
    found = library.session(library.sessions(1)[0].session_id)
    assert found is not None
    assert [e.note_id for e in map(decode, found[1]) if isinstance(e, NoteStarted)] == [1, 2]


@pytest.mark.parametrize("latency", [0, 480])
def test_a_beat_stands_in_the_log_a_round_trip_before_the_player_has_it(store: Store, hand: Hand, latency: int) -> None:
    """So whoever plays on the light has no error, with a measured card as without."""

    async def evening() -> None:
        sessions = sessions_on(store, hand)
        sessions.heard(SegmentStarted(1, 95 * S, latency_samples=latency))
        sessions.begin("Ada", SETUP, 98 * S)
        sessions.set_grid(100.0, 100 * S)
        recording = sessions.recording
        assert recording is not None
        assert recording.entries[-1] == GridSet(1, 5 * RATE - latency, 100.0)
        for number in range(16):
            onset = round((5 + 0.3 * number) * RATE)
            sessions.heard(NoteStarted(1, number, onset, onset + 900, 45, 0.0, 0.95, -20.0))
        saved = await sessions.end(110 * S, "stop")
        assert saved is not None
        assert saved.summary.metrics.signed_ms == pytest.approx(0.0, abs=0.05)

    asyncio.run(evening())
