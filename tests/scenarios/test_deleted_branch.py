"""A person deletes an agent's branch before it has its pull request: the work is pushed again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from bot.domain.effects import CreatePullRequest, Intent, Receipt
from bot.domain.findings import GateReport
from bot.wiring.build import Adapters
from tests.scenarios.scenes import executor, met, planner, planner_done
from tests.scenarios.world import World


@dataclass
class Before:
    """An adapter of which one method is preceded by somebody's deed, once."""

    real: Any
    act: Callable[[], None]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def create(self, intents: Sequence[Intent]) -> Sequence[Receipt]:
        if any(isinstance(i.effect, CreatePullRequest) for i in intents):
            self.act()
        return list(self.real.create(intents))

    def run(self, tree: str, *more: Any) -> GateReport:
        report: GateReport = self.real.run(tree, *more)
        self.act()
        return report


@pytest.mark.parametrize(("moment", "attempts"), [("gates", 1), ("tracker", 2)])
def test_a_branch_that_was_deleted_is_pushed_again(
    world: World, moment: str, attempts: int
) -> None:
    world.plays(planner("hello", iteration=1), executor("hello"), met(), planner_done())
    deleted: list[str] = []

    def delete() -> None:
        branch = f"specloop/{world.root}/2/1"
        if not deleted and branch in world.branches():
            world.git("update-ref", "-d", f"refs/heads/{branch}")
            deleted.append(branch)

    def adapt(adapters: Adapters) -> Adapters:
        return replace(adapters, **{moment: Before(getattr(adapters, moment), delete)})

    world.adapt = adapt
    world.spec()
    world.turns_until("done")
    assert deleted
    assert world.item("hello").attempts == attempts
    assert "specloop:blocked" not in world.item("hello").labels
    assert world.main_files() == {"hello.txt": "hello\n"}
    world.replies()
    world.replies("hello")
