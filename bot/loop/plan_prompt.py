"""What the Planner reads: the spec, every item, the verdict, the learnings, the history."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.board import Board, Item
from bot.domain.findings import GateReport
from bot.domain.run import IterationRecord, Learnings, Ledger, RunState
from bot.domain.work import Snapshot
from bot.loop.asking import shown_paths
from bot.loop.brief import repository_brief
from bot.loop.house import House
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


def plan_prompt(house: House, given: PlanInput, gates: GateReport) -> dict[str, object]:
    """Return the values that the Planner's prompt is rendered with; `gates` judged the base."""
    spec, ledger = given.state.spec, given.ledger
    verdict = ledger.verdict
    return {
        "iteration": given.state.iteration,
        "repository": repository_brief(house, given.snapshot.base_sha),
        "spec": {"title": spec.title, "body": spec.body} if spec else {},
        "items": [_described(i, ledger) for i in given.board.items],
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
        "learnings": list(given.learnings.curated),
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
            for r in given.history[-10:]
        ],
        "refused_done": list(given.history[-1].refusals) if given.history else [],
        "tree": shown_paths(house, given.snapshot.base_sha),
        "base_gates": {
            "green": gates.green,
            "findings": [f.message for f in gates.findings],
        },
        "limits": {
            "iterations": house.settings.limits.iterations + given.state.extra_iterations,
            "items": house.settings.limits.items_per_iteration,
        },
    }


def _described(item: Item, ledger: Ledger) -> dict[str, object]:
    report = ledger.attempt(item.number)
    return {
        "number": item.number,
        "key": item.key,
        "title": item.issue.title,
        "description": visible(item.issue.body)[:4000] if item.is_open else "",
        "kind": item.kind.value,
        "priority": item.priority.value,
        "category": item.category,
        "status": item.status.value,
        "depends_on": list(item.issue.blocked_by),
        "waiting_for": list(item.waiting_for),
        "blocked_reason": report.question if report else "",
        "attempts": report.assignment.attempt if report else 0,
    }
