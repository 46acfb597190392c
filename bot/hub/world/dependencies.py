"""Blocked-by links between issues.

GitHub does not move the blocker's ``updatedAt``; for the blocked side nobody has measured it, so
the hub takes the harder case and moves neither.
"""

from bot.hub.errors import NotFound, Unprocessable
from bot.hub.rules.roles import Role
from bot.hub.store.identity import Account, Repository
from bot.hub.store.records import Dependency, Issue
from bot.hub.store.transaction import Transaction
from bot.hub.store.view import View
from bot.hub.world.access import require

_LINKED = (
    "id IN (SELECT {side} FROM dependencies WHERE {other} = :issue AND began <= :t AND ended > :t)"
)
BLOCKERS = _LINKED.format(side="blocking_id", other="blocked_id")
"""Issues that ``:issue`` waits for."""
BLOCKED = _LINKED.format(side="blocked_id", other="blocking_id")
"""Issues that wait for ``:issue``."""


def summary(view: View, issue: Issue) -> dict[str, int]:
    """Return REST's ``issue_dependencies_summary``: open links, and all links under ``total_``."""
    values = {"issue": issue.id}
    return {
        "blocked_by": view.count(Issue, f"{BLOCKERS} AND state = 'open'", **values),
        "blocking": view.count(Issue, f"{BLOCKED} AND state = 'open'", **values),
        "total_blocked_by": view.count(Issue, BLOCKERS, **values),
        "total_blocking": view.count(Issue, BLOCKED, **values),
    }


def add_blocked_by(
    transaction: Transaction,
    actor: Account,
    repository: Repository,
    blocked: Issue,
    blocking: Issue,
) -> None:
    """Let ``blocked`` wait for ``blocking``; needs triage.

    Raises Unprocessable for itself, a repeat or a circle.
    """
    require(transaction, actor, repository, Role.TRIAGE)
    if blocked.pull_id or blocking.pull_id:
        raise NotFound
    if blocked.id == blocking.id:
        raise Unprocessable("An issue cannot be blocked by itself")
    if _waits_for(transaction, blocked.id, blocking.id, direct=True):
        raise Unprocessable("Target issue has already been taken: it blocks this issue")
    if _waits_for(transaction, blocking.id, blocked.id):
        raise Unprocessable(
            "An issue cannot be blocked by an issue that it blocks: the link would be circular"
        )
    transaction.add(Dependency(blocked.id, blocking.id, transaction.stamp))


def remove_blocked_by(
    transaction: Transaction,
    actor: Account,
    repository: Repository,
    blocked: Issue,
    blocking: Issue,
) -> None:
    """End a wait; needs triage. Raises Unprocessable when there is none."""
    require(transaction, actor, repository, Role.TRIAGE)
    where = "blocked_id = :blocked AND blocking_id = :blocking"
    link = transaction.one(Dependency, where, blocked=blocked.id, blocking=blocking.id)
    if link is None:
        raise Unprocessable("The issue is not blocked by the given issue.")
    transaction.retire(link)


def _waits_for(view: View, waiting: int, goal: int, direct: bool = False) -> bool:
    seen, queue = {waiting}, [waiting]
    while queue:
        for link in view.all(Dependency, "blocked_id = :blocked", blocked=queue.pop()):
            if link.blocking_id == goal:
                return True
            if link.blocking_id not in seen and not direct:
                seen.add(link.blocking_id)
                queue.append(link.blocking_id)
    return False
