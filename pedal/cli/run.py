"""``pedal run``."""

import argparse
import asyncio
import logging
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pedal.app import run as run_app
from pedal.cli.errors import Failed, UsageError
from pedal.config import Config, ConfigError, load
from pedal.datadir import DataDirError, PageError
from sync.errors import SyncError

if TYPE_CHECKING:
    from pedal.parts import Started


def run(parsed: argparse.Namespace) -> None:
    """Be the pedal until stopped."""
    try:
        config = with_flags(load(parsed.config), parsed)
    except ConfigError as error:
        raise UsageError(str(error)) from error
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(name)s: %(message)s")
    try:
        asyncio.run(run_app(config, announce))
    except (DataDirError, SyncError, PageError) as error:
        raise Failed(str(error)) from error


def with_flags(config: Config, parsed: argparse.Namespace) -> Config:
    """Flags win over the file. Raises ``UsageError`` before anything is started."""
    if parsed.board is not None:
        config = replace(config, board=parsed.board)
    if parsed.data is not None:
        config = replace(config, data=parsed.data.absolute())
    audio, web = config.audio, config.web
    if parsed.take is not None:
        if parsed.audio not in {None, "take"}:
            raise UsageError("--take plays a recording: leave --audio out, or say --audio take")
        audio = replace(audio, recording=_readable(parsed.take), card="")
    elif parsed.audio == "take":
        audio = replace(audio, recording=demo_take(), card="")
    elif parsed.audio is not None:
        audio = replace(audio, recording="", card=parsed.audio)
    if parsed.port is not None:
        if not 0 <= parsed.port <= 65535:
            raise UsageError("--port takes 0 to 65535; 0 takes a free one")
        web = replace(web, port=parsed.port)
    if parsed.host is not None:
        web = replace(web, host=parsed.host)
    return replace(config, audio=audio, web=web)


def announce(started: "Started") -> None:
    """What a person needs now: where the page is, and the link that pairs this browser."""
    sys.stdout.write(f"The pedal is ready. Its page: {started.url}\nOpen this once: {started.pairing_url}\n")
    sys.stdout.flush()


def demo_take() -> str:
    """The recording that ships with the pedal."""
    from pedal.early import DEMO_TAKE  # noqa: PLC0415

    return str(DEMO_TAKE)


def _readable(path: Path) -> str:
    from hardware.audio_file import AudioReader, UnreadableAudio  # noqa: PLC0415

    try:
        AudioReader(path).close()
    except UnreadableAudio as error:
        raise UsageError(str(error)) from error
    return str(path.absolute())
