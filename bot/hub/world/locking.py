"""Locking a conversation: only those with write access go on talking."""

from bot.hub.errors import FieldError, Invalid
from bot.hub.rules.roles import Role
from bot.hub.store.identity import Account, Repository
from bot.hub.store.records import Issue
from bot.hub.store.transaction import Transaction
from bot.hub.store.view import View
from bot.hub.world.access import require

LOCK_REASONS = ("off-topic", "too heated", "resolved", "spam")


def lock(
    transaction: Transaction,
    actor: Account,
    repository: Repository,
    issue: Issue,
    reason: str | None,
) -> Issue:
    """Lock an issue or pull request; needs write. Raises Invalid for an unknown reason."""
    require(transaction, actor, repository, Role.WRITE)
    if reason is not None and reason not in LOCK_REASONS:
        raise Invalid(FieldError("Issue", "lock_reason", "invalid"))
    transaction.connection.execute(
        "INSERT OR REPLACE INTO lock_reasons VALUES (?, ?)", (issue.id, reason)
    )
    if issue.locked:
        return issue
    return transaction.revise(issue, locked=True, updated_at=transaction.stamp)


def unlock(transaction: Transaction, actor: Account, repository: Repository, issue: Issue) -> Issue:
    """Open a locked conversation again; needs write."""
    require(transaction, actor, repository, Role.WRITE)
    if not issue.locked:
        return issue
    return transaction.revise(issue, locked=False, updated_at=transaction.stamp)


def lock_reason(view: View, issue: Issue) -> str | None:
    """Return why an issue is locked, None when it is not or nobody said."""
    if not issue.locked:
        return None
    sql = "SELECT reason FROM lock_reasons WHERE issue_id = ?"
    row = view.connection.execute(sql, (issue.id,)).fetchone()
    return row[0] if row else None
