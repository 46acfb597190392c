"""Milestones. GitHub has no GraphQL mutation for them, only REST."""

from dataclasses import replace
from typing import Any

from bot.hub.errors import FieldError, Invalid
from bot.hub.rules.roles import Role
from bot.hub.store.identity import Account, Repository
from bot.hub.store.records import Issue, Milestone
from bot.hub.store.transaction import Transaction
from bot.hub.store.view import View
from bot.hub.world.access import require


def find_milestone(view: View, repository_id: int, number: int) -> Milestone | None:
    """Return a milestone by number, or None."""
    return view.one(
        Milestone, "repo_id = :repo AND number = :number", repo=repository_id, number=number
    )


def milestone_of_issue(view: View, issue: Issue) -> Milestone | None:
    """Return the milestone of an issue, or None."""
    return (
        None
        if issue.milestone_id is None
        else view.one(Milestone, "id = :id", id=issue.milestone_id)
    )


def milestone_counts(view: View, milestone: Milestone) -> tuple[int, int]:
    """Return how many open and closed issues and pull requests a milestone has."""
    where = "milestone_id = :milestone AND state = :state"
    opened = view.count(Issue, where, milestone=milestone.id, state="open")
    return opened, view.count(Issue, where, milestone=milestone.id, state="closed")


def create_milestone(
    transaction: Transaction, actor: Account, repository: Repository, fields: dict[str, Any]
) -> Milestone:
    """Create a milestone from title, description, state and due_on (an instant); needs write.

    Raises Invalid.
    """
    require(transaction, actor, repository, Role.WRITE)
    now = transaction.stamp
    number = transaction.next_in(f"milestone/{repository.id}")
    blank = Milestone(
        transaction.next_id(),
        repository.id,
        number,
        "",
        None,
        "open",
        actor.id,
        None,
        now,
        now,
        None,
    )
    milestone = _changed(transaction, blank, fields)
    return transaction.add(milestone)


def update_milestone(
    transaction: Transaction,
    actor: Account,
    repository: Repository,
    milestone: Milestone,
    fields: dict[str, Any],
) -> Milestone:
    """Change title, description, state or due_on; needs write. Raises Invalid."""
    require(transaction, actor, repository, Role.WRITE)
    changed = _changed(transaction, milestone, fields)
    return transaction.revise(
        milestone,
        title=changed.title,
        description=changed.description,
        state=changed.state,
        due_on=changed.due_on,
        closed_at=changed.closed_at,
        updated_at=transaction.stamp,
    )


def delete_milestone(
    transaction: Transaction, actor: Account, repository: Repository, milestone: Milestone
) -> None:
    """Delete a milestone; its issues stay and leave it. Needs write."""
    require(transaction, actor, repository, Role.WRITE)
    for issue in transaction.all(Issue, "milestone_id = :milestone", milestone=milestone.id):
        transaction.revise(issue, milestone_id=None, updated_at=transaction.stamp)
    transaction.retire(milestone)


def assign_milestone(transaction: Transaction, issue: Issue, milestone: Milestone | None) -> Issue:
    """Put an issue on a milestone or on none; both get a new ``updatedAt``."""
    wanted = None if milestone is None else milestone.id
    if wanted == issue.milestone_id:
        return issue
    for touched in (milestone_of_issue(transaction, issue), milestone):
        if touched is not None:
            transaction.revise(touched, updated_at=transaction.stamp)
    return transaction.revise(issue, milestone_id=wanted, updated_at=transaction.stamp)


def _changed(transaction: Transaction, milestone: Milestone, fields: dict[str, Any]) -> Milestone:
    changed = replace(milestone, **fields)
    if not changed.title.strip():
        raise Invalid(FieldError("Milestone", "title", "missing_field"))
    if changed.state not in ("open", "closed"):
        raise Invalid(FieldError("Milestone", "state", "invalid"))
    values = {"repo": milestone.repo_id, "title": changed.title, "id": milestone.id}
    if transaction.one(Milestone, "repo_id = :repo AND title = :title AND id != :id", **values):
        raise Invalid(FieldError("Milestone", "title", "already_exists"))
    if changed.state == milestone.state:
        return changed
    return replace(changed, closed_at=transaction.stamp if changed.state == "closed" else None)
