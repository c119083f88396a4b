"""Following while a session runs: what is told, in what order, and what happens when it cannot go on."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from dsp.follow.target import Bar, Segment, Target, TargetNote
from dsp.follow.verdicts import NoteFollowed
from dsp.types import LogEntry, NoteRetracted, SegmentStarted, SessionSetup
from pedal import following, reducer
from pedal.events import PieceChosen, PieceFollowed
from pedal.follow_views import live_view, report_view
from pedal.followed import TRAIL_MAX, Followed, Tracker, trail
from pedal.following import Following
from pedal.settings import Settings
from pedal.state import S_NS, Mode, Session, State
from pedal.target_file import Piece, piece_of, to_bytes
from pedal.targets import Given, Shelf
from tests.dsp.made_logs import note

MIDIS = (57, 60, 62, 64, 67, 69, 67, 64, 62, 60, 57, 55, 57, 60, 64, 69)
STEP = 24_000
TARGET = Target(
    "Song",
    tuple(TargetNote(i, float(i), 1.0, midi, i // 4) for i, midi in enumerate(MIDIS)),
    tuple(Bar(i + 1, 4.0 * i, 4.0) for i in range(4)),
    segments=(Segment("Verse", 1, 2), Segment("Chorus", 3, 4)),
)


def play(midis: tuple[int | None, ...]) -> list[LogEntry]:
    log: list[LogEntry] = [SegmentStarted(0, 0)]
    for i, midi in enumerate(midis):
        if midi is not None:
            log += note(i, STEP * (i + 1), midi)
    return log


def tracked(log: list[LogEntry]) -> Followed:
    tracker = Tracker(TARGET, Piece("0" * 32, "Song", "notes", "", 16, 4))
    for entry in log:
        tracker.add(entry)
    return tracker.followed()


def test_where_the_player_is_and_what_comes_next() -> None:
    found = tracked(play(MIDIS[:10]))
    assert (found.bar, found.segment, found.hits, found.reached) == (3, "Chorus", 10, 10)
    assert found.next_midis == MIDIS[10:14]
    assert found.trail == ("hit",) * 10
    assert tracked([]).next_midis == ()
    assert tracked(play(MIDIS)).next_midis == ()


def test_wrong_and_left_out_notes_are_in_the_trail_and_the_exercise_goes_on() -> None:
    played: list[int | None] = list(MIDIS[:12])
    played[4], played[7] = 66, None
    found = tracked(play(tuple(played)))
    assert found.trail == (*("hit",) * 4, "wrong", "hit", "hit", "missed", *("hit",) * 4)
    assert (found.hits, found.wrong, found.bar) == (10, 1, 4)


def test_a_note_taken_back_was_never_there() -> None:
    log = play(MIDIS[:8])
    stray = note(99, STEP * 8 + 9_000, 74)[:1]
    with_stray = tracked([*log, *stray])
    assert with_stray.trail[-1] == "extra"
    assert tracked([*log, *stray, NoteRetracted(0, 99, STEP * 8 + 12_000)]) == tracked(log)


def test_the_trail_is_bounded_and_a_jump_is_no_row_of_missed_notes() -> None:
    def verdict(i: int, step: int, moves: tuple[str, ...] = ()) -> NoteFollowed:
        return NoteFollowed(0, i, i * 0.5, 57, "hit", step, step, moves)

    assert trail([verdict(i, i) for i in range(60)]) == ("hit",) * TRAIL_MAX
    assert trail([verdict(0, 0), verdict(1, 4, ("jump",))]) == ("hit", "hit")
    assert trail([verdict(0, 0), verdict(1, 40)]) == ("hit", "hit")
    assert trail([verdict(0, 0), verdict(1, 3)]) == ("hit", "missed", "missed", "hit")
    assert trail([]) == ()


def kept(shelf: Shelf) -> Piece:
    data = to_bytes(TARGET)
    piece = piece_of(TARGET, data)
    shelf.keep(Given(piece, data))
    return piece


class Stage:
    """A ``Following`` with a kept piece, and everything that it told."""

    def __init__(self, folder: Path) -> None:
        self.told: list[Followed | None] = []
        self.shelf = Shelf(folder)
        self.piece = kept(self.shelf)
        self.following = Following(self.shelf, self.told.append)


def staged(folder: Path, act: Callable[[Stage], Coroutine[Any, Any, None]]) -> list[Followed | None]:
    async def run() -> list[Followed | None]:
        stage = Stage(folder)
        await act(stage)
        await stage.following.settled()
        return stage.told

    return asyncio.run(run())


def test_entries_in_any_batches_end_where_the_log_ends(tmp_path: Path) -> None:
    log = play(MIDIS)

    async def act(stage: Stage) -> None:
        stage.following.begin(stage.piece, log[:9])
        for entry in log[9:]:
            stage.following.add(entry)
            await asyncio.sleep(0)

    told = staged(tmp_path, act)
    assert told[0] == Followed(Stage(tmp_path).piece)
    assert told[-1] is not None
    assert (told[-1].hits, told[-1].trail) == (16, ("hit",) * 16)


def test_when_the_session_is_over_nothing_more_is_told(tmp_path: Path) -> None:
    async def act(stage: Stage) -> None:
        stage.following.begin(stage.piece, play(MIDIS))
        stage.following.end()
        stage.following.add(play(MIDIS)[1])
        stage.following.end()

    told = staged(tmp_path, act)
    assert [one is None for one in told] == [False, True]


def test_the_next_session_begins_anew_although_the_last_one_was_still_being_weighed(tmp_path: Path) -> None:
    async def act(stage: Stage) -> None:
        stage.following.begin(stage.piece, play(MIDIS))
        await asyncio.sleep(0)
        stage.following.begin(stage.piece, play(MIDIS[:3]))

    told = staged(tmp_path, act)
    assert told[-1] is not None
    assert told[-1].hits == 3


def test_a_piece_that_is_gone_is_said_and_the_session_goes_on(tmp_path: Path) -> None:
    async def act(stage: Stage) -> None:
        stage.following.begin(Piece("f" * 32, "Gone", "midi", "", 1, 1), play(MIDIS))
        await stage.following.settled()
        stage.following.add(play(MIDIS)[1])

    told = staged(tmp_path, act)
    assert told[-1] is not None
    assert told[-1].fault == following.NOT_THERE


def test_a_follower_that_cannot_keep_up_or_breaks_is_said_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def flood(stage: Stage) -> None:
        stage.following.begin(stage.piece, [])
        for entry in play(MIDIS):
            stage.following.add(entry)

    monkeypatch.setattr(following, "QUEUE_MAX", 4)
    told = staged(tmp_path, flood)
    assert told[-1] is not None
    assert told[-1].fault == following.TOO_SLOW

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(following, "QUEUE_MAX", 8192)
    monkeypatch.setattr(following, "_advance", broken)
    told = staged(tmp_path, flood)
    assert told[-1] is not None
    assert told[-1].fault


def test_the_reducer_keeps_the_piece_and_where_in_it_the_session_is() -> None:
    piece = Piece("0" * 32, "Song", "notes", "", 16, 4)
    idle = reducer.reduce(State(), PieceChosen(1, piece))[0]
    assert idle.piece == piece
    assert reducer.reduce(idle, PieceFollowed(2, Followed(piece)))[0] == reducer.reduce(idle, PieceFollowed(2, None))[0]
    running = State(now_ns=S_NS, mode=Mode.SESSION, session=Session("practice", 0, "id"), piece=piece)
    state = reducer.reduce(running, PieceFollowed(S_NS, Followed(piece, bar=3)))[0]
    assert state.session is not None
    assert state.session.followed == Followed(piece, bar=3)
    assert reducer.reduce(state, PieceChosen(S_NS, None))[0].piece is None


def test_notes_that_are_due_have_the_names_that_the_player_likes() -> None:
    followed = Followed(Piece("0" * 32, "Song", "notes", "", 16, 4), next_midis=(70, 71), tempo_bpm=98.234)
    view = live_view(followed, Settings(note_names="german", scale_root="F", scale_kind="major", scale_type="natural"))
    assert (view.next, view.tempo_bpm) == (["B4", "H4"], 98.2)


def test_the_report_is_made_from_log_and_piece_and_again_the_same(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    found = shelf.load(kept(shelf).piece_id)
    log = play((*MIDIS[:4], 66, *MIDIS[5:8], *MIDIS[4:8]))
    report = report_view(found, log)
    assert report == report_view(found, log)
    assert report.target is not None
    assert (report.target.title, report.passes) == ("Song", 2)
    assert [(b.number, b.segment, b.hits, b.wrong) for b in report.bars] == [
        (1, "Verse", 4, 0),
        (2, "Verse", 4, 0),
        (3, "Chorus", 0, 0),
        (4, "Chorus", 0, 0),
    ]
    assert [(event.kind, event.bar) for event in report.events] == [("repeat", 2)]
    assert report_view(None, log).target is None
    assert SessionSetup().piece == ""
