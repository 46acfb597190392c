"""GraphQL JSON to domain values: exact for what GitHub sends, lenient for what it leaves out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.work import CloseReason, IssueState, PullRequestState, ReviewState
from bot.github import parse

HERE = "octo/shop"
ISSUE: dict[str, Any] = {
    "id": "I_1",
    "number": 7,
    "title": "Login",
    "body": "text",
    "state": "CLOSED",
    "stateReason": "NOT_PLANNED",
    "createdAt": "2026-11-20T10:00:00Z",
    "author": {"__typename": "User", "login": "ana"},
    "editor": None,
    "parent": {"number": 1},
    "labels": {"nodes": [{"id": "LA_1", "name": "specloop:work"}, None]},
    "blockedBy": {
        "nodes": [
            {"number": 3, "repository": {"nameWithOwner": "Octo/Shop"}},
            {"number": 4, "repository": {"nameWithOwner": "other/place"}},
        ]
    },
    "comments": {
        "totalCount": 12,
        "nodes": [
            {
                "id": "IC_1",
                "fullDatabaseId": "3000000001",
                "body": "hi",
                "createdAt": "2026-11-20T10:00:00Z",
                "updatedAt": "2026-11-20T11:00:00+01:00",
                "author": {"__typename": "Bot", "login": "github-actions"},
                "editor": {"__typename": "User", "login": "eve"},
            }
        ],
    },
}
PULL_REQUEST: dict[str, Any] = {
    "id": "PR_1",
    "number": 9,
    "state": "MERGED",
    "headRefOid": "a" * 40,
    "headRepository": None,
    "mergeCommit": {"oid": "b" * 40},
    "closingIssuesReferences": {"nodes": [{"number": 7, "repository": {"nameWithOwner": HERE}}]},
    "reviews": {"nodes": [{"state": "PONDERED", "commit": None, "author": None}]},
}


def test_an_issue_keeps_everything_it_came_with() -> None:
    issue = parse.issue(ISSUE, HERE)
    assert (issue.number, issue.node_id, issue.parent) == (7, "I_1", 1)
    assert (issue.state, issue.state_reason) == (IssueState.CLOSED, CloseReason.NOT_PLANNED)
    assert issue.labels == ("specloop:work",)
    assert issue.created_at == datetime(2026, 11, 20, 10, tzinfo=UTC)
    assert issue.comment_count == 12


def test_numbers_of_other_repositories_are_not_taken_for_ours() -> None:
    assert parse.issue(ISSUE, HERE).blocked_by == (3,)


def test_a_comment_has_its_long_id_its_editor_and_utc_times() -> None:
    (comment,) = parse.issue(ISSUE, HERE).comments
    assert (comment.id, comment.editor) == (3_000_000_001, "eve")
    assert comment.updated_at == comment.created_at


def test_a_bot_is_called_as_viewer_calls_it() -> None:
    assert parse.issue(ISSUE, HERE).comments[0].author == "github-actions[bot]"


def test_deleted_accounts_and_unknown_values_are_harmless() -> None:
    pull_request = parse.pull_request(PULL_REQUEST, HERE, closes=[8])
    assert pull_request.author == "ghost"
    assert pull_request.head_repository is None
    assert pull_request.state is PullRequestState.MERGED
    assert pull_request.closes == (7, 8)
    assert pull_request.reviews[0].state is ReviewState.COMMENTED
    assert parse.issue({**ISSUE, "stateReason": "REOPENED"}, HERE).state_reason is None


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=8)
    | st.just("0001-01-01T00:00+14"),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


def damaged(node: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(st.sampled_from(sorted(node)), JSON).map(
        lambda broken: {**node, **broken}
    )


@settings(suppress_health_check=[HealthCheck.too_slow])  # of the machine's load, not the input
@given(damaged(ISSUE))
def test_no_issue_is_strange_enough_to_raise(node: dict[str, Any]) -> None:
    issue = parse.issue(node, HERE)
    assert issue.comment_count >= len(issue.comments)


@given(damaged(PULL_REQUEST))
def test_no_pull_request_is_strange_enough_to_raise(node: dict[str, Any]) -> None:
    parse.pull_request(node, HERE)


@pytest.mark.parametrize("value", ["yesterday", "", "2026-13-01T00:00:00Z"])
def test_an_unreadable_moment_is_none(value: str) -> None:
    assert parse.moment({"at": value}, "at") is None
