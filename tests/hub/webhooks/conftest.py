"""A hub of its own for webhooks, and an ear that hears what it delivers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.hub import HubProcess, found_world, start_hub
from tests.hub.conftest import set_up
from tests.hub.stage import Stage
from tests.hub.webhooks.ear import Ear


@pytest.fixture(scope="session")
def telling_hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    world = found_world(tmp_path_factory.mktemp("telling"))
    with start_hub(world, lag=0) as process:
        yield process


@pytest.fixture
def stage(telling_hub: HubProcess, tmp_path: Path) -> Iterator[Stage]:
    made = set_up(telling_hub, tmp_path)
    yield made
    made.owner.delete("/_hub/faults")
    for hook in made.owner.get(f"{made.path}/hooks"):
        made.owner.delete(f"{made.path}/hooks/{hook['id']}")
    made.close()


@pytest.fixture
def ear() -> Iterator[Ear]:
    with Ear() as listening:
        yield listening
