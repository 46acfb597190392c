"""A laptop for each test; one hub for all, with a repository of its own for those that need one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.hub import HubProcess, found_world, start_hub
from tests.entry.stage import Laptop
from tests.hub.conftest import set_up
from tests.hub.stage import LAG, Stage


@pytest.fixture(scope="session")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    plenty = ("--rest-limit", "1000000", "--graphql-limit", "1000000")
    world = found_world(tmp_path_factory.mktemp("world"))
    with start_hub(world, lag=LAG, extra=plenty) as process:
        yield process


@pytest.fixture
def stage(hub: HubProcess, tmp_path: Path) -> Iterator[Stage]:
    made = set_up(hub, tmp_path)
    yield made
    made.close()


@pytest.fixture
def laptop(tmp_path: Path) -> Laptop:
    return Laptop(tmp_path / "mary")
