"""Mutations of sub-issues and dependencies."""

import re
from typing import Any

from bot.hub.errors import NotFound, Unprocessable
from bot.hub.graphql.mutations.base import Input, issue_of, mutation
from bot.hub.graphql.nodes.issue import IssueNode
from bot.hub.scope import Scope
from bot.hub.store.records import Issue
from bot.hub.store.view import View
from bot.hub.world import dependencies, hierarchy
from bot.hub.world.access import readable_repository

_ISSUE_URL = re.compile(r"https?://[^/]+/(?P<owner>[^/]+)/(?P<name>[^/]+)/issues/(?P<number>\d+)/?")


@mutation
def add_sub_issue(scope: Scope, given: Input) -> dict[str, Any]:
    """Make an issue, named by id or URL, a child of another."""
    with scope.hub.database.writing() as transaction:
        repository, parent = issue_of(transaction, scope, given["issueId"])
        child = _child(transaction, scope, given)
        replace = bool(given.get("replaceParent"))
        hierarchy.add_sub_issue(transaction, scope.actor, repository, parent, child, replace)
    return {"issue": IssueNode(scope, parent), "subIssue": IssueNode(scope, child)}


@mutation
def remove_sub_issue(scope: Scope, given: Input) -> dict[str, Any]:
    """Take a child from its parent."""
    with scope.hub.database.writing() as transaction:
        repository, parent = issue_of(transaction, scope, given["issueId"])
        child = issue_of(transaction, scope, given["subIssueId"])[1]
        hierarchy.remove_sub_issue(transaction, scope.actor, repository, parent, child)
    return {"issue": IssueNode(scope, parent), "subIssue": IssueNode(scope, child)}


@mutation
def add_blocked_by(scope: Scope, given: Input) -> dict[str, Any]:
    """Let an issue wait for another."""
    with scope.hub.database.writing() as transaction:
        repository, blocked = issue_of(transaction, scope, given["issueId"])
        blocking = issue_of(transaction, scope, given["blockingIssueId"])[1]
        dependencies.add_blocked_by(transaction, scope.actor, repository, blocked, blocking)
    return {"issue": IssueNode(scope, blocked), "blockingIssue": IssueNode(scope, blocking)}


@mutation
def remove_blocked_by(scope: Scope, given: Input) -> dict[str, Any]:
    """End a wait."""
    with scope.hub.database.writing() as transaction:
        repository, blocked = issue_of(transaction, scope, given["issueId"])
        blocking = issue_of(transaction, scope, given["blockingIssueId"])[1]
        dependencies.remove_blocked_by(transaction, scope.actor, repository, blocked, blocking)
    return {"issue": IssueNode(scope, blocked), "blockingIssue": IssueNode(scope, blocking)}


def _child(view: View, scope: Scope, given: Input) -> Issue:
    if given.get("subIssueId") is not None:
        return issue_of(view, scope, given["subIssueId"])[1]
    match = _ISSUE_URL.fullmatch(given.get("subIssueUrl") or "")
    if match is None:
        raise Unprocessable("Either subIssueId or subIssueUrl must be given.")
    repository = readable_repository(view, scope.actor, match["owner"], match["name"])
    issue = view.issue(repository.id, int(match["number"]))
    if issue is None:
        raise NotFound(f"Could not resolve to an Issue with the URL '{given['subIssueUrl']}'.")
    return issue


MUTATIONS = {
    "addSubIssue": add_sub_issue,
    "removeSubIssue": remove_sub_issue,
    "addBlockedBy": add_blocked_by,
    "removeBlockedBy": remove_blocked_by,
}
