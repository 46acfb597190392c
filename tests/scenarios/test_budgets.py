"""What agents may use is reserved before they are asked, and each bound is a stop to go on from."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from bot.domain.agents import Invocation, Reply
from bot.ports.agent import Agent, Workplace
from bot.wiring.build import Adapters
from tests.scenarios.scenes import executor, met, not_met, planner, planner_done
from tests.scenarios.world import World


@dataclass
class Priced:
    """The playbook, for money: each conversation costs the same."""

    usd: float
    inner: Agent | None = None
    asked: list[Invocation] = field(default_factory=list)
    together: threading.Barrier | None = None

    def ask(
        self, asked: Invocation, place: Workplace | None, told: Callable[[str, str], None]
    ) -> Reply:
        assert self.inner is not None
        self.asked.append(asked)
        reply = self.inner.ask(asked, place, told)
        return replace(reply, usage=replace(reply.usage, cost_usd=self.usd))

    def adapt(self, adapters: Adapters) -> Adapters:
        self.inner = adapters.agent
        return replace(adapters, agent=self)

    def cap(self, key: str) -> float | None:
        return next(i.cap_usd for i in self.asked if i.key == key)


def test_a_call_is_not_made_when_the_budget_is_spent_within_an_iteration(world: World) -> None:
    agent = Priced(0.6)
    world.adapt = agent.adapt
    world.plays(planner("hello", iteration=1), executor("hello"), met(), planner_done())
    world.spec(config={"limits": {"cost_usd": 1}})
    world.turn()
    assert [i.key for i in agent.asked] == ["1/plan", "1/execute/2.1/1"]
    assert (agent.cap("1/plan"), agent.cap("1/execute/2.1/1")) == (1.0, 0.4)
    assert world.item("hello").status == "done"
    world.turns_until("waiting")
    wanted = "The budget of 1 USD is spent: comment `/continue budget=+5usd` for more."
    assert world.reason == wanted
    assert wanted in world.replies()[-1]
    assert world.view["spent"]["cost_usd"] == 1.2
    world.says("/continue budget=+5usd")
    world.turns_until("done")
    world.replies()


def test_an_item_that_costs_too_much_waits_for_a_person_with_its_work_kept(world: World) -> None:
    agent = Priced(0.6)
    world.adapt = agent.adapt
    world.plays(
        planner("hello", iteration=1),
        executor("hello", {"a.txt": "BROKEN\n"}, iteration=1),
        executor("hello", {"a.txt": "whole\n"}),
        not_met(),
        planner(),
    )
    world.spec(config={"limits": {"item": {"usd": 1}, "rounds": 5}})
    world.turn()
    assert [i.key for i in agent.asked][1:3] == ["1/execute/2.1/1", "1/execute/2.1/2"]
    assert [i.cap_usd for i in agent.asked][1:3] == [1.0, 0.4]
    assert len([i for i in agent.asked if i.role == "executor"]) == 2
    assert f"specloop/{world.root}/2/1" in world.branches()
    world.turns_until("waiting")
    assert "#2 has used its 1 USD: comment `/continue budget=+5usd` for more." in world.reason
    world.says("/continue budget=+5usd")
    world.turn()
    assert world.item("hello").status == "done"
    assert world.main_files()["a.txt"] == "whole\n"
    world.replies()


def test_what_lands_nothing_is_stuck_until_a_person_looks(world: World) -> None:
    world.plays(planner("hello", iteration=1), executor("hello", {"a.txt": "BROKEN\n"}), planner())
    world.spec(config={"limits": {"idle_invocations": 3, "rounds": 1, "attempts": 9}})
    world.turns_until("stuck")
    asked = len([p for p in world.record_paths() if "/invocations/" in p])
    assert 3 <= asked <= 5
    assert "landed nothing since the last merge" in world.reason
    assert any("landed nothing" in text for text in world.replies())
    world.plays(executor("hello", {"a.txt": "whole\n"}), met(), planner())
    world.says("/continue Write it without the bad word.")
    world.turn()
    assert world.standing == "running"
    assert world.item("hello").status == "done"
    world.replies()
    world.replies("hello")


def test_when_little_is_left_fewer_work_side_by_side(world: World) -> None:
    keys = [f"part-{n}" for n in range(6)]
    agent = Priced(0.01)
    world.adapt = agent.adapt
    world.plays(planner(*keys, iteration=1), *[executor(k) for k in keys], met(), planner_done())
    world.spec(config={"limits": {"cost_usd": 1, "executors": 6}})
    world.turns_until("done")
    assert len(world.main_files()) == 6
    caps = [i.cap_usd for i in agent.asked if i.role == "executor"]
    assert len(caps) == 6
    assert all(cap is not None and 0.2 <= cap <= 1 for cap in caps)
    world.replies()
