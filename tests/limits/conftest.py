"""A hub for each module, whose clock its tests move; the hourly budgets of a workflow's token."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.hub import HubProcess, found_world, start_hub
from tests.limits.stage import Stage

MakeStage = Callable[[int, int], Stage]


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    with start_hub(found_world(tmp_path_factory.mktemp("hub"))) as process:
        yield process


@pytest.fixture
def stage_of(hub: HubProcess, tmp_path: Path) -> Iterator[MakeStage]:
    """Return a function from all items, and items an iteration, to their stage."""
    stages: list[Stage] = []

    def make(items: int, together: int) -> Stage:
        stages.append(Stage(hub, tmp_path, items, together))
        return stages[-1]

    yield make
    for stage in stages:
        stage.close()
