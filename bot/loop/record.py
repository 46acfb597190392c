"""Phase 6, record: what was learned and spent, the history, and what the tracker shows of it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.board import Board
from bot.domain.effects import (
    AddLabels,
    CloseIssue,
    CloseMilestone,
    CreateComment,
    EditComment,
    Effect,
    LeaveMilestone,
    Outcome,
)
from bot.domain.plan import Plan
from bot.domain.run import IterationRecord, Learnings, RunState, Standing
from bot.domain.work import CloseReason, Snapshot
from bot.loop.history import history
from bot.loop.house import House
from bot.rules.dashboard import View, view_of
from bot.rules.learning import current
from bot.rules.recall import PROGRESS
from bot.rules.termination import Halt
from bot.rules.text import digest

COMPARED = 50_000
"""Characters of the progress comment by which it is told whether it is out of date."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What the tracker and `specloop status` show: derived anew each time."""

    view: View
    body: str


def show(
    house: House,
    snapshot: Snapshot,
    board: Board,
    state: RunState | None = None,
    lines: tuple[IterationRecord, ...] | None = None,
) -> Shown:
    """Return the view and the progress comment's text, of now or as they are about to be."""
    journal = house.journal
    state = state or journal.state
    title = state.spec.title if state.spec else snapshot.root.title
    past = history(house) if lines is None else lines
    view = view_of(title, state, board, journal.ledger, past, house.settings.limits)
    return Shown(view, house.words.render("comments/progress", view=view))


def progress_effects(house: House, snapshot: Snapshot, shown: Shown) -> list[Effect]:
    """Return the effect that makes the sticky progress comment say what is so now."""
    receipt = house.journal.receipt(PROGRESS)
    if receipt is None:
        return [CreateComment(PROGRESS, snapshot.root.number, shown.body)]
    if receipt.outcome is not Outcome.DONE or receipt.node_id is None:
        return []
    key = f"{PROGRESS}/{digest(shown.body, str(house.clock.boot()))}"
    return [EditComment(key, receipt.node_id, shown.body)]


def is_stale(house: House, snapshot: Snapshot, shown: Shown) -> bool:
    """Whether the progress comment says something else than what is so now.

    People change labels and items while a run waits. What GitHub would cut off is not compared.
    """
    receipt = house.journal.receipt(PROGRESS)
    number = receipt.number if receipt is not None else None
    found = next((c.body for c in snapshot.root.comments if c.id == number), None)
    wanted = shown.body.rstrip()[:COMPARED]
    return found is not None and not found.replace("\r\n", "\n").startswith(wanted)


def halt_effects(
    house: House,
    board: Board,
    snapshot: Snapshot,
    halt: Halt,
    plan: Plan | None = None,
    learnings: Learnings | None = None,
) -> list[Effect]:
    """Return what people are told when the loop stops, and what DONE changes.

    `plan` is the one that ends the run, if one does, with the learnings it curated.
    """
    iteration = house.journal.state.iteration
    body = house.words.render(
        "comments/halt",
        halt=halt,
        refusals=plan.refusals if plan else (),
        deferrals={d.item: d.reason for d in plan.deferrals} if plan else {},
        board=board,
        ledger=house.journal.ledger,
        learnings=current(learnings or house.journal.learnings),
        history=history(house),
    )
    effects: list[Effect] = []
    if not halt.asked:
        key = f"halt/{iteration}/{digest(halt.reason, halt.accepts)}"
        effects.append(CreateComment(key, snapshot.root.number, body))
    if halt.standing is Standing.DONE:
        effects += _handed_over(house, board, snapshot, iteration)
    return effects


def _handed_over(house: House, board: Board, snapshot: Snapshot, iteration: int) -> list[Effect]:
    """Leave what is open as backlog and close root and native Milestone."""
    key, effects = f"done/{iteration}", list[Effect]()
    for item in board.open_items:
        effects.append(
            AddLabels(f"{key}/backlog/{item.number}", item.number,
                      (house.settings.labels.backlog,))
        )  # fmt: skip
        effects.append(LeaveMilestone(f"{key}/leave/{item.number}", item.number))
    if snapshot.milestone is not None:
        effects.append(CloseMilestone(f"{key}/milestone", snapshot.milestone.number))
    effects.append(CloseIssue(f"{key}/root", snapshot.root.number, CloseReason.COMPLETED))
    return effects
