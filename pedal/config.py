"""What this unit is: defaults in code < /etc/pedal/pedal.toml < flags.

Facts of the device live here (pins, the card's name, the port). What the player changes while playing lives in the
store and is never also a flag.
"""

import difflib
import tomllib
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Final, TypeVar

from hardware.board_config import BoardConfig

DEFAULT_PATH: Final = Path("/etc/pedal/pedal.toml")


class ConfigError(ValueError):
    """A configuration that cannot be used; the text is one line that says which key and what it takes."""


@dataclass(frozen=True, slots=True)
class AudioConfig:
    """Where sound comes from: ``card`` by its stable name ("" = the first USB card), or a recording, looped.

    ``channel`` counts from 1; 0 chooses the one with signal.
    """

    card: str = ""
    recording: str = ""
    channel: int = 0


@dataclass(frozen=True, slots=True)
class WebConfig:
    """The page. ``host`` "" means 127.0.0.1 on the simulated board and all addresses on the Pi."""

    host: str = ""
    port: int = 8080
    names: tuple[str, ...] = ("pedal.local",)


@dataclass(frozen=True, slots=True)
class SessionConfig:
    """``resume_after_crash_s``: a hub restarted so soon within one boot goes on with its session; 0 closes it.

    The unit sets 60, because systemd restarts the hub at once. A person who starts it again by hand begins anew.
    """

    resume_after_crash_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Config:
    """Everything about this unit. ``board`` is "sim" or "pi"; ``data`` is where all that lasts is kept."""

    board: str = "pi"
    data: Path = Path("/var/lib/pedal")
    pins: BoardConfig = field(default_factory=BoardConfig)
    audio: AudioConfig = AudioConfig()
    web: WebConfig = WebConfig()
    session: SessionConfig = SessionConfig()


SECTIONS: Final = {"audio": AudioConfig, "web": WebConfig, "session": SessionConfig}
T = TypeVar("T")


def load(path: Path | None) -> Config:
    """Read the file; a missing default file means defaults, a missing named one is an error."""
    if path is None:
        return _parse(DEFAULT_PATH) if DEFAULT_PATH.exists() else Config()
    if not path.exists():
        raise ConfigError(f"{path} does not exist; give another --config, or leave it out for the defaults")
    return _parse(path)


def _parse(path: Path) -> Config:
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise ConfigError(f"{path}: {error}") from error
    return parse(document, str(path))


def parse(document: dict[str, Any], where: str) -> Config:
    """A parsed document to a ``Config``; every unknown key is an error with a suggestion."""
    config = Config()
    for key, value in document.items():
        if key == "board" and isinstance(value, dict):
            kind = value.pop("kind", config.board)
            if kind not in {"sim", "pi"}:
                raise ConfigError(f"{where}: board.kind is sim or pi, not {kind!r}")
            config = replace(config, board=kind, pins=_section(BoardConfig(), "board", value, where))
        elif key in SECTIONS and isinstance(value, dict):
            config = replace(config, **{key: _section(SECTIONS[key](), key, value, where)})
        else:
            raise ConfigError(f"{where}: {_unknown(key, ['board', *SECTIONS])}")
    return config


def _section(default: T, name: str, values: dict[str, Any], where: str) -> T:
    known = {f.name: getattr(default, f.name) for f in fields(default)}  # type: ignore[arg-type]
    for key, value in values.items():
        if key not in known:
            raise ConfigError(f"{where}: {_unknown(key, list(known), f'{name}.')}")
        known[key] = _as_type_of(known[key], value, f"{where}: {name}.{key}")
    return type(default)(**known)


def _as_type_of(present: Any, value: Any, where: str) -> Any:
    if isinstance(present, tuple) and isinstance(value, list) and all(isinstance(v, type(present[0])) for v in value):
        return tuple(value)
    if isinstance(present, float) and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if type(value) is not type(present):
        raise ConfigError(f"{where} takes a {_word(present)}, not {value!r}")
    return value


def _word(value: Any) -> str:
    words = {str: "text in quotes", bool: "true or false", int: "whole number", float: "number", tuple: "list"}
    return words.get(type(value), type(value).__name__)


def _unknown(key: str, known: list[str], prefix: str = "") -> str:
    near = difflib.get_close_matches(key, known, n=1)
    hint = f"did you mean {prefix}{near[0]}?" if near else f"known are {', '.join(prefix + k for k in known)}"
    return f"there is no {prefix}{key}; {hint}"
