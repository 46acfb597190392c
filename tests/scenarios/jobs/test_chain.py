"""An iteration in jobs: who writes does not think, who thinks cannot write."""

from __future__ import annotations

import re

import pytest

from tests.scenarios.jobs.chain import Chain
from tests.scenarios.jobs.hearing import heard
from tests.scenarios.scenes import executor, met, planner, planner_done

pytestmark = pytest.mark.timeout(600)  # a dozen processes each


def test_a_milestone_is_carried_to_done_by_jobs_that_cannot_do_each_others_work(chain: Chain):
    world = chain.world
    chain.begin(
        planner("hello", "bye", iteration=1),
        executor("hello", {"hello.txt": "BROKEN"}, round=1),
        executor("hello", {"hello.txt": "hello"}, round=2, sees=["BROKEN"]),
        executor("bye"),
        met(),
        planner_done(iteration=2),
    )

    assert chain.run() == [
        "write 1", "gates 1",  # is main green?
        "write 2", "think 1-plan",
        "write 3", "think 1-execute-2.1", "think 1-execute-3.1",
        "write 4", "gates 4",  # both heads, and what they will land
        "write 5", "think 1-review-verifier",
        "write 6",
    ]  # fmt: skip
    assert re.search(r"(?s)```text\n.* s  observe    reads tracker.*\n```", chain.ran[0].summary)
    assert "11 jobs ran" in chain.ran[-1].summary
    assert "22 runner-minutes" in chain.ran[-1].summary
    begun = chain.dispatched()
    assert world.headlines() == ["### Plan of iteration 1", "### Verdict of iteration 1: met ✅"]

    assert chain.run() == ["write 1", "think 2-plan", "write 2"]
    assert chain.ran[-1].outputs["standing"] == "done"
    assert chain.dispatched() == begun + 1  # the one we began: DONE dispatches nothing
    assert world.headlines() == ["### Done ✅"]
    assert {"hello.txt", "bye.txt"} <= world.main_files().keys()


def test_what_a_dead_run_left_is_adopted_and_gone_on_from(chain: Chain):
    """One job delivers, one is cancelled, the runner of the third is lost, and so is their run."""
    world = chain.world
    long = "test -e begun.txt || { touch begun.txt; sleep 100; }"
    chain.begin(
        planner("hello", "bye", "lost", iteration=1),
        executor("hello"),
        executor("bye", runs=[["sh", "-c", long]]),
        executor("lost"),
        met(),
    )
    chain.begin_run()
    chain.write(1)
    chain.gates(1)
    chain.write(2)
    chain.think(2, "1-plan")
    chain.write(3)
    chain.cancelled["think 1-execute-3.1"] = "begun.txt"
    chain.think(3, "1-execute-2.1")
    assert "it ended stopped: its job was cancelled" in chain.think(3, "1-execute-3.1").output
    chain.uploads(3, "1-execute-2.1")
    chain.uploads(3, "1-execute-3.1")

    chain.loses("think 1-execute-4.1")
    jobs = chain.run()

    assert "think 1-execute-2.1" not in jobs
    assert "think 1-execute-3.1" in jobs
    assert world.headlines() == ["### Plan of iteration 1", "### Verdict of iteration 1: met ✅"]
    landed = world.main_files().keys()
    assert {"hello.txt", "bye.txt", "begun.txt"} <= landed
    assert "lost.txt" not in landed
    reports = world.record("iterations/0001/execute.json")["reports"]
    assert [r["outcome"] for r in reports] == ["ready", "ready", "interrupted"]
    messages = world.git("log", "--format=%s", world.pull("bye").head, "^main")
    assert "Work in progress." in messages


def test_red_gates_annotate_the_run_and_nothing_they_print_is_a_command(chain: Chain):
    shouts = [
        "check.sh:1: error: 100% ##[set-output name=gates]true",
        "check.sh:2: warning: ::add-mask::specloop",
        "::stop-commands::loud",
        "::error::not from us",
    ]
    shouting = ["sh", "-c", 'printf "%s\\n" "$@"; exit 1', "-", *shouts]
    chain.begin(planner("hello"), gates={"loud": {"command": shouting, "category": "lint"}})

    assert chain.run(stages=1) == ["write 1", "gates 1"]

    printed = chain.ran[-1].output
    assert "##[set-output" in printed  # what follows is no proof where nothing was said
    assert heard(printed) == [
        "::error file=check.sh,title=main gate loud,line=1::"
        "error: 100%25 ##[set-output name=gates]true",
        "::warning file=check.sh,title=main gate loud,line=2::warning: ::add-mask::specloop",
    ]
