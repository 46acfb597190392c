"""Before DONE: what was built is documented, by an item that a rule makes and the Writer carries.

The rule asks when the Planner's DONE would stand, so that the Writer reads what stays, and once for
what was merged since it was last sent: what the Writer itself merged does not send it again.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import replace

from bot.domain.board import Board
from bot.domain.plan import Decision, Plan, PlannedItem
from bot.domain.run import IterationRecord, Ledger, RunState
from bot.domain.settings import PlanApproval
from bot.domain.work import Priority

KEY = "documentation."
"""How the items' keys begin; a Planner's keys have no dot."""
NAMED = 40
"""Pull requests that an item names."""

_DOCUMENTS = re.compile(
    r"docs?/.|(readme|changelog|changes|history|news)(\.[a-z]+)?$", re.IGNORECASE
)


def is_documentation(key: str) -> bool:
    """Whether an item of that key is the Writer's."""
    return key.startswith(KEY)


def keeps_documentation(paths: Iterable[str]) -> bool:
    """Whether a repository has a README, a changelog or a folder of documents at its top."""
    return any(_DOCUMENTS.match(path) for path in paths)


def undocumented(
    history: Iterable[IterationRecord], state: RunState, ledger: Ledger, board: Board
) -> tuple[int, ...]:
    """Return the pull requests that were merged since the Writer was last sent, but for its own."""
    items = {i.number for i in board.items if is_documentation(i.key)}
    own = {t.pull_request for t in ledger.trains if items & set(t.items)}
    since = (n for line in history if line.number >= state.documented_in for n in line.merged)
    return tuple(n for n in since if n not in own)


def document_first(
    made: Plan, merged: tuple[int, ...], known_keys: Collection[str], approval: PlanApproval
) -> Plan:
    """Return a plan that said DONE as one that has what was merged documented before."""
    number = 1 + sum(is_documentation(key) for key in known_keys)
    item = _item(f"{KEY}{number}", merged)
    return replace(
        made,
        decision=Decision.CONTINUE,
        reason=f"{made.reason}\n\nBefore the end, the Writer documents what was built.",
        items=(item,),
        assignments=((item.key,),),
        needs_approval=approval is PlanApproval.ALWAYS,
    )


def is_settled(state: RunState, board: Board) -> bool:
    """Whether the item for which a DONE was put off is done or dropped, and nobody was asked since.

    It may be so without a merge and a review, say when a person drops it.
    """
    put_off = 0 < state.documented_in == state.planned_in
    return put_off and not any(is_documentation(i.key) for i in board.open_items)


def _item(key: str, merged: tuple[int, ...]) -> PlannedItem:
    names = ", ".join(f"#{n}" for n in merged[-NAMED:])
    more = f" and {len(merged) - NAMED} before them" if len(merged) > NAMED else ""
    return PlannedItem(
        key=key,
        title="Document what was built",
        description=(
            f"The spec is met. Bring the documentation in line with what was built: {names}{more}."
            "\n\nChange what became wrong, and add what is new where a reader would look for it."
        ),
        priority=Priority.MEDIUM,
        criteria=(
            "README, docs and changelog, where the repository has them, are true of the code",
            "The commands and examples in them work",
        ),
    )
