"""Listings show the past, reads of one object and answers to writes the present."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.hub import HubProcess, found_world, start_hub
from bot.hub.store.database import VERSIONED_TABLES
from tests.hub.conftest import set_up
from tests.hub.stage import Stage, eventually

LISTED = """
query($name: String!) {
  repository(owner: "maintainer", name: $name) {
    issues(first: 50) {
      totalCount nodes { number title state labels(first: 9) { nodes { name } } }
    }
    pullRequests(first: 50) { nodes { number state headRefOid } }
    milestone(number: 1) { title issues(first: 50) { totalCount nodes { number } } }
    issue(number: 1) {
      title state comments(first: 50) { totalCount nodes { body } }
      subIssues(first: 50) { nodes { number } }
      subIssuesSummary { total }
    }
  }
}
"""


@pytest.fixture
def frozen(tmp_path: Path) -> Iterator[Stage]:
    """A repository founded without lag, served again with an hour of it."""
    world = found_world(tmp_path / "world")
    with start_hub(world, lag=0) as hub:
        stage = set_up(hub, tmp_path)
        stage.owner.post(f"{stage.path}/milestones", {"title": "M"})
        stage.issue("old title", labels=["old"], milestone=1)
        stage.owner.post(f"{stage.path}/issues/1/comments", {"body": "old comment"})
        stage.pull("feature")
        stage.close()
    with again(stage, tmp_path) as hub:
        yield reopened(stage, hub)


def again(stage: Stage, folder: Path) -> HubProcess:
    """Serve the world with a lag that begins now: everything so far is made to be long past."""

    with sqlite3.connect(stage.hub.world.database) as database:
        for table in VERSIONED_TABLES:
            database.execute(f"UPDATE {table} SET began = 1 WHERE ended = 1 << 62")  # noqa: S608
            database.execute(f"DELETE FROM {table} WHERE ended < 1 << 62")  # noqa: S608
    database.close()
    return start_hub(stage.hub.world, lag=3600)


def reopened(stage: Stage, hub: HubProcess) -> Stage:
    from tests.hub.stage import Person

    people = [Person(p.login, p.token, hub.url) for p in (stage.owner, stage.bot)]
    return Stage(hub, people[0], people[1], stage.name, stage.folder)


def listed(stage: Stage) -> Any:
    return stage.owner.data(LISTED, name=stage.name)["repository"]


def test_a_new_issue_is_read_at_once_and_not_yet_listed(frozen: Stage) -> None:
    answer = frozen.issue("new", milestone=1)
    assert frozen.owner.get(f"{frozen.path}/issues/{answer['number']}")["title"] == "new"
    assert [i["number"] for i in frozen.owner.get(f"{frozen.path}/issues")] == [2, 1]
    seen = listed(frozen)
    assert seen["issues"]["totalCount"] == 1
    assert seen["milestone"]["issues"] == {"totalCount": 1, "nodes": [{"number": 1}]}
    frozen.close()


def test_a_changed_issue_is_listed_as_it_was_in_every_part(frozen: Stage) -> None:
    change = {"title": "new title", "labels": ["new"], "state": "closed", "milestone": None}
    answer = frozen.owner.patch(f"{frozen.path}/issues/1", change)
    assert (answer["title"], answer["state"], answer["milestone"]) == ("new title", "closed", None)
    old = next(i for i in frozen.owner.get(f"{frozen.path}/issues") if i["number"] == 1)
    assert (old["title"], old["state"], old["milestone"]["title"]) == ("old title", "open", "M")
    assert [label["name"] for label in old["labels"]] == ["old"]
    seen = listed(frozen)
    assert seen["issue"]["title"] == "new title"
    assert seen["issues"]["nodes"] == [
        {
            "number": 1,
            "title": "old title",
            "state": "OPEN",
            "labels": {"nodes": [{"name": "old"}]},
        }
    ]
    frozen.close()


def test_comments_and_their_deletion_lag(frozen: Stage) -> None:
    (old,) = frozen.owner.get(f"{frozen.path}/issues/1/comments")
    frozen.owner.delete(f"{frozen.path}/issues/comments/{old['id']}")
    new = frozen.owner.post(f"{frozen.path}/issues/1/comments", {"body": "new comment"})
    frozen.owner.get(f"{frozen.path}/issues/comments/{old['id']}", status=404)
    assert frozen.owner.get(f"{frozen.path}/issues/comments/{new['id']}")["body"] == "new comment"
    for path in ("issues/1/comments", "issues/comments"):
        assert [c["body"] for c in frozen.owner.get(f"{frozen.path}/{path}")] == ["old comment"]
    assert listed(frozen)["issue"]["comments"]["nodes"] == [{"body": "old comment"}]
    frozen.close()


def test_labels_links_and_milestones_lag(frozen: Stage) -> None:
    frozen.owner.post(f"{frozen.path}/labels", {"name": "brand new", "color": "ff0000"})
    frozen.owner.post(f"{frozen.path}/milestones", {"title": "N"})
    child = frozen.issue("child")
    frozen.owner.post(f"{frozen.path}/issues/1/sub_issues", {"sub_issue_id": child["id"]})
    names = [label["name"] for label in frozen.owner.get(f"{frozen.path}/labels")]
    assert "brand new" not in names
    assert [m["title"] for m in frozen.owner.get(f"{frozen.path}/milestones")] == ["M"]
    assert frozen.owner.get(f"{frozen.path}/issues/1/sub_issues") == []
    issue = listed(frozen)["issue"]
    assert (issue["subIssues"]["nodes"], issue["subIssuesSummary"]) == ([], {"total": 1})
    frozen.close()


def test_pull_requests_lag_and_git_does_not(frozen: Stage) -> None:
    before = frozen.owner.get(f"{frozen.path}/pulls/2")["head"]["sha"]
    checkout = frozen.clone()
    checkout.git("checkout", "-q", "feature")
    after = checkout.commit({"more": "x"})
    checkout.git("push", "-q", "origin", "feature")
    assert frozen.owner.get(f"{frozen.path}/pulls/2")["head"]["sha"] == after
    assert frozen.tip("feature") == after
    (pull,) = frozen.owner.get(f"{frozen.path}/pulls")
    assert pull["head"]["sha"] == before
    assert listed(frozen)["pullRequests"]["nodes"][0]["headRefOid"] == before
    frozen.bot.put(f"{frozen.path}/pulls/2/merge", {})
    assert listed(frozen)["pullRequests"]["nodes"][0]["state"] == "OPEN"
    frozen.close()


def test_the_answer_of_a_mutation_is_current_throughout(frozen: Stage) -> None:
    issue = frozen.owner.get(f"{frozen.path}/issues/1")["node_id"]
    comment = """mutation($i: ID!) { addComment(input: {subjectId: $i, body: "new"}) {
      subject { ... on Issue { comments(last: 5) { totalCount nodes { body } } } } } }"""
    subject = frozen.owner.data(comment, i=issue)["addComment"]["subject"]
    assert [node["body"] for node in subject["comments"]["nodes"]] == ["old comment", "new"]
    frozen.close()


def test_listings_catch_up(stage: Stage) -> None:
    stage.issue("one")
    seen = eventually(lambda: stage.owner.get(f"{stage.path}/issues"), lambda found: found != [])
    assert seen[0]["title"] == "one"
    stage.owner.patch(f"{stage.path}/issues/1", {"title": "two"})
    eventually(
        lambda: stage.owner.get(f"{stage.path}/issues"), lambda found: found[0]["title"] == "two"
    )
