"""One precedence, and every unknown key is an error that says what was meant."""

from pathlib import Path

import pytest

from dsp.types import SessionSetup
from pedal import settings, words
from pedal.__main__ import build_parser
from pedal.cli.run import with_flags
from pedal.config import Config, ConfigError, load, parse
from pedal.settings import SettingRefused, Settings

SHIPPED = Path(__file__).parents[2] / "deploy" / "pedal.toml"


def test_the_shipped_file_is_understood_and_goes_on_after_a_crash() -> None:
    config = load(SHIPPED)
    assert config.board == "pi"
    assert config.session.resume_after_crash_s == 60


def test_flags_win_over_the_file() -> None:
    flags = build_parser().parse_args(["run", "--board", "sim", "--port", "0", "--data", "x", "--audio", "Scarlett"])
    config = with_flags(Config(), flags)
    assert (config.board, config.web.port, config.audio.card) == ("sim", 0, "Scarlett")
    assert config.data.is_absolute()


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"adio": {}}, "did you mean audio"),
        ({"audio": {"cart": "x"}}, "did you mean audio.card"),
        ({"web": {"port": "80"}}, "web.port takes a whole number"),
        ({"web": {"names": "pedal"}}, "web.names takes a list"),
        ({"board": {"kind": "arduino"}}, "sim or pi"),
        ({"board": {"footswitch_pin": True}}, "whole number"),
        ({"zzz": 1}, "known are"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(document: dict[str, object], words: str) -> None:
    with pytest.raises(ConfigError, match=words) as refused:
        parse(document, "pedal.toml")
    assert "\n" not in str(refused.value)


def test_a_file_that_is_not_there_or_not_toml(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="does not exist"):
        load(tmp_path / "none.toml")
    (tmp_path / "bad.toml").write_text("port = = 1")
    with pytest.raises(ConfigError, match=r"bad\.toml"):
        load(tmp_path / "bad.toml")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"bpm": 301}, "bpm"),
        ({"bpm": float("nan")}, "bpm"),
        ({"bpm": True}, "bpm"),
        ({"a4_hz": "440"}, "a4_hz"),
        ({"scale_root": "H"}, "scale_root"),
        ({"scale_kind": "majr"}, "scale_kind"),
        ({"scale_kind": "custom 3 5"}, "scale_kind"),
        ({"scale_kind": "1 b3 " * 17}, "scale_kind"),
        ({"scale_root": "A minor"}, "scale_root"),
        ({"scale_root": "B", "scale_kind": "moll\0"}, "scale_kind"),
        ({"tuning": "banjo"}, "tuning"),
        ({"player": ""}, "player"),
        ({"colour": 1}, "colour"),
    ],
)
def test_a_setting_that_cannot_be_names_its_field(values: dict[str, object], field: str) -> None:
    with pytest.raises(SettingRefused) as refused:
        settings.changed(Settings(), values)
    assert refused.value.field == field


def test_a_flat_is_kept_as_its_sharp() -> None:
    assert settings.changed(Settings(), {"scale_root": "Bb"}).scale_root == "A#"


@pytest.mark.parametrize(
    ("values", "scale"),
    [
        ({"scale_kind": "1 b3 4 5 b7"}, ("A", "custom 0 3 5 7 10", "natural")),
        ({"scale_kind": "Dorian"}, ("A", "dorian", "natural")),
        ({"scale_kind": "major pentatonic", "scale_root": "E♭"}, ("D#", "major", "pentatonic")),
        ({"scale_root": "B", "scale_kind": "moll"}, ("B", "minor", "pentatonic")),
    ],
)
def test_a_scale_is_kept_in_its_one_form_in_settings_and_log(
    values: dict[str, object], scale: tuple[str, str, str]
) -> None:
    setup = settings.changed(Settings(), values).setup("practice")
    assert (setup.scale_root, setup.scale_kind, setup.scale_type) == scale
    again = settings.changed(Settings(), {"scale_root": scale[0], "scale_kind": scale[1], "scale_type": scale[2]})
    assert again.setup("practice") == setup


def test_pentatonic_is_refused_where_there_is_no_such_form() -> None:
    dorian = settings.changed(Settings(), {"scale_kind": "dorian"})
    with pytest.raises(SettingRefused, match="dorian has no pentatonic form") as refused:
        settings.changed(dorian, {"scale_type": "pentatonic"})
    assert refused.value.field == "scale_type"
    # A whole form that still says pentatonic from the scale before is no mistake of the player's.
    assert settings.changed(Settings(), {"scale_kind": "dorian", "scale_type": "pentatonic"}) == dorian


def test_names_follow_the_key() -> None:
    flats = settings.changed(Settings(), {"scale_root": "A#", "scale_kind": "major", "scale_type": "natural"})
    assert (flats.scale_name(), flats.root_name(), flats.note_name(46)) == ("Bb major", "Bb", "Bb2")
    own = settings.changed(flats, {"scale_kind": "custom 0 3 7"})
    assert (own.scale_name(), own.scale_label()) == ("Bb 1 b3 5", "Bb own scale")
    assert words.scale(own.setup("practice")) == "Bb 1 b3 5"
    assert words.scale(SessionSetup("A", "klingon")) == "A klingon"  # a log of a newer pedal


def test_every_field_of_set_up_comes_round_again() -> None:
    for field in ("player", "root", "scale", "tempo", "tuning"):
        seen, now = [], Settings()
        while now not in seen:
            seen.append(now)
            now = settings.stepped(now, field, ("Player 1", "Player 2"))
        assert len(seen) > 1
        assert now in seen[:2]
