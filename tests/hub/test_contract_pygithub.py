"""The independent client: PyGithub asserts the host of every URL and reads headers of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from github import Auth, Github
from github.Repository import Repository

from tests.hub.stage import Stage


@pytest.fixture
def repository(stage: Stage) -> Iterator[Repository]:
    client = Github(
        auth=Auth.Token(stage.bot.token),
        base_url=stage.hub.url,
        seconds_between_writes=0,
        seconds_between_requests=0,
        retry=None,
    )
    yield client.get_repo(f"{stage.owner.login}/{stage.name}")
    client.close()


def test_an_issue_from_birth_to_close(repository: Repository, stage: Stage) -> None:
    milestone = repository.create_milestone("First")
    issue = repository.create_issue("Title", body="Body", labels=["spec"], milestone=milestone)
    issue.create_comment("Hello")
    issue.add_to_labels("more")
    issue.create_reaction("eyes")
    issue.edit(state="closed", state_reason="not_planned")
    stage.settle()
    again = repository.get_issue(issue.number)
    assert (again.state, again.state_reason, again.user.login) == (
        "closed",
        "not_planned",
        "specloop[bot]",
    )
    assert {label.name for label in again.labels} == {"spec", "more"}
    assert [comment.body for comment in again.get_comments()] == ["Hello"]
    assert repository.get_milestone(milestone.number).closed_issues == 1


def test_a_pull_request_to_the_merge(repository: Repository, stage: Stage) -> None:
    sha = stage.branch("feature", {"feature.txt": "x"})
    pull = repository.create_pull(base="main", head="feature", title="Feature", body="")
    repository.get_commit(sha).create_status("success", context="verdict")
    assert pull.mergeable
    assert [file.filename for file in pull.get_files()] == ["feature.txt"]
    merged = pull.merge(sha=sha, merge_method="squash", commit_title="All of it")
    assert merged.merged
    assert repository.get_commit("main").commit.message == "All of it"


def test_listings_come_in_pages(repository: Repository, stage: Stage) -> None:
    for number in range(35):
        stage.issue(f"Issue {number}")
    stage.settle()
    assert len(list(repository.get_issues(state="all"))) == 35
    assert repository.get_issues(state="all").totalCount == 35
