"""Milestones carried by the real workflow files, job by job, with each job's own token."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from tests.actions.project import install, spec
from tests.actions.runner import Runner
from tests.hub.stage import Stage, git
from tests.scenarios.scenes import executor, executor_asks, met, planner, planner_done

# A run has a dozen jobs, each a process or three of its own.
pytestmark = pytest.mark.timeout(900)
Json = dict[str, Any]


def is_closed(stage: Stage, number: int) -> bool:
    """Whether an issue is closed."""
    return bool(stage.owner.get(f"{stage.path}/issues/{number}")["state"] == "closed")


def was_said(stage: Stage, words: str) -> bool:
    """Whether some comment has these words."""
    return any(words in c["body"] for c in stage.owner.get(f"{stage.path}/issues/comments"))


def says(stage: Stage, number: int, words: str) -> Json:
    """Comment as the owner."""
    path = f"{stage.path}/issues/{number}/comments"
    made: Json = stage.owner.post(path, {"body": words}, status=201)
    return made


def pull(stage: Stage) -> Json | None:
    """Return the one pull request, once it is there."""
    listed: Sequence[Json] = stage.owner.get(f"{stage.path}/pulls?state=all")
    assert len(listed) < 2
    return listed[0] if listed else None


def reviews(stage: Stage, event: str, **fields: Any) -> str:
    """Review the pull request's present head as the owner, and return it."""
    found = pull(stage)
    assert found is not None
    path = f"{stage.path}/pulls/{found['number']}/reviews"
    stage.owner.post(path, {"event": event, **fields})
    return str(found["head"]["sha"])


def runs(runner: Runner) -> list[tuple[str, str]]:
    """Return how runs began and ended, in the order in which they ended."""
    return [(run["event"], run["conclusion"]) for run in runner.ended]


def test_a_question_a_review_and_a_lost_dispatch(stage: Stage, runner: Runner) -> None:
    told = ["maintainer wrote: In Latin, please."]
    asked = ["A reviewer asked for changes", "maintainer on hello.txt:1: Add a mark."]
    story = [
        planner("hello", iteration=1),
        planner(iteration=2),
        executor_asks("hello", "Which language?", attempt=1),
        executor("hello", {"hello.txt": "salve\n"}, attempt=2, iteration=2, sees=told),
        executor("hello", {"hello.txt": "salve!\n"}, sees=asked),
        met(),
        planner_done(),
    ]
    install(stage, story, merge="review", specialists=[])
    root = spec(stage)
    runner.until(lambda: was_said(stage, "Which language?"))
    # Said while the iteration is under way: what it wakes waits for its end, and is the one run
    # that follows, whoever else dispatches another. What is no command wakes nobody.
    says(stage, root + 1, "See /unblock in the docs.")
    says(stage, root + 1, "/unblock In Latin, please.")
    runner.until(lambda: pull(stage))
    runner.until_rest()
    idle = [run for run in runner.ended if "Run Main" not in run["log"]]
    assert [run["payload"]["comment"]["body"][:3] for run in idle] == ["See"]
    assert runs(runner)[0] == ("issues", "success")
    first = next(run for run in runner.ended if run["event"] == "workflow_dispatch")
    assert "runner-minutes are billed for them." in first["log"]
    listed = stage.owner.get(f"{stage.path}/actions/runs/{first['id']}/jobs")["jobs"]
    assert [job["name"] for job in listed][:3] == [
        "specloop / write-1 / stage 1",
        "specloop / gates-1 / stage 1",
        "specloop / write-2 / stage 2",
    ]

    # No event tells of a review; the hour does.
    line = {"path": "hello.txt", "line": 1, "body": "Add a mark."}
    old = reviews(stage, "REQUEST_CHANGES", body="Politely!", comments=[line])
    runner.until_rest()
    runner.schedule()
    runner.until(lambda: (pull(stage) or {})["head"]["sha"] != old)
    runner.until_rest()

    # What one hour's dispatch loses, the next hour finds.
    reviews(stage, "APPROVE")
    runner.is_deaf = True
    runner.schedule()
    runner.until_rest()
    assert not is_closed(stage, root)
    runner.is_deaf = False
    runner.schedule()
    runner.until(lambda: is_closed(stage, root))
    runner.until_rest()
    assert git(stage.bare, "show", "main:hello.txt") == "salve!"
    assert {conclusion for _, conclusion in runs(runner)} == {"success"}


def test_stop_cancels_the_iteration_and_keeps_what_its_jobs_have(
    stage: Stage, runner: Runner
) -> None:
    install(stage, [planner("hello", iteration=1), executor("hello", after=600)])
    root = spec(stage)
    runner.until(lambda: "Executor starts attempt 1" in runner.log("think"))
    comment = says(stage, root, "/stop")
    runner.until_rest()
    assert sorted(runs(runner)) == [
        ("issue_comment", "success"),
        ("issues", "success"),
        ("workflow_dispatch", "cancelled"),
        ("workflow_dispatch", "success"),
    ]
    cancelled = next(run for run in runner.ended if run["conclusion"] == "cancelled")
    kept = stage.owner.get(f"{stage.path}/actions/runs/{cancelled['id']}/artifacts")
    names = [artifact["name"] for artifact in kept["artifacts"]]
    assert any("execute" in name for name in names), names
    heard = stage.owner.get(f"{stage.path}/issues/comments/{comment['id']}/reactions")
    assert [reaction["content"] for reaction in heard] == ["+1"]
    assert pull(stage) is None
