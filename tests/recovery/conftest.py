"""The undisturbed run, recorded once, and a stage for every test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.recovery.after import Found, world_after
from tests.recovery.shared import made_once
from tests.recovery.stage import NAME, Stage


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Found:
    """Return what the story leaves behind when nobody kills it."""

    def play() -> Found:
        stage = Stage(tmp_path_factory.mktemp("undisturbed") / "stage")
        with stage.served() as hub:
            ended = stage.run()
            assert ended.code == 0, ended.out
            return world_after(stage.world, hub.url, NAME)

    return made_once(tmp_path_factory.getbasetemp(), "undisturbed", play)


@pytest.fixture
def empty_stage(tmp_path: Path) -> Stage:
    """Return a stage whose hub the drivers start themselves."""
    return Stage(tmp_path / "stage")


@pytest.fixture
def stage(empty_stage: Stage) -> Iterator[Stage]:
    """Return a stage whose hub outlives the drivers."""
    with empty_stage.served():
        yield empty_stage
