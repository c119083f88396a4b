"""``pedal doctor``, ``pedal screens`` and ``pedal selftest``."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any, Final

from hardware.board import open_board
from hardware.cards import choose, list_cards
from hardware.errors import DeviceError
from pedal import gallery, screens
from pedal.cli.errors import Failed, UsageError
from pedal.config import Config, ConfigError, load
from pedal.datadir import daemon_address
from pedal.early import stored_round_trips
from pedal.round_trip import RoundTrip
from sync.errors import SyncError
from sync.library import Library
from sync.store import Store

SCALE: Final = 4
ONSET_TOLERANCE_S: Final = 0.05


def doctor(parsed: argparse.Namespace) -> None:
    """Every device and how it is. Exit status 0: a missing part is a fact, not a failure of this command."""
    try:
        config = load(parsed.config)
    except ConfigError as error:
        raise UsageError(str(error)) from error
    found = [*_sound(config), *_round_trips(parsed.data), *_board(config, parsed.data), _kept(parsed.data)]
    if parsed.json:
        sys.stdout.write(json.dumps(found) + "\n")
        return
    for part in found:
        sys.stdout.write(f"{part['part']:12} {part['state']:8} {part['text']}\n")


def _part(part: str, state: str, text: str, **more: Any) -> dict[str, Any]:
    return {"part": part, "state": state, "text": text} | more


def _sound(config: Config) -> list[dict[str, Any]]:
    try:
        cards = list_cards()
    except DeviceError as error:
        return [_part("sound", "missing", str(error))]
    listed = [
        _part(
            "sound card", "there", f"{c.name} ({c.channels} in, {c.outputs} out)", usb_id=c.usb_id, channels=c.channels
        )
        for c in cards
    ]
    try:
        chosen = choose(cards, config.audio.card or None)
    except DeviceError as error:
        return [*listed, _part("sound", "missing", str(error))]
    channel = f"input {config.audio.channel}" if config.audio.channel else "the input with signal"
    return [*listed, _part("sound", "ok", f"uses {chosen.name}, {channel}")]


def _round_trips(data: Path) -> list[dict[str, Any]]:
    """What was measured of which card, with a daemon running or without one."""
    try:
        trips = stored_round_trips(Store(data)) if Library(data).exists() else {}
    except SyncError as error:
        return [_part("round trip", "unknown", str(error))]
    if not trips:
        return [_part("round trip", "unknown", "not measured: pedal latency")]
    return [_part("round trip", "ok", _measured(card, trip), samples=trip.samples) for card, trip in trips.items()]


def _measured(card: str, trip: RoundTrip) -> str:
    opened = f"{trip.rate_hz} Hz, blocks of {trip.block_frames}" if trip.block_frames else f"{trip.rate_hz} Hz"
    return f"{card}: {trip.latency_ms:.1f} ms ({trip.samples} samples) at {opened}"


def _board(config: Config, data: Path) -> list[dict[str, Any]]:
    if config.board == "sim":
        return [_part("board", "ok", "simulated: footswitch, display and lights are in this program")]
    if daemon_address(data) is not None:
        return [_part("board", "in use", "the running pedal holds it; see pedal status")]
    board = open_board("pi", config.pins)
    try:
        there = {"footswitch": board.footswitch, "display": board.display, "lights": board.lights}
        found = [_part(name, "ok", "answers") for name, part in there.items() if part is not None]
        return found + [_part(missing.part, "missing", missing.text) for missing in board.missing]
    finally:
        board.close()


def _kept(data: Path) -> dict[str, Any]:
    address = daemon_address(data)
    daemon = f"a pedal runs on it (port {address.port})" if address is not None else "no pedal runs on it"
    return _part("data", "ok" if data.is_dir() else "empty", f"{data}: {daemon}")


def draw_all(folder: Path) -> list[Path]:
    """Every screen as PNG, four pixels for one, and all of them on one sheet. Raises ``OSError``."""
    from PIL import Image  # noqa: PLC0415

    folder.mkdir(parents=True, exist_ok=True)
    pictures = {name: screens.draw(state) for name, state in gallery.states().items()}
    paths = []
    for name, picture in pictures.items():
        paths.append(folder / f"{name}.png")
        picture.resize((picture.width * SCALE, picture.height * SCALE)).save(paths[-1])
    columns, gap = 4, 6
    rows = -(-len(pictures) // columns)
    sheet = Image.new("L", (columns * (256 + gap) + gap, rows * (128 + gap) + gap), 90)
    for index, picture in enumerate(pictures.values()):
        at = (gap + index % columns * (256 + gap), gap + index // columns * (128 + gap))
        sheet.paste(picture.resize((256, 128)).convert("L"), at)
    paths.append(folder / "all-screens.png")
    sheet.save(paths[-1])
    return paths


def screens_command(parsed: argparse.Namespace) -> None:
    """Write every screen into a folder."""
    try:
        paths = draw_all(parsed.dir)
    except OSError as error:
        raise UsageError(f"{parsed.dir}: {error.strerror or error}; give a folder that can be written") from error
    sys.stdout.write(f"{len(paths)} pictures in {parsed.dir}\n")


def selftest(parsed: argparse.Namespace) -> None:
    """The recordings that ship, with their truth, through the ear: its own error in cents and ms."""
    from pedal.selftest import run_selftest  # noqa: PLC0415

    result = run_selftest()
    if parsed.json:
        sys.stdout.write(json.dumps(result) + "\n")
    else:
        for key, value in result.items():
            sys.stdout.write(f"{key:26} {value}\n")
    if not result["passed"]:
        raise Failed("the ear does not hear the known recording as it should: reinstall, or report this")
