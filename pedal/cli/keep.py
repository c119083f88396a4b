"""``pedal sessions`` and ``pedal sync``: what is kept, with or without a running daemon."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from pedal import rows, words
from pedal.cli.errors import Failed, UsageError
from pedal.datadir import daemon_address
from pedal.export import as_csv, as_json, as_text
from pedal.follow_views import report_view
from pedal.sessions import readable
from pedal.targets import Shelf
from sync.credential import read_credential
from sync.errors import SyncError
from sync.library import Library
from sync.push import push_once
from webui.target_schemas import FollowReport

LIMIT_MAX = 100_000


def sessions(parsed: argparse.Namespace) -> None:
    """List sessions, or show or export one."""
    if parsed.what == "list" and parsed.session_id is not None:
        raise UsageError(f"list takes no session; did you mean: pedal sessions show {parsed.session_id}")
    if parsed.what != "list" and parsed.session_id is None:
        raise UsageError(f"which session? pedal sessions {parsed.what} ID; pedal sessions list shows them")
    if parsed.csv and parsed.what != "export":
        raise UsageError("--csv belongs to export: pedal sessions export ID --csv")
    if not 1 <= parsed.limit <= LIMIT_MAX:
        raise UsageError(f"--limit takes 1 to {LIMIT_MAX}")
    try:
        if parsed.what == "list":
            _list(parsed)
        else:
            _one(parsed)
    except SyncError as error:
        raise Failed(str(error)) from error


def _list(parsed: argparse.Namespace) -> None:
    running = daemon_address(parsed.data) is not None
    stored = Library(parsed.data).sessions(parsed.limit)
    # Only one session can be open under a daemon: the newest. Any other open one is what a crash left.
    newest_open = next((s.session_id for s in stored if s.state == "open"), None) if running else None
    listed = [rows.row(s, running_id=newest_open) for s in stored]
    if parsed.json:
        _write(json.dumps([row.model_dump() for row in listed]))
        return
    if not listed:
        _write("no sessions yet")
    for row in listed:
        quality = words.percent(row.metrics.quality)
        _write(
            f"{row.session_id}  {row.start or 'date unknown':24}  {row.state:11}  {words.clock(row.duration_s):>7}"
            f"  {row.notes:5} notes  quality {quality:>3}  {row.scale}"
        )


def _one(parsed: argparse.Namespace) -> None:
    whole, follow = _whole(parsed.data, parsed.session_id)
    detail = whole.detail
    if parsed.csv:
        sys.stdout.write(as_csv(detail, whole.notes))
        return
    if parsed.json or parsed.what == "export":
        _write(as_json(detail, whole.notes, follow))
        return
    sys.stdout.write(as_text(detail, whole.notes, follow))


def _whole(data: Path, session_id: str) -> tuple[rows.Whole, FollowReport | None]:
    found = Library(data).session(session_id)
    if found is None:
        raise UsageError(f"there is no session {session_id}; pedal sessions list shows them")
    stored, lines = found
    running_id = session_id if daemon_address(data) is not None else None
    entries = list(readable(lines))
    piece = stored.header.setup.piece
    follow = report_view(Shelf(data).load(piece), entries) if piece else None
    return rows.whole(stored, entries, running_id=running_id), follow


def sync(parsed: argparse.Namespace) -> None:
    """Send what waits; through the daemon where one runs, because it alone writes then."""
    if daemon_address(parsed.data) is not None:
        from pedal.cli.talk import ask  # noqa: PLC0415

        state = ask(parsed.data, "POST", "/api/v1/sync")
        _tell(parsed, {"asked_daemon": True, "waiting": state["waiting_to_sync"]})
        return
    try:
        credential = read_credential(parsed.data)
        if credential is None:
            raise Failed(f"no account is linked: {parsed.data} holds no cloud.json (see README, Cloud)")
        report = push_once(parsed.data, credential)
    except SyncError as error:
        raise Failed(str(error)) from error
    result = {"acknowledged": report.acknowledged, "dead": report.dead, "waiting": report.waiting}
    _tell(parsed, result)
    if report.error is not None:
        raise Failed(str(report.error))


def _tell(parsed: argparse.Namespace, result: dict[str, Any]) -> None:
    if parsed.json:
        _write(json.dumps(result))
    else:
        _write(", ".join(f"{key.replace('_', ' ')} {value}" for key, value in result.items()))


def _write(line: str) -> None:
    sys.stdout.write(line + "\n")
