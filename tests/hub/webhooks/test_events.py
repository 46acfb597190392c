"""What each change tells, with REST's payloads, and how rules spoil the telling."""

from __future__ import annotations

from typing import Any

from tests.hub.stage import Stage
from tests.hub.webhooks.ear import Ear, Heard, hook


def told(ear: Ear, count: int) -> dict[str, Heard]:
    return {one.name: one for one in ear.wait(count)}


def test_issues(stage: Stage, ear: Ear) -> None:
    stage.owner.post(f"{stage.path}/milestones", {"title": "M"})
    stage.owner.post(f"{stage.path}/labels", {"name": "odd", "color": "ff0000"})
    hook(stage, ear, "issues")
    path = f"{stage.path}/issues/1"
    stage.issue("x", labels=["odd"], milestone=1, assignees=["maintainer"])
    stage.owner.patch(path, {"title": "y"})
    stage.owner.patch(path, {"labels": [], "milestone": None, "assignees": []})
    stage.owner.patch(path, {"state": "closed"})
    stage.owner.patch(path, {"state": "open"})
    heard = ear.wait(10)
    assert [one.name.partition(".")[2] for one in heard] == [
        "opened",
        "milestoned",
        "labeled",
        "assigned",
        "edited",
        "demilestoned",
        "unlabeled",
        "unassigned",
        "closed",
        "reopened",
    ]
    by = {one.payload["action"]: one.payload for one in heard}
    assert by["labeled"]["label"]["name"] == by["unlabeled"]["label"]["name"] == "odd"
    assert by["milestoned"]["milestone"]["title"] == "M"
    assert by["demilestoned"]["milestone"]["title"] == "M"
    assert by["assigned"]["assignee"]["login"] == "maintainer"
    assert by["edited"]["changes"] == {"title": {"from": "x"}}
    assert (by["edited"]["issue"]["title"], by["closed"]["issue"]["state"]) == ("y", "closed")
    assert by["closed"]["sender"]["login"] == "maintainer"
    assert by["closed"]["repository"]["full_name"] == f"maintainer/{stage.name}"
    now = stage.owner.get(path)
    assert by["reopened"]["issue"] == now


def test_comments(stage: Stage, ear: Ear) -> None:
    hook(stage, ear, "issue_comment")
    stage.issue("x")
    made = stage.bot.post(f"{stage.path}/issues/1/comments", {"body": "one"})
    path = f"{stage.path}/issues/comments/{made['id']}"
    stage.bot.patch(path, {"body": "two"})
    stage.owner.delete(path)
    created, edited, deleted = ear.wait(3)
    assert created.payload["comment"] == made
    assert created.payload["sender"]["login"] == stage.bot.login
    assert edited.payload["changes"] == {"body": {"from": "one"}}
    assert deleted.payload["comment"]["body"] == "two"
    assert [one.payload["action"] for one in (created, edited, deleted)] == [
        "created",
        "edited",
        "deleted",
    ]


def test_pull_requests_reviews_and_pushes(stage: Stage, ear: Ear) -> None:
    before = stage.tip()
    hook(stage, ear, "pull_request", "pull_request_review", "push")
    pull = stage.pull("feature")
    head = pull["head"]["sha"]
    review = {"event": "APPROVE", "body": "fine"}
    stage.owner.post(f"{stage.path}/pulls/1/reviews", review)
    checkout = stage.clone()
    checkout.git("checkout", "-q", "feature")
    newer = checkout.commit({"more": "x"}, "More")
    checkout.git("push", "-q", "origin", "feature")
    ear.wait(5)
    stage.owner.put(f"{stage.path}/pulls/1/merge", {})
    heard = ear.wait(7)
    names = [one.name for one in heard]
    assert sorted(names) == [
        "pull_request.closed",
        "pull_request.opened",
        "pull_request.synchronize",
        "pull_request_review.submitted",
        "push",
        "push",
        "push",
    ]
    by = {one.name: one.payload for one in heard}
    synchronized = by["pull_request.synchronize"]
    assert (synchronized["before"], synchronized["after"]) == (head, newer)
    assert by["pull_request.opened"]["pull_request"]["head"]["sha"] == head
    assert by["pull_request.closed"]["pull_request"]["merged"] is True
    assert by["pull_request_review.submitted"]["review"]["state"] == "approved"
    pushes = [one.payload for one in heard if one.name == "push"]
    assert [push["ref"] for push in pushes] == [
        "refs/heads/feature",
        "refs/heads/feature",
        "refs/heads/main",
    ]
    first, second, third = pushes
    assert (first["created"], first["after"], second["before"]) == (True, head, head)
    assert [commit["message"] for commit in second["commits"]] == ["More"]
    assert second["sender"]["login"] == second["pusher"]["name"] == stage.bot.login
    assert (third["before"], third["after"]) == (before, stage.tip())
    assert third["sender"]["login"] == "maintainer"
    assert not any(push["forced"] for push in pushes)


def test_a_ref_deleted_by_the_api_is_a_push(stage: Stage, ear: Ear) -> None:
    tip = stage.tip()
    stage.owner.post(f"{stage.path}/git/refs", {"ref": "refs/heads/x", "sha": tip})
    hook(stage, ear, "push")
    stage.owner.delete(f"{stage.path}/git/refs/heads/x")
    (push,) = ear.wait(1)
    assert (push.payload["deleted"], push.payload["before"]) == (True, tip)
    assert push.payload["head_commit"] is None


def test_what_was_pushed_while_nobody_listened_is_not_told(stage: Stage, ear: Ear) -> None:
    path = f"{stage.path}/hooks/{hook(stage, ear, 'push')['id']}"
    stage.owner.patch(path, {"active": False})
    stage.branch("quiet", {"a": "1"})
    stage.owner.patch(path, {"active": True})
    stage.branch("loud", {"b": "1"})
    assert [one.payload["ref"] for one in ear.wait(1)] == ["refs/heads/loud"]


def test_links_tell_both_ends(stage: Stage, ear: Ear) -> None:
    one, two = stage.issue("one"), stage.issue("two")
    hook(stage, ear, "sub_issues", "issue_dependencies")
    stage.owner.post(f"{stage.path}/issues/1/sub_issues", {"sub_issue_id": two["id"]})
    stage.owner.delete(f"{stage.path}/issues/1/sub_issue", {"sub_issue_id": two["id"]})
    wait = f"{stage.path}/issues/1/dependencies/blocked_by"
    stage.owner.post(wait, {"issue_id": two["id"]})
    stage.owner.delete(f"{wait}/{two['id']}")
    heard = told(ear, 8)
    assert set(heard) == {
        "sub_issues.sub_issue_added",
        "sub_issues.parent_issue_added",
        "sub_issues.sub_issue_removed",
        "sub_issues.parent_issue_removed",
        "issue_dependencies.blocked_by_added",
        "issue_dependencies.blocking_added",
        "issue_dependencies.blocked_by_removed",
        "issue_dependencies.blocking_removed",
    }
    added: Any = heard["sub_issues.sub_issue_added"].payload
    assert (added["parent_issue_id"], added["sub_issue_id"]) == (one["id"], two["id"])
    assert added["parent_issue"]["sub_issues_summary"]["total"] == 1
    assert "sub_issue_repo" in added
    blocked: Any = heard["issue_dependencies.blocked_by_added"].payload
    assert (blocked["blocked_issue"]["title"], blocked["blocking_issue_id"]) == ("one", two["id"])


def test_milestones_and_labels(stage: Stage, ear: Ear) -> None:
    hook(stage, ear, "milestone", "label")
    for kind, name, change in (
        ("milestones", "1", {"state": "closed", "title": "N"}),
        ("labels", "odd", {"new_name": "fly"}),
    ):
        wish = {"title": "M"} if kind == "milestones" else {"name": "odd", "color": "ff0000"}
        stage.owner.post(f"{stage.path}/{kind}", wish)
        stage.owner.patch(f"{stage.path}/{kind}/{name}", change)
        stage.owner.delete(f"{stage.path}/{kind}/{'fly' if kind == 'labels' else name}")
    assert [one.name for one in ear.wait(7)] == [
        "milestone.created",
        "milestone.closed",
        "milestone.edited",
        "milestone.deleted",
        "label.created",
        "label.edited",
        "label.deleted",
    ]


def test_a_refused_write_tells_nothing(stage: Stage, ear: Ear) -> None:
    hook(stage, ear)
    stage.owner.post(f"{stage.path}/issues", {"title": ""}, status=422)
    stage.issue("x")
    ear.wait(1)
    assert ear.names() == ["ping", "issues.opened"]


def spoil(stage: Stage, how: str, **more: Any) -> None:
    match = {"event": "issues.opened"}
    rule = {"fault": "deliveries", "how": how, "match": match, "times": 1, **more}
    stage.owner.put("/_hub/faults", {"rules": [rule]})


def numbers(heard: list[Heard]) -> list[int]:
    return [one.payload["issue"]["number"] for one in heard]


def test_doubled(stage: Stage, ear: Ear) -> None:
    hook(stage, ear, "issues")
    spoil(stage, "doubled", after=1)
    for title in "abc":
        stage.issue(title)
    heard = ear.wait(4)
    assert numbers(heard) == [1, 2, 2, 3]
    assert heard[1].guid == heard[2].guid
    assert heard[1].body == heard[2].body


def test_dropped(stage: Stage, ear: Ear) -> None:
    hook(stage, ear, "issues")
    spoil(stage, "dropped")
    for title in "ab":
        stage.issue(title)
    assert numbers(ear.wait(1)) == [2]
    (fired,) = stage.owner.get("/_hub/faults")["fired"]
    assert (fired["fault"], fired["event"], fired["action"]) == ("deliveries", "issues", "opened")


def test_reordered(stage: Stage, ear: Ear) -> None:
    hook(stage, ear, "issues")
    stage.issue("first")
    ear.wait(1)
    spoil(stage, "reordered")
    ear.open.clear()  # the edit is on its way until both issues are there
    stage.owner.patch(f"{stage.path}/issues/1", {"title": "edited"})
    stage.issue("a")
    stage.issue("b")
    ear.open.set()
    assert numbers(ear.wait(4)) == [1, 1, 3, 2]


def test_held_back_is_not_lost(stage: Stage, ear: Ear) -> None:
    hook(stage, ear, "issues")
    spoil(stage, "reordered")
    stage.issue("a")
    assert numbers(ear.wait(1)) == [1]
