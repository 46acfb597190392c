"""Mutations of issues."""

from typing import Any

from bot.hub.errors import Unprocessable
from bot.hub.graphql.mutations.base import (
    Input,
    accounts_of,
    issue_of,
    labels_of,
    milestone_of,
    mutation,
)
from bot.hub.graphql.nodes.actors import ActorNode
from bot.hub.graphql.nodes.issue import IssueNode
from bot.hub.graphql.nodes.lookup import find_record
from bot.hub.graphql.nodes.repository import RepositoryNode
from bot.hub.scope import Scope
from bot.hub.store.identity import Account, Repository
from bot.hub.store.records import Issue
from bot.hub.store.transaction import Transaction
from bot.hub.world import issues as world
from bot.hub.world import removing
from bot.hub.world.hierarchy import add_sub_issue
from bot.hub.world.labels import replace_labels


@mutation
def create_issue(scope: Scope, given: Input) -> dict[str, Any]:
    """Create an issue with labels, milestone and parent at once.

    Only REST creates labels on the way.
    """
    refuse_projects(given)
    with scope.hub.database.writing() as transaction:
        repository: Repository = find_record(transaction, scope, given["repositoryId"], Repository)
        draft = world.IssueDraft(
            title=given["title"],
            body=given.get("body"),
            labels=labels_of(transaction, scope, repository, given.get("labelIds")),
            milestone=milestone_of(transaction, scope, repository, given.get("milestoneId")),
            assignees=accounts_of(transaction, given.get("assigneeIds")),
        )
        issue = world.create_issue(transaction, scope.actor, repository, draft)
        if given.get("parentIssueId") is not None:
            home, parent = issue_of(transaction, scope, given["parentIssueId"])
            add_sub_issue(transaction, scope.actor, home, parent, issue)
    return {"issue": IssueNode(scope, issue)}


@mutation
def update_issue(scope: Scope, given: Input) -> dict[str, Any]:
    """Change an issue.

    ``labelIds`` and ``assigneeIds`` are full sets, an overlong body is ignored in silence.
    """
    with scope.hub.database.writing() as transaction:
        repository, issue = issue_of(transaction, scope, given["id"])
        issue = change(transaction, scope, repository, issue, given)
        if given.get("state") is not None:
            issue = world.set_state(
                transaction, scope.actor, repository, issue, given["state"].lower()
            )
    return {"issue": IssueNode(scope, issue), "actor": ActorNode(scope, scope.actor)}


def change(
    transaction: Transaction, scope: Scope, repository: Repository, issue: Issue, given: Input
) -> Issue:
    """Apply title, body, labels, milestone and assignees: issues and pull requests share them."""
    refuse_projects(given)
    from bot.hub.world.pulls import edit_pull

    actor: Account = scope.actor
    texts = {name: given[name] for name in ("title", "body") if given.get(name) is not None}
    if texts:
        edit = edit_pull if issue.pull_id else world.edit_text
        issue = edit(transaction, actor, repository, issue, texts)
    if given.get("labelIds") is not None:
        labels = labels_of(transaction, scope, repository, given["labelIds"])
        issue = replace_labels(transaction, actor, repository, issue, labels)
    if "milestoneId" in given:
        milestone = milestone_of(transaction, scope, repository, given["milestoneId"])
        issue = world.set_milestone(transaction, actor, repository, issue, milestone)
    if given.get("assigneeIds") is not None:
        people = accounts_of(transaction, given["assigneeIds"])
        issue = world.set_assignees(transaction, actor, repository, issue, people)
    return issue


def refuse_projects(given: Input) -> None:
    """Refuse classic projects, which GitHub retired; clients still send an empty list of them."""
    if given.get("projectIds"):
        raise Unprocessable("The hub has no projects.")


@mutation
def close_issue(scope: Scope, given: Input) -> dict[str, Any]:
    """Close an issue for a reason; ``duplicateIssueId`` must name an issue one can see."""
    reason = given.get("stateReason") or (
        "DUPLICATE" if given.get("duplicateIssueId") else "COMPLETED"
    )
    with scope.hub.database.writing() as transaction:
        repository, issue = issue_of(transaction, scope, given["issueId"])
        if given.get("duplicateIssueId") is not None:
            issue_of(transaction, scope, given["duplicateIssueId"])
        issue = world.close_issue(transaction, scope.actor, repository, issue, reason.lower())
    return {"issue": IssueNode(scope, issue)}


@mutation
def reopen_issue(scope: Scope, given: Input) -> dict[str, Any]:
    """Open an issue again."""
    with scope.hub.database.writing() as transaction:
        repository, issue = issue_of(transaction, scope, given["issueId"])
        issue = world.reopen_issue(transaction, scope.actor, repository, issue)
    return {"issue": IssueNode(scope, issue)}


@mutation
def delete_issue(scope: Scope, given: Input) -> dict[str, Any]:
    """Delete an issue for good."""
    with scope.hub.database.writing() as transaction:
        repository, issue = issue_of(transaction, scope, given["issueId"])
        removing.delete_issue(transaction, scope.actor, repository, issue)
    return {"repository": RepositoryNode(scope, repository)}


@mutation
def transfer_issue(scope: Scope, given: Input) -> dict[str, Any]:
    """Move an issue to another repository; labels that it lacks are never created there."""
    with scope.hub.database.writing() as transaction:
        home, issue = issue_of(transaction, scope, given["issueId"])
        to: Repository = find_record(transaction, scope, given["repositoryId"], Repository)
        issue = removing.transfer_issue(transaction, scope.actor, home, issue, to)
    return {"issue": IssueNode(scope, issue)}


MUTATIONS = {
    "createIssue": create_issue,
    "updateIssue": update_issue,
    "closeIssue": close_issue,
    "reopenIssue": reopen_issue,
    "deleteIssue": delete_issue,
    "transferIssue": transfer_issue,
}
