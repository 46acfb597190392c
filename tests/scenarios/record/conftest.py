"""A milestone under way, whose record somebody then gets at."""

from __future__ import annotations

import pytest

import bot.wiring.build
from tests.scenarios.anything.mortal import Processes
from tests.scenarios.scenes import executor, met, not_met, planner, planner_done
from tests.scenarios.world import World


@pytest.fixture
def begun(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """Two items are made; one waits for a review, the other is done."""
    monkeypatch.setattr(bot.wiring.build, "LocalProcesses", Processes)
    world.plays(
        planner("hello", "bye", iteration=1),
        executor("hello"),
        executor("bye"),
        not_met("Not yet.", iteration=1),
        met(evidence="hello.txt"),
        planner_done(),
    )
    world.spec(merge="review")
    world.turn()
    world.reviews("bye", "APPROVE")
    world.turns_until("waiting")
    assert world.item("bye").status == "done"
    assert world.pull("hello").open
    assert "review pull request" in world.reason
    world.replies()
    for key in ("hello", "bye"):
        world.replies(key)
    return world
