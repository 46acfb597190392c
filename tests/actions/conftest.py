"""A repository on the hub with the caller's file in it, and the runner that serves it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.hub import HubProcess, found_world, start_hub
from tests.actions import cage, programs
from tests.actions.rendering import lay
from tests.actions.runner import Runner
from tests.hub.clients.bridge import bridged
from tests.hub.conftest import set_up
from tests.hub.stage import LAG, Stage
from tests.hub.webhooks.ear import Ear, hook


@pytest.fixture(scope="session")
def act() -> Path:
    problem = cage.why_not()
    if problem:
        programs.unavailable(problem)
    return programs.program(*programs.ACT)


@pytest.fixture(scope="session")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    with start_hub(found_world(tmp_path_factory.mktemp("world")), lag=LAG) as process:
        yield process


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the caller's pin leads to."""
    folder = tmp_path_factory.mktemp("product")
    lay(folder)
    return folder


@pytest.fixture
def stage(hub: HubProcess, tmp_path: Path) -> Iterator[Stage]:
    made = set_up(hub, tmp_path)
    setting = {"can_approve_pull_request_reviews": True}
    made.owner.put(f"{made.path}/actions/permissions/workflow", setting, status=204)
    yield made
    made.close()


@pytest.fixture
def runner(stage: Stage, act: Path, product: Path, tmp_path: Path) -> Iterator[Runner]:
    port = int(stage.hub.url.rpartition(":")[2])
    # Short, because addresses of sockets are.
    with (
        tempfile.TemporaryDirectory(prefix="road-") as road,
        bridged(Path(road, "hub.sock"), port) as socket,
        Ear() as ear,
    ):
        hook(stage, ear, "issues", "issue_comment", "pull_request")
        made = Runner(stage, ear, tmp_path / "runner", act, product, socket)
        yield made
        made.stop()
