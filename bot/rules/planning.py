"""Whether the Planner must be asked, and what of its answer stands."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from bot.domain.board import Board
from bot.domain.plan import Decision, Plan, PlannedItem, PlannerAnswer
from bot.domain.run import Ledger, RunState
from bot.domain.settings import Limits, PlanApproval
from bot.domain.work import ItemKind
from bot.rules.documenting import is_settled


def planner_due(state: RunState, ledger: Ledger, board: Board) -> bool:
    """Whether there is something the Planner has not seen: rules before models.

    1. no plan yet; 2. words of a person for it, or a resumed run; 3. a review since its last
    answer; 4. sub-tasks found or troubles met since; 5. its DONE waited for documentation that is
    settled now.
    """
    return bool(
        state.planned_in == 0
        or state.planner_input
        or state.resumed
        or state.reviewed_in >= state.planned_in
        or ledger.discovered
        or ledger.troubles
        or is_settled(state, board)
    )


def carry_on() -> Plan:
    """Return the plan of an iteration in which the Planner has nothing new to read."""
    return Plan(Decision.CONTINUE, "The plan stands; work on it goes on.", by="rule")


def dispose(
    answer: PlannerAnswer,
    board: Board,
    refusals: tuple[str, ...],
    *,
    known_keys: frozenset[str],
    approval: PlanApproval,
    first: bool,
    limits: Limits,
) -> Plan:
    """Return what stands of a Planner's answer.

    `refusals` are the reasons why DONE may not stand (`rules.guards`); they matter only when it
    said DONE, which then becomes CONTINUE. Items whose key is known are not made twice, changes
    of items that do not exist or are closed are dropped, each with a reason on record.
    """
    notes: list[str] = []
    decision = answer.decision
    if decision is Decision.DONE and refusals:
        decision = Decision.CONTINUE
        notes += [f"DONE was refused: {r}" for r in refusals]
    items = _new_items(answer.items, known_keys, notes)
    if len(items) > limits.items_per_iteration * 3:
        notes.append(f"Only the first {limits.items_per_iteration * 3} new items were taken.")
        items = items[: limits.items_per_iteration * 3]
    if decision is not Decision.CONTINUE and items:
        notes.append(f"{len(items)} new items were left out: the decision was {decision.value}.")
        items = ()
    open_numbers = {i.number for i in board.open_items}
    decisions = {i.number for i in board.open_items if i.kind is ItemKind.DECISION}
    changes = tuple(
        c for c in answer.changes if c.item in open_numbers and not (c.drop and c.item in decisions)
    )
    notes += [
        f"#{c.item} is a question for a person; only a person can close it."
        for c in answer.changes
        if c.drop and c.item in decisions
    ]
    notes += [
        f"#{c.item} is not an open item of this milestone; its change was left out."
        for c in answer.changes
        if c.item not in open_numbers
    ]
    asks = approval is PlanApproval.ALWAYS and bool(items)
    return Plan(
        decision=decision,
        reason=answer.reason,
        by="planner",
        refusals=tuple(notes),
        items=items,
        changes=changes,
        assignments=answer.assignments,
        deferrals=tuple(d for d in answer.deferrals if d.item in open_numbers),
        needs_approval=decision is Decision.CONTINUE
        and (asks or (first and approval is PlanApproval.FIRST)),
    )


def without_held(
    answer: PlannerAnswer, held: Collection[int]
) -> tuple[PlannerAnswer, tuple[str, ...]]:
    """Return the answer without other priorities for items whose priority a person chose.

    Second come the reasons. The Planner may still drop them.
    """
    kept = tuple(c for c in answer.changes if c.item in held and c.priority and not c.drop)
    changes = tuple(c for c in answer.changes if c not in kept)
    notes = (f"#{c.item} keeps the priority that a person gave it." for c in kept)
    return replace(answer, changes=changes), tuple(notes)


def _new_items(
    items: tuple[PlannedItem, ...], known: frozenset[str], notes: list[str]
) -> tuple[PlannedItem, ...]:
    fresh = tuple(i for i in items if i.key not in known)
    notes += [f"`{i.key}` exists already; it was not made twice." for i in items if i.key in known]
    keys = {i.key for i in fresh} | known
    return tuple(
        replace(
            i,
            depends_on=tuple(d for d in i.depends_on if d.startswith("#") or d in keys),
        )
        for i in in_dependency_order(fresh)
    )


def in_dependency_order(items: tuple[PlannedItem, ...]) -> tuple[PlannedItem, ...]:
    """Return items so that each comes after those it depends on; cycles keep the given order."""
    done: list[PlannedItem] = []
    waiting = list(items)
    keys = {i.key for i in items}
    while waiting:
        placed = {i.key for i in done}
        ready = [i for i in waiting if all(d in placed or d not in keys for d in i.depends_on)]
        done += ready or waiting
        waiting = [i for i in waiting if i not in done]
    return tuple(done)
