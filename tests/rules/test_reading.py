from __future__ import annotations

import pytest

from bot.domain.board import Item
from bot.domain.work import CloseReason, ItemKind, Priority, PullRequestState, Status
from bot.rules.reading import priority_label, read_board
from tests.rules.builders import HIGH, LABELS, LOW, MEDIUM, issue, pull_request, snapshot, table


def only(*labels: str) -> Item:
    (found,) = read_board(snapshot([issue(labels=labels)]), LABELS, {}, {}).items
    return found


@table(
    "labels, kind",
    ("a person's issue without labels is work", (), ItemKind.WORK),
    ("work is work", ("specloop:work",), ItemKind.WORK),
    ("a specialist's is feedback", ("specloop:feedback",), ItemKind.FEEDBACK),
    ("a question is a decision", ("specloop:decision",), ItemKind.DECISION),
    ("of two a person must answer", ("specloop:feedback", "specloop:decision"), ItemKind.DECISION),
)
def test_kind(labels: tuple[str, ...], kind: ItemKind) -> None:
    assert only(*labels).kind is kind


@table(
    "labels, priority",
    ("Medium unless somebody says so", (), MEDIUM),
    ("High", ("priority:high",), HIGH),
    ("Medium", ("priority:medium",), MEDIUM),
    ("Low", ("priority:low",), LOW),
    ("the highest of several", ("priority:low", "priority:high"), HIGH),
)
def test_priority(labels: tuple[str, ...], priority: Priority) -> None:
    assert only(*labels).priority is priority


def test_category_is_the_first_label_behind_the_prefix() -> None:
    assert only("bug", "category:security", "category:other").category == "security"
    assert only("bug").category == ""


@pytest.mark.parametrize("priority", Priority)
def test_a_priority_is_read_back_from_its_label(priority: Priority) -> None:
    assert only(priority_label(priority, LABELS)).priority is priority


def test_items_come_in_issue_order_with_their_planned_keys() -> None:
    found = read_board(snapshot([issue(8), issue(3)]), LABELS, {8: "greet"}, {})
    assert [(i.number, i.key) for i in found.items] == [(3, "#3"), (8, "greet")]


def test_an_item_waits_for_open_items_only() -> None:
    done = issue(4, closed=CloseReason.COMPLETED)
    found = read_board(snapshot([issue(3, blocked_by=(4, 5)), done, issue(5)]), LABELS, {}, {})
    assert found.items[0].waiting_for == (5,)


def test_a_pull_request_carries_its_item_while_it_is_open() -> None:
    closed = pull_request(10, (4,), state=PullRequestState.CLOSED)
    seen = snapshot([issue(3), issue(4), issue(5), issue(6)], [pull_request(9), closed])
    found = read_board(seen, LABELS, {}, {3: 9, 4: 10, 5: 99}, assigned=frozenset({6})).items
    assert [i.pull_request.number if i.pull_request else None for i in found] == [9, *[None] * 3]
    assert [i.status for i in found] == [
        Status.IN_REVIEW,
        Status.OPEN,
        Status.OPEN,
        Status.IN_PROGRESS,
    ]


def test_the_journal_says_which_pull_request_not_the_closing_keyword() -> None:
    found = read_board(snapshot([issue(3)], [pull_request(9, closes=(3,))]), LABELS, {}, {})
    assert found.items[0].pull_request is None
