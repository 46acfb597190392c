"""GitHub CLI and issues, labels, milestones."""

from __future__ import annotations

from typing import Any

from tests.hub.clients.conftest import Cli
from tests.hub.stage import Stage


def number(url: str) -> str:
    return url.rpartition("/")[2]


def make(gh: Cli, title: str, *options: str) -> str:
    return number(gh.run("issue", "create", "--title", title, "--body", "Words", *options))


def test_an_issue_with_a_parent_a_blocker_a_label_and_a_milestone(gh: Cli, ground: Stage) -> None:
    ground.owner.post(f"{ground.path}/milestones", {"title": "First"})
    parent, blocker = make(gh, "Parent"), make(gh, "Blocker")
    made = make(
        gh, "Child", "--parent", parent, "--blocked-by", blocker,
        "--label", "bug", "--milestone", "First",
    )  # fmt: skip
    child: Any = ground.owner.get(f"{ground.path}/issues/{made}")
    assert (child["milestone"]["title"], [label["name"] for label in child["labels"]]) == (
        "First",
        ["bug"],
    )
    assert ground.owner.get(f"{ground.path}/issues/{made}/parent")["number"] == int(parent)
    assert child["issue_dependencies_summary"]["blocked_by"] == 1
    seen = gh.read("issue", "view", made, fields="number,title,state,labels,milestone,body,author")
    assert (seen["title"], seen["state"], seen["body"]) == ("Child", "OPEN", "Words")
    assert seen["milestone"]["title"] == "First"
    gh.run("issue", "view", made)
    gh.run("issue", "view", made, "--comments")


def test_lists_are_filtered(gh: Cli, ground: Stage) -> None:
    one, two = make(gh, "One", "--label", "bug"), make(gh, "Two")
    gh.run("issue", "close", two)
    ground.settle()
    assert [i["number"] for i in gh.read("issue", "list", fields="number")] == [int(one)]
    closed = gh.read("issue", "list", "--state", "closed", fields="number,state,stateReason")
    assert closed == [{"number": int(two), "state": "CLOSED", "stateReason": "COMPLETED"}]
    assert gh.read("issue", "list", "--author", "maintainer", "--state", "all", fields="number")


def test_an_edit_changes_labels_milestone_and_children(gh: Cli, ground: Stage) -> None:
    ground.owner.post(f"{ground.path}/milestones", {"title": "First"})
    one, child = make(gh, "One", "--label", "bug"), make(gh, "Child")
    gh.run("issue", "edit", one, "--add-label", "question", "--remove-label", "bug")
    gh.run("issue", "edit", one, "--milestone", "First", "--title", "New")
    gh.run("issue", "edit", one, "--add-sub-issue", child)
    seen: Any = ground.owner.get(f"{ground.path}/issues/{one}")
    assert ([label["name"] for label in seen["labels"]], seen["title"]) == (["question"], "New")
    assert seen["milestone"]["title"] == "First"
    assert seen["sub_issues_summary"]["total"] == 1
    gh.run("issue", "edit", one, "--remove-sub-issue", child, "--remove-milestone")
    seen = ground.owner.get(f"{ground.path}/issues/{one}")
    assert (seen["sub_issues_summary"]["total"], seen["milestone"]) == (0, None)


def test_a_blocker_is_added_and_removed(gh: Cli, ground: Stage) -> None:
    one, two = make(gh, "One"), make(gh, "Two")
    gh.run("issue", "edit", one, "--add-blocked-by", two)
    ground.settle()
    path = f"{ground.path}/issues/{one}/dependencies/blocked_by"
    assert [issue["number"] for issue in ground.owner.get(path)] == [int(two)]
    gh.run("issue", "edit", one, "--remove-blocked-by", two)
    ground.settle()
    assert ground.owner.get(path) == []


def test_comments_closing_and_reopening(gh: Cli, ground: Stage) -> None:
    one = make(gh, "One")
    assert "#issuecomment-" in gh.run("issue", "comment", one, "--body", "Hello")
    gh.run("issue", "close", one, "--reason", "not planned", "--comment", "No")
    ground.settle()
    seen = gh.read("issue", "view", one, fields="state,stateReason,comments")
    assert (seen["state"], seen["stateReason"]) == ("CLOSED", "NOT_PLANNED")
    assert [comment["body"] for comment in seen["comments"]] == ["Hello", "No"]
    gh.run("issue", "reopen", one)
    assert ground.owner.get(f"{ground.path}/issues/{one}")["state"] == "open"


def test_labels(gh: Cli, ground: Stage) -> None:
    gh.run("label", "create", "urgent", "--color", "ff0000", "--description", "Soon")
    ground.settle()
    listed = gh.read("label", "list", "--limit", "100", fields="name,color,description")
    assert {"name": "urgent", "color": "ff0000", "description": "Soon"} in listed
    gh.run("label", "edit", "urgent", "--name", "calm", "--color", "00ff00")
    assert ground.owner.get(f"{ground.path}/labels/calm")["color"] == "00ff00"
    gh.run("label", "delete", "calm", "--yes")
    ground.owner.get(f"{ground.path}/labels/calm", status=404)


def test_plain_requests(gh: Cli, ground: Stage) -> None:
    for title in ("One", "Two", "Three"):
        make(gh, title)
    ground.settle()
    repository = f"repos/maintainer/{ground.name}"
    pages = gh.plain("api", "--paginate", f"{repository}/issues?per_page=1", "--jq", ".[].title")
    assert pages.splitlines() == ["Three", "Two", "One"]
    gh.plain("api", f"{repository}/issues/1", "-X", "PATCH", "-f", "title=Changed")
    assert gh.plain("api", f"{repository}/issues/1", "--jq", ".title") == "Changed"
    refused = gh.try_run("api", f"{repository}/issues/99")
    assert "Not Found (HTTP 404)" in refused.stderr
    query = 'query($n:String!){repository(owner:"maintainer",name:$n){issues(first:1){totalCount}}}'
    asked = gh.plain("api", "graphql", "-f", f"query={query}", "-f", f"n={ground.name}",
                     "--jq", ".data.repository.issues.totalCount")  # fmt: skip
    assert asked == "3"


def test_who_and_where(gh: Cli, ground: Stage) -> None:
    assert "maintainer" in gh.plain("auth", "status")
    seen = gh.plain("repo", "view", f"maintainer/{ground.name}", "--json", "name,defaultBranchRef")
    assert ground.name in seen
