"""Sub-issues and dependencies: the limits, one parent, no circles."""

from __future__ import annotations

from typing import Any

from tests.hub.stage import Stage

CREATE = """
mutation($repo: ID!, $title: String!, $parent: ID) {
  createIssue(input: {repositoryId: $repo, title: $title, parentIssueId: $parent}) {
    issue { id number databaseId }
  }
}
"""


def adopt(stage: Stage, parent: int, child: Any, status: int = 201, **extra: Any) -> Any:
    body = {"sub_issue_id": child["id"], **extra}
    return stage.owner.post(f"{stage.path}/issues/{parent}/sub_issues", body, status=status)


def block(stage: Stage, blocked: int, blocking: Any, status: int = 201) -> Any:
    path = f"{stage.path}/issues/{blocked}/dependencies/blocked_by"
    return stage.owner.post(path, {"issue_id": blocking["id"]}, status=status)


def test_children_keep_their_order_and_know_their_parent(stage: Stage) -> None:
    stage.issue("parent")
    children = [stage.issue(f"child {n}") for n in range(3)]
    for child in (children[1], children[0], children[2]):
        parent = adopt(stage, 1, child)
    assert parent["sub_issues_summary"] == {"total": 3, "completed": 0, "percent_completed": 0}
    stage.settle()
    listed = stage.owner.get(f"{stage.path}/issues/1/sub_issues")
    assert [issue["number"] for issue in listed] == [3, 2, 4]
    assert stage.owner.get(f"{stage.path}/issues/3/parent")["number"] == 1
    stage.owner.get(f"{stage.path}/issues/1/parent", status=404)


def test_an_issue_has_one_parent(stage: Stage) -> None:
    stage.issue("first"), stage.issue("second")
    child = stage.issue("child")
    adopt(stage, 1, child)
    refused = adopt(stage, 2, child, status=422)
    assert "may only have one parent" in refused["message"]
    adopt(stage, 2, child, replace_parent=True)
    assert stage.owner.get(f"{stage.path}/issues/3/parent")["number"] == 2


def test_a_parent_has_a_hundred_children_closed_ones_included(stage: Stage) -> None:
    repo = stage.owner.get(stage.path)["node_id"]
    parent = stage.issue("parent")["node_id"]
    for number in range(100):
        stage.owner.data(CREATE, repo=repo, title=f"child {number}", parent=parent)
    stage.owner.patch(f"{stage.path}/issues/2", {"state": "closed"})
    refused = stage.owner.refusal(CREATE, repo=repo, title="one too many", parent=parent)
    assert "more than 100 sub-issues" in refused["message"]
    assert stage.owner.get(f"{stage.path}/issues/1")["sub_issues_summary"]["total"] == 100
    stage.owner.get(f"{stage.path}/issues/102", status=404)


def test_sub_issues_nest_eight_levels_deep(stage: Stage) -> None:
    chain = [stage.issue(f"level {n}") for n in range(10)]
    for number in range(1, 9):
        adopt(stage, number, chain[number])
    refused = adopt(stage, 9, chain[9], status=422)
    assert "8 levels" in refused["message"]


def test_nobody_is_their_own_ancestor(stage: Stage) -> None:
    chain = [stage.issue(f"level {n}") for n in range(3)]
    adopt(stage, 1, chain[1])
    adopt(stage, 2, chain[2])
    adopt(stage, 3, chain[0], status=422)
    adopt(stage, 1, chain[0], status=422)


def test_the_body_names_a_database_id_not_a_number(stage: Stage) -> None:
    stage.issue(), stage.issue()
    adopt(stage, 1, {"id": 2}, status=404)


def test_a_pull_request_is_nobodys_child(stage: Stage) -> None:
    stage.issue()
    pull = stage.pull("feature")
    child = stage.owner.get(f"{stage.path}/issues/{pull['number']}")
    adopt(stage, 1, child, status=404)


def test_a_child_can_be_released(stage: Stage) -> None:
    stage.issue()
    child = stage.issue()
    adopt(stage, 1, child)
    path = f"{stage.path}/issues/1/sub_issue"
    stage.owner.delete(path, {"sub_issue_id": child["id"]}, status=200)
    stage.owner.delete(path, {"sub_issue_id": child["id"]}, status=422)
    stage.owner.get(f"{stage.path}/issues/2/parent", status=404)


def test_dependencies_count_open_and_all(stage: Stage) -> None:
    stage.issue("waiting")
    blocker = stage.issue("blocker")
    block(stage, 1, blocker)
    stage.owner.patch(f"{stage.path}/issues/2", {"state": "closed"})
    summary = stage.owner.get(f"{stage.path}/issues/1")["issue_dependencies_summary"]
    assert summary == {"blocked_by": 0, "blocking": 0, "total_blocked_by": 1, "total_blocking": 0}
    stage.settle()
    (blocked,) = stage.owner.get(f"{stage.path}/issues/2/dependencies/blocking")
    assert blocked["number"] == 1
    stage.owner.delete(f"{stage.path}/issues/1/dependencies/blocked_by/{blocker['id']}", status=200)
    stage.settle()
    assert stage.owner.get(f"{stage.path}/issues/1/dependencies/blocked_by") == []


def test_dependencies_make_no_circle(stage: Stage) -> None:
    issues = [stage.issue(f"{n}") for n in range(3)]
    block(stage, 1, issues[0], status=422)
    block(stage, 1, issues[1])
    block(stage, 1, issues[1], status=422)
    block(stage, 2, issues[2])
    refused = block(stage, 3, issues[0], status=422)
    assert "circular" in refused["message"]
