"""What comes first: items for Executors, pull requests for the train."""

from __future__ import annotations

from collections.abc import Iterable

from bot.domain.board import Item
from bot.domain.plan import Assignment, Errand
from bot.domain.work import ItemKind, Priority, Status

_PRIORITY = {Priority.HIGH: 0, Priority.MEDIUM: 1, Priority.LOW: 2}
_ERRAND = {Errand.RECONCILE: 0, Errand.REVISE: 1, Errand.RETRY: 2, Errand.START: 3}


def by_priority(items: Iterable[Item]) -> tuple[Item, ...]:
    """Return items High first, older first among equals."""
    return tuple(sorted(items, key=lambda i: (_PRIORITY[i.priority], i.number)))


def by_value(
    assignments: Iterable[Assignment],
    priorities: dict[int, Priority],
    blocking: dict[int, int],
) -> tuple[Assignment, ...]:
    """Return assignments in the order they are handed out.

    1. Work that is nearly home (a conflict, a reviewer's wish, a retry) before new work.
    2. High before Medium before Low.
    3. What the most other items wait for (`blocking` counts them).
    4. The older item.
    """
    return tuple(
        sorted(
            assignments,
            key=lambda a: (
                _ERRAND[a.errand],
                min(_PRIORITY[priorities.get(n, Priority.MEDIUM)] for n in a.items),
                -sum(blocking.get(n, 0) for n in a.items),
                a.lead,
            ),
        )
    )


def train_order(
    pull_requests: Iterable[tuple[int, tuple[int, ...]]],
    priorities: dict[int, Priority],
) -> tuple[int, ...]:
    """Return pull request numbers in the order they may land.

    Each comes with the items it closes: the highest priority first, then the oldest item.
    """

    def rank(entry: tuple[int, tuple[int, ...]]) -> tuple[int, int, int]:
        number, items = entry
        priority = min(
            (_PRIORITY[priorities.get(n, Priority.MEDIUM)] for n in items),
            default=_PRIORITY[Priority.MEDIUM],
        )
        return (priority, min(items, default=number), number)

    return tuple(number for number, _ in sorted(pull_requests, key=rank))


def worth_doing_now(item: Item, *, named: bool) -> bool:
    """Whether an item may be given to an Executor at all.

    Decisions are for people. Low feedback is backlog unless the Planner names it.
    """
    if item.kind is ItemKind.DECISION:
        return False
    return named or not is_backlog(item)


def is_backlog(item: Item) -> bool:
    """Whether an item waits for another milestone: open feedback of low priority."""
    return (
        item.status is Status.OPEN
        and item.kind is ItemKind.FEEDBACK
        and item.priority is Priority.LOW
    )
