"""DONE stands only when everything that must hold does; otherwise the refusal says why."""

from __future__ import annotations

from bot.domain.board import Board
from bot.domain.plan import Deferral
from bot.domain.verdict import Verdict
from bot.domain.work import ItemKind, Priority


def done_refusals(
    board: Board,
    verdict: Verdict | None,
    base_tree: str,
    deferrals: tuple[Deferral, ...],
    base_green: bool,
) -> tuple[str, ...]:
    """Return why DONE may not stand, one sentence each; empty when it may.

    Needed: gates green on the present tree; a verdict that says met for that very tree; no open
    High; no open Medium that was not deferred by name with a reason; no unanswered decision.
    """
    reasons: list[str] = []
    if not base_green:
        reasons.append("The gates are not green on the present head of the base branch.")
    if verdict is None:
        reasons.append("No verdict has been given yet.")
    elif verdict.tree != base_tree:
        reasons.append(f"The verdict judged commit {verdict.commit[:7]}, not the present code.")
    elif not verdict.met:
        reasons.append("The verdict says the spec is not met.")
    deferred = {d.item for d in deferrals if d.reason.strip()}
    for item in board.open_items:
        if item.kind is ItemKind.DECISION:
            reasons.append(f"Decision #{item.number} is not answered.")
        elif item.priority is Priority.HIGH:
            reasons.append(f"#{item.number} is open and has high priority.")
        elif item.priority is Priority.MEDIUM and item.number not in deferred:
            reasons.append(f"#{item.number} is open, has medium priority and was not deferred.")
    return tuple(reasons)
