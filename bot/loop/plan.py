"""Phase 2, plan: rules first, then the Planner; it proposes, the guards dispose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.domain.agents import Invocation, RoleKind
from bot.domain.effects import (
    AddLabels,
    CloseIssue,
    CreateComment,
    CreateIssue,
    Effect,
    LinkBlockedBy,
    Receipt,
    RemoveLabels,
)
from bot.domain.errors import AgentFailed
from bot.domain.outputs import PlanOutput
from bot.domain.plan import Decision, Plan, PlannedItem, PlannerAnswer
from bot.domain.run import RunState
from bot.domain.settings import Labels
from bot.domain.work import CloseReason, ItemKind, Priority
from bot.loop.asking import ask
from bot.loop.fan_out import aside
from bot.loop.gating import base_tree, judge_tree
from bot.loop.house import House
from bot.loop.plan_prompt import PlanInput, base_of, plan_prompt
from bot.loop.priorities import chosen_by_people
from bot.rules.documenting import (
    document_first,
    is_documentation,
    keeps_documentation,
    undocumented,
)
from bot.rules.guards import done_refusals
from bot.rules.planning import carry_on, dispose, planner_due, without_held
from bot.rules.reading import priority_label

SUB_ISSUES = 90
"""Children linked as sub-issues at most: GitHub's cap is 100, closed ones included."""


def plan(house: House, given: PlanInput) -> PlanOutput:
    """Return what the rest of the iteration follows.

    Raises AgentUnavailable or AgentFailed when the Planner is needed and gives no usable answer.
    """
    if not planner_due(given.state, given.ledger, given.board):
        return PlanOutput(carry_on(), given.learnings.curated)
    base = aside(lambda: judge_tree(house, base_tree(given.snapshot)), house.tick)
    invocation = Invocation(
        key=f"{given.state.iteration}/plan",
        role="planner",
        kind=RoleKind.PLANNER,
        iteration=given.state.iteration,
        # The first search of a commit indexes it, which may take seconds.
        prompt=aside(
            lambda: plan_prompt(given, base_of(house, given, base), house.settings.limits),
            house.tick,
        ),
    )
    reply = aside(lambda: ask(house, invocation, given.snapshot.base_sha), house.tick)
    answer = reply.answer
    if not isinstance(answer, PlannerAnswer):
        raise AgentFailed("The Planner returned another role's answer.")
    held = chosen_by_people(house, given.board, given.snapshot.viewer)
    answer, notes = without_held(answer, held)
    refusals = done_refusals(
        given.board, given.ledger.verdict, given.snapshot.base_tree, answer.deferrals, base.green
    )
    settings = house.settings
    made = dispose(
        answer,
        given.board,
        refusals,
        known_keys=given.known_keys,
        approval=settings.approve_plan,
        first=not given.state.plan_accepted,
        limits=settings.limits,
    )
    made = replace(made, refusals=(*made.refusals, *notes))
    return PlanOutput(
        plan=_documented(house, given, made),
        learnings=answer.learnings or given.learnings.curated,
        usage=reply.usage,
        wish_known=answer.wish_known,
    )


def _documented(house: House, given: PlanInput, made: Plan) -> Plan:
    """Return the plan, with the Writer sent before a DONE that leaves something undocumented."""
    settings = house.settings
    if made.decision is not Decision.DONE or not settings.writer:
        return made
    merged = undocumented(given.history, given.state, given.ledger, given.board)
    if (
        not merged
        or any(is_documentation(i.key) for i in given.board.open_items)
        or not keeps_documentation(house.codebase.paths(given.snapshot.base_sha))
    ):
        return made
    return document_first(made, merged, given.known_keys, settings.approve_plan)


def planned_items(house: House, given: PlanInput, made: Plan) -> list[Effect]:
    """Return the first wave: one issue per planned item."""
    labels, milestone = house.settings.labels, given.snapshot.milestone
    room = SUB_ISSUES - len(given.snapshot.items)
    return [
        CreateIssue(
            key=f"item/{item.key}",
            title=house.title(item.title),
            body=house.words.render("issues/item", item=item, spec=given.state.root),
            labels=_labels(item, labels),
            parent=given.state.root if position < room else None,
            milestone=milestone.number if milestone else 0,
        )
        for position, item in enumerate(made.items)
    ]


def _labels(item: PlannedItem, labels: Labels) -> tuple[str, ...]:
    kind = labels.decision if item.kind is ItemKind.DECISION else labels.work
    return (kind, priority_label(item.priority, labels))


def plan_changes(
    house: House, given: PlanInput, made: Plan, receipts: Mapping[str, Receipt]
) -> list[Effect]:
    """Return the second wave: links, changes of existing items, and the Planner's comment."""
    numbers = {key: n for n, key in house.journal.item_keys().items()}
    effects: list[Effect] = []
    for item in made.items:
        own = numbers.get(item.key)
        for wish in item.depends_on:
            other = resolve(wish, numbers)
            if own is not None and other is not None and other != own:
                effects.append(LinkBlockedBy(f"link/{own}/{other}", own, other))
    for change in made.changes:
        effects += _change(house, given, change.item, change.priority, change.drop)
    if made.by == "planner" and made.decision is Decision.CONTINUE:
        created = [
            {"number": numbers[i.key], "item": i, "waits": [
                n for d in i.depends_on if (n := resolve(d, numbers)) is not None]}
            for i in made.items if i.key in numbers
        ]  # fmt: skip
        failed = [r.note for r in receipts.values() if r.note]
        effects.append(
            CreateComment(
                f"plan/{given.state.iteration}",
                given.state.root,
                house.words.render(
                    "comments/plan",
                    plan=made,
                    created=created,
                    failed=failed,
                    iteration=given.state.iteration,
                ),
            )
        )
    return effects


def _change(
    house: House, given: PlanInput, number: int, priority: Priority | None, drop: bool
) -> list[Effect]:
    key = f"change/{given.state.iteration}/{number}"
    item = given.board.item(number)
    if item is None:
        return []
    if drop:
        return [CloseIssue(f"{key}/drop", number, CloseReason.NOT_PLANNED)]
    if priority is None or priority == item.priority:
        return []
    labels = house.settings.labels
    old = priority_label(item.priority, labels)
    new = priority_label(priority, labels)
    effects: list[Effect] = [AddLabels(f"{key}/add", number, (new,))]
    if old in item.issue.labels:
        effects.append(RemoveLabels(f"{key}/remove", number, (old,)))
    return effects


def resolve(reference: str, numbers: Mapping[str, int]) -> int | None:
    """Return the issue number that a key or `#12` stands for, or None."""
    if reference.startswith("#"):
        return int(reference[1:]) if reference[1:].isdigit() else None
    return numbers.get(reference)


def consume(state: RunState, made: Plan, approval_always: bool) -> RunState:
    """Return the state after the Planner read what waited for it."""
    if made.by != "planner":
        return state
    return replace(
        state,
        planned_in=state.iteration,
        planner_input=(),
        documented_in=state.iteration
        if any(is_documentation(i.key) for i in made.items)
        else state.documented_in,
        resumed=False,
        replan=False,
        plan_accepted=state.plan_accepted and not (approval_always and made.needs_approval),
    )


def is_over(made: Plan) -> bool:
    """Whether nothing is executed after this plan."""
    return made.decision is not Decision.CONTINUE
