"""Every import contract of pyproject.toml is seen to fail, on a small copy of the packages that breaks only that."""

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

PYPROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"
LINTER: dict[str, Any] = tomllib.loads(PYPROJECT.read_text())["tool"]["importlinter"]
CONTRACTS: list[dict[str, Any]] = LINTER["contracts"]
PACKAGES: list[str] = LINTER["root_packages"]

Import = tuple[str, str]  # (the module that imports, what it imports)


def lint(root: Path, imports: Iterable[Import], contract: dict[str, Any]) -> tuple[int, str]:
    """Write the packages with these imports below ``root`` and hold them against one contract."""
    named = {name for one in CONTRACTS for key in ("source_modules", "forbidden_modules") for name in one.get(key, [])}
    lines: dict[str, list[str]] = {name: [] for name in named if name.split(".")[0] in PACKAGES and "." in name}
    for module, imported in imports:
        lines.setdefault(module, []).append(f"import {imported}")
        if imported.split(".")[0] in PACKAGES and "." in imported:
            lines.setdefault(imported, [])
    for folder in {*PACKAGES, *(name.rpartition(".")[0].replace(".", "/") for name in lines)}:
        (root / folder).mkdir(exist_ok=True, parents=True)
        (root / folder / "__init__.py").touch()
    for module, text in lines.items():
        root.joinpath(*module.split(".")).with_suffix(".py").write_text("\n".join(text))
    settings = {"root_packages": PACKAGES, "include_external_packages": LINTER["include_external_packages"]}
    tables = [("[tool.importlinter]", settings), ("[[tool.importlinter.contracts]]", contract)]
    config = "\n".join(
        line for head, table in tables for line in [head, *(f"{k} = {json.dumps(table[k])}" for k in table)]
    )
    (root / "pyproject.toml").write_text(config)
    program = "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"
    command = [sys.executable, "-c", program, "--no-logo", "--no-cache", "--config", "pyproject.toml"]
    done = subprocess.run(command, cwd=root, env={"COLUMNS": "1000"}, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def inside(module: str) -> str:
    """A module below a package, or the module itself."""
    return f"{module}.rogue" if module in PACKAGES else module


def violations(contract: dict[str, Any]) -> list[Import]:
    """Every single import that the contract says must not be."""
    if contract["type"] == "forbidden":
        pairs = [(source, target) for source in contract["source_modules"] for target in contract["forbidden_modules"]]
        return [(inside(source), target) for source, target in pairs if target != source]
    if contract["type"] == "layers":
        layers = [[name.strip() for name in layer.split("|")] for layer in contract["layers"]]
        upward = [
            (low, high) for i, lows in enumerate(layers) for highs in layers[:i] for low in lows for high in highs
        ]
        sideways = [(one, other) for layer in layers for one in layer for other in layer if one != other]
        return [(inside(one), other) for one, other in upward + sideways]
    assert contract["type"] == "acyclic_siblings", f"teach this test the contract type {contract['type']}"
    return [(f"{package}.{a}", f"{package}.{b}") for package in contract["ancestors"] for a, b in ("xy", "yx")]


def complaints(contract: dict[str, Any], forbidden: Iterable[Import]) -> list[str]:
    """What must stand in the report: each of those imports, for a cycle the package that has it."""
    if contract["type"] == "acyclic_siblings":
        return [f"No cycles are allowed in {package}." for package in contract["ancestors"]]
    return [f"{module} -> {imported} " for module, imported in forbidden]


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract["name"])
def test_every_forbidden_import_breaks_its_contract(contract: dict[str, Any], tmp_path: Path) -> None:
    forbidden = violations(contract)
    assert forbidden
    status, said = lint(tmp_path, forbidden, contract)
    assert status == 1, said
    assert f"{contract['name']} BROKEN" in said
    assert not [line for line in complaints(contract, forbidden) if line not in said], said


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract["name"])
def test_the_imports_of_the_blueprint_keep_every_contract(contract: dict[str, Any], tmp_path: Path) -> None:
    allowed = [("pedal.app", package) for package in PACKAGES if package != "pedal"]
    allowed += [
        ("webui.api", "dsp.types"),
        ("sync.store", "dsp.types"),
        ("webui.api", "fastapi"),
        ("dsp.ear.pitch", "aubio"),
    ]
    allowed += [("hardware.audio", "sounddevice"), ("sync.store", "sqlite3"), ("pedal.engine", "hardware.audio")]
    status, said = lint(tmp_path, allowed, contract)
    assert status == 0, said
    assert f"{contract['name']} KEPT" in said
