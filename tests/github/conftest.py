"""One hub process for all stories, a repository of its own for each."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.domain.work import MilestoneRef
from bot.github.tracker import GitHubTracker
from bot.hub import BOT, MAINTAINER, HubProcess, found_world, start_hub
from tests.github.faults import Proxy
from tests.github.stage import LAG, FakeClock, Person, Shop

LABELS = ("specloop:work", "specloop:blocked", "priority:high")


@pytest.fixture(scope="session")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    world = found_world(tmp_path_factory.mktemp("world"))
    plenty = ("--rest-limit", "1000000", "--graphql-limit", "1000000")
    with start_hub(world, lag=LAG, extra=plenty) as process:
        yield process


@pytest.fixture
def shop(hub: HubProcess, tmp_path: Path) -> Iterator[Shop]:
    tokens = hub.world.tokens
    owner = Person(MAINTAINER, tokens[MAINTAINER], hub.url)
    bot = Person(BOT, tokens[BOT], hub.url)
    name = f"shop-{uuid.uuid4().hex[:8]}"
    owner.call("POST", "/user/repos", name=name, auto_init=True)
    shop = Shop(f"{MAINTAINER}/{name}", owner, bot, tmp_path)
    shop.call("PUT", f"/collaborators/{BOT}", permission="push")
    shop.root = shop.issue(labels=["spec"], body="There shall be a shop.")
    yield shop
    for tracker in shop.opened:
        tracker.close()


@pytest.fixture
def proxy(hub: HubProcess) -> Iterator[Proxy]:
    proxy = Proxy(hub.url)
    yield proxy
    proxy.close()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def tracker(shop: Shop) -> GitHubTracker:
    return shop.tracker()


@pytest.fixture
def milestone(shop: Shop) -> MilestoneRef:
    """The native milestone of the root, with the labels the stories use."""
    return shop.tracker().prepare("Build a shop (#1)", LABELS)
