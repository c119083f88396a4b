"""``pedal draw``: a picture whose pixels lie where the notes are, and one line where it cannot be drawn."""

import json

import numpy as np
import pytest
import soundfile
from PIL import Image

from pedal import picture
from pedal.__main__ import main
from pedal.early import DEMO_TAKE
from pedal.picture import BAR, HEAD, LEFT, PX_PER_S, RIGHT, TRUE, WRONG, draw_take, judge
from pedal.spectrogram import coloured, semitone_levels

RATE_HZ = 48_000


def note(onset_s, midi, **more):
    return {"onset_s": onset_s, "offset_s": onset_s + 0.5, "midi": midi, "cents": 0.0, "reports": []} | more


def true(onset, midi):
    return {"onset": onset, "offset": onset + 0.5, "midi": midi}


def tone(midi, seconds=1.0):
    at = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    return (0.5 * np.sin(2 * np.pi * 440 * 2 ** ((midi - 69) / 12) * at)).astype(np.float32)


@pytest.mark.parametrize("midi", [35, 52, 76])
def test_a_tone_is_brightest_at_its_own_semitone(midi):
    midis = np.arange(30.0, 90.0, 0.5)
    levels = semitone_levels(tone(midi), RATE_HZ, np.array([0.3, 0.5]), midis)
    assert midis[levels.argmax(axis=0)] == pytest.approx([midi, midi], abs=0.5)
    assert levels.max() == pytest.approx(-6.0, abs=0.6)


def test_silence_is_dark_and_the_loudest_is_bright():
    pixels = coloured(np.array([[-200.0], [-10.0]]), -10.0)
    assert pixels[0].sum() > 600
    assert pixels[1].sum() < 100


def test_each_true_note_takes_one_note():
    heard = {"notes": [note(0.1, 40), note(0.12, 40), note(0.6, 52), note(1.2, 45)], "retracted": []}
    marks = judge(heard, [true(0.11, 40), true(0.6, 40), true(1.21, 45)])
    assert marks.extra in ({0, 2}, {1, 2})
    assert marks.missed == {1}
    assert judge(heard, None).extra == set()


def colours_at(image, at_s, midi, high):
    """The colours within a note's bar at that time."""
    y = HEAD + round((high - midi) * picture.PX_PER_SEMITONE)
    x = LEFT + round(at_s * PX_PER_S)
    return {image.getpixel((x, at)) for at in range(y - BAR - 4, y + BAR + 5)}


def test_right_wrong_and_missed_notes_are_where_they_belong():
    heard = {"notes": [note(0.5, 45), note(1.5, 57)], "retracted": []}
    image = draw_take(np.zeros(3 * RATE_HZ, np.float32), RATE_HZ, heard, [true(0.5, 45.0), true(2.2, 50.0)])
    high = 57 + picture.ABOVE_SEMITONES
    assert {RIGHT, TRUE} <= colours_at(image, 0.75, 45, high)
    assert WRONG in colours_at(image, 1.75, 57, high)
    assert WRONG in colours_at(image, 2.5, 50, high)
    assert colours_at(image, 0.2, 45, high).isdisjoint({RIGHT, TRUE, WRONG})


def test_what_was_taken_back_is_crossed_out():
    gone = {"onset_s": 0.5, "midi": 50, "decided_s": 0.52, "retracted_s": 1.0}
    silence = np.zeros(2 * RATE_HZ, np.float32)
    with_it = draw_take(silence, RATE_HZ, {"notes": [], "retracted": [gone]})
    assert picture.GONE in colours_at(with_it, 0.75, 50, 50 + picture.ABOVE_SEMITONES)


def test_a_long_take_goes_on_in_further_rows_and_an_hour_is_refused():
    nothing = {"notes": [], "retracted": []}
    one = draw_take(np.zeros(9 * RATE_HZ, np.float32), RATE_HZ, nothing)
    three = draw_take(np.zeros(21 * RATE_HZ, np.float32), RATE_HZ, nothing)
    assert three.height - HEAD == 3 * (one.height - HEAD)
    with pytest.raises(ValueError, match="minutes"):
        draw_take(np.zeros(700 * 100, np.float32), 100, nothing)


def test_it_draws_the_demo_take(tmp_path, capsys):
    samples, rate_hz = soundfile.read(DEMO_TAKE, dtype="float32")
    soundfile.write(tmp_path / "cut.flac", samples[: 4 * rate_hz], rate_hz)
    arguments = ["draw", str(tmp_path / "cut.flac"), str(tmp_path / "out.png")]
    main([*arguments, "--truth", str(DEMO_TAKE.with_suffix(".json"))])
    assert "notes" in capsys.readouterr().out
    with Image.open(tmp_path / "out.png") as image:
        assert image.width >= 4 * PX_PER_S
        assert {RIGHT, TRUE} <= {colour for _, colour in image.getcolors(1 << 24)}


@pytest.mark.parametrize(
    ("truth", "out", "words"),
    [
        ("{", "out.png", "is no truth"),
        ("[1]", "out.png", "is no truth"),
        (json.dumps({"notes": [{"onset": "x", "offset": 1, "midi": 40}]}), "out.png", "is no truth"),
        ('{"notes": [{"onset": NaN, "offset": 1, "midi": 40}]}', "out.png", "is no truth"),
        (None, "out.jpg", ".png"),
        (None, "nowhere/out.png", "can be written"),
    ],
)
def test_nonsense_is_one_line_and_exit_status_2(tmp_path, capsys, truth, out, words):
    soundfile.write(tmp_path / "take.wav", np.zeros(4_800), RATE_HZ)
    arguments = ["draw", str(tmp_path / "take.wav"), str(tmp_path / out)]
    if truth is not None:
        (tmp_path / "truth.json").write_text(truth)
        arguments += ["--truth", str(tmp_path / "truth.json")]
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    said = capsys.readouterr().err
    assert ended.value.code == 2
    assert words in said
    assert said.count("\n") == 1
    assert not (tmp_path / out).exists()


def test_a_file_that_is_not_there_or_empty_is_one_line(tmp_path, capsys):
    soundfile.write(tmp_path / "gone.wav", np.zeros(0), RATE_HZ)
    nothing_in_it = [str(tmp_path / "gone.wav"), "o.png"]
    for missing in (nothing_in_it, ["gone.wav", "o.png"], [str(DEMO_TAKE), "o.png", "--truth", "gone.json"]):
        with pytest.raises(SystemExit) as ended:
            main(["draw", *missing])
        assert ended.value.code == 2
        assert "gone" in capsys.readouterr().err
