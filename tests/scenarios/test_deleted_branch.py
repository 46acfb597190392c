"""A person deletes an agent's branch before it has its pull request: the work is pushed again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.wiring.build import Adapters
from tests.scenarios.before import Before
from tests.scenarios.scenes import executor, met, planner, planner_done
from tests.scenarios.world import World


@pytest.mark.parametrize(
    ("where", "at", "attempts"), [("gates", "run", 1), ("tracker", "create", 2)]
)
def test_a_branch_that_was_deleted_is_pushed_again(
    world: World, where: str, at: str, attempts: int
) -> None:
    world.plays(planner("hello", iteration=1), executor("hello"), met(), planner_done())
    deleted: list[str] = []

    def delete() -> None:
        branch = f"specloop/{world.root}/2/1"
        if not deleted and branch in world.branches():
            world.git("update-ref", "-d", f"refs/heads/{branch}")
            deleted.append(branch)

    def adapt(adapters: Adapters) -> Adapters:
        return replace(adapters, **{where: Before(getattr(adapters, where), delete, at)})

    world.adapt = adapt
    world.spec()
    world.turns_until("done")
    assert deleted
    assert world.item("hello").attempts == attempts
    assert "specloop:blocked" not in world.item("hello").labels
    assert world.main_files() == {"hello.txt": "hello\n"}
    world.replies()
    world.replies("hello")
