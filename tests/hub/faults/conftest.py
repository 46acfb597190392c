"""A hub of its own for faults: rules are the whole hub's, so they must not meet other tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.hub import HubProcess, found_world, start_hub
from tests.hub.conftest import set_up
from tests.hub.faults.rules import clear
from tests.hub.stage import Stage

_PLENTY = ("--rest-limit", "1000000", "--graphql-limit", "1000000")


@pytest.fixture(scope="session")
def faulty_hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    world = found_world(tmp_path_factory.mktemp("faulty"))
    with start_hub(world, lag=0, extra=_PLENTY) as process:
        yield process


@pytest.fixture
def stage(faulty_hub: HubProcess, tmp_path: Path) -> Iterator[Stage]:
    made = set_up(faulty_hub, tmp_path)
    yield made
    clear(made)
    made.close()
