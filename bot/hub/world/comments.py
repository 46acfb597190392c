"""Comments on issues and pull requests."""

from bot.hub.errors import FieldError, Invalid
from bot.hub.rules.limits import BODY_TOO_LONG, MAX_BODY
from bot.hub.rules.roles import Role
from bot.hub.store.identity import Account, Repository
from bot.hub.store.records import Comment, Issue
from bot.hub.store.transaction import Transaction
from bot.hub.world.access import require, require_author_or
from bot.hub.world.issues import require_unlocked

CLASSIFIERS = ("abuse", "duplicate", "off-topic", "outdated", "resolved", "spam")


def add_comment(
    transaction: Transaction, actor: Account, repository: Repository, issue: Issue, body: str
) -> Comment:
    """Comment on an issue or pull request; anyone who can read may.

    The issue's ``updatedAt`` moves.
    """
    require(transaction, actor, repository, Role.READ)
    require_unlocked(transaction, actor, repository, issue)
    _check(body)
    now = transaction.stamp
    _touch(transaction, issue.id)
    return transaction.add(
        Comment(
            transaction.next_id(),
            repository.id,
            issue.id,
            actor.id,
            body,
            now,
            now,
            None,
            None,
            None,
        )
    )


def edit_comment(
    transaction: Transaction, actor: Account, repository: Repository, comment: Comment, body: str
) -> Comment:
    """Replace a comment's body; needs authorship or write.

    Raises Invalid for an overlong or blank body.
    """
    require_author_or(transaction, actor, repository, comment.author_id, Role.WRITE)
    _check(body)
    if body == comment.body:
        return comment
    now = transaction.stamp
    _touch(transaction, comment.issue_id)
    return transaction.revise(comment, body=body, updated_at=now, edited_at=now, editor_id=actor.id)


def delete_comment(
    transaction: Transaction, actor: Account, repository: Repository, comment: Comment
) -> None:
    """Delete a comment; needs authorship or write."""
    require_author_or(transaction, actor, repository, comment.author_id, Role.WRITE)
    _touch(transaction, comment.issue_id)
    transaction.retire(comment)


def minimize_comment(
    transaction: Transaction,
    actor: Account,
    repository: Repository,
    comment: Comment,
    classifier: str | None,
) -> Comment:
    """Hide a comment for a reason, or show it again with None; needs authorship or write."""
    require_author_or(transaction, actor, repository, comment.author_id, Role.WRITE)
    return transaction.revise(comment, minimized=classifier)


def _check(body: str) -> None:
    if not body.strip():
        raise Invalid(FieldError("IssueComment", "body", "missing_field", "Body cannot be blank"))
    if len(body) > MAX_BODY:
        raise Invalid(FieldError("IssueComment", "body", "custom", BODY_TOO_LONG))


def _touch(transaction: Transaction, issue_id: int) -> None:
    issue = transaction.one(Issue, "id = :id", id=issue_id)
    if issue is not None:
        transaction.revise(issue, updated_at=transaction.stamp)
