"""One hub for all scenarios of a process; a world, with a repository of its own, for each."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

import bot.wiring.build
import bot.wiring.embedded
from bot.wiring.embedded import embedded_github
from bot.wiring.places import World as Places
from tests.scenarios.people import LAG, SETTLE, Person, Town
from tests.scenarios.world import World


@pytest.fixture(autouse=True, scope="session")
def no_real_model() -> Iterator[None]:
    from pydantic_ai import models

    with models.override_allow_model_requests(False):
        yield


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    places = Places(tmp_path_factory.mktemp("town"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bot.wiring.embedded, "LAG", LAG)
        patch.setattr(bot.wiring.build, "SETTLE", SETTLE)
        # The interpreter that detection asks first: no version manager's slow stand-in.
        patch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
        with embedded_github(places) as endpoint:
            person = Person("maintainer", endpoint.maintainer_token, endpoint.url)
            town = Town(places, endpoint, person)
            yield town
            town.close()


@pytest.fixture
def world(town: Town, tmp_path: Path) -> Iterator[World]:
    world = World(town, tmp_path)
    yield world
    world.leave_house()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """After a scenario nothing may be left unread; a failure shows all that was said."""
    world = getattr(item, "funcargs", {}).get("world")
    try:
        yield
        if isinstance(world, World):
            world.end()
    except Exception:
        if isinstance(world, World):
            item.add_report_section("call", "conversation", world.history())
        raise
