"""``pedal status`` and ``pedal press``: talk to the running daemon over its own API, as its owner."""

import argparse
import json
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, Final

from pedal.cli.errors import Failed, UsageError
from pedal.datadir import TOKEN, daemon_address

TAP_S: Final = 0.08
BETWEEN_TAPS_S: Final = 0.2
TIMEOUT_S: Final = 5.0
EDGES_MAX: Final = 256
SCRIPT_S_MAX: Final = 60.0


def status(parsed: argparse.Namespace) -> None:
    """Print what the pedal is doing."""
    state = ask(parsed.data, "GET", "/api/v1/state")
    if parsed.json:
        _write(json.dumps(state))
        return
    session = state["session"]
    _write(f"mode: {state['mode']}   screen: {state['screen']}")
    if session is not None:
        _write(f"session {session['session_id']}: {session['elapsed_s']:.0f} s, {session['notes']} notes")
    _write(f"round trip: {state['round_trip']['text']}")
    for part in state["parts"]:
        _write(f"{part['name']:8} {part['state']:8} {part['text']}")


def press(parsed: argparse.Namespace) -> None:
    """Press the switch; returns after the last edge."""
    edges = edges_of(parsed)
    ask(parsed.data, "POST", "/api/v1/board/edges", {"edges": edges})
    time.sleep(edges[-1]["at_s"])


def edges_of(parsed: argparse.Namespace) -> list[dict[str, Any]]:
    """The edges that the flags mean; a single tap without any. Raises ``UsageError``."""
    if parsed.script is not None:
        return _script(parsed.script)
    if parsed.hold is not None:
        if not 0 < parsed.hold <= SCRIPT_S_MAX:
            raise UsageError(f"--hold takes more than 0 and at most {SCRIPT_S_MAX:g} seconds")
        return _presses([(0.0, parsed.hold)])
    taps = 1 if parsed.taps is None else parsed.taps
    if not 1 <= taps <= EDGES_MAX // 2:
        raise UsageError(f"--taps takes 1 to {EDGES_MAX // 2}")
    return _presses([(n * BETWEEN_TAPS_S, n * BETWEEN_TAPS_S + TAP_S) for n in range(taps)])


def _presses(spans_s: list[tuple[float, float]]) -> list[dict[str, Any]]:
    return [{"at_s": at_s, "pressed": down} for span in spans_s for at_s, down in zip(span, (True, False), strict=True)]


def _script(path: Path) -> list[dict[str, Any]]:
    """A script is JSON, or lines such as "0.35 down" and "0.43 up"; "#" begins a comment."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from error
    try:
        edges = json.loads(text)
    except ValueError:
        edges = [_line(path, number, line) for number, line in enumerate(text.splitlines(), 1) if _bare(line)]
    if not isinstance(edges, list) or not all(_is_edge(edge) for edge in edges) or not 0 < len(edges) <= EDGES_MAX:
        raise UsageError(f'{path}: give a list of 1 to {EDGES_MAX} {{"at_s": seconds, "pressed": true or false}}')
    if [edge["at_s"] for edge in edges] != sorted(edge["at_s"] for edge in edges):
        raise UsageError(f"{path}: the edges must stand in order of time")
    return edges


def _bare(line: str) -> str:
    return line.split("#", 1)[0].strip()


def _line(path: Path, number: int, line: str) -> dict[str, Any]:
    words = _bare(line).split()
    try:
        at_s, direction = words
        return {"at_s": float(at_s), "pressed": {"down": True, "up": False}[direction]}
    except (ValueError, KeyError) as error:
        raise UsageError(f"{path}, line {number}: write a time in seconds and down or up, such as 0.35 down") from error


def _is_edge(edge: Any) -> bool:
    if not isinstance(edge, dict) or set(edge) != {"at_s", "pressed"} or not isinstance(edge["pressed"], bool):
        return False
    at_s = edge["at_s"]
    return isinstance(at_s, int | float) and not isinstance(at_s, bool) and 0 <= at_s <= SCRIPT_S_MAX


def ask(data: Path, method: str, path: str, body: Any = None) -> Any:
    """One request to the daemon of this directory. Raises ``Failed`` with the daemon's own words."""
    address = daemon_address(data)
    if address is None:
        raise Failed(f"no pedal runs on {data}; start one with: pedal run --data {data}")
    try:
        token = (data / TOKEN).read_text(encoding="ascii").strip()
    except OSError as error:
        raise Failed(f"{data / TOKEN}: {error.strerror}; only the owner of the pedal may do this") from error
    request = urllib.request.Request(
        f"http://127.0.0.1:{address.port}{path}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310
            return json.load(answer)
    except urllib.error.HTTPError as error:
        raise Failed(_message(error)) from error
    except OSError as error:
        raise Failed(f"the pedal does not answer: {error}") from error


def _message(error: urllib.error.HTTPError) -> str:
    try:
        return str(json.load(error)["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return f"the pedal answered {error.code}"


def _write(line: str) -> None:
    sys.stdout.write(line + "\n")
