"""``pedal follow``: real notes in, what became of each target note out; what cannot be used is one line."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PIL import Image

from dsp.follow.report import follow_json
from pedal import follow_picture
from pedal.__main__ import main
from pedal.follow_picture import draw_followed
from tests.dsp.made_performances import Performance, Played, Player, heard, target_of
from tests.takes.real import Placed, render

MIDIS = (52, 55, 57, 59, 62, 64, 62, 59)
STEP_S = 0.3
WRONG, MISSED = 2, 5


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    status = 0
    try:
        main([str(a) for a in arguments])
    except SystemExit as end:
        status = int(end.code or 0)
    out, err = capsys.readouterr()
    return status, out, err


@pytest.fixture(scope="module")
def take(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two bars of the target, the second played twice: bar 1 with a wrong note, bar 2 with one left out at first."""
    folder = tmp_path_factory.mktemp("follow")
    order = [(n, m) for n, m in enumerate(MIDIS)] + [(8 + n, m + 1) for n, m in enumerate(MIDIS)]
    played = [(i, 60 if i == WRONG else m) for i, m in order if i != 8 + MISSED] + order[8:]
    slots = [i for i, _ in order if i != 8 + MISSED] + [16 + n for n in range(8)]
    notes = [Placed(0.5 + STEP_S * s, m, duration_s=0.26) for s, (_, m) in zip(slots, played, strict=True)]
    soundfile.write(folder / "take.flac", render(notes), 48_000)
    listed = [{"beat": 0.5 * i, "duration_beats": 0.5, "midi": m} for i, m in order]
    (folder / "target.json").write_text(json.dumps({"bpm": 100, "notes": listed}))
    return folder


def test_it_tells_each_note_and_where_the_player_went(capsys: pytest.CaptureFixture[str], take: Path) -> None:
    status, out, err = run(capsys, "follow", take / "take.flac", "--target", take / "target.json", "--json")
    result = json.loads(out)
    assert (status, err) == (0, "")
    assert [t["index"] for t in result["targets"] if t["state"] != "hit"] == [WRONG]
    assert result["targets"][WRONG] | {"state": "wrong", "played_midi": 60} == result["targets"][WRONG]
    assert [one["state"] for one in result["targets"][8 + MISSED]["passes"]] == ["missed", "hit"]
    assert [(e["kind"], e["to_index"]) for e in result["events"]] == [("repeat", 8)]
    assert result["events"][0]["at_s"] == pytest.approx(0.5 + 16 * STEP_S, abs=0.02)
    assert max(abs(t["signed_ms"]) for t in result["targets"]) < 5.0
    assert result["summary"]["tempo_bpm"] == pytest.approx(100.0, abs=0.3)


def test_it_can_be_read_and_seen(capsys: pytest.CaptureFixture[str], take: Path) -> None:
    picture = take / "followed.png"
    status, out, _ = run(capsys, "follow", take / "take.flac", "--target", take / "target.json", "--picture", picture)
    assert status == 0
    assert "!A3(C4)" in out
    assert "again from bar 2" in out
    with Image.open(picture) as image:
        assert image.width > 1_000


def test_segments_can_be_named_beside_the_file(capsys: pytest.CaptureFixture[str], take: Path) -> None:
    command = ("follow", take / "take.flac", "--target", take / "target.json", "--segments", "Riff=1, Answer=2")
    result = json.loads(run(capsys, *command, "--json")[1])
    assert [t["segment"] for t in result["targets"]] == ["Riff"] * 8 + ["Answer"] * 8
    assert result["piece"]["segments"][1] == {"name": "Answer", "first_bar": 2, "last_bar": 2}
    assert "segment: Riff, bars 1 to 1" in run(capsys, *command)[1]


def test_a_segment_that_the_piece_does_not_have_is_refused(capsys: pytest.CaptureFixture[str], take: Path) -> None:
    command = ("follow", take / "take.flac", "--target", take / "target.json", "--segments", "Coda=40-44")
    status, out, err = run(capsys, *command)
    assert (status, out) == (2, "")
    assert "this piece has bars 1 to" in err
    assert err.count("\n") == 1


def test_the_picture_has_a_colour_for_everything() -> None:
    target = target_of([57, 60, 62, 64, 67, 69, 67, 64])
    due_s = [1.0 + 0.3 * n for n in range(8)]
    played = [Played(at_s, note.midi, note.index, "hit") for at_s, note in zip(due_s, target.notes, strict=True)]
    played[1] = Played(due_s[1] + 0.1, 60, 1, "hit")
    played[4] = Played(due_s[4] - 0.1, 67, 4, "hit")
    played[6] = Played(due_s[6], 66, 6, "wrong")
    again = [Played(p.at_s + 5.0, p.midi, p.index, p.state) for p in played]
    everything = [*played, Played(due_s[2] + 0.15, 50, None, "extra"), *again]
    log = heard(Performance(target, everything), Player(), np.random.default_rng(0))
    image = draw_followed(follow_json(target, log), "made")
    colours = {colour for _, colour in image.getcolors(100_000) or []}
    assert {follow_picture.WRONG, follow_picture.EXTRA, follow_picture.MOVE, follow_picture.IN_TIME} <= colours
    assert {follow_picture.EARLY, follow_picture.LATE} <= colours
    assert image.height < 400


@pytest.mark.parametrize(
    "content", [b"", b"this is no piece", b"fLaC" + bytes(40), b"MThd\0\0", b" " * 10_000_001, b"[]"]
)
def test_what_is_no_target_is_refused_in_one_line(
    capsys: pytest.CaptureFixture[str], take: Path, content: bytes
) -> None:
    bad = take / "bad"
    bad.write_bytes(content)
    status, out, err = run(capsys, "follow", take / "take.flac", "--target", bad)
    assert (status, out, err.count("\n")) == (2, "", 1)


@pytest.mark.parametrize(
    "flags",
    [
        ("--target", "/nonexistent.mid"),
        ("--target", "/"),
        ("--track", "17"),
        ("--bpm", "0"),
        ("--bpm", "nan"),
        ("--click-start", "-1"),
        ("--picture", "x.jpg"),
        ("--tuning", "banjo"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(
    capsys: pytest.CaptureFixture[str], take: Path, flags: tuple[str, ...]
) -> None:
    status, out, err = run(capsys, "follow", take / "take.flac", "--target", take / "target.json", *flags)
    assert (status, out, err.count("\n")) == (2, "", 1)


def test_what_is_no_recording_is_refused_in_one_line(capsys: pytest.CaptureFixture[str], take: Path) -> None:
    status, out, err = run(capsys, "follow", take / "target.json", "--target", take / "target.json")
    assert (status, out, err.count("\n")) == (2, "", 1)
