"""One hub for most tests, a repository of its own for each."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.hub import BOT, MAINTAINER, HubProcess, found_world, start_hub
from tests.hub.stage import LAG, Person, Stage

_PLENTY = ("--rest-limit", "1000000", "--graphql-limit", "1000000")


@pytest.fixture(scope="session")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    world = found_world(tmp_path_factory.mktemp("world"))
    with start_hub(world, lag=LAG, extra=_PLENTY) as process:
        yield process


@pytest.fixture
def stage(hub: HubProcess, tmp_path: Path) -> Iterator[Stage]:
    made = set_up(hub, tmp_path)
    yield made
    made.close()


def set_up(hub: HubProcess, folder: Path, *, private: bool = False) -> Stage:
    """Make a repository with a first commit in which the bot may push."""
    tokens = hub.world.tokens
    owner = Person(MAINTAINER, tokens[MAINTAINER], hub.url)
    bot = Person(BOT, tokens[BOT], hub.url)
    name = f"repo-{uuid.uuid4().hex[:8]}"
    owner.post("/user/repos", {"name": name, "auto_init": True, "private": private}, status=201)
    owner.put(f"/repos/{MAINTAINER}/{name}/collaborators/{BOT}", {"permission": "push"})
    return Stage(hub, owner, bot, name, folder)
