from __future__ import annotations

from itertools import product

from bot.domain.board import Item
from bot.domain.plan import Deferral
from bot.domain.verdict import Verdict
from bot.domain.work import ItemKind, Priority, Status
from bot.rules.guards import done_refusals
from tests.rules.builders import (
    BASE_TREE,
    HIGH,
    LOW,
    MEDIUM,
    backlog,
    board,
    decision,
    item,
    table,
    verdict,
)

LATER = (Deferral(3, "A matter of taste."),)


def refusals(
    *items: Item,
    says: Verdict | None = verdict(),  # noqa: B008  frozen
    deferrals: tuple[Deferral, ...] = (),
    green: bool = True,
) -> tuple[str, ...]:
    return done_refusals(board(*items), says, BASE_TREE, deferrals, green)


@table(
    "items, deferrals",
    ("nothing is open", (), ()),
    ("all is done or dropped", (item(3, status=Status.DONE), decision(status=Status.DROPPED)), ()),
    ("Low may stay open", (item(3, priority=LOW), backlog(4)), ()),
    ("Medium may stay when deferred by name", (item(3),), LATER),
)
def test_done_stands(items: tuple[Item, ...], deferrals: tuple[Deferral, ...]) -> None:
    assert refusals(*items, deferrals=deferrals) == ()


@table(
    "facts, why",
    ("without a verdict", {"says": None}, "No verdict has been given yet."),
    (
        "for another tree",
        {"says": verdict(tree="old")},
        "The verdict judged commit 0123456, not the present code.",
    ),
    (
        "on a verdict against it",
        {"says": verdict(met=False)},
        "The verdict says the spec is not met.",
    ),
    (
        "on red gates",
        {"green": False},
        "The gates are not green on the present head of the base branch.",
    ),
)
def test_done_is_refused(facts: dict, why: str) -> None:
    assert refusals(**facts) == (why,)


@table(
    "of, deferrals, why",
    ("High", item(3, priority=HIGH), (), "#3 is open and has high priority."),
    ("High though deferred", item(3, priority=HIGH), LATER, "#3 is open and has high priority."),
    ("Medium", item(3), (), "#3 is open, has medium priority and was not deferred."),
    (
        "Medium deferred without a reason",
        item(3),
        (Deferral(3, " \n"),),
        "#3 is open, has medium priority and was not deferred.",
    ),
    (
        "Medium when another one was deferred",
        item(4),
        LATER,
        "#4 is open, has medium priority and was not deferred.",
    ),
    ("a question, whatever its priority", decision(3, priority=LOW), LATER, "Decision #3 is not "),
)
def test_an_open_item_refuses_done(of: Item, deferrals: tuple[Deferral, ...], why: str) -> None:
    (only,) = refusals(of, deferrals=deferrals)
    assert only.startswith(why)


def test_every_reason_is_named_at_once() -> None:
    found = refusals(item(3), decision(4), says=None, green=False)
    assert len(found) == 4


def test_no_open_status_lets_an_item_slip_through() -> None:
    still_open = [s for s in Status if s not in (Status.DONE, Status.DROPPED)]
    for status, kind, priority in product(still_open, ItemKind, (HIGH, MEDIUM)):
        assert refusals(item(status=status, kind=kind, priority=priority)), (status, kind, priority)


def test_only_the_wholly_good_case_is_done() -> None:
    """Of all combinations of tree, verdict, gates and one open item exactly one kind passes."""
    for tree, met, green, priority in product((BASE_TREE, "old"), *[(True, False)] * 2, Priority):
        found = refusals(item(priority=priority), says=verdict(met, tree), green=green)
        good = tree == BASE_TREE and met and green and priority is LOW
        assert (found == ()) is good
