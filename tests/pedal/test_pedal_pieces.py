"""A piece on its way in: read apart from the hub, kept whole or not at all, and found again by its content."""

import asyncio
import json
import os
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsp.follow.bounds import BYTES_MAX
from dsp.follow.target import Bar, Segment, Target, TargetNote, TempoChange
from pedal import target_reader, targets
from pedal.early import DEMO_TAKE
from pedal.target_file import from_bytes, piece_of, to_bytes
from pedal.targets import FOLDER, Given, PieceRefused, Shelf

SONG = DEMO_TAKE.with_suffix(".json").read_bytes()
beats = st.floats(0, 4000, allow_nan=False)
PIECES = st.builds(
    Target,
    st.text(max_size=40),
    st.lists(
        st.tuples(beats, st.floats(0.01, 8), st.integers(0, 127), st.integers(0, 99), st.booleans()), max_size=8
    ).map(lambda rows: tuple(TargetNote(i, *row) for i, row in enumerate(rows))),
    st.lists(st.builds(Bar, st.integers(1, 99), beats, st.floats(0.25, 16)), max_size=4).map(tuple),
    st.lists(st.builds(TempoChange, beats, st.floats(3, 1000)), min_size=1, max_size=3).map(tuple),
    st.lists(st.builds(Segment, st.text(max_size=20), st.integers(1, 99), st.integers(1, 99)), max_size=3).map(tuple),
    st.sampled_from(["midi", "notes"]),
    st.text(max_size=20),
)


def read(shelf: Shelf, data: bytes, name: str = "song.json", track: str = "") -> Given:
    return asyncio.run(shelf.read(data, name, track))


def made(title: str, midi: int = 57) -> Given:
    target = Target(title, (TargetNote(0, 0.0, 1.0, midi),))
    return Given(piece_of(target, to_bytes(target)), to_bytes(target))


@given(PIECES)
def test_what_is_kept_comes_back_the_same_and_under_the_same_name(target: Target) -> None:
    data = to_bytes(target)
    assert from_bytes(data) == target
    assert to_bytes(from_bytes(data)) == data
    piece = piece_of(target, data)
    assert (piece.notes, piece.bars, len(piece.piece_id)) == (len(target.notes), len(target.bars), 32)


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"nonsense",
        b"[]",
        b"{}",
        to_bytes(Target("x", ())) + b'["notes",[[1]]]',
        b"\xff\xfe",
        b'{"version":1}',
        to_bytes(Target("x", ()))[:-9],
        b"[" * 100_000,
    ],
)
def test_a_damaged_piece_is_one_line(damaged: bytes) -> None:
    with pytest.raises(ValueError, match="give its file again") as refused:
        from_bytes(damaged)
    assert "\n" not in str(refused.value)


def test_a_piece_of_a_newer_pedal_and_one_without_bounds_are_refused() -> None:
    with pytest.raises(ValueError, match="newer pedal"):
        from_bytes(b'{"version":2}')
    with pytest.raises(ValueError, match="damaged"):
        from_bytes(to_bytes(Target("x", ())) + json.dumps(["segments", [["a", 1, 2]] * 501]).encode())


def test_a_file_becomes_a_piece_that_is_found_again(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    given = read(shelf, SONG, "demo.json")
    assert given.piece.title == "demo"
    assert given.piece.notes > 100
    assert [track.notes for track in given.tracks] == [given.piece.notes]
    shelf.keep(given)
    assert shelf.load(given.piece.piece_id) == (from_bytes(given.data), given.piece)
    shelf.keep(given)
    (kept,) = (tmp_path / FOLDER).iterdir()
    assert kept.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"MThd\0\0", "MIDI"),
        (b"fLaC" + b"x" * 99, "recording"),
        (b"\0" * 64, "empty"),
        (b'{"notes": []}', "note"),
        (b"[[[[", "not JSON"),
        (b"x" * (BYTES_MAX + 1), "larger than 10 MB"),
        (b"FICHIER GUITAR PRO v5.00" + b"\xff" * 400, "Guitar Pro|damaged|file"),
    ],
)
def test_nonsense_is_refused_in_one_line(tmp_path: Path, data: bytes, words: str) -> None:
    with pytest.raises(PieceRefused, match=words) as refused:
        read(Shelf(tmp_path), data, "x")
    assert "\n" not in str(refused.value)
    assert not (tmp_path / FOLDER).exists()


def test_the_player_names_parts_and_hears_what_cannot_be_one(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    given = asyncio.run(shelf.read(SONG, "demo.json", "", "Verse=1-4, Chorus=5-8"))
    assert given.piece.segments == ("Verse", "Chorus")
    with pytest.raises(PieceRefused, match="bar"):
        asyncio.run(shelf.read(SONG, "demo.json", "", "Chorus=99-100"))
    with pytest.raises(PieceRefused):
        asyncio.run(shelf.read(SONG, "demo.json", "", "Chorus"))


def test_an_unknown_track_says_which_there_are(tmp_path: Path) -> None:
    with pytest.raises(PieceRefused, match="track"):
        read(Shelf(tmp_path), SONG, "demo.json", "Bassoon")


def test_a_reader_that_takes_too_long_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hangs = tmp_path / "hangs"
    hangs.write_text(f"#!/bin/sh\necho $$ > {tmp_path}/pid\nexec tail -f /dev/null\n")
    hangs.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(hangs))
    monkeypatch.setattr(targets, "READ_S_MAX", 0.5)
    began_s = time.monotonic()
    with pytest.raises(PieceRefused, match="too long to read"):
        read(Shelf(tmp_path), SONG)
    assert time.monotonic() - began_s < 10
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


@pytest.mark.parametrize("script", ["exit 3", "echo '{'", "echo '[]'", "kill -9 $$"])
def test_a_reader_that_breaks_is_one_line_and_never_its_own_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    breaks = tmp_path / "breaks"
    breaks.write_text(f"#!/bin/sh\necho Traceback >&2\n{script}\n")
    breaks.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(breaks))
    with pytest.raises(PieceRefused, match="shorter piece, or MIDI"):
        read(Shelf(tmp_path), b"")


def test_the_reader_s_answer_is_plain_data() -> None:
    head, _, kept = target_reader.read(SONG, "demo.json", "").partition(b"\n")
    answer = json.loads(head)
    assert set(answer) == {"piece", "tracks", "skipped"}
    assert answer["tracks"][0]["number"] == 1
    assert len(from_bytes(kept).notes) == answer["piece"]["notes"]
    assert max(map(len, kept.splitlines())) < 20_000
    for refused in (target_reader.read(b"", "x", ""), target_reader.read(SONG, "demo.json", "7")):
        assert set(json.loads(refused)) == {"error"}


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "0" * 31, "0" * 33, "0" * 31 + "/", "Z" * 32])
def test_a_name_that_is_none_leads_nowhere(tmp_path: Path, name: str) -> None:
    assert Shelf(tmp_path).load(name) is None


def test_a_file_that_was_changed_behind_our_back_is_not_that_piece(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    piece = made("one").piece
    shelf.keep(made("one"))
    path = tmp_path / FOLDER / f"{piece.piece_id}.json"
    path.write_bytes(to_bytes(Target("other", (TargetNote(0, 0.0, 1.0, 58),))))
    assert shelf.load(piece.piece_id) is None
    path.write_bytes(b"{")
    assert shelf.load(piece.piece_id) is None


def test_a_full_disk_is_one_line_and_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = Shelf(tmp_path)
    shelf.keep(made("one"))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(PieceRefused, match="is it full"):
        shelf.keep(made("two"))
    assert shelf.load(made("one").piece.piece_id) is not None


def test_only_so_many_are_kept_and_the_newest_is_among_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(targets, "KEPT_MAX", 3)
    shelf = Shelf(tmp_path)
    kept = []
    for i in range(5):
        shelf.keep(made(f"piece {i}"))
        kept.append(made(f"piece {i}").piece)
        path = tmp_path / FOLDER / f"{kept[-1].piece_id}.json"
        os.utime(path, ns=(i * 10**9, i * 10**9))
    assert [shelf.load(piece.piece_id) is not None for piece in kept] == [False, False, True, True, True]
