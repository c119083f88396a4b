"""Inside the container: bring the real unit through a pedal's day, print one line per step, leave with 1 if one failed.

Only Debian's Python and the installed `pedal` command are used, as a person with a shell would use them.
"""

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

DATA = "/var/lib/pedal"
UNIT = Path("/etc/systemd/system/pedal.service")
DROP_IN = UNIT.with_suffix(".service.d") / "sim.conf"
EXPOSURE_MAX_TENTHS = 20
WATCHDOG_S = 10.0
ON_DISK_WITHIN_S = 2.0


class Failed(Exception):
    """A step did not go as it must; the text says how."""


def run(*command: str) -> str:
    """Standard output of a command that must succeed."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    if done.returncode:
        raise Failed(f"{' '.join(command)}: {(done.stderr or done.stdout).strip()[-400:]}")
    return done.stdout


def pedal(*arguments: str) -> str:
    """The installed command, as the user who owns the data."""
    return run("runuser", "-u", "pedal", "--", "pedal", *arguments, "--data", DATA)


def properties(*names: str) -> dict[str, str]:
    """What systemd says of the unit."""
    lines = run("systemctl", "show", "pedal.service", *(f"--property={name}" for name in names)).splitlines()
    return dict(line.split("=", 1) for line in lines)


def until(what: str, deadline_s: float, probe: Callable[[], Any]) -> Any:
    """The first truthy answer, asking five times a second."""
    end_s = time.monotonic() + deadline_s
    while not (answer := probe()):
        if time.monotonic() > end_s:
            raise Failed(f"{what}: not within {deadline_s:.0f} s")
        time.sleep(0.2)
    return answer


def session() -> dict[str, Any] | None:
    """The running session as the page would show it."""
    found: dict[str, Any] | None = json.loads(pedal("status", "--json"))["session"]
    return found


def session_clock_s() -> float:
    """How long the running session has run."""
    now = session()
    if now is None:
        raise Failed("there is no session any more")
    return float(now["elapsed_s"])


def kept() -> list[dict[str, Any]]:
    """All sessions in the store."""
    found: list[dict[str, Any]] = json.loads(pedal("sessions", "list", "--json"))
    return found


def sandbox() -> str:
    """The unit as it was installed: correct, tight, and with room for what the pedal does."""
    run("systemd-analyze", "verify", "--man=no", str(UNIT))
    scored = run("systemd-analyze", "security", "--offline=true", f"--threshold={EXPOSURE_MAX_TENTHS}", str(UNIT))
    exposure = scored[scored.index("Overall exposure") :].split(":")[1].split()[0]
    text = re.sub(r"(?m)^(Type|NotifyAccess|WatchdogSec|Restart\w*|ExecStart)=.*\n", "", UNIT.read_text())
    command = "Type=oneshot\nExecStart=/opt/pedal/venv/bin/python -P /usr/local/lib/pedal-test/probe.py"
    Path("/run/systemd/system/pedal-probe.service").write_text(text.replace("[Service]", f"[Service]\n{command}"))
    run("systemctl", "daemon-reload")
    try:
        run("systemctl", "start", "pedal-probe.service")
    except Failed as error:
        raise Failed(probe_said()) from error
    return f"exposure {exposure}; {probe_said()}"


def probe_said() -> str:
    """What the probe printed."""
    return run("journalctl", "-u", "pedal-probe.service", "-o", "cat", "--no-pager", "_COMM=python").strip()


def ready() -> str:
    """The unit is active, by its own READY."""
    started, entered = "ExecMainStartTimestampMonotonic", "ActiveEnterTimestampMonotonic"
    state = properties("ActiveState", started, entered, "CPUUsageNSec")
    if state["ActiveState"] != "active":
        raise Failed(f"pedal.service is {state['ActiveState']}")
    took_us = int(state[entered]) - int(state[started])
    tasks = (Path("/sys/fs/cgroup/system.slice/pedal.service") / "cgroup.procs").read_text().split()
    memory_mb = sum(resident_kb(pid) for pid in tasks) / 1024
    cpu_s = int(state["CPUUsageNSec"]) / 1e9
    return f"READY {took_us / 1e6:.2f} s after start, {cpu_s:.2f} s of CPU, {len(tasks)} processes, {memory_mb:.0f} MB"


def resident_kb(pid: str) -> int:
    """Resident memory of a process."""
    return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[1])  # type: ignore[index]


def practise() -> int:
    """Stomp, and wait until notes of the recording were heard."""
    pedal("press")
    return int(until("notes in a session", 20, lambda: (now := session()) and now["notes"] > 2 and now["notes"]))


def stomp_and_stop() -> str:
    """One session by foot, kept with its notes."""
    notes = practise()
    pedal("press", "--hold", "0.6")
    until("the session ends", 5, lambda: session() is None)
    rows = kept()
    if len(rows) != 1 or rows[0]["state"] != "closed" or rows[0]["notes"] < notes:
        raise Failed(f"heard {notes} notes, kept {rows}")
    return f"{rows[0]['notes']} notes in {rows[0]['duration_s']:.1f} s kept"


def sigterm() -> str:
    """Stopped in mid-session: within 2 s, by itself, and the session is there."""
    notes = practise()
    start_s = time.monotonic()
    run("systemctl", "stop", "pedal.service")
    took_s = time.monotonic() - start_s
    result = properties("Result", "ExecMainCode", "ExecMainStatus")
    rows = kept()
    saved = [row for row in rows if row["state"] != "open" and row["notes"] >= notes]
    if took_s > 2 or result["Result"] != "success" or len(rows) != 2 or not saved:
        raise Failed(f"stopped in {took_s:.2f} s, {result}, heard {notes} notes, kept {rows}")
    return f"stopped in {took_s:.2f} s, both sessions kept, {notes} notes of the second one heard"


def watchdog() -> str:
    """A hub that hangs in mid-session is ended, comes back, and goes on with that session; nothing is rebooted."""
    run("systemctl", "start", "pedal.service")
    notes = practise()
    heard_s = session_clock_s()
    until("time for the notes to reach the disk", 10, lambda: session_clock_s() > heard_s + ON_DISK_WITHIN_S)
    frozen = session() or {}
    before = properties("MainPID", "NRestarts")
    os.kill(int(before["MainPID"]), signal.SIGSTOP)
    start_s = time.monotonic()

    def back() -> bool:
        now = properties("NRestarts", "ActiveState")
        return int(now["NRestarts"]) > int(before["NRestarts"]) and now["ActiveState"] == "active"

    until("the watchdog brings a hung hub back", 40, back)
    took_s = time.monotonic() - start_s
    resumed = session() or {}
    if resumed.get("session_id") != frozen.get("session_id") or resumed["notes"] < notes:
        raise Failed(f"the session did not go on: {notes} notes before, {resumed or 'no session'} after")
    until("notes after the gap", 20, lambda: (now := session()) and now["notes"] > resumed["notes"])
    return f"a hung hub was back after {took_s:.1f} s and went on with its session of {resumed['notes']} notes"


def nothing_there() -> str:
    """The unit exactly as it ships, where there is no switch, display, light or sound card: it says so and stays up."""
    DROP_IN.unlink()
    run("systemctl", "daemon-reload")
    run("systemctl", "restart", "pedal.service")
    before = properties("NRestarts", "MainPID")
    end_s = time.monotonic() + WATCHDOG_S * 1.5
    until("one and a half watchdog periods", WATCHDOG_S * 2, lambda: time.monotonic() > end_s)
    after = properties("NRestarts", "MainPID", "ActiveState")
    if after != {**before, "ActiveState": "active"}:
        raise Failed(f"a missing part has restarted it: {before}, then {after}")
    parts = {part["name"]: part["state"] for part in json.loads(pedal("status", "--json"))["parts"]}
    if parts["audio"] not in {"missing", "waiting"} or parts["oled"] not in {"missing", "off"}:
        raise Failed(f"it does not say what is missing: {parts}")
    return "up, without a restart; " + ", ".join(f"{name} {state}" for name, state in parts.items())


def main() -> None:
    """All steps in order; a failed one ends it."""
    for step in (ready, stomp_and_stop, sigterm, watchdog, sandbox, nothing_there):
        start_s = time.monotonic()
        try:
            line = step()
        except Failed as error:
            print(f"FAILED {step.__name__}: {error}", flush=True)
            raise SystemExit(1) from error
        print(f"ok {step.__name__:15} {time.monotonic() - start_s:5.1f} s  {line}", flush=True)


main()
