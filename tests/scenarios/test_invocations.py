"""Every conversation with an agent is on record and counted once, answered or not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.agents import Invocation, Reply
from bot.domain.errors import Cancelled
from bot.wiring.build import Adapters
from tests.scenarios.scenes import executor, met, not_met, planner, planner_done
from tests.scenarios.world import World


def records(world: World, key: str) -> list[dict]:
    iteration, _, rest = key.partition("/")
    start = f"iterations/{int(iteration):04}/invocations/{rest}/"
    return [world.record(p) for p in world.record_paths() if p.startswith(start)]


def test_a_failed_conversation_is_kept_beside_the_one_that_answered(world: World) -> None:
    circle = [{"key": "a", "title": "A", "description": "A", "depends_on": ["a"]}]
    world.plays(planner(items=circle))
    world.spec()
    world.turn()
    world.reply()
    world.plays(planner("hello"), executor("hello"), not_met())
    world.turn()
    failed, answered = records(world, "1/plan")
    assert (failed["ended"], answered["ended"]) == ("failed", "answered")
    assert "a depends on itself" in failed["why"]
    assert failed["usage"]["requests"] == 3
    assert failed["talk"]["prompt"]
    assert failed["talk"]["transcript"] != answered["talk"]["transcript"]
    (round_,) = records(world, "1/execute/2.1/1")
    assert round_["tools"] == {"write": 1}
    held = [p for p in world.record_paths() if "/invocations/" in p]
    counted = sum(world.record(p)["usage"]["requests"] for p in held)
    assert world.view["spent"]["requests"] == counted
    world.replies()


def test_what_a_reviewer_that_failed_cost_is_counted(world: World) -> None:
    world.plays(planner("hello"), executor("hello"), met(rationale=""))
    world.spec()
    world.turn()
    (verifier,) = records(world, "1/review/verifier")
    assert (verifier["ended"], verifier["usage"]["requests"]) == ("failed", 3)
    assert world.view["spent"]["requests"] == 1 + 2 + 3
    world.replies()


class Stopper:
    """Asks the run to stop while the Planner thinks, once."""

    def __init__(self, world: World, adapters: Adapters) -> None:
        self.world, self.agent = world, adapters.agent

    def ask(self, invocation: Invocation, *rest) -> Reply:
        reply = self.agent.ask(invocation, *rest)
        self.world.stop.set()
        return reply


def test_a_stopped_conversation_is_counted_and_held_again(world: World) -> None:
    world.plays(planner("hello", iteration=1), executor("hello"), met(), planner_done())
    world.spec()
    world.adapt = lambda adapters: replace(adapters, agent=Stopper(world, adapters))
    with pytest.raises(Cancelled):
        world.turn()
    world.stop.clear()
    world.adapt = lambda adapters: adapters
    world.turns_until("done")
    assert [r["ended"] for r in records(world, "1/plan")] == ["stopped", "answered"]
    held = [p for p in world.record_paths() if "/invocations/" in p]
    counted = sum(world.record(p)["usage"]["requests"] for p in held)
    assert world.view["spent"]["requests"] == counted
    world.replies()


def test_records_of_one_invocation_are_bounded(world: World) -> None:
    world.plays(executor("hello"))
    world.spec()
    for _ in range(11):
        world.turn()
        world.replies()
    assert len(records(world, "1/plan")) == 9
