from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.plan import Decision, Deferral, ItemChange, Plan, PlannedItem, PlannerAnswer
from bot.domain.run import Ledger, RunState
from bot.domain.settings import Limits, PlanApproval
from bot.domain.work import Status
from bot.rules.planning import (
    carry_on,
    dispose,
    in_dependency_order,
    planner_due,
    without_held,
)
from tests.rules.builders import HIGH, board, item, ledger, modest, planned, state, table

CONTINUE, DONE, STUCK = Decision.CONTINUE, Decision.DONE, Decision.STUCK
FIRST, ALWAYS, NEVER = PlanApproval.FIRST, PlanApproval.ALWAYS, PlanApproval.NEVER


@table(
    "of, known, expected",
    ("there is no plan yet", state(), ledger(), True),
    ("nothing came of the first one yet", state(planned_in=1), ledger(), False),
    ("all was read", state(planned_in=2, reviewed_in=1), ledger(), False),
    ("a person said something", state(planned_in=2, planner_input=("x",)), ledger(), True),
    ("a person resumed it", state(planned_in=2, resumed=True), ledger(), True),
    ("reviewed in the same iteration", state(planned_in=2, reviewed_in=2), ledger(), True),
    ("reviewed later", state(planned_in=2, reviewed_in=3), ledger(), True),
    ("a sub-task was found", state(planned_in=2), ledger(discovered=("x",)), True),
    ("something went wrong", state(planned_in=2), ledger(troubles=("x",)), True),
)
def test_planner_due(of: RunState, known: Ledger, expected: bool) -> None:
    assert planner_due(of, known, board()) is expected


def test_without_news_the_plan_stands_by_rule() -> None:
    assert (carry_on().decision, carry_on().by) == (CONTINUE, "rule")


def disposed(
    decision: Decision = CONTINUE,
    *items: PlannedItem,
    refusals: tuple[str, ...] = (),
    known: tuple[str, ...] = (),
    approval: PlanApproval = NEVER,
    first: bool = False,
    **answer: Any,
) -> Plan:
    return dispose(
        PlannerAnswer(decision, "Because.", items, **answer),
        board(3, item(4, status=Status.DONE)),
        refusals,
        known_keys=frozenset(known),
        approval=approval,
        first=first,
        limits=Limits(items_per_iteration=2),
    )


@table(
    "decision, refusals, expected, notes",
    ("CONTINUE stands", CONTINUE, ("x",), CONTINUE, ()),
    ("STUCK stands", STUCK, ("x",), STUCK, ()),
    ("DONE stands when nothing refuses it", DONE, (), DONE, ()),
    ("a refused DONE goes on", DONE, ("No.",), CONTINUE, ("DONE was refused: No.",)),
)
def test_decision(
    decision: Decision, refusals: tuple[str, ...], expected: Decision, notes: tuple[str, ...]
) -> None:
    found = disposed(decision, refusals=refusals)
    assert (found.decision, found.refusals, found.reason) == (expected, notes, "Because.")
    assert found.by == "planner"


def test_items_of_a_refused_done_are_made() -> None:
    assert [i.key for i in disposed(DONE, planned("a"), refusals=("No.",)).items] == ["a"]


@table("decision", ("DONE", DONE), ("STUCK", STUCK))
def test_nothing_is_made_once_it_is_over(decision: Decision) -> None:
    found = disposed(decision, planned("a"))
    assert found.items == ()
    assert found.refusals == (f"1 new items were left out: the decision was {decision.value}.",)


def test_a_known_key_is_not_made_twice_and_may_be_depended_on() -> None:
    found = disposed(CONTINUE, planned("a"), planned("b", "a", "#3", "nowhere"), known=("a",))
    assert [(i.key, i.depends_on) for i in found.items] == [("b", ("a", "#3"))]
    assert found.refusals == ("`a` exists already; it was not made twice.",)


@table(
    "count, notes",
    ("as many as fit", 6, ()),
    ("one too many", 7, ("Only the first 6 new items were taken.",)),
)
def test_items_are_bounded(count: int, notes: tuple[str, ...]) -> None:
    found = disposed(CONTINUE, *(planned(f"k{n}") for n in range(count)))
    assert (len(found.items), found.refusals) == (6, notes)


def test_a_priority_that_a_person_chose_stays_and_the_item_may_be_dropped() -> None:
    changes = (ItemChange(3, HIGH), ItemChange(4, HIGH), ItemChange(3, drop=True))
    answer = PlannerAnswer(CONTINUE, "Because.", changes=changes)
    assert without_held(answer, ()) == (answer, ())
    kept, notes = without_held(replace(answer, changes=changes[:2]), {3})
    assert (kept.changes, notes) == (
        changes[1:2], ("#3 keeps the priority that a person gave it.",)
    )  # fmt: skip
    assert without_held(replace(answer, changes=changes[2:]), {3})[0].changes == changes[2:]


def test_only_open_items_are_changed_or_deferred() -> None:
    changes = tuple(ItemChange(n, drop=True) for n in (3, 4, 99))
    deferrals = tuple(Deferral(n, "Later.") for n in (3, 4, 99))
    found = disposed(changes=changes, deferrals=deferrals, assignments=(("#3",),))
    assert [c.item for c in found.changes] == [3]
    assert [d.item for d in found.deferrals] == [3]
    assert [r[:3] for r in found.refusals] == ["#4 ", "#99"]
    assert found.assignments == (("#3",),)


@table(
    "approval, first, decision, items, expected",
    ("the first plan is shown", FIRST, True, CONTINUE, 1, True),
    ("the first one even without items", FIRST, True, CONTINUE, 0, True),
    ("later ones are not", FIRST, False, CONTINUE, 1, False),
    ("always: one with items", ALWAYS, False, CONTINUE, 1, True),
    ("always: one without changes nothing", ALWAYS, False, CONTINUE, 0, False),
    ("never", NEVER, True, CONTINUE, 1, False),
    ("an end needs no approval", FIRST, True, STUCK, 0, False),
    ("an end needs none even always", ALWAYS, True, DONE, 1, False),
)
def test_approval(
    approval: PlanApproval, first: bool, decision: Decision, items: int, expected: bool
) -> None:
    new = tuple(planned(f"k{n}") for n in range(items))
    assert disposed(decision, *new, approval=approval, first=first).needs_approval is expected


@table(
    "items, expected",
    ("dependencies first", (planned("a", "b"), planned("b", "c"), planned("c")), "cba"),
    ("the given order otherwise", (planned("b"), planned("a")), "ba"),
    ("unknown keys do not count", (planned("b", "#3", "gone"), planned("a")), "ba"),
    ("a circle keeps the given order", (planned("b", "a"), planned("a", "b")), "ba"),
    ("what is free comes before a circle", (planned("b", "b"), planned("a")), "ab"),
)
def test_in_dependency_order(items: tuple[PlannedItem, ...], expected: str) -> None:
    assert "".join(i.key for i in in_dependency_order(items)) == expected


KEYS = "abcdefg"
WAITS = st.dictionaries(st.sampled_from(KEYS), st.sets(st.sampled_from(KEYS)))


@modest
@given(
    st.permutations(KEYS), st.dictionaries(st.sampled_from(KEYS), st.sets(st.sampled_from(KEYS)))
)
def test_no_dependencies_lose_an_item_or_hang(keys, depends_on) -> None:
    items = tuple(planned(k, *sorted(depends_on.get(k, ()))) for k in keys)
    assert sorted(i.key for i in in_dependency_order(items)) == list(KEYS)


@modest
@given(
    st.permutations(KEYS), st.dictionaries(st.sampled_from(KEYS), st.sets(st.sampled_from(KEYS)))
)
def test_without_circles_each_comes_after_those_it_depends_on(keys, depends_on) -> None:
    older = {k: sorted(d for d in depends_on.get(k, ()) if d < k) for k in KEYS}
    order = in_dependency_order(tuple(planned(k, *older[k]) for k in keys))
    place = {i.key: n for n, i in enumerate(order)}
    assert all(place[d] < place[k] for k in KEYS for d in older[k])
