"""Issues, their labels, milestones and comments, as REST has them."""

from __future__ import annotations

import time

import pytest

from tests.hub.stage import Stage


def names(issue: dict[str, list[dict[str, str]]]) -> list[str]:
    return [label["name"] for label in issue["labels"]]


def test_issues_and_pull_requests_share_their_numbers(stage: Stage) -> None:
    assert stage.issue()["number"] == 1
    assert stage.pull("feature")["number"] == 2
    assert stage.issue()["number"] == 3
    stage.settle()
    listed = stage.owner.get(f"{stage.path}/issues")
    assert [(issue["number"], "pull_request" in issue) for issue in listed] == [
        (3, False),
        (2, True),
        (1, False),
    ]


def test_database_ids_are_far_from_numbers(stage: Stage) -> None:
    issue = stage.issue()
    assert issue["id"] > 1_000_000
    assert issue["node_id"].startswith("I_")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 257}, "title"),
        ({"title": "t", "body": "x" * 65_537}, "body"),
    ],
)
def test_what_cannot_be_created_is_explained(
    stage: Stage, fields: dict[str, str], field: str
) -> None:
    answer = stage.owner.post(f"{stage.path}/issues", fields, status=422)
    assert answer["message"] == "Validation Failed"
    assert (answer["errors"][0]["resource"], answer["errors"][0]["field"]) == ("Issue", field)


def test_the_longest_body_counts_characters_not_bytes(stage: Stage) -> None:
    body = "ä" * 65_536
    assert stage.issue(body=body)["body"] == body
    answer = stage.owner.post(
        f"{stage.path}/issues", {"title": "t", "body": body + "ä"}, status=422
    )
    assert answer["errors"][0]["message"] == "body is too long (maximum is 65536 characters)"


def test_an_overlong_update_is_ignored_in_silence(stage: Stage) -> None:
    stage.issue(body="old")
    answer = stage.owner.patch(f"{stage.path}/issues/1", {"body": "x" * 65_537}, status=200)
    assert answer["body"] == "old"


def test_creating_creates_labels_and_patching_replaces_them(stage: Stage) -> None:
    assert names(stage.issue(labels=["brand new", "bug"])) == ["brand new", "bug"]
    answer = stage.owner.patch(f"{stage.path}/issues/1", {"labels": [{"name": "Bug"}, "other"]})
    assert names(answer) == ["bug", "other"]


def test_labels_are_added_and_removed_one_by_one(stage: Stage) -> None:
    stage.issue(labels=["a"])
    path = f"{stage.path}/issues/1/labels"
    assert names({"labels": stage.owner.post(path, {"labels": ["b"]})}) == ["a", "b"]
    assert names({"labels": stage.owner.post(path, ["c"])}) == ["a", "b", "c"]
    assert names({"labels": stage.owner.delete(f"{path}/a")}) == ["b", "c"]
    assert stage.owner.delete(f"{path}/a", status=404)["message"] == "Label does not exist"


def test_label_names_ignore_case_and_are_unique(stage: Stage) -> None:
    answer = stage.owner.post(
        f"{stage.path}/labels", {"name": "BUG", "color": "ff0000"}, status=422
    )
    assert answer["errors"][0]["code"] == "already_exists"
    assert stage.owner.get(f"{stage.path}/labels/BUG")["name"] == "bug"


def test_a_deleted_label_leaves_every_issue(stage: Stage) -> None:
    stage.issue(labels=["bug"])
    stage.owner.delete(f"{stage.path}/labels/bug", status=204)
    assert names(stage.owner.get(f"{stage.path}/issues/1")) == []


def test_closing_has_a_reason_and_reopening_too(stage: Stage) -> None:
    stage.issue()
    path = f"{stage.path}/issues/1"
    closed = stage.owner.patch(path, {"state": "closed", "state_reason": "not_planned"})
    assert (closed["state"], closed["state_reason"]) == ("closed", "not_planned")
    assert closed["closed_by"]["login"] == "maintainer"
    opened = stage.owner.patch(path, {"state": "open"})
    assert (opened["state_reason"], opened["closed_at"]) == ("reopened", None)
    assert stage.owner.patch(path, {"state": "closed"})["state_reason"] == "completed"
    stage.owner.patch(path, {"state": "ajar"}, status=422)


def test_milestones_count_their_issues(stage: Stage) -> None:
    stage.owner.post(f"{stage.path}/milestones", {"title": "M"}, status=201)
    stage.issue(milestone=1)
    stage.issue(milestone=1)
    stage.owner.patch(f"{stage.path}/issues/1", {"state": "closed"})
    milestone = stage.owner.get(f"{stage.path}/milestones/1")
    assert (milestone["open_issues"], milestone["closed_issues"]) == (1, 1)
    stage.owner.patch(f"{stage.path}/issues/2", {"milestone": None})
    assert stage.owner.get(f"{stage.path}/milestones/1")["open_issues"] == 0
    stage.owner.post(f"{stage.path}/issues", {"title": "t", "milestone": 9}, status=422)


def test_a_deleted_milestone_lets_its_issues_go(stage: Stage) -> None:
    stage.owner.post(f"{stage.path}/milestones", {"title": "M"})
    stage.issue(milestone=1)
    stage.owner.delete(f"{stage.path}/milestones/1", status=204)
    assert stage.owner.get(f"{stage.path}/issues/1")["milestone"] is None
    assert stage.owner.post(f"{stage.path}/milestones", {"title": "N"})["number"] == 2


def test_lists_are_filtered(stage: Stage) -> None:
    stage.owner.post(f"{stage.path}/milestones", {"title": "M"})
    stage.issue("both", labels=["a", "b"], milestone=1)
    stage.issue("one", labels=["a"])
    stage.issue("closed", labels=["a", "b"])
    stage.owner.patch(f"{stage.path}/issues/3", {"state": "closed"})
    stage.settle()

    def numbers(query: str) -> list[int]:
        return [issue["number"] for issue in stage.owner.get(f"{stage.path}/issues?{query}")]

    assert numbers("labels=a,b") == [1]
    assert numbers("labels=a&state=all&direction=asc") == [1, 2, 3]
    assert numbers("state=closed") == [3]
    assert numbers("milestone=1") == [1]
    assert numbers("milestone=none") == [2]
    assert numbers("milestone=*") == [1]
    assert numbers("creator=specloop[bot]") == []
    stage.owner.get(f"{stage.path}/issues?since=yesterday", status=422)


def test_since_is_inclusive(stage: Stage) -> None:
    first = stage.issue()
    stage.settle()
    since = first["updated_at"]
    assert len(stage.owner.get(f"{stage.path}/issues?since={since}")) == 1
    assert stage.owner.get(f"{stage.path}/issues?since=2999-01-01T00:00:00Z") == []


def test_a_comment_delta_of_the_whole_repository(stage: Stage) -> None:
    stage.issue()
    stage.issue()
    for number in (1, 2, 1):
        stage.owner.post(f"{stage.path}/issues/{number}/comments", {"body": f"on {number}"})
    stage.settle()
    listed = stage.owner.get(f"{stage.path}/issues/comments?sort=updated&direction=asc")
    assert [comment["body"] for comment in listed] == ["on 1", "on 2", "on 1"]
    assert stage.owner.get(f"{stage.path}/issues/comments?since=2999-01-01T00:00:00Z") == []


def test_an_overlong_comment_is_refused_loudly(stage: Stage) -> None:
    stage.issue()
    path = f"{stage.path}/issues/1/comments"
    comment = stage.owner.post(path, {"body": "short"})["id"]
    stage.owner.post(path, {"body": "x" * 65_537}, status=422)
    stage.owner.post(path, {"body": " "}, status=422)
    long = {"body": "x" * 65_537}
    stage.owner.patch(f"{stage.path}/issues/comments/{comment}", long, status=422)


def test_reactions_are_given_once(stage: Stage) -> None:
    stage.issue()
    path = f"{stage.path}/issues/1/reactions"
    first = stage.owner.post(path, {"content": "eyes"}, status=201)
    assert stage.owner.post(path, {"content": "eyes"}, status=200)["id"] == first["id"]
    stage.bot.post(path, {"content": "eyes"}, status=201)
    assert stage.owner.get(f"{stage.path}/issues/1")["reactions"]["eyes"] == 2
    stage.owner.post(path, {"content": "yawn"}, status=422)


def test_what_moves_updated_at_and_what_does_not(stage: Stage) -> None:
    """Facts: comments, labels, bodies and milestones do.

    Links, dependencies and reactions do not.
    """
    issue, other = stage.issue(), stage.issue()
    stage.owner.post(f"{stage.path}/milestones", {"title": "M"})
    path = f"{stage.path}/issues/1"

    def moves(change: object) -> bool:
        before = stage.owner.get(path)["updated_at"]
        time.sleep(1.1)
        assert callable(change)
        change()
        return bool(stage.owner.get(path)["updated_at"] != before)

    assert not moves(lambda: stage.owner.post(f"{path}/sub_issues", {"sub_issue_id": other["id"]}))
    assert not moves(
        lambda: stage.owner.post(
            f"{stage.path}/issues/2/dependencies/blocked_by", {"issue_id": issue["id"]}
        )
    )
    assert not moves(lambda: stage.owner.post(f"{path}/reactions", {"content": "eyes"}))
    assert moves(lambda: stage.owner.post(f"{path}/comments", {"body": "x"}))
    assert moves(lambda: stage.owner.post(f"{path}/labels", {"labels": ["bug"]}))
    assert not moves(lambda: stage.owner.post(f"{path}/labels", {"labels": ["bug"]}))
    assert moves(lambda: stage.owner.patch(path, {"body": "new"}))
    assert moves(lambda: stage.owner.patch(path, {"milestone": 1}))
    assert moves(lambda: stage.owner.patch(path, {"state": "closed"}))
