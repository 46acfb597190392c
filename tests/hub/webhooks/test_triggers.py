"""Which deliveries would start a workflow: none of what a workflow's own token did."""

from __future__ import annotations

from typing import Any

from tests.hub.stage import Person, Stage, eventually
from tests.hub.test_scopes import workflow
from tests.hub.webhooks.ear import Ear, hook

WRITE = {"contents": "write", "issues": "write", "pull_requests": "write"}


def act(stage: Stage, person: Person) -> None:
    """Issue, comment, push, pull request and merge: five kinds of events."""
    path = stage.path
    number = person.post(f"{path}/issues", {"title": "x"}, status=201)["number"]
    person.post(f"{path}/issues/{number}/comments", {"body": "x"}, status=201)
    branch = f"of-{number}"
    checkout = stage.clone(person)
    checkout.commit({f"{branch}.txt": "x"})
    checkout.git("push", "-q", "origin", f"HEAD:refs/heads/{branch}")
    wish = {"title": "x", "head": branch, "base": "main"}
    opened = person.post(f"{path}/pulls", wish, status=201)["number"]
    person.put(f"{path}/pulls/{opened}/merge", {}, status=200)


def told(ear: Ear, count: int) -> dict[str, str]:
    return {one.name: one.headers["x-hub-triggers"] for one in ear.wait(count)}


SEEN = ["issue_comment.created", "issues.opened", "pull_request.closed", "pull_request.opened",
        "push"]  # fmt: skip


def test_what_a_workflow_does_starts_nothing(stage: Stage, ear: Ear) -> None:
    setting = {"can_approve_pull_request_reviews": True}
    stage.owner.put(f"{stage.path}/actions/permissions/workflow", setting, status=204)
    made = hook(stage, ear)
    act(stage, workflow(stage, **WRITE))
    heard = told(ear, 6)
    assert sorted(heard) == SEEN
    assert set(heard.values()) == {"false"}
    listed = deliveries(stage, made, 7)
    assert {one["triggers"] for one in listed} == {False}


def test_what_others_do_starts_workflows(stage: Stage, ear: Ear) -> None:
    made = hook(stage, ear)
    act(stage, stage.bot)
    heard = told(ear, 6)
    assert sorted(heard) == SEEN
    assert set(heard.values()) == {"true"}
    listed = deliveries(stage, made, 7)
    assert [one["triggers"] for one in listed] == [True] * 6 + [False]
    assert listed[-1]["event"] == "ping"


def test_links_between_issues_start_nothing(stage: Stage, ear: Ear) -> None:
    parent, child = stage.issue("parent"), stage.issue("child")
    hook(stage, ear, "sub_issues", "issue_dependencies")
    at = f"{stage.path}/issues/{parent['number']}"
    stage.owner.post(f"{at}/sub_issues", {"sub_issue_id": child["id"]}, status=201)
    stage.owner.post(f"{at}/dependencies/blocked_by", {"issue_id": child["id"]}, status=201)
    assert set(told(ear, 4).values()) == {"false"}


def test_sent_again_it_says_the_same(stage: Stage, ear: Ear) -> None:
    made = hook(stage, ear, "issues")
    stage.issue("x")
    ear.wait(1)
    first = deliveries(stage, made, 2)[0]
    address = f"{stage.path}/hooks/{made['id']}/deliveries/{first['id']}"
    stage.owner.post(f"{address}/attempts", status=202)
    again = ear.wait(2)[-1]
    assert again.headers["x-hub-triggers"] == "true"
    shown = stage.owner.get(address)
    assert (shown["triggers"], shown["request"]["headers"]["X-Hub-Triggers"]) == (True, "true")


def deliveries(stage: Stage, made: Any, count: int) -> list[Any]:
    address = f"{stage.path}/hooks/{made['id']}/deliveries"
    found: list[Any] = eventually(
        lambda: stage.owner.get(address), lambda listed: len(listed) == count
    )
    return found
