"""Kill -9, on purpose: children that write or push until they are killed, and the check of what they left.

``kill_store`` is for tests (a few runs) and for the benchmark (many).
"""

import json
import os
import random
import select
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sync import push
from sync.cloud import CloudConfig
from sync.database import NOTES_DB, PEDAL_DB
from sync.library import Library
from sync.outbox import Outcome
from sync.store import Store
from tests.sync.samples import END, SECOND_NS, SUMMARY, header, lines, started

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Found:
    """What the runs added up to. Everything in ``faults`` is a promise broken."""

    kills: int = 0
    acknowledged_entries: int = 0
    acknowledged_closes: int = 0
    finished_closes: int = 0
    unfinished: int = 0
    faults: list[str] = field(default_factory=list)


def _say(*words: object) -> None:
    os.write(1, (json.dumps(words) + "\n").encode())


def write_until_killed(folder: Path, seed: int) -> None:
    """Sessions one after the other, without end; says what was acknowledged, once it was."""
    rnd = random.Random(seed)
    store = started(folder)
    while True:
        head = header()
        store.open_session(head).result(30)
        count = 0
        for n in range(rnd.randrange(1, 8)):
            size = rnd.randrange(0, 40)
            store.append(head.session_id, lines(size, count), (31 + n) * SECOND_NS).result(30)
            count += size
            _say("entries", head.session_id, count)
        store.close_session(head.session_id, END, SUMMARY).result(30)
        _say("closed", head.session_id, count)


def push_until_killed(folder: Path) -> None:
    """Push, and die after the server's answer, before a word of it is written down."""
    url, token, user_id = os.environ["CLOUD"].split("\n")

    def die(_: Store, outcomes: Sequence[Outcome]) -> None:
        assert [outcome.state for outcome in outcomes] == ["done"]
        os.kill(os.getpid(), signal.SIGKILL)

    Store.settle = die  # type: ignore[assignment,method-assign]
    push.push_once(folder, CloudConfig(url, "anon-key", token, user_id))


def kill_store(folder: Path, kills: int, seed: int = 1) -> Found:
    """Let a child write, kill it at a seeded moment, look at what is there, and again in the same folder."""
    rnd = random.Random(seed)
    found = Found()
    closed: dict[str, int] = {}
    for run in range(kills):
        said = _run_and_kill(folder, seed * 1000 + run, messages=rnd.randrange(1, 40), extra_s=rnd.random() * 0.004)
        found.kills += 1
        _check(folder, said, closed, found)
    return found


def _run_and_kill(folder: Path, seed: int, messages: int, extra_s: float) -> list[list]:
    """Kill after so many messages and a little more, so that it falls inside a write, not only between two."""
    command = [sys.executable, "-P", "-m", "tests.sync.killing", "write", str(folder), str(seed)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        said = [child.stdout.readline() for _ in range(messages)]
        select.select([], [], [], extra_s)
        child.kill()
        said += child.stdout.readlines()
    return [json.loads(line) for line in said if line.endswith(b"\n")]


def _check(folder: Path, said: list[list], closed: dict[str, int], found: Found) -> None:
    entries = {session_id: count for kind, session_id, count in said if kind == "entries"}
    newly_closed = {session_id: count for kind, session_id, count in said if kind == "closed"}
    found.acknowledged_entries += sum(entries.values())
    found.acknowledged_closes += len(newly_closed)
    closed |= newly_closed
    store = started(folder)
    found.finished_closes += store.finish_closing().result(30)
    for left in store.unfinished():
        found.unfinished += 1
        store.close_session(left.header.session_id, END, SUMMARY).result(30)
    if store.finish_closing().result(30) or store.unfinished():
        found.faults.append("something was left to close after everything was closed")
    store.stop()
    library = Library(folder)
    for session_id, count in entries.items():
        kept = library.session(session_id)
        if kept is None or kept[1][:count] != lines(count):
            found.faults.append(f"session {session_id}: of {count} acknowledged entries some are gone")
    _check_tables(folder, closed, found)


def _check_tables(folder: Path, closed: dict[str, int], found: Found) -> None:
    pedal = sqlite3.connect(folder / PEDAL_DB)
    notes = sqlite3.connect(folder / NOTES_DB)
    try:
        sessions = [row[0] for row in pedal.execute("SELECT session_id FROM sessions ORDER BY 1")]
        outbox = [row[0] for row in pedal.execute("SELECT session_id FROM outbox ORDER BY 1")]
        logs = [row[0] for row in notes.execute("SELECT session_id FROM logs ORDER BY 1")]
        left = notes.execute("SELECT (SELECT count(*) FROM journal) + (SELECT count(*) FROM open_sessions)").fetchone()
        checks = [c.execute("PRAGMA integrity_check").fetchone()[0] for c in (pedal, notes)]
    finally:
        pedal.close()
        notes.close()
    if not sessions == outbox == logs or len(set(sessions)) != len(sessions):
        found.faults.append(f"{len(sessions)} summaries, {len(outbox)} outbox rows, {len(logs)} logs")
    if missing := closed.keys() - set(sessions):
        found.faults.append(f"acknowledged closes are gone: {sorted(missing)}")
    if left != (0,) or checks != ["ok", "ok"]:
        found.faults.append(f"journal rows left: {left}, integrity: {checks}")


if __name__ == "__main__":
    if sys.argv[1] == "write":
        write_until_killed(Path(sys.argv[2]), int(sys.argv[3]))
    elif sys.argv[1] == "push":
        push_until_killed(Path(sys.argv[2]))
    else:
        begun = time.monotonic()
        print(kill_store(Path(sys.argv[2]), int(sys.argv[3])), f"{time.monotonic() - begun:.0f} s")
