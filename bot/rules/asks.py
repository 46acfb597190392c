"""What a person can do now: from the board and from why the run stands still."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.board import Board, Item
from bot.domain.outputs import TrainOutcome
from bot.domain.run import Ledger, RunState, Standing
from bot.domain.work import ItemKind, Status
from bot.rules.text import one_line

PERSON = "Waiting for a person: "
"""How a reason begins that lists what the board shows anyway."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing that only a person can do."""

    kind: str
    """`read` (the note says it all), `decide`, `unblock` or `review`."""
    number: int
    """Of the issue or pull request; 0 for none."""
    note: str = ""


def asks(state: RunState, board: Board, ledger: Ledger) -> tuple[Ask, ...]:
    """Return what is asked of people, why the run stands still first; nothing once it is done."""
    if state.standing is Standing.DONE:
        return ()
    found: list[Ask] = []
    if (
        state.standing is not Standing.RUNNING
        and state.reason
        and not state.reason.startswith(PERSON)
    ):
        found.append(Ask("read", 0, state.reason))
    found += [Ask("decide", i.number) for i in board.open_items if i.kind is ItemKind.DECISION]
    for item in board.open_items:
        if item.status is Status.BLOCKED and item.kind is not ItemKind.DECISION:
            report = ledger.attempt(item.number)
            found.append(Ask("unblock", item.number, one_line(report.question if report else "")))
    reviews = (_review(i, ledger) for i in board.open_items if i.status is Status.IN_REVIEW)
    found += dict.fromkeys(r for r in reviews if r is not None)
    return tuple(found)


def _review(item: Item, ledger: Ledger) -> Ask | None:
    """Return what the train waits for, if it waits for a person."""
    pull = item.pull_request
    train = ledger.train(pull.number) if pull is not None else None
    if pull is None or train is None or train.head != pull.head_sha:
        return None
    if train.outcome not in (TrainOutcome.WAITING, TrainOutcome.REFUSED):
        return None
    return Ask("review", pull.number, train.note)
