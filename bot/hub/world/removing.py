"""Issues that go away: deleted for good, or moved to another repository.

One that is turned into a discussion goes away in the same manner: its number answers to nothing.
"""

from dataclasses import replace

from bot.hub.rules.roles import Role
from bot.hub.store.identity import Account, Repository
from bot.hub.store.records import (
    Assignee,
    ClosingReference,
    Comment,
    Dependency,
    Issue,
    IssueLabel,
    SubIssue,
)
from bot.hub.store.transaction import Transaction
from bot.hub.world.access import require


def delete_issue(
    transaction: Transaction, actor: Account, repository: Repository, issue: Issue
) -> None:
    """Delete an issue with all that hangs on it; only an admin may. Its number is not used again.

    https://docs.github.com/en/issues/tracking-your-work-with-issues/administering-issues/deleting-an-issue
    """
    require(transaction, actor, repository, Role.ADMIN, "Viewer not authorized to delete")
    _remove(transaction, issue)


def transfer_issue(
    transaction: Transaction, actor: Account, repository: Repository, issue: Issue, to: Repository
) -> Issue:
    """Move an issue with its comments; needs write in both. It gets a new number and a new id.

    Its labels and its milestone stay behind, as they do on GitHub where the other repository has
    none of their names.

    https://docs.github.com/en/issues/tracking-your-work-with-issues/administering-issues/transferring-an-issue-to-another-repository
    """
    require(transaction, actor, repository, Role.WRITE)
    require(transaction, actor, to, Role.WRITE)
    number, new_id = transaction.next_number(to.id), transaction.next_id()
    moved = transaction.add(
        replace(issue, id=new_id, repo_id=to.id, number=number, milestone_id=None)
    )
    for comment in transaction.all(Comment, "issue_id = :issue", issue=issue.id):
        transaction.add(
            replace(comment, id=transaction.next_id(), repo_id=to.id, issue_id=moved.id)
        )
    _remove(transaction, issue)
    return moved


def _remove(transaction: Transaction, issue: Issue) -> None:
    own = "issue_id = :issue"
    for kind in (Comment, IssueLabel, Assignee, ClosingReference):
        for record in transaction.all(kind, own, issue=issue.id):
            transaction.retire(record)
    for record in transaction.all(
        SubIssue, "parent_id = :issue OR child_id = :issue", issue=issue.id
    ):
        transaction.retire(record)
    for link in transaction.all(
        Dependency, "blocked_id = :issue OR blocking_id = :issue", issue=issue.id
    ):
        transaction.retire(link)
    transaction.retire(issue)
