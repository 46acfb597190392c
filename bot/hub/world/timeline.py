"""An issue's timeline: who put labels on, took them off, and changed the title."""

from __future__ import annotations

from collections.abc import Iterable

from bot.hub.store.identity import Account
from bot.hub.store.records import Issue, IssueEvent
from bot.hub.store.transaction import Transaction

LABELED, UNLABELED, RENAMED = "LABELED_EVENT", "UNLABELED_EVENT", "RENAMED_TITLE_EVENT"


def record_labels(
    transaction: Transaction, actor: Account, issue: Issue, kind: str, labels: Iterable[int]
) -> None:
    """Record that somebody put labels on an issue, or took them off."""
    for label_id in labels:
        _record(transaction, actor, issue, kind, label_id=label_id)


def record_rename(transaction: Transaction, actor: Account, issue: Issue, title: str) -> None:
    """Record that somebody gives an issue another title; nothing when it is the same."""
    if title != issue.title:
        _record(transaction, actor, issue, RENAMED, previous=issue.title, current=title)


def _record(
    transaction: Transaction,
    actor: Account,
    issue: Issue,
    kind: str,
    *,
    label_id: int | None = None,
    previous: str | None = None,
    current: str | None = None,
) -> None:
    transaction.add(
        IssueEvent(
            transaction.next_id(), issue.id, actor.id, kind, label_id, previous, current,
            transaction.stamp,
        )
    )  # fmt: skip
