"""Fixtures of the sync room."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.library import Library
from sync.store import Store
from tests.rigs.postgres import cloud_rig
from tests.sync.samples import started

__all__ = ["cloud_rig"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def store(folder: Path) -> Iterator[Store]:
    running = started(folder)
    yield running
    running.stop()


@pytest.fixture
def library(folder: Path) -> Library:
    return Library(folder)
