"""The real githubkit over real HTTP: every answer validates against GitHub's schema."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from githubkit import GitHub
from githubkit.exception import RequestFailed

from bot.hub.rest.routes import ROUTES
from tests.hub.stage import Stage

Calls = dict[str, Callable[[], Any]]


@pytest.fixture
def github(stage: Stage) -> Iterator[GitHub[Any]]:
    with GitHub(
        stage.owner.token, base_url=stage.hub.url, http_cache=False, auto_retry=False
    ) as client:
        yield client


@pytest.fixture
def at(stage: Stage) -> tuple[str, str]:
    return stage.owner.login, stage.name


def check(calls: Calls) -> None:
    """Make each call; a payload that misses something fails with the route's name."""
    for name, call in calls.items():
        try:
            answer = call()
            if answer.status_code != 204:
                assert answer.parsed_data is not None
        except Exception as error:  # noqa: BLE001 - whatever it is, the route is at fault
            pytest.fail(f"{name}: {error}")


def test_accounts_and_repositories(github: GitHub[Any], at: tuple[str, str]) -> None:
    rest, (o, r) = github.rest, at
    check(
        {
            "root": rest.meta.root,
            "meta": rest.meta.get,
            "rate limit": rest.rate_limit.get,
            "current user": rest.users.get_authenticated,
            "user": lambda: rest.users.get_by_username("specloop[bot]"),
            "my repositories": rest.repos.list_for_authenticated_user,
            "get": lambda: rest.repos.get(o, r),
            "update": lambda: rest.repos.update(
                o, r, description="text", delete_branch_on_merge=True
            ),
            "collaborators": lambda: rest.repos.list_collaborators(o, r),
            "add": lambda: rest.repos.add_collaborator(o, r, "specloop[bot]", permission="triage"),
            "check": lambda: rest.repos.check_collaborator(o, r, "specloop[bot]"),
            "permission": lambda: rest.repos.get_collaborator_permission_level(
                o, r, "specloop[bot]"
            ),
            "remove": lambda: rest.repos.remove_collaborator(o, r, "specloop[bot]"),
        }
    )


def test_labels_and_milestones(github: GitHub[Any], at: tuple[str, str], stage: Stage) -> None:
    rest, (o, r) = github.rest, at
    number = stage.issue(labels=["one"])["number"]
    check(
        {
            "create label": lambda: rest.issues.create_label(o, r, name="a/b", color="ff0000"),
            "get label": lambda: rest.issues.get_label(o, r, "a/b"),
            "update label": lambda: rest.issues.update_label(
                o, r, "a/b", new_name="c", color="00ff00"
            ),
            "labels": lambda: rest.issues.list_labels_for_repo(o, r),
            "delete label": lambda: rest.issues.delete_label(o, r, "c"),
            "issue's labels": lambda: rest.issues.list_labels_on_issue(o, r, number),
            "add": lambda: rest.issues.add_labels(o, r, number, labels=["two"]),
            "set": lambda: rest.issues.set_labels(o, r, number, labels=["two", "three"]),
            "remove": lambda: rest.issues.remove_label(o, r, number, "two"),
            "remove all": lambda: rest.issues.remove_all_labels(o, r, number),
            "create milestone": lambda: rest.issues.create_milestone(
                o, r, title="M", due_on=datetime(2027, 1, 1, tzinfo=UTC)
            ),
            "milestones": lambda: rest.issues.list_milestones(o, r),
            "get milestone": lambda: rest.issues.get_milestone(o, r, 1),
            "update milestone": lambda: rest.issues.update_milestone(o, r, 1, state="closed"),
            "delete milestone": lambda: rest.issues.delete_milestone(o, r, 1),
        }
    )


def test_issues_and_comments(github: GitHub[Any], at: tuple[str, str], stage: Stage) -> None:
    rest, (o, r) = github.rest, at
    stage.issue("First")
    comment = stage.owner.post(f"{stage.path}/issues/1/comments", {"body": "hello"})["id"]
    stage.settle()
    check(
        {
            "create": lambda: rest.issues.create(o, r, title="t", body="b", labels=["x"]),
            "list": lambda: rest.issues.list_for_repo(o, r, state="all"),
            "get": lambda: rest.issues.get(o, r, 1),
            "update": lambda: rest.issues.update(
                o, r, 1, state="closed", state_reason="not_planned"
            ),
            "comment": lambda: rest.issues.create_comment(o, r, 1, body="more"),
            "comments": lambda: rest.issues.list_comments(o, r, 1),
            "all comments": lambda: rest.issues.list_comments_for_repo(o, r, sort="updated"),
            "get comment": lambda: rest.issues.get_comment(o, r, comment),
            "edit comment": lambda: rest.issues.update_comment(o, r, comment, body="edited"),
            "delete comment": lambda: rest.issues.delete_comment(o, r, comment),
        }
    )


def test_hierarchy(github: GitHub[Any], at: tuple[str, str], stage: Stage) -> None:
    issues, (o, r) = github.rest.issues, at
    stage.issue("parent")
    child, blocker = stage.issue("child")["id"], stage.issue("blocker")["id"]
    check(
        {
            "add": lambda: issues.add_sub_issue(o, r, 1, sub_issue_id=child),
            "list": lambda: issues.list_sub_issues(o, r, 1),
            "parent": lambda: issues.get_parent(o, r, 2),
            "remove": lambda: issues.remove_sub_issue(o, r, 1, sub_issue_id=child),
            "block": lambda: issues.add_blocked_by_dependency(o, r, 2, issue_id=blocker),
            "blocked by": lambda: issues.list_dependencies_blocked_by(o, r, 2),
            "blocking": lambda: issues.list_dependencies_blocking(o, r, 3),
            "unblock": lambda: issues.remove_dependency_blocked_by(o, r, 2, blocker),
        }
    )


def test_reactions(github: GitHub[Any], at: tuple[str, str], stage: Stage) -> None:
    rest, (o, r) = github.rest.reactions, at
    stage.issue()
    comment = stage.owner.post(f"{stage.path}/issues/1/comments", {"body": "hello"})["id"]
    on_issue = stage.owner.post(f"{stage.path}/issues/1/reactions", {"content": "heart"})["id"]
    on_comment = rest.create_for_issue_comment(o, r, comment, content="eyes").parsed_data.id
    stage.settle()
    check(
        {
            "issue": lambda: rest.create_for_issue(o, r, 1, content="rocket"),
            "on issue": lambda: rest.list_for_issue(o, r, 1),
            "on comment": lambda: rest.list_for_issue_comment(o, r, comment),
            "off issue": lambda: rest.delete_for_issue(o, r, 1, on_issue),
            "off comment": lambda: rest.delete_for_issue_comment(o, r, comment, on_comment),
        }
    )


def test_pull_requests_and_reviews(github: GitHub[Any], at: tuple[str, str], stage: Stage) -> None:
    pulls, (o, r) = github.rest.pulls, at
    stage.branch("second", {"second.txt": "2"})
    number = stage.pull("first")["number"]
    review = pulls.create_review(
        o,
        r,
        number,
        event="REQUEST_CHANGES",
        body="No",
        comments=[{"path": "first.txt", "line": 1, "body": "Here"}],
    ).parsed_data.id
    stage.settle()
    check(
        {
            "create": lambda: pulls.create(o, r, title="t", head="second", base="main", body="b"),
            "list": lambda: pulls.list(o, r, state="all"),
            "get": lambda: pulls.get(o, r, number),
            "update": lambda: pulls.update(o, r, number, title="new"),
            "commits": lambda: pulls.list_commits(o, r, number),
            "files": lambda: pulls.list_files(o, r, number),
            "reviews": lambda: pulls.list_reviews(o, r, number),
            "review": lambda: pulls.get_review(o, r, number, review),
            "review's comments": lambda: pulls.list_comments_for_review(o, r, number, review),
            "comments": lambda: pulls.list_review_comments(o, r, number),
            "dismiss": lambda: pulls.dismiss_review(o, r, number, review, message="old"),
            "as an issue": lambda: github.rest.issues.get(o, r, number),
            "merge": lambda: pulls.merge(o, r, number, merge_method="squash"),
            "is merged": lambda: pulls.check_if_merged(o, r, number),
        }
    )


def test_commits_and_refs(github: GitHub[Any], at: tuple[str, str], stage: Stage) -> None:
    repos, refs, (o, r) = github.rest.repos, github.rest.git, at
    sha = stage.branch("deep/er", {"file.txt": "text"})
    check(
        {
            "set status": lambda: repos.create_commit_status(
                o, r, sha, state="success", context="c"
            ),
            "commit": lambda: repos.get_commit(o, r, "main"),
            "combined": lambda: repos.get_combined_status_for_ref(o, r, "deep/er"),
            "statuses": lambda: repos.list_commit_statuses_for_ref(o, r, sha),
            "branches": lambda: repos.list_branches(o, r),
            "branch": lambda: repos.get_branch(o, r, "main"),
            "ref": lambda: refs.get_ref(o, r, "heads/main"),
            "matching": lambda: refs.list_matching_refs(o, r, "heads/deep"),
            "new ref": lambda: refs.create_ref(o, r, ref="refs/specloop/1", sha=sha),
            "move": lambda: refs.update_ref(o, r, "specloop/1", sha=stage.tip(), force=True),
            "gone": lambda: refs.delete_ref(o, r, "specloop/1"),
        }
    )


def test_missing_things_are_githubs_404(github: GitHub[Any], at: tuple[str, str]) -> None:
    with pytest.raises(RequestFailed) as caught:
        github.rest.issues.get(*at, 99)
    assert caught.value.response.status_code == 404
    assert caught.value.response.json()["message"] == "Not Found"


def test_the_table_of_routes_has_no_doubles() -> None:
    names = [(route.method, route.template) for route in ROUTES]
    assert len(names) == len(set(names))
