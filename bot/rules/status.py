"""Where an item stands, derived from its issue, its pull request and the present assignments."""

from __future__ import annotations

from bot.domain.work import CloseReason, Issue, PullRequest, Status


def status_of(
    issue: Issue,
    pull_request: PullRequest | None,
    *,
    blocked_label: str,
    assigned: bool,
) -> Status:
    """Return the status of one item.

    `pull_request` is the open one that carries it; `assigned` says that an Executor has it now.
    Closed wins over labels, a block over a pull request: a person must see it first.
    """
    if not issue.is_open:
        done = issue.state_reason in (CloseReason.COMPLETED, None)
        return Status.DONE if done else Status.DROPPED
    if blocked_label in issue.labels:
        return Status.BLOCKED
    if assigned:
        return Status.IN_PROGRESS
    if pull_request is not None and pull_request.is_open:
        return Status.IN_REVIEW
    return Status.OPEN
