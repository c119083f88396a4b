"""The commented pedal.toml: every line in it is a key that the program has, and shows the default."""

import re
import tomllib
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest

from pedal import config

FILE = Path(__file__).resolve().parents[2] / "deploy/pedal.toml"
SETTING = re.compile(r"^# ([a-z_0-9]+ = )", re.MULTILINE)


def sections(of: config.Config) -> dict[str, dict[str, Any]]:
    """The configuration as the file would spell it."""
    found = {f.name: getattr(of, f.name) for f in fields(of) if is_dataclass(getattr(of, f.name))}
    spelt = {name: {f.name: getattr(part, f.name) for f in fields(part)} for name, part in found.items()}
    spelt["board"] = {"kind": of.board, **spelt.pop("pins")}
    return spelt


def everything_uncommented() -> dict[str, Any]:
    return tomllib.loads(SETTING.sub(r"\1", FILE.read_text()))


def test_the_file_is_accepted_and_changes_only_what_the_unit_needs() -> None:
    loaded, default = sections(config.load(FILE)), sections(config.Config())
    assert loaded.pop("session") == {"resume_after_crash_s": 60.0}
    default.pop("session")
    assert loaded == default


def test_every_line_shows_the_default() -> None:
    document, default = everything_uncommented(), sections(config.Config())
    shown = {(section, key): value for section, values in document.items() for key, value in values.items()}
    for (section, key), value in shown.items():
        expected = default[section][key]
        comparable = list(expected) if isinstance(expected, tuple) else expected
        assert value == comparable or key == "resume_after_crash_s", key


def test_every_key_of_the_program_has_its_line() -> None:
    document = everything_uncommented()
    assert {name: set(keys) for name, keys in document.items()} == {
        name: set(keys) for name, keys in sections(config.Config()).items()
    }


def test_the_uncommented_file_is_accepted_too(tmp_path: Path) -> None:
    path = tmp_path / "pedal.toml"
    path.write_text(SETTING.sub(r"\1", FILE.read_text()))
    assert config.load(path).pins.i2c_address == 0x3C


def test_a_slip_of_the_pen_is_answered_with_the_right_word(tmp_path: Path) -> None:
    path = tmp_path / "pedal.toml"
    path.write_text(FILE.read_text().replace("# footswitch_pin = 17", "footswich_pin = 17"))
    with pytest.raises(config.ConfigError, match="footswitch_pin"):
        config.load(path)
