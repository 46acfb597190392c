"""From a Snapshot to a Board: what labels, links and the journal say of each child issue."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.board import Board, Item
from bot.domain.settings import Labels
from bot.domain.work import Issue, ItemKind, Priority, PullRequest, Snapshot
from bot.rules.status import status_of


def read_board(
    snapshot: Snapshot,
    labels: Labels,
    keys: Mapping[int, str],
    carried_by: Mapping[int, int],
    assigned: frozenset[int] = frozenset(),
) -> Board:
    """Return every child of the milestone as an Item.

    `keys` maps issue numbers to planned keys, `carried_by` item numbers to the pull request the
    journal knows for them; `assigned` are the items an Executor has now.
    """
    open_numbers = {i.number for i in snapshot.items if i.is_open}
    items = []
    for issue in sorted(snapshot.items, key=lambda i: i.number):
        pull_request = _carrier(snapshot, carried_by.get(issue.number))
        items.append(
            Item(
                issue=issue,
                key=keys.get(issue.number, f"#{issue.number}"),
                kind=_kind(issue, labels),
                priority=_priority(issue, labels),
                category=_category(issue, labels),
                status=status_of(
                    issue,
                    pull_request,
                    blocked_label=labels.blocked,
                    assigned=issue.number in assigned,
                ),
                waiting_for=tuple(n for n in issue.blocked_by if n in open_numbers),
                pull_request=pull_request,
            )
        )
    return Board(tuple(items))


def _carrier(snapshot: Snapshot, number: int | None) -> PullRequest | None:
    found = snapshot.pull_request(number) if number is not None else None
    return found if found is not None and found.is_open else None


def _kind(issue: Issue, labels: Labels) -> ItemKind:
    if labels.decision in issue.labels:
        return ItemKind.DECISION
    return ItemKind.FEEDBACK if labels.feedback in issue.labels else ItemKind.WORK


def _priority(issue: Issue, labels: Labels) -> Priority:
    for name, priority in (
        (labels.high, Priority.HIGH),
        (labels.medium, Priority.MEDIUM),
        (labels.low, Priority.LOW),
    ):
        if name in issue.labels:
            return priority
    return Priority.MEDIUM


def _category(issue: Issue, labels: Labels) -> str:
    prefix = labels.category_prefix
    return next((x[len(prefix) :] for x in issue.labels if x.startswith(prefix)), "")


def priority_label(priority: Priority, labels: Labels) -> str:
    """Return the name of a priority's label."""
    return {
        Priority.HIGH: labels.high,
        Priority.MEDIUM: labels.medium,
        Priority.LOW: labels.low,
    }[priority]
