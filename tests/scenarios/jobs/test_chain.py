"""An iteration in jobs: who writes does not think, who thinks cannot write."""

from __future__ import annotations

import re

import pytest

from tests.scenarios.jobs.chain import Chain
from tests.scenarios.jobs.hearing import heard
from tests.scenarios.scenes import executor, met, not_met, planner, planner_done

pytestmark = pytest.mark.timeout(600)  # a dozen processes each


def test_a_milestone_is_carried_to_done_by_jobs_that_cannot_do_each_others_work(chain: Chain):
    world = chain.world
    chain.begin(
        planner("hello", "bye", iteration=1),
        executor("hello"),
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
    assert "11 jobs ran" in chain.ran[-1].summary
    assert "22 runner-minutes" in chain.ran[-1].summary
    assert re.search(r"(?s)```text\n.* s  observe    reads tracker.*\n```", chain.ran[0].summary)
    begun = chain.dispatched()
    assert world.headlines() == ["### Plan of iteration 1", "### Verdict of iteration 1: met ✅"]

    assert chain.run() == ["write 1", "think 2-plan", "write 2"]
    assert chain.ran[-1].outputs["standing"] == "done"
    assert chain.dispatched() == begun + 1  # the one we began: DONE dispatches nothing
    assert world.headlines() == ["### Done ✅"]
    assert {"hello.txt", "bye.txt"} <= world.main_files().keys()


def test_a_red_round_a_lost_job_and_a_review_by_a_person(chain: Chain):
    world = chain.world
    chain.begin(
        planner("hello", "bye", iteration=1),
        executor("hello", {"hello.txt": "BROKEN"}, round=1),
        executor("hello", {"hello.txt": "hello"}, round=2, sees=["BROKEN"]),
        executor("bye"),
        not_met(iteration=1),
        planner(iteration=2),
        met(iteration=2),
        planner_done(iteration=3),
        merge="review",
    )
    chain.loses("think 1-execute-3.1")

    chain.run()

    assert world.headlines() == ["### Plan of iteration 1", "### Verdict of iteration 1: not met"]
    assert [r["outcome"] for r in world.record("iterations/0001/execute.json")["reports"]] == [
        "ready", "interrupted",
    ]  # fmt: skip
    assert world.pull("hello").open

    world.reviews("hello", "APPROVE")
    jobs = chain.run()

    assert world.headlines() == ["### Plan of iteration 2", "### Verdict of iteration 2: met ✅"]
    assert "think 2-execute-3.1" in jobs
    assert "think 2-execute-2.1" not in jobs
    assert world.pull("hello").merged
    assert world.pull("bye").open
    assert "hello.txt" in world.main_files()


def test_what_a_dead_run_left_is_adopted_by_the_next_one(chain: Chain):
    world = chain.world
    chain.begin(
        planner("hello", "bye", iteration=1),
        executor("hello"),
        executor("bye"),
        met(),
    )
    chain.begin_run()
    chain.write(1)
    chain.gates(1)
    chain.write(2)
    chain.think(2, "1-plan")
    chain.write(3)
    for name in ("1-execute-2.1", "1-execute-3.1"):
        chain.think(3, name)
    chain.uploads(3, "1-execute-2.1")  # the other job's runner was lost, and so was this run

    jobs = chain.run()

    assert "think 1-execute-2.1" not in jobs
    assert "think 1-execute-3.1" in jobs
    assert world.headlines() == ["### Plan of iteration 1", "### Verdict of iteration 1: met ✅"]
    assert {"hello.txt", "bye.txt"} <= world.main_files().keys()
    held = [p for p in world.record_paths() if "/invocations/execute/" in p]
    assert [p.partition("execute/")[2] for p in held] == ["2.1/1/1.json", "3.1/1/1.json"]


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
