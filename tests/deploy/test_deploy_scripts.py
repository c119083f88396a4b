"""The scripts, as far as they can be tried without changing this machine; fresh-root.sh and nspawn.sh do the rest."""

import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
INSTALL = ROOT / "deploy/install.sh"
SCRIPTS = sorted(
    path
    for folder in ("deploy", "image", ".ci")
    for path in (ROOT / folder).rglob("*")
    if path.is_file() and path.read_bytes().startswith(b"#!/usr/bin/env bash")
)


def stub(folder: Path, name: str, body: str) -> None:
    """A program that answers for the real one."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


def bash(stubs: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": f"{stubs}:{os.environ['PATH']}"}
    command = ["bash", *map(str, arguments)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30, check=False)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_scripts_are_executable_and_stop_at_the_first_error(path: Path, tmp_path: Path) -> None:
    assert os.access(path, os.X_OK)
    assert "\nset -euo pipefail\n" in path.read_text()
    done = bash(tmp_path, "-n", path)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_installer_refuses_without_root_in_one_line(tmp_path: Path) -> None:
    stub(tmp_path, "id", "echo 1000")
    done = bash(tmp_path, INSTALL)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"install.sh: needs root: sudo {INSTALL}\n"


@pytest.mark.parametrize("arguments", [["--uninstal"], ["--wheels"], ["--wheels", "/nowhere/at/all"], ["now"]])
def test_the_installer_refuses_what_it_does_not_know_and_does_nothing(arguments: list[str], tmp_path: Path) -> None:
    for name in ("apt-get", "useradd", "systemctl", "python3"):
        stub(tmp_path, name, f"echo {name} was called")
    done = bash(tmp_path, INSTALL, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[-1].startswith("install.sh: ")


@pytest.mark.parametrize(
    ("lacking", "answer", "word"),
    [("apt-get", None, "Debian"), ("systemctl", None, "systemd"), ("dpkg", "echo armhf", "64-bit")],
)
def test_the_installer_says_what_the_machine_lacks(lacking: str, answer: str | None, word: str, tmp_path: Path) -> None:
    """With only the programs that come before the question, and the one in question absent or answering badly."""
    present = {"id": "echo 0", "dpkg": "echo arm64", "apt-get": "echo called", "systemctl": "echo called"}
    present["dirname"] = f"echo {ROOT}/deploy"
    present[lacking] = answer or ""
    for name, body in present.items():
        if body:
            stub(tmp_path, name, body)
    done = subprocess.run(
        ["/bin/bash", INSTALL], env={"PATH": str(tmp_path)}, capture_output=True, text=True, timeout=30, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert word in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_installer_takes_every_package_that_there_is() -> None:
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    top = [package for package in packages if "." not in package]
    assert f"README.md LICENSE NOTICE {' '.join(top)} |" in INSTALL.read_text()


def test_what_the_installer_puts_it_also_removes() -> None:
    text = INSTALL.read_text()
    removed = re.search(r"rm -f (/etc.*)", text)
    assert removed
    targets = re.findall(r'^ +put "\S+" (/etc\S+)', text, re.MULTILINE)
    assert len(targets) == 3
    assert set(targets) <= set(removed[1].split())


def test_every_group_of_the_unit_is_made_and_owns_its_devices() -> None:
    unit = (ROOT / "systemd/pedal.service").read_text()
    groups = re.search(r"^SupplementaryGroups=(.*)$", unit, re.MULTILINE)
    assert groups
    assert f"for group in {groups[1]};" in INSTALL.read_text()
    rules = (ROOT / "deploy/60-pedal.rules").read_text()
    assert {'GROUP="gpio"', 'GROUP="i2c"'} <= set(re.findall(r'GROUP="\w+"', rules))


def test_the_image_has_all_that_the_installer_would_ask_apt_for() -> None:
    """Or a hook would call apt, which has once installed into the machine that built the image."""
    listed = re.search(r"^run=\((.*)\)$", (ROOT / "deploy/system-packages.sh").read_text(), re.MULTILINE)
    assert listed
    packages = (ROOT / "image/layers/base/packages").read_text()
    assert set(listed[1].split()) <= {
        word for line in packages.splitlines() if line[:1] != "#" for word in line.split()
    }


def test_only_the_test_layer_simulates() -> None:
    shipped = [*(ROOT / "image/layers/base").rglob("*"), *(ROOT / "image/layers/app").rglob("*")]
    texts = [path.read_text() for path in [*shipped, INSTALL, ROOT / "systemd/pedal.service"] if path.is_file()]
    assert len(texts) >= 4
    assert not [text for text in texts if "--board sim" in text or "passwd -d" in text]


def test_the_builder_asks_this_hosts_apt_for_its_mirror(tmp_path: Path) -> None:
    lines = ["Debian http://a.example/debian/ bookworm", "Debian http://b.example/security/ bookworm-security"]
    lines += ["Debian http://a.example/debian/ bookworm-updates", "Other http://c.example/ bookworm"]
    stub(tmp_path, "apt-get", "\n".join(f"echo '{line}'" for line in lines))
    done = bash(tmp_path, "-euc", f"source {ROOT}/image/lib.sh; debian_sources trixie")
    assert done.stdout.splitlines() == [
        "deb http://a.example/debian/ trixie main",
        "deb http://a.example/debian/ trixie-updates main",
        "deb http://b.example/security/ trixie-security main",
    ]


def test_the_builder_says_so_when_apt_knows_no_debian(tmp_path: Path) -> None:
    stub(tmp_path, "apt-get", "echo Other http://c.example/ stable")
    done = bash(tmp_path, "-euc", f"source {ROOT}/image/lib.sh; debian_mirror")
    assert done.returncode == 1
    assert "apt-get update" in done.stderr


def test_no_mirror_is_named() -> None:
    for path in SCRIPTS:
        assert not re.search(r"https?://", path.read_text()), path


def test_only_what_concerns_the_network_crosses_into_a_root(tmp_path: Path) -> None:
    said = {"PIP_CERT": "/a", "PIP_FIND_LINKS": "/here/only", "https_proxy": "p", "SECRET": "s", "SSL_CERT_FILE": "/b"}
    command = f"export {' '.join(f'{k}={v}' for k, v in said.items())}; source {ROOT}/image/lib.sh; network_settings"
    done = bash(tmp_path, "-euc", command)
    assert sorted(done.stdout.split()) == ["PIP_CERT=/a", "SSL_CERT_FILE=/b", "https_proxy=p"]


def test_the_whole_check_requires_every_rig_and_asks_nobody(tmp_path: Path) -> None:
    stub(tmp_path, "make", 'echo "$PEDAL_REQUIRE $*"; pwd; read -r line || echo nobody there; exit 3')
    done = bash(tmp_path, ROOT / ".ci/run")
    assert done.returncode == 3, "it fails as make fails"
    assert done.stdout.splitlines() == ["all --no-print-directory test", str(ROOT), "nobody there"]
