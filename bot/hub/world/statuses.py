"""Commit statuses: SHA-keyed, the newest of one context counts."""

from dataclasses import dataclass

from bot.hub.errors import FieldError, Invalid
from bot.hub.rules.limits import MAX_STATUSES
from bot.hub.rules.roles import Role
from bot.hub.rules.status_rollup import STATES
from bot.hub.store.identity import Account, Repository
from bot.hub.store.records import Status
from bot.hub.store.transaction import Transaction
from bot.hub.store.view import View
from bot.hub.world.access import require

ON_COMMIT = "repo_id = :repo AND sha = :sha"


@dataclass(frozen=True)
class StatusDraft:
    """A status somebody wishes to set."""

    state: str
    context: str = "default"
    description: str | None = None
    target_url: str | None = None


def statuses_of(view: View, repository_id: int, sha: str) -> list[Status]:
    """Return all statuses of a commit, oldest first."""
    return view.all(Status, ON_COMMIT, order="id", repo=repository_id, sha=sha)


def set_status(
    transaction: Transaction, actor: Account, repository: Repository, sha: str, draft: StatusDraft
) -> Status:
    """Add a status to a commit that exists; needs write. Raises Invalid."""
    require(transaction, actor, repository, Role.WRITE)
    if draft.state not in STATES:
        raise Invalid(
            FieldError("Status", "state", "custom", f"state must be one of {', '.join(STATES)}")
        )
    values = {"repo": repository.id, "sha": sha, "context": draft.context}
    if transaction.count(Status, f"{ON_COMMIT} AND context = :context", **values) >= MAX_STATUSES:
        words = f"This SHA and context has reached the maximum number of statuses ({MAX_STATUSES})."
        raise Invalid(FieldError("Status", "context", "custom", words))
    return transaction.add(
        Status(
            transaction.next_id(),
            repository.id,
            sha,
            draft.context,
            draft.state,
            draft.description,
            draft.target_url,
            actor.id,
            transaction.stamp,
        )
    )
