"""The snapshot as it will look once effects that were just performed show in the listings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from bot.domain.effects import (
    AddLabels,
    CloseIssue,
    ClosePullRequest,
    CreateIssue,
    CreatePullRequest,
    Effect,
    LinkBlockedBy,
    Outcome,
    Receipt,
    RemoveLabels,
)
from bot.domain.work import (
    CloseReason,
    Issue,
    IssueState,
    PullRequest,
    PullRequestState,
    Snapshot,
)


def foresee(
    snapshot: Snapshot, effects: Iterable[Effect], receipts: Mapping[str, Receipt]
) -> Snapshot:
    """Return the snapshot with every effect applied that its receipt says was done."""
    for effect in effects:
        receipt = receipts.get(effect.key)
        if receipt is None or receipt.outcome is not Outcome.DONE:
            continue
        if isinstance(effect, CreateIssue):
            snapshot = _with_issue(snapshot, effect, receipt)
        elif isinstance(effect, CreatePullRequest):
            snapshot = _with_pull_request(snapshot, effect, receipt)
        elif isinstance(effect, ClosePullRequest):
            snapshot = _without_pull_request(snapshot, effect.number)
        elif isinstance(effect, AddLabels | RemoveLabels | CloseIssue | LinkBlockedBy):
            snapshot = replace(
                snapshot,
                items=tuple(
                    _changed(i, effect) if i.number == effect.number else i for i in snapshot.items
                ),
            )
    return snapshot


def landed(snapshot: Snapshot, closed: Iterable[int], pull_request: int) -> Snapshot:
    """Return the snapshot with one pull request merged and the issues it closes closed."""
    done = set(closed)
    return replace(
        snapshot,
        items=tuple(
            replace(i, state=IssueState.CLOSED, state_reason=CloseReason.COMPLETED)
            if i.number in done
            else i
            for i in snapshot.items
        ),
        pull_requests=tuple(
            replace(p, state=PullRequestState.MERGED) if p.number == pull_request else p
            for p in snapshot.pull_requests
        ),
    )


def _with_issue(snapshot: Snapshot, effect: CreateIssue, receipt: Receipt) -> Snapshot:
    if receipt.number is None or snapshot.item(receipt.number) is not None:
        return snapshot
    at: datetime = snapshot.taken_at
    issue = Issue(
        number=receipt.number,
        node_id=receipt.node_id or "",
        title=effect.title,
        body=effect.body,
        author=snapshot.viewer,
        editor=None,
        state=IssueState.OPEN,
        state_reason=None,
        labels=effect.labels,
        created_at=at,
        parent=effect.parent,
        blocked_by=(),
        comments=(),
        comment_count=0,
    )
    return replace(snapshot, items=(*snapshot.items, issue))


def _with_pull_request(snapshot: Snapshot, effect: CreatePullRequest, receipt: Receipt) -> Snapshot:
    if receipt.number is None or snapshot.pull_request(receipt.number) is not None:
        return snapshot
    pull_request = PullRequest(
        number=receipt.number,
        node_id=receipt.node_id or "",
        title=effect.title,
        body=effect.body,
        author=snapshot.viewer,
        state=PullRequestState.OPEN,
        head_branch=effect.head,
        head_sha=effect.head_sha,
        head_repository=snapshot.repository,
        base_branch=effect.base,
        is_draft=False,
        closes=(),
        merge_commit=None,
        reviews=(),
        comments=(),
    )
    return replace(snapshot, pull_requests=(*snapshot.pull_requests, pull_request))


def _without_pull_request(snapshot: Snapshot, number: int) -> Snapshot:
    return replace(
        snapshot,
        pull_requests=tuple(
            replace(p, state=PullRequestState.CLOSED) if p.number == number else p
            for p in snapshot.pull_requests
        ),
    )


def _changed(issue: Issue, effect: AddLabels | RemoveLabels | CloseIssue | LinkBlockedBy) -> Issue:
    match effect:
        case AddLabels():
            return replace(issue, labels=tuple(dict.fromkeys((*issue.labels, *effect.labels))))
        case RemoveLabels():
            kept = tuple(x for x in issue.labels if x not in effect.labels)
            return replace(issue, labels=kept)
        case CloseIssue():
            return replace(issue, state=IssueState.CLOSED, state_reason=effect.reason)
        case LinkBlockedBy():
            links = dict.fromkeys((*issue.blocked_by, effect.blocked_by))
            return replace(issue, blocked_by=tuple(links))
