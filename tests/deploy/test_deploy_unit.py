"""The service: correct and tight by systemd's own judgement, started with flags that the program has."""

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from pedal.__main__ import build_parser

ROOT = Path(__file__).resolve().parents[2]
UNIT = ROOT / "systemd/pedal.service"
DROP_IN = ROOT / "image/layers/test/rootfs/etc/systemd/system/pedal.service.d/sim.conf"
EXPOSURE_MAX_TENTHS = 20
INSTALLED_PYTHON = "/opt/pedal/venv/bin/python"
NEWER_THAN_BOOKWORM = ("RestartSteps", "RestartMaxDelaySec")  # systemd 254; older ones ignore them, and say so


def settings(path: Path) -> list[tuple[str, str]]:
    """Every (key, value) in order; a key may come again."""
    lines = [line.strip() for line in path.read_text().splitlines()]
    return [(key, value) for key, _, value in (line.partition("=") for line in lines if line[:1].isalpha())]


def analyze(*arguments: str | Path) -> tuple[int, str]:
    command = ["systemd-analyze", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout + done.stderr


def verify(tmp_path: Path, text: str) -> tuple[int, list[str]]:
    """What systemd finds wrong with the unit, where the installed Python is the one that runs this."""
    here = tmp_path / "pedal.service"
    here.write_text(text.replace(INSTALLED_PYTHON, sys.executable))
    status, said = analyze("verify", "--man=no", here)
    expected = [f"Unknown key '{key}' in section [Service], ignoring." for key in NEWER_THAN_BOOKWORM]
    expected += [f"Unknown key name '{key}' in section 'Service', ignoring." for key in NEWER_THAN_BOOKWORM]
    ours = [line for line in said.splitlines() if "pedal" in line]
    return status, [line for line in ours if not line.endswith(tuple(expected))]


@pytest.mark.rig("systemd")
def test_systemd_finds_nothing_wrong(tmp_path: Path) -> None:
    assert verify(tmp_path, UNIT.read_text()) == (0, [])


@pytest.mark.rig("systemd")
@pytest.mark.parametrize("wrong", ["Restrat=always", "WatchdogSec=soon", "ExecStart=/nowhere/python"])
def test_systemd_finds_what_is_wrong(wrong: str, tmp_path: Path) -> None:
    _, complaints = verify(tmp_path, UNIT.read_text().replace("[Service]", f"[Service]\n{wrong}"))
    assert complaints


@pytest.mark.rig("systemd")
def test_the_sandbox_is_tight() -> None:
    status, said = analyze("security", "--offline=true", f"--threshold={EXPOSURE_MAX_TENTHS}", UNIT)
    assert status == 0, said


@pytest.mark.rig("systemd")
@pytest.mark.parametrize("without", ["SystemCallFilter", "CapabilityBoundingSet", "RestrictNamespaces"])
def test_a_looser_sandbox_is_noticed(without: str, tmp_path: Path) -> None:
    kept = [line for line in UNIT.read_text().splitlines() if not line.startswith(f"{without}=")]
    looser = tmp_path / "pedal.service"
    looser.write_text("\n".join(kept))
    status, _ = analyze("security", "--offline=true", f"--threshold={EXPOSURE_MAX_TENTHS}", looser)
    assert status != 0


def test_what_the_pedal_cannot_do_without() -> None:
    unit = settings(UNIT)
    for needed in [
        ("Type", "notify"),
        ("NotifyAccess", "main"),
        ("User", "pedal"),
        ("Environment", "LG_WD=%t/pedal"),
        ("RuntimeDirectory", "pedal"),
        ("StateDirectory", "pedal"),
        ("LimitMEMLOCK", "infinity"),
        ("DeviceAllow", "char-alsa rw"),
        ("DeviceAllow", "char-gpiochip rw"),
        ("DeviceAllow", "char-i2c rw"),
    ]:
        assert needed in unit
    assert int(dict(unit)["LimitRTPRIO"]) >= 50
    assert int(dict(unit)["WatchdogSec"]) > 0


def test_nothing_reboots_and_everything_has_an_end() -> None:
    unit = dict(settings(UNIT))
    assert not [value for key, value in settings(UNIT) if "reboot" in value.lower() and not key.startswith("#")]
    assert (unit["StartLimitAction"], unit["Restart"]) == ("none", "always")
    starts, window_s = int(unit["StartLimitBurst"]), float(unit["StartLimitIntervalSec"])
    slowest_s = float(unit["RestartMaxDelaySec"])
    assert starts * float(unit["RestartSec"]) < window_s, "without backoff the limit must be reachable"
    assert (starts - 1 - int(unit["RestartSteps"])) * slowest_s < window_s, "and with it"
    assert float(unit["TimeoutStopSec"]) <= 5


@pytest.mark.parametrize(
    ("setting", "who"),
    [
        ("MemoryDenyWriteExecute", "cffi's callbacks, and with them the sound card"),
        ("PrivateDevices", "every device"),
        ("ProcSubset", "/proc/cpuinfo for gpiozero, boot_id for the store"),
        ("RestrictRealtime", "the engine's threads"),
        ("PrivateNetwork", "the page"),
    ],
)
def test_hardening_that_would_break_the_pedal_is_absent(setting: str, who: str) -> None:
    assert setting not in dict(settings(UNIT)), f"this hurts {who}"


@pytest.mark.parametrize(("path", "board"), [(UNIT, None), (DROP_IN, "sim")])
def test_it_starts_the_program_with_flags_that_it_has(path: Path, board: str | None) -> None:
    (command,) = (value for key, value in settings(path) if key == "ExecStart" and value)
    python, dash_p, dash_m, module, *arguments = shlex.split(command)
    assert (python, dash_p, dash_m, module) == (INSTALLED_PYTHON, "-P", "-m", "pedal")
    parsed = build_parser().parse_args(arguments)
    assert (str(parsed.config), str(parsed.data)) == ("/etc/pedal/pedal.toml", "/var/lib/pedal")
    assert parsed.board == board


def test_no_flag_of_the_unit_silences_the_file() -> None:
    """Flags win over pedal.toml: one in the unit would make the line in the file a lie."""
    (command,) = (value for key, value in settings(UNIT) if key == "ExecStart")
    assert {word for word in shlex.split(command) if word.startswith("--")} == {"--config", "--data"}
