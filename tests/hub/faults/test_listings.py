"""Listings that are late, go back, or are cut, and oversized updates."""

from __future__ import annotations

from typing import Any

from tests.hub.faults.rules import clear, fired, repository_id, switch_on, titles
from tests.hub.stage import Stage

ISSUES = """query Issues($name: String!) { repository(owner: "maintainer", name: $name) {
  issues(first: 50) { totalCount nodes { title } } } }"""
WIDE = """query Wide($name: String!, $n: Int!) { repository(owner: "maintainer", name: $name) {
  issues(first: $n) { totalCount nodes { number
    labels(first: 9) { totalCount pageInfo { hasNextPage } nodes { name } } } } } }"""


def listed(stage: Stage) -> list[str]:
    found = stage.owner.data(ISSUES, name=stage.name)["repository"]["issues"]
    assert found["totalCount"] == len(found["nodes"])
    return [node["title"] for node in found["nodes"]]


def test_lag_at_run_time_leaves_reads_of_one_alone(stage: Stage) -> None:
    stage.issue("old")
    stage.owner.post("/_hub/clock", {"advance": 400})
    switch_on(stage, {"fault": "lag", "seconds": 300})
    stage.issue("new", labels=["fresh"])
    stage.owner.patch(f"{stage.path}/issues/1", {"title": "changed"})
    assert titles(stage) == listed(stage) == ["old"]
    assert stage.owner.get(f"{stage.path}/issues/1")["title"] == "changed"
    assert stage.owner.get(f"{stage.path}/issues/2")["title"] == "new"
    clear(stage)
    assert titles(stage) == listed(stage) == ["changed", "new"]


def test_lag_per_kind(stage: Stage) -> None:
    stage.issue("old")
    stage.owner.post("/_hub/clock", {"advance": 400})
    switch_on(stage, {"fault": "lag", "seconds": 300, "kinds": ["comments", "labels"]})
    stage.issue("new", labels=["fresh"])
    stage.owner.post(f"{stage.path}/issues/1/comments", {"body": "fresh"})
    assert titles(stage) == ["old", "new"]
    assert stage.owner.get(f"{stage.path}/issues/comments") == []
    assert stage.owner.get(f"{stage.path}/issues/1/comments") == []
    assert "fresh" not in [one["name"] for one in stage.owner.get(f"{stage.path}/labels")]


def test_an_issue_appears_vanishes_and_reappears(stage: Stage) -> None:
    stage.issue("old")
    stage.owner.post("/_hub/clock", {"advance": 400})
    match = {"path": f"{stage.path}/issues", "method": "GET"}
    flicker = {"fault": "vanish", "kinds": ["issues"], "after": 1, "times": 2}
    switch_on(stage, {**flicker, "match": match}, {**flicker, "match": {"operation": "Issues"}})
    stage.issue("new")
    both = ["old", "new"]
    assert [titles(stage) for _ in range(4)] == [both, ["old"], ["old"], both]
    assert [listed(stage) for _ in range(4)] == [both, ["old"], ["old"], both]
    stage.owner.get(f"{stage.path}/issues/2")
    assert fired(stage) == ["vanish"] * 4


def test_what_vanishes_is_out_of_the_links_and_counts(stage: Stage) -> None:
    for number in range(3):
        stage.issue(str(number))
    switch_on(stage, {"fault": "vanish", "younger_than": 60})
    answer = stage.owner.http.get(f"{stage.path}/issues?per_page=1")
    assert (answer.json(), answer.headers.get("link")) == ([], None)


def test_nested_lists_are_cut_in_silence_from_sixty_issues_on(stage: Stage) -> None:
    home = repository_id(stage)
    label = [stage.owner.post(f"{stage.path}/labels", {"name": n, "color": "ffffff"})["node_id"]
             for n in ("x", "y", "z")]  # fmt: skip
    one = 'createIssue(input: {repositoryId: $r, title: "t", labelIds: $l}) { clientMutationId }'
    fields = " ".join(f"a{number}: {one}" for number in range(60))
    stage.owner.data(f"mutation($r: ID!, $l: [ID!]) {{ {fields} }}", r=home, l=label)
    switch_on(stage, {"fault": "truncate", "keep": 1})

    def counts(size: int) -> tuple[int, set[tuple[int, int, bool]]]:
        found: Any = stage.owner.data(WIDE, name=stage.name, n=size)["repository"]["issues"]
        inner = [node["labels"] for node in found["nodes"]]
        return found["totalCount"], {
            (one["totalCount"], len(one["nodes"]), one["pageInfo"]["hasNextPage"]) for one in inner
        }

    assert counts(59) == (60, {(3, 3, False)})
    assert counts(60) == (60, {(1, 1, False)})
    clear(stage)
    assert counts(60) == (60, {(3, 3, False)})


def test_oversized_updates_are_ignored_unless_switched(stage: Stage) -> None:
    issue = stage.issue("x", body="short")
    path, body = f"{stage.path}/issues/1", "x" * 65_537
    assert stage.owner.patch(path, {"body": body})["body"] == "short"
    switch_on(stage, {"fault": "refuse_oversized"})
    answer = stage.owner.patch(path, {"body": body, "title": "y"}, status=422)
    assert "too long" in answer["errors"][0]["message"]
    update = """mutation($i: ID!, $b: String!) {
      updateIssue(input: {id: $i, body: $b}) { issue { body } } }"""
    assert "too long" in stage.owner.refusal(update, i=issue["node_id"], b=body)["message"]
    stage.owner.patch(path, {"body": "fine"})
    assert stage.owner.get(path)["body"] == "fine"
