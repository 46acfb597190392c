"""GitHub CLI and pull requests, from the branch to the merge."""

from __future__ import annotations

import pytest

from tests.hub.clients.conftest import Cli
from tests.hub.stage import Stage


@pytest.fixture
def opened(gh_bot: Cli, ground: Stage) -> str:
    """The number of a pull request that gh opened as the bot."""
    ground.issue("Target")
    ground.branch("feature", {"feature.txt": "x"})
    url = gh_bot.run(
        "pr", "create", "--head", "feature", "--base", "main", "--title", "Feature",
        "--body", "Closes #1", "--label", "bug",
    )  # fmt: skip
    ground.settle()
    return url.rpartition("/")[2]


def test_it_is_listed_and_shown(gh: Cli, ground: Stage, opened: str) -> None:
    fields = "number,title,headRefName,baseRefName,isDraft,labels,author,mergeable,files,commits"
    [listed] = gh.read("pr", "list", fields="number,title,labels,author,state")
    assert (listed["number"], listed["author"]["is_bot"]) == (int(opened), True)
    seen = gh.read("pr", "view", opened, fields=fields)
    assert (seen["headRefName"], seen["mergeable"]) == ("feature", "MERGEABLE")
    assert [file["path"] for file in seen["files"]] == ["feature.txt"]
    assert "Feature" in gh.run("pr", "view", opened)
    closes = gh.read("pr", "view", opened, fields="closingIssuesReferences")
    assert [issue["number"] for issue in closes["closingIssuesReferences"]] == [1]
    assert gh.read("pr", "list", "--head", "feature", fields="number") == [{"number": 2}]


def test_its_diff(gh: Cli, opened: str) -> None:
    assert "+x" in gh.run("pr", "diff", opened)


def test_its_checks(gh: Cli, ground: Stage, opened: str) -> None:
    sha = ground.owner.get(f"{ground.path}/pulls/{opened}")["head"]["sha"]
    ground.bot.post(f"{ground.path}/statuses/{sha}", {"state": "pending", "context": "ci"})
    ground.settle()
    assert [(c["name"], c["bucket"]) for c in gh_checks(gh, opened)] == [("ci", "pending")]
    ground.bot.post(f"{ground.path}/statuses/{sha}", {"state": "success", "context": "ci"})
    ground.settle()
    assert [(c["name"], c["bucket"]) for c in gh_checks(gh, opened)] == [("ci", "pass")]


def gh_checks(gh: Cli, opened: str) -> list[dict[str, str]]:
    import json

    repository = f"{gh.stage.owner.login}/{gh.stage.name}"
    done = gh.try_run("pr", "checks", opened, "--json", "name,bucket,state", "--repo", repository)
    assert done.returncode in (0, 8), done.stderr  # 8: some are pending
    found: list[dict[str, str]] = json.loads(done.stdout)
    return found


def test_reviews_comments_and_the_merge(gh: Cli, gh_bot: Cli, ground: Stage, opened: str) -> None:
    repository = f"{ground.owner.login}/{ground.name}"
    own = gh_bot.try_run("pr", "review", opened, "--approve", "--repo", repository)
    assert "Can not approve your own pull request" in own.stderr
    gh.run("pr", "review", opened, "--request-changes", "--body", "No")
    gh.run("pr", "review", opened, "--approve")
    gh.run("pr", "comment", opened, "--body", "Fine")
    ground.settle()
    seen = gh.read("pr", "view", opened, fields="reviews,latestReviews,comments")
    assert [review["state"] for review in seen["reviews"]] == ["CHANGES_REQUESTED", "APPROVED"]
    assert [review["state"] for review in seen["latestReviews"]] == ["APPROVED"]
    assert [comment["body"] for comment in seen["comments"]] == ["Fine"]
    head = ground.owner.get(f"{ground.path}/pulls/{opened}")["head"]["sha"]
    wrong = gh.try_run("pr", "merge", opened, "--squash", "--match-head-commit", "0" * 40,
                       "--repo", repository)  # fmt: skip
    assert wrong.returncode != 0
    gh.run("pr", "merge", opened, "--squash", "--match-head-commit", head, "--delete-branch")
    assert ground.owner.get(f"{ground.path}/pulls/{opened}")["merged"]
    assert ground.owner.get(f"{ground.path}/issues/1")["state"] == "closed"
    ground.owner.get(f"{ground.path}/branches/feature", status=404)


def test_drafts_edits_and_closing(gh: Cli, ground: Stage, opened: str) -> None:
    gh.run("pr", "ready", opened, "--undo")
    assert ground.owner.get(f"{ground.path}/pulls/{opened}")["draft"]
    gh.run("pr", "ready", opened)
    gh.run("pr", "edit", opened, "--title", "Better", "--add-label", "question")
    gh.run("pr", "close", opened)
    seen = ground.owner.get(f"{ground.path}/pulls/{opened}")
    assert (seen["title"], seen["state"], seen["draft"]) == ("Better", "closed", False)
    gh.run("pr", "reopen", opened)
    assert ground.owner.get(f"{ground.path}/pulls/{opened}")["state"] == "open"
