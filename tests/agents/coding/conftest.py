"""A stage of its own for each test, and nobody left on it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.agents.coding.stage import Stage


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    stage = Stage(tmp_path)
    stage.tree.mkdir()
    yield stage
    assert not leftovers(tmp_path), "a process was left behind"


def leftovers(folder: Path) -> list[str]:
    """Return the command lines of processes that run from a folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if any(word.startswith(os.fsencode(folder)) for word in words):
            found.append(b" ".join(words).decode())
    return found
