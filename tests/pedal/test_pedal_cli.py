"""The command line: nonsense is one line and exit status 2, never a traceback; JSON has the promised shape."""

import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from pedal import gallery
from pedal.__main__ import build_parser, main
from pedal.cli.talk import edges_of
from pedal.early import DEMO_TAKE
from tests.takes.real import Placed, render

RATE = 48_000


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    """Exit status, standard output and standard error of one command, in this process."""
    try:
        main([str(a) for a in arguments])
        status = 0
    except SystemExit as end:
        status = int(end.code or 0)
    out, err = capsys.readouterr()
    return status, out, err


def refused(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    status, out, err = run(capsys, *arguments)
    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    return err


def write(path: Path, samples: np.ndarray, rate: int = RATE) -> Path:
    soundfile.write(path, samples, rate, subtype="FLOAT")
    return path


def pluck(midi: float = 45, seconds: float = 1.0, rate: int = RATE) -> np.ndarray:
    """A string as a decaying sum of partials, after a tenth of a second of near silence."""
    f0_hz = 440 * 2 ** ((midi - 69) / 12)
    at_s = np.arange(round(seconds * rate)) / rate
    tone = sum(np.sin(2 * np.pi * f0_hz * n * at_s) / n * np.exp(-2 * n * at_s) for n in range(1, 8))
    quiet = 1e-5 * np.random.default_rng(1).standard_normal(rate // 10)
    return np.concatenate([quiet, 0.2 * tone]).astype(np.float32)


# --- nonsense ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["analyze", "tune"])
@pytest.mark.parametrize("content", [b"", b"this is no sound", b"RIFF\0\0\0\0WAVE", b"fLaC" + bytes(40)])
def test_what_is_no_recording_is_refused_in_one_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, command: str, content: bytes
) -> None:
    path = tmp_path / "x.wav"
    path.write_bytes(content)
    assert str(path) in refused(capsys, command, path, "--json")


@pytest.mark.parametrize("command", ["analyze", "tune"])
def test_a_folder_a_missing_file_and_nan_are_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, command: str
) -> None:
    refused(capsys, command, tmp_path)
    refused(capsys, command, tmp_path / "none.flac")
    assert "not a number" in refused(capsys, command, write(tmp_path / "nan.wav", np.full(4_800, np.nan)))


@pytest.mark.parametrize(
    "flags",
    [
        ("--scale", "H minor"),
        ("--scale", ""),
        ("--tuning", "banjo"),
        ("--a4", "4400"),
        ("--a4", "nan"),
        ("--bpm", "0"),
        ("--bpm", "nan"),
        ("--bpm", "90", "--click-start", "-1"),
        ("--strictness", "2"),
        ("--sensitivity", "-1"),
        ("--channel", "3"),
        ("--channel", "x"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(capsys: pytest.CaptureFixture[str], flags: tuple[str, ...]) -> None:
    refused(capsys, "analyze", DEMO_TAKE, *flags)


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("dance",),
        ("run", "--port", "70000", "--board", "sim"),
        ("run", "--board", "arduino"),
        ("run", "--config", "/nonexistent.toml"),
        ("run", "--board", "sim", "--take", "/nonexistent.wav"),
        ("run", "--board", "sim", "--audio", "Scarlett", "--take", "x.wav"),
        ("press", "--hold", "-1"),
        ("press", "--taps", "0"),
        ("press", "--script", "/nonexistent"),
        ("sessions", "show"),
        ("sessions", "list", "some-id"),
        ("sessions", "list", "--limit", "0"),
    ],
)
def test_bad_use_is_one_line(capsys: pytest.CaptureFixture[str], tmp_path: Path, arguments: tuple[str, ...]) -> None:
    more = ("--data", str(tmp_path)) if arguments and arguments[0] in {"press", "sessions"} else ()
    refused(capsys, *arguments, *more)


@pytest.mark.parametrize(
    "script",
    ["{", "[]", '[{"at_s": -1, "pressed": true}]', '[{"at_s": 0}]', "[1]", "3", "0 down\n1 sideways", "1 down\n0 up"],
)
def test_a_script_that_is_none(capsys: pytest.CaptureFixture[str], tmp_path: Path, script: str) -> None:
    path = tmp_path / "script.json"
    path.write_text(script)
    refused(capsys, "press", "--script", path, "--data", tmp_path)


def test_a_script_in_words_and_in_json_mean_the_same(tmp_path: Path) -> None:
    words, as_json = tmp_path / "script.txt", tmp_path / "script.json"
    words.write_text("# a double tap\n0 down\n0.08 up   # the first\n\n0.2 down\n0.28 up\n")
    presses = [(0.0, True), (0.08, False), (0.2, True), (0.28, False)]
    as_json.write_text(json.dumps([{"at_s": at, "pressed": down} for at, down in presses]))
    edges = [edges_of(build_parser().parse_args(["press", "--script", str(p)])) for p in (words, as_json)]
    assert edges[0] == edges[1] == edges_of(build_parser().parse_args(["press", "--taps", "2"]))


def test_without_a_daemon_it_says_how_to_start_one(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for command in ("status", "press"):
        status, _, err = run(capsys, command, "--data", tmp_path)
        assert status == 1
        assert f"pedal run --data {tmp_path}" in err


# --- any recording ----------------------------------------------------------------------------------------------------


def analysed(capsys: pytest.CaptureFixture[str], path: Path, *flags: object) -> dict:  # type: ignore[type-arg]
    status, out, _ = run(capsys, "analyze", path, "--json", *flags)
    assert status == 0
    return json.loads(out)  # type: ignore[no-any-return]


@pytest.mark.parametrize(("rate", "channels"), [(8_000, 1), (22_050, 2), (44_100, 1), (48_000, 4), (96_000, 6)])
def test_any_rate_and_channel_count(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, rate: int, channels: int
) -> None:
    sound = np.zeros((len(pluck(rate=rate)), channels), np.float32)
    sound[:, min(channels, 4) - 1] = pluck(rate=rate)
    result = analysed(capsys, write(tmp_path / "any.wav", sound, rate))
    assert [note["midi"] for note in result["notes"]] == [45]
    assert result["notes"][0]["onset_s"] == pytest.approx(0.1, abs=0.01)


@pytest.mark.parametrize(
    "samples", [np.zeros(48_000), np.zeros(1), np.full(48_000, 0.5), np.zeros((4_800, 2))], ids=["s", "1", "dc", "2"]
)
def test_silence_is_an_empty_result(capsys: pytest.CaptureFixture[str], tmp_path: Path, samples: np.ndarray) -> None:
    result = analysed(capsys, write(tmp_path / "silent.wav", samples.astype(np.float32)))
    assert result["notes"] == []
    assert result["metrics"]["pitch_accuracy"] is None
    assert "pitch_accuracy" in result["metrics"]["not_scored"]


def test_a_cut_off_recording_is_read_as_far_as_it_goes(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    whole = write(tmp_path / "whole.wav", pluck(seconds=3.0))
    cut = tmp_path / "cut.wav"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    status, out, err = run(capsys, "analyze", cut, "--json")
    assert status == 0
    assert [note["midi"] for note in json.loads(out)["notes"]] == [45]
    assert "cut off" in err


def test_the_promised_shape_of_analyze(capsys: pytest.CaptureFixture[str]) -> None:
    result = analysed(capsys, DEMO_TAKE, "--scale", "A minor pentatonic", "--bpm", "90", "--click-start", "1.0")
    note = result["notes"][0]
    assert set(note) >= {
        "onset_s", "offset_s", "midi", "cents", "confidence", "level_dbfs", "decided_s", "reports", "stroke", "slide",
        "bend_cents", "vibrato_hz",
    }  # fmt: skip
    assert note["reports"][0].keys() == {"decided_s", "midi"}
    assert result["metrics"]["by_beat"]
    assert {b["position"] for b in result["metrics"]["by_beat"]} <= {f"{n}{e}" for n in range(1, 5) for e in ("", "&")}
    assert set(result["engine"]) >= {"sample_rate_hz", "hop_samples", "real_time_factor"}
    assert result["chords"] == []


def test_in_words_it_says_what_the_json_does(capsys: pytest.CaptureFixture[str]) -> None:
    flags = ("--bpm", "90", "--click-start", "1.0")
    result = analysed(capsys, DEMO_TAKE, *flags)
    status, out, err = run(capsys, "analyze", DEMO_TAKE, *flags)
    assert (status, err) == (0, "")
    assert out.count(" cents  heard after ") == len(result["notes"])
    assert "\ntempo_bpm         90.00\n" in out
    told = [line[:18].strip() for line in out.splitlines() if line.endswith(" notes)")]
    assert told[:3] == ["beat 1", "the & of 1", "beat 2"]
    assert len(told) == len(result["metrics"]["by_beat"])


def test_chords_are_said_in_words_too(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    strings = ((45, 0.0), (52, 0.02), (57, 0.03), (61, 0.05), (64, 0.06))  # A major, open
    sound = render([Placed(0.6 + late_s, midi, duration_s=1.2) for midi, late_s in strings], "steel")
    status, out, _ = run(capsys, "analyze", write(tmp_path / "a.wav", sound))
    assert status == 0
    assert re.search(r"^   0\.6\d\d s  chord A +heard after +\d+ ms$", out, re.MULTILINE)


def test_a_scale_without_a_pentatonic_form_is_told_so(capsys: pytest.CaptureFixture[str]) -> None:
    for scale, says in (
        ("A dorian", "pedal: dorian has no pentatonic form; all of its notes count\n"),
        ("A minor", ""),
    ):
        status, _, err = run(capsys, "analyze", DEMO_TAKE, "--scale", scale, "--scale-type", "pentatonic")
        assert (status, err) == (0, says)


def test_twice_the_same_file_gives_the_same_bytes(capsys: pytest.CaptureFixture[str]) -> None:
    results = [analysed(capsys, DEMO_TAKE) for _ in range(2)]
    for result in results:
        del result["engine"]["real_time_factor"]
    assert results[0] == results[1]


def test_the_tuner_reads_a_known_string(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    status, out, _ = run(capsys, "tune", write(tmp_path / "a.wav", pluck(45.1, 2.0)), "--json")
    assert status == 0
    readings = [r for r in json.loads(out)["readings"] if r["f0_hz"] is not None]
    assert np.median([r["midi"] + r["cents"] / 100 for r in readings]) == pytest.approx(45.1, abs=0.01)


# --- the rest ---------------------------------------------------------------------------------------------------------


def test_an_empty_directory_has_no_sessions(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(capsys, "sessions", "list", "--json", "--data", tmp_path / "none") == (0, "[]\n", "")
    assert run(capsys, "sessions", "list", "--data", tmp_path)[1] == "no sessions yet\n"
    assert "there is no session x" in refused(capsys, "sessions", "show", "x", "--data", tmp_path)


def test_sync_without_an_account_says_so(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    status, _, err = run(capsys, "sync", "--data", tmp_path)
    assert status == 1
    assert "no account is linked" in err


def test_doctor_names_every_part_and_never_fails(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    status, out, _ = run(capsys, "doctor", "--json", "--data", tmp_path)
    assert status == 0
    parts = {part["part"] for part in json.loads(out)}
    assert {"sound", "footswitch", "display", "lights", "data"} <= parts


def test_screens_writes_every_screen_and_a_sheet(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(capsys, "screens", tmp_path / "out")[0] == 0
    written = {path.stem for path in (tmp_path / "out").glob("*.png")}
    assert written == {*gallery.states(), "all-screens"}
    (tmp_path / "file").write_text("")
    refused(capsys, "screens", tmp_path / "file")


def test_selftest_hears_the_recording_that_ships(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "selftest", "--json")
    result = json.loads(out)
    assert status == 0
    assert result["passed"]
    assert result["notes_found"] >= 0.95 * result["notes_true"]


def test_it_is_one_command_with_a_list_of_commands() -> None:
    listed = subprocess.run([sys.executable, "-P", "-m", "pedal", "--help"], capture_output=True, text=True, check=True)
    for command in (
        "run",
        "status",
        "press",
        "analyze",
        "tune",
        "sessions",
        "sync",
        "doctor",
        "screens",
        "selftest",
        "latency",
    ):
        assert f"    {command} " in listed.stdout
