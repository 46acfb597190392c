"""What the Planner reads: the spec, every item, the verdict, the learnings, the history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.agents import RoleKind
from bot.domain.board import Board, Item
from bot.domain.findings import GateReport
from bot.domain.run import IterationRecord, Learnings, Ledger, RunState
from bot.domain.settings import Limits
from bot.domain.work import Snapshot
from bot.loop.brief import repository_brief
from bot.loop.house import House
from bot.loop.places import places
from bot.rules.context import fitted, shown_items
from bot.rules.learning import current
from bot.rules.overview import overview
from bot.rules.questions import questions
from bot.rules.text import visible


@dataclass(frozen=True, slots=True)
class PlanInput:
    """What the plan is made from."""

    snapshot: Snapshot
    board: Board
    state: RunState
    ledger: Ledger
    learnings: Learnings
    history: tuple[IterationRecord, ...]
    known_keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class Base:
    """What is known of the base branch."""

    repository: Mapping[str, object]
    """In brief."""
    paths: tuple[str, ...]
    gates: GateReport
    places: tuple[str, ...] = ()
    """Where a search for what the plan will be about leads."""


def base_of(house: House, given: PlanInput, gates: GateReport) -> Base:
    """Return what the Planner is told of the base branch, which the gates judged."""
    commit = given.snapshot.base_sha
    found = places(house, commit, _questions(given))
    return Base(repository_brief(house, commit), house.codebase.paths(commit), gates, found)


def plan_prompt(given: PlanInput, base: Base, limits: Limits) -> dict[str, object]:
    """Return the values that the Planner's prompt is rendered with."""
    spec, ledger = given.state.spec, given.ledger
    verdict = ledger.verdict
    items, closed = shown_items(given.board)
    prompt: dict[str, object] = {
        "iteration": given.state.iteration,
        "repository": dict(base.repository),
        "spec": {"title": spec.title, "body": spec.body} if spec else {},
        "items": [_described(i, ledger) for i in items],
        "closed": closed,
        "verdict": None
        if verdict is None
        else {
            "met": verdict.met,
            "rationale": verdict.rationale,
            "criteria": [
                {"criterion": c.criterion, "met": c.met, "gap": c.gap} for c in verdict.criteria
            ],
            "gaps": list(verdict.gaps),
            "commit": verdict.commit,
        },
        "learnings": list(current(given.learnings)),
        "taught": list(given.learnings.taught),
        "inbox": list(given.learnings.inbox),
        "input": list(given.state.planner_input),
        "discovered": list(ledger.discovered),
        "failures": list(ledger.troubles),
        "history": [
            {
                "number": r.number,
                "decision": r.decision.value,
                "reason": r.reason,
                "merged": list(r.merged),
                "verdict_met": r.verdict_met,
            }
            for r in given.history
        ],
        "refused_done": list(given.history[-1].refusals) if given.history else [],
        "tree": overview(base.paths),
        "places": list(base.places),
        "base_green": base.gates.green,
        "base_findings": [f.message for f in base.gates.findings],
        "limits": {
            "iterations": limits.iterations + given.state.extra_iterations,
            "items": limits.items_per_iteration,
        },
    }
    return fitted(prompt, RoleKind.PLANNER)


def _questions(given: PlanInput) -> list[str]:
    """Return what the plan will be about: the items still to do, then the spec."""
    spec, verdict = given.state.spec, given.ledger.verdict
    return questions(
        *(item.issue.title for item in given.board.items if item.is_open),
        *(verdict.gaps if verdict else ()),
        *((spec.title, visible(spec.body)) if spec else ()),
    )


def _described(item: Item, ledger: Ledger) -> dict[str, object]:
    report = ledger.attempt(item.number)
    return {
        "number": item.number,
        "key": item.key,
        "title": item.issue.title,
        "description": visible(item.issue.body) if item.is_open else "",
        "kind": item.kind.value,
        "priority": item.priority.value,
        "category": item.category,
        "status": item.status.value,
        "depends_on": list(item.issue.blocked_by),
        "waiting_for": list(item.waiting_for),
        "blocked_reason": report.question if report else "",
        "attempts": report.assignment.attempt if report else 0,
    }
