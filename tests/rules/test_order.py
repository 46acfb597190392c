from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.board import Item
from bot.domain.plan import Assignment, Errand
from bot.domain.work import ItemKind, Priority, Status
from bot.rules.order import by_priority, by_value, is_backlog, train_order, worth_doing_now
from tests.rules.builders import (
    HIGH,
    LOW,
    MEDIUM,
    assignment,
    backlog,
    decision,
    item,
    modest,
    table,
)

PRIORITIES = {3: MEDIUM, 4: HIGH, 5: LOW}


def test_items_come_high_first_and_older_first_among_equals() -> None:
    items = [
        item(5, priority=LOW),
        item(4),
        item(7, priority=HIGH),
        item(3),
        item(6, priority=HIGH),
    ]
    assert [i.number for i in by_priority(items)] == [6, 7, 3, 4, 5]


@table(
    "first, second",
    (
        "a conflict before a reviewer's wish, however important that is",
        assignment(5, errand=Errand.RECONCILE),
        assignment(4, errand=Errand.REVISE),
    ),
    (
        "a reviewer's wish before a retry",
        assignment(5, errand=Errand.REVISE),
        assignment(4, errand=Errand.RETRY),
    ),
    ("a retry before new work", assignment(5, errand=Errand.RETRY), assignment(4)),
    ("High before Medium", assignment(4), assignment(3)),
    ("Medium before Low", assignment(3), assignment(5)),
    ("a group counts as its most important item", assignment(5, 4), assignment(3)),
    ("unknown items count as Medium", assignment(99), assignment(5)),
    ("what others wait for before what nobody waits for", assignment(13), assignment(3)),
    ("the older item among equals", assignment(3), assignment(12)),
)
def test_assignments_by_value(first: Assignment, second: Assignment) -> None:
    blocking = {13: 2}
    assert by_value([first, second], PRIORITIES, blocking) == (first, second)
    assert by_value([second, first], PRIORITIES, blocking) == (first, second)


@table(
    "pull_requests, expected",
    ("nothing", [], ()),
    ("the highest priority first", [(10, (3,)), (11, (4,)), (12, (5,))], (11, 10, 12)),
    ("the best item of each counts", [(10, (3,)), (11, (5, 4))], (11, 10)),
    ("the oldest item among equals", [(10, (8,)), (11, (7,))], (11, 10)),
    ("the oldest pull request of one item", [(11, (3,)), (10, (3,))], (10, 11)),
    ("one that closes nothing is Medium", [(10, ()), (11, (5,)), (12, (4,))], (12, 10, 11)),
)
def test_train(pull_requests: list[tuple[int, tuple[int, ...]]], expected: tuple[int, ...]) -> None:
    assert train_order(pull_requests, PRIORITIES) == expected


NUMBERS = st.integers(1, 30)
TRAINS = st.dictionaries(NUMBERS, st.lists(NUMBERS, max_size=3).map(tuple), max_size=8)


@modest
@given(TRAINS, st.dictionaries(NUMBERS, st.sampled_from(Priority)), st.randoms())
def test_a_train_leaves_nobody_behind_and_does_not_care_how_it_was_listed(
    trains: dict[int, tuple[int, ...]], priorities: dict[int, Priority], chance
) -> None:
    entries = list(trains.items())
    order = train_order(entries, priorities)
    chance.shuffle(entries)
    assert sorted(order) == sorted(trains)
    assert train_order(entries, priorities) == order


@table(
    "of, named, expected",
    ("work", item(), False, True),
    ("low work", item(priority=LOW), False, True),
    ("medium feedback", item(kind=ItemKind.FEEDBACK), False, True),
    ("low feedback is backlog", backlog(), False, False),
    ("low feedback that the Planner names", backlog(), True, True),
    ("low feedback that is under way already", backlog(status=Status.IN_REVIEW), False, True),
    ("a decision is for people", decision(), False, False),
    ("a decision is for people even if named", decision(priority=HIGH), True, False),
)
def test_worth_doing_now(of: Item, named: bool, expected: bool) -> None:
    assert worth_doing_now(of, named=named) is expected


@table(
    "of, expected",
    ("low feedback", backlog(), True),
    ("done", backlog(status=Status.DONE), False),
    ("low work", item(priority=LOW), False),
    ("medium feedback", item(kind=ItemKind.FEEDBACK), False),
)
def test_backlog(of: Item, expected: bool) -> None:
    assert is_backlog(of) is expected
