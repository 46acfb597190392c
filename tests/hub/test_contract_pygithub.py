"""The independent client: PyGithub asserts the host of every URL and reads headers of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from github import Auth, Github, GithubException
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


def test_reviews_and_protection(stage: Stage, repository: Repository) -> None:
    stage.pull("feature")
    with Github(
        auth=Auth.Token(stage.owner.token), base_url=stage.hub.url, retry=None,
        seconds_between_writes=0, seconds_between_requests=0,
    ) as client:  # fmt: skip
        mine = client.get_repo(f"{stage.owner.login}/{stage.name}")
        branch = mine.get_branch("main")
        branch.edit_protection(strict=True, contexts=["ci"], required_approving_review_count=1)
        rules = branch.get_protection()
        assert rules.required_status_checks.contexts == ["ci"]
        assert rules.required_pull_request_reviews.required_approving_review_count == 1
        assert mine.get_branch("main").protected
        with pytest.raises(GithubException) as refused:
            repository.get_pull(1).merge()
        assert refused.value.status == 405
        mine.get_pull(1).create_review(event="APPROVE")
        stage.settle()
        assert [review.state for review in mine.get_pull(1).get_reviews()] == ["APPROVED"]
        repository.get_commit(mine.get_pull(1).head.sha).create_status("success", context="ci")
        assert repository.get_pull(1).merge().merged
        branch.remove_protection()


def test_a_parent_a_comment_and_a_label(stage: Stage, repository: Repository) -> None:
    parent, child = repository.create_issue("Parent"), repository.create_issue("Child")
    parent.add_sub_issue(child.id)
    stage.settle()
    assert [issue.number for issue in parent.get_sub_issues()] == [child.number]
    comment = child.create_comment("Words")
    comment.edit("Other words")
    stage.settle()
    assert [seen.body for seen in repository.get_issues_comments()] == ["Other words"]
    comment.delete()
    label = repository.create_label("fresh", "00ff00", "Words")
    label.edit("old", "ff0000")
    assert repository.get_label("old").color == "ff0000"
    parent.remove_sub_issue(child.id)


def test_refs(stage: Stage, repository: Repository) -> None:
    sha = stage.branch("feature", {"f.txt": "x"})
    made = repository.create_git_ref("refs/specloop/x", stage.tip())
    made.edit(sha)
    assert repository.get_git_ref("specloop/x").object.sha == sha
    made.delete()
    assert {branch.name for branch in repository.get_branches()} == {"main", "feature"}
