"""The command ``pedal``."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NoReturn

from pedal.cli.errors import Failed, UsageError
from pedal.one_thread import ONE_THREAD

DATA: Final = Path("/var/lib/pedal")


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        """One line on standard error, exit status 2."""
        self.exit(2, f"{self.prog}: {message}\n")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command. Exit status 0, 1 (it failed) or 2 (bad input)."""
    os.environ.update(ONE_THREAD)
    parsed = build_parser().parse_args(arguments)
    try:
        parsed.work(parsed)
    except UsageError as error:
        sys.exit(_complain(error, 2))
    except Failed as error:
        sys.exit(_complain(error, 1))
    except BrokenPipeError:
        # The reader (head, say) has had enough: not our failure, and nothing to tell anyone.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt:
        sys.exit(130)


def _complain(error: Exception, status: int) -> int:
    sys.stderr.write(f"pedal: {error}\n")
    return status


def build_parser() -> Parser:
    """All commands and their options."""
    parser = Parser(prog="pedal", description="A guitar practice pedal.")
    commands = parser.add_subparsers(metavar="COMMAND", required=True, parser_class=Parser)
    _daemon_commands(commands)
    _listening_commands(commands)
    _keeping_commands(commands)
    _checking_commands(commands)
    return parser


def _add(commands: Any, name: str, module: str, function: str, words: str) -> argparse.ArgumentParser:
    """One command, whose code is imported when it is used."""

    def work(parsed: argparse.Namespace) -> None:
        from importlib import import_module  # noqa: PLC0415

        getattr(import_module(f"pedal.cli.{module}"), function)(parsed)

    command: argparse.ArgumentParser = commands.add_parser(name, help=words, description=words)
    command.set_defaults(work=work)
    return command


def _with_data(command: argparse.ArgumentParser) -> None:
    command.add_argument("--data", type=Path, default=DATA, metavar="DIR", help=f"where everything is kept ({DATA})")


def _with_json(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="print JSON for programs")


def _daemon_commands(commands: Any) -> None:
    run = _add(commands, "run", "run", "run", "be the pedal until stopped")
    run.add_argument("--config", type=Path, metavar="FILE", help="facts of this unit (/etc/pedal/pedal.toml)")
    run.add_argument("--board", choices=("sim", "pi"), help="simulated board or the real one")
    run.add_argument("--audio", metavar="NAME", help="a sound card by its name, or 'take' for a recording")
    run.add_argument("--take", type=Path, metavar="FILE", help="the recording that --audio take plays (the demo take)")
    run.add_argument("--data", type=Path, metavar="DIR", help=f"where everything is kept ({DATA})")
    run.add_argument("--port", type=int, metavar="N", help="port of the page (8080)")
    run.add_argument("--host", metavar="ADDR", help="address of the page (simulated board: 127.0.0.1)")
    status = _add(commands, "status", "talk", "status", "what the running pedal is doing")
    _with_data(status)
    _with_json(status)
    latency = _add(commands, "latency", "latency", "latency", "measure the sound card's delay through a cable")
    _with_data(latency)
    _with_json(latency)
    latency.add_argument("--cable", action="store_true", help="simulated board: plug its cable in for it")
    press = _add(commands, "press", "talk", "press", "press the footswitch of the simulated board")
    _with_data(press)
    how = press.add_mutually_exclusive_group()
    how.add_argument("--hold", type=float, metavar="S", help="hold it down so many seconds")
    how.add_argument("--taps", type=int, metavar="N", help="tap so many times, 200 ms apart")
    how.add_argument("--script", type=Path, metavar="FILE", help='edges: lines such as "0.35 down", or JSON')


def _listening_commands(commands: Any) -> None:
    analyze = _add(commands, "analyze", "hear", "analyze", "what the pedal hears in a recording")
    analyze.add_argument("file", type=Path, metavar="FILE")
    _with_json(analyze)
    analyze.add_argument(
        "--scale", default="A minor", metavar="NAME", help='such as "A minor", "Bb dorian" or "E 1 b3 4 5 b7"'
    )
    analyze.add_argument("--scale-type", choices=("natural", "pentatonic"), default="natural")
    analyze.add_argument("--bpm", type=float, metavar="N", help="score timing against a click of this tempo")
    analyze.add_argument("--click-start", type=float, default=0.0, metavar="S", help="when its first beat falls")
    analyze.add_argument("--tuning", default="any", metavar="NAME")
    analyze.add_argument("--a4", type=float, default=440.0, metavar="HZ")
    analyze.add_argument("--strictness", type=float, default=0.5, metavar="X")
    analyze.add_argument("--sensitivity", type=float, default=0.5, metavar="X")
    analyze.add_argument("--channel", type=int, default=0, metavar="N", help="1 to 4; 0 takes the one with signal")
    _follow_command(commands)
    draw = _add(commands, "draw", "draw", "draw", "what the pedal hears in a recording, as a picture")
    draw.add_argument("file", type=Path, metavar="FILE")
    draw.add_argument("out", type=Path, metavar="OUT.png")
    draw.add_argument("--truth", type=Path, metavar="FILE", help="what was played: JSON with notes")
    draw.add_argument("--tuning", default="any", metavar="NAME")
    draw.add_argument("--a4", type=float, default=440.0, metavar="HZ")
    tune = _add(commands, "tune", "hear", "tune", "the tuner's readings over a recording")
    tune.add_argument("file", type=Path, metavar="FILE")
    _with_json(tune)
    tune.add_argument("--a4", type=float, default=440.0, metavar="HZ")
    tune.add_argument("--tuning", default="any", metavar="NAME")


def _follow_command(commands: Any) -> None:
    follow = _add(commands, "follow", "follow", "follow", "what became of each note that should have been played")
    follow.add_argument("file", type=Path, metavar="FILE")
    target = "MIDI, Guitar Pro, AlphaTex or a note list"
    follow.add_argument("--target", type=Path, required=True, metavar="T", help=f"what should be played: {target}")
    follow.add_argument("--track", metavar="N", help="its track, by number (from 1) or name")
    follow.add_argument("--segments", default="", metavar="TEXT", help="bar ranges by name: Chorus=17-24, Solo=30")
    _with_json(follow)
    follow.add_argument("--picture", type=Path, metavar="OUT.png", help="draw it as well")
    follow.add_argument("--bpm", type=float, metavar="N", help="measure time against a click of this tempo")
    follow.add_argument("--click-start", type=float, default=0.0, metavar="S", help="when a beat of the click falls")
    follow.add_argument("--tuning", default="any", metavar="NAME")
    follow.add_argument("--a4", type=float, default=440.0, metavar="HZ")
    follow.add_argument("--sensitivity", type=float, default=0.5, metavar="X")
    follow.add_argument("--channel", type=int, default=0, metavar="N", help="1 to 4; 0 takes the one with signal")


def _keeping_commands(commands: Any) -> None:
    sessions = _add(commands, "sessions", "keep", "sessions", "sessions: list, show, export")
    sessions.add_argument("what", choices=("list", "show", "export"))
    sessions.add_argument("session_id", nargs="?", metavar="ID", help="which one (show, export)")
    sessions.add_argument("--csv", action="store_true", help="export: the notes as CSV instead of JSON")
    sessions.add_argument("--limit", type=int, default=50, metavar="N", help="how many to list")
    _with_data(sessions)
    _with_json(sessions)
    sync = _add(commands, "sync", "keep", "sync", "send waiting sessions to the cloud now")
    _with_data(sync)
    _with_json(sync)


def _checking_commands(commands: Any) -> None:
    doctor = _add(commands, "doctor", "check", "doctor", "every device and how it is")
    doctor.add_argument("--config", type=Path, metavar="FILE")
    _with_data(doctor)
    _with_json(doctor)
    screens = _add(commands, "screens", "check", "screens_command", "every OLED screen as PNG")
    screens.add_argument("dir", type=Path, metavar="DIR")
    selftest = _add(commands, "selftest", "check", "selftest", "known recordings through the engine: its own error")
    _with_json(selftest)


if __name__ == "__main__":
    main()
