"""Rules of the repository are respected: what the bot may do it does, the rest is waited for."""

from __future__ import annotations

import pytest

from tests.scenarios.protecting import protect, repository, rule
from tests.scenarios.scenes import executor, met, planner, planner_done
from tests.scenarios.test_identity import PLAIN
from tests.scenarios.test_reviews import train
from tests.scenarios.world import World

GATES = "specloop/gates"


def two(world: World, merge: str) -> None:
    world.plays(
        planner("hello", "bye", iteration=1),
        executor("hello"),
        executor("bye"),
        met(evidence="hello.txt"),
        planner_done(),
    )
    world.spec(merge=merge)


def green(world: World, key: str) -> None:
    """Let the project's own CI like the head of an item's pull request."""
    path = f"{repository(world)}/statuses/{world.pull(key).head}"
    world.does("POST", path, state="success", context="ci")


def heads(world: World) -> dict[str, str]:
    return {key: world.pull(key).head for key in ("hello", "bye")}


@pytest.mark.parametrize("merge", ["auto", "review"])
def test_a_branch_that_must_hold_the_base_is_brought_up_to_date(world: World, merge: str) -> None:
    two(world, merge)
    protect(world, None, GATES, strict=True)
    world.turn()
    if merge == "review":
        before = heads(world)
        for key in before:
            world.reviews(key, "APPROVE")
        world.turn()
        # What was approved is what landed, with what the base had meanwhile.
        assert before.items() - heads(world).items() == {("bye", before["bye"])}
        parents = world.git("log", "-1", "--format=%P", heads(world)["bye"]).split()
        assert parents[0] == before["bye"]
    landed = [(n, outcome) for n, outcome in train(world) if outcome != "waiting"]
    assert landed == [(4, "merged"), (5, "merged")]
    world.turns_until("done")
    assert set(world.main_files()) == {"hello.txt", "bye.txt"}
    world.replies()


def test_a_head_that_a_person_pushed_bears_the_gates_colour_when_it_lands(world: World) -> None:
    world.plays(planner("hello", iteration=1), executor("hello"), met(), planner_done())
    world.spec(merge="review")
    protect(world, 1, GATES)
    world.turn()
    world.pushes(world.pull("hello").branch, {"more.txt": "more\n"})
    world.reviews("hello", "APPROVE")
    world.turns_until("done")
    assert world.main_files() == {"hello.txt": "hello\n", "more.txt": "more\n"}
    path = f"{repository(world)}/commits/{world.pull('hello').head}/status"
    assert world.does("GET", path)["state"] == "success"
    world.replies()


def test_a_base_whose_workflows_changed_is_taken_in(world: World) -> None:
    two(world, "review")
    world.acts_as_workflow(**PLAIN)
    world.turn()
    world.pushes("main", {".github/workflows/ci.yml": "on: push\njobs: {}\n"})
    protect(world, None, GATES, strict=True)
    for key in ("hello", "bye"):
        world.reviews(key, "APPROVE")
    # The same file is on another branch already: so the token may push it, too.
    world.turns_until("done")
    assert {"hello.txt", "bye.txt", ".github/workflows/ci.yml"} == set(world.main_files())
    world.replies()


def test_an_update_that_rules_refuse_is_a_persons(world: World) -> None:
    two(world, "review")
    protect(world, None, GATES, strict=True)
    world.turn()
    refusing = rule(
        world, "pull_request", on="refs/heads/specloop/**", required_approving_review_count=0
    )
    for key in ("hello", "bye"):
        world.reviews(key, "APPROVE")
    world.turns_until("waiting")
    assert world.reason == (
        "Waiting for a person: review pull request #5 (GitHub demands that it is brought up to "
        "date with main first, and a person must do that: The remote refused the branch "
        "specloop/1/3/1: protected branch hook declined)."
    )
    assert set(world.main_files()) == {"hello.txt"}
    before = world.state.iteration
    assert world.turn().iteration == before  # nothing is tried while nothing changed
    world.replies()
    world.does("PUT", refusing, enforcement="disabled")
    world.updates("bye")  # adds nothing to what was approved
    world.turns_until("done")
    assert set(world.main_files()) == {"hello.txt", "bye.txt"}
    world.replies()


def test_an_approval_outlives_an_update_whose_own_checks_are_awaited(world: World) -> None:
    two(world, "review")
    protect(world, None, GATES, "ci", strict=True)
    world.turn()
    for key in ("hello", "bye"):
        world.reviews(key, "APPROVE")
        green(world, key)
    world.turns_until("waiting")
    assert set(world.main_files()) == {"hello.txt"}
    assert (
        "#5 (GitHub did not merge it: 1 of 2 required status checks are expected)" in world.reason
    )
    before = world.state.iteration
    assert world.turn().iteration == before
    green(world, "bye")
    world.turns_until("done")
    assert set(world.main_files()) == {"hello.txt", "bye.txt"}
    world.replies()


def test_what_a_person_adds_to_an_update_is_not_approved(world: World) -> None:
    two(world, "review")
    world.turn()
    world.reviews("hello", "APPROVE")
    world.turn()
    world.reviews("bye", "APPROVE")
    head = world.updates("bye", {"more.txt": "more\n"})
    assert len(world.git("log", "-1", "--format=%P", head).split()) == 2
    world.turns_until("waiting")
    assert world.reason == "Waiting for a person: review pull request #5."
    assert set(world.main_files()) == {"hello.txt"}
    world.replies()


def test_what_only_a_merge_queue_may_merge_waits_for_a_person(world: World) -> None:
    world.plays(planner("hello", iteration=1), executor("hello"), met(), planner_done())
    world.spec(merge="auto")
    queue = rule(world, "merge_queue")
    world.turns_until("waiting")
    assert world.reason == (
        "Waiting for a person: review pull request #3 (GitHub did not merge it: Changes must be "
        "made through the merge queue)."
    )
    before = world.state.iteration
    assert world.turn().iteration == before  # nothing is tried while nothing changed
    world.replies()
    world.does("PUT", queue, enforcement="disabled")  # stands for the queue's own merge
    world.does("PUT", f"{repository(world)}/pulls/3/merge", merge_method="squash")
    world.turns_until("done")
    assert world.main_files() == {"hello.txt": "hello\n"}
    world.replies()


def test_an_approval_of_ones_own_push_waits_for_somebody_else(world: World) -> None:
    world.plays(planner("hello", iteration=1), executor("hello"), met(), planner_done())
    world.spec(merge="review")
    rule(world, "pull_request", required_approving_review_count=1, require_last_push_approval=True)
    world.turn()
    world.pushes(world.pull("hello").branch, {"more.txt": "more\n"})
    world.reviews("hello", "APPROVE")
    world.turns_until("waiting")
    assert world.reason == (
        "Waiting for a person: review pull request #3 (GitHub did not merge it: New changes "
        "require approval from someone other than the last pusher)."
    )
    world.replies()
    world.person("helper", "push")
    world.reviews("hello", "APPROVE", by="helper")
    world.turns_until("done")
    assert world.pull("hello").merged
    world.replies()
