"""Somebody who looks at pages, and a milestone to look at, made once for all tests."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from bot.hub import HubProcess
from tests.hub.conftest import set_up
from tests.hub.pages.scene import Scene, play


@pytest.fixture(scope="session")
def scene(hub: HubProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    stage = set_up(hub, tmp_path_factory.mktemp("scene"))
    yield play(stage)
    stage.close()


@pytest.fixture
def anybody(hub: HubProcess) -> Iterator[httpx.Client]:
    """Return a browser-like client that has no cookie yet."""
    with httpx.Client(base_url=hub.url, headers={"Accept": "text/html"}, timeout=30) as client:
        yield client


@pytest.fixture
def reader(hub: HubProcess, anybody: httpx.Client) -> httpx.Client:
    """Return one that was let in as the maintainer."""
    answer = anybody.get("/", params={"token": hub.world.tokens["maintainer"]})
    assert answer.status_code == 303
    return anybody
