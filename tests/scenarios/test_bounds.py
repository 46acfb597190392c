"""Bounds, missing answers and other processes: each ends in a state that can be gone on from."""

from __future__ import annotations

import threading

import pytest

from bot.domain.errors import Busy
from bot.wiring.build import open_house
from tests.scenarios.scenes import (
    executor,
    met,
    not_met,
    observed,
    planner,
    planner_done,
    specialist,
)
from tests.scenarios.world import World, said


def test_all_iterations_used_is_a_stop_that_continue_lifts(world: World) -> None:
    world.plays(planner("hello"), executor("hello"), not_met())
    world.spec(iterations=1)
    world.turn()
    world.replies()
    world.turn()
    assert world.standing == "waiting"
    assert world.reply() == said("""
        ### Waiting

        All 1 iterations are used: comment `/continue iterations=+5` for more.
    """)
    world.turn()
    more = world.says("/continue iterations=+1")
    world.turn()
    assert world.receipt(more) == ["+1"]
    assert world.view["limits"]["iterations"] == 2
    assert len(world.view["history"]) == 2
    world.replies()


def test_a_spent_budget_is_a_stop_that_continue_lifts(world: World) -> None:
    world.plays(planner("hello"), executor("hello"), met(), planner_done())
    world.spec(config={"limits": {"cost_usd": 0, "ceiling_usd": 5}})
    world.turn()
    assert world.standing == "waiting"
    assert world.reply() == said("""
        ### Waiting

        The budget of 0 USD is spent: comment `/continue budget=+5usd` for more.
    """)
    world.says("/continue budget=+5usd")
    world.turn()
    assert world.item("hello").status == "done"
    assert world.view["limits"]["cost_usd"] == 5.0
    world.replies()
    more = world.says("/continue budget=+1usd")
    world.turn()
    assert world.receipt(more) == ["+1"]
    assert world.replies()[0] == (
        "maintainer: the limit is 5 USD now, and no more: `ceiling_usd` in the configuration "
        "says so."
    )
    assert world.view["limits"]["cost_usd"] == 5.0
    world.replies()


def test_a_playbook_without_a_scene_waits_and_goes_on_when_it_is_mended(world: World) -> None:
    world.plays(planner("hello"), executor("bye"), not_met())
    world.spec()
    world.turn()
    world.turn()
    assert world.standing == "waiting"
    assert 'has no scene for executor, item "hello"' in world.reason
    assert any(r.startswith("### Waiting\n\nAn agent could not be asked") for r in world.replies())
    assert world.item("hello").attempts == 1
    world.plays(planner("hello"), executor("hello", attempt=1), not_met())
    world.turn()
    assert world.item("hello").status == "done"
    world.replies()


def test_a_planner_without_a_usable_answer_is_recorded_and_asked_anew(world: World) -> None:
    world.plays(executor("hello"))
    world.spec()
    world.turn()
    assert world.standing == "waiting"
    assert "has no scene for planner" in world.reply()

    circle = [{"key": "a", "title": "A", "description": "A", "depends_on": ["a"]}]
    world.plays(planner(items=circle))
    world.turn()
    assert world.standing == "waiting"
    told = world.reply()
    assert "planner gave no usable answer, even after 2 repairs" in told
    assert "a depends on itself" in told
    assert world.view["items"] == []
    assert world.view["spent"]["requests"] == 3

    world.plays(planner("hello"), executor("hello"), not_met())
    world.turn()
    assert world.item("hello").status == "done"
    world.replies()


def test_an_executor_answer_that_does_not_fit_is_a_failed_attempt(world: World) -> None:
    world.plays(planner("hello"), executor("hello", outcome="blocked"), not_met())
    world.spec()
    world.turn()
    told = world.reply("hello")
    assert told.startswith("### Attempt 1 did not succeed")
    assert "blocked without a question" in told
    assert world.item("hello").status == "open"
    world.replies()


def test_a_verifier_that_cannot_be_asked_gives_no_verdict_and_the_work_is_kept(
    world: World,
) -> None:
    world.plays(planner("hello", iteration=1), executor("hello"), planner(iteration=2))
    world.spec()
    world.turn()
    assert world.item("hello").status == "done"
    assert world.view["verdict"] is None
    assert world.headlines() == ["### Plan of iteration 1"]
    world.turns_until("waiting")
    assert "has no scene for verifier" in world.reason
    world.replies()
    world.plays(planner_done(), met())
    world.turns_until("done")
    world.replies()


def test_a_specialist_that_cannot_be_asked_does_not_hold_up_the_verdict(world: World) -> None:
    world.plays(
        planner("hello", iteration=1),
        executor("hello"),
        met(),
        specialist(observed("Odd", "low"), role="adversarial-tester"),
        planner_done(sees=["code-reviewer: the playbook"]),
    )
    world.spec(config={"specialists": ["code-reviewer", "adversarial-tester"]})
    world.turn()
    assert world.view["verdict"]["met"] is True
    assert "odd" in [row["key"] for row in world.view["items"]]
    world.turn()
    assert world.standing == "done"
    world.replies()


def test_a_second_process_on_the_same_milestone_is_refused_in_one_sentence(world: World) -> None:
    world.plays(planner("hello"), executor("hello"), not_met())
    world.spec(approve_plan="first")
    world.turn()
    other = open_house(world.site, world.listener, threading.Event())
    with pytest.raises(Busy, match=r"^Another process \(pid \d+ on .+\) is working on this") as no:
        other.__enter__()
    assert "\n" not in str(no.value)
    world.turn()
    assert world.standing == "waiting"
    world.replies()


def test_a_missing_record_is_not_taken_for_a_fresh_start(world: World) -> None:
    world.plays(planner("hello"), executor("hello"), not_met())
    world.spec()
    world.turn()
    world.replies()
    world.leave_house()
    world.git("update-ref", "-d", f"refs/specloop/{world.root}")
    with pytest.raises(Exception, match=r"state|record"):
        world.turn()
    assert len(world.view["items"]) == 1


def test_many_items_beyond_what_one_iteration_takes_wait_for_the_next(world: World) -> None:
    keys = [f"part-{n}" for n in range(3)]
    world.plays(planner(*keys, iteration=1), *[executor(k) for k in keys], not_met(), planner())
    world.spec(config={"limits": {"items_per_iteration": 2}})
    world.turn()
    assert len(world.main_files()) == 2
    world.turn()
    assert len(world.main_files()) == 3
    world.replies()
