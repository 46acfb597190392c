"""Which items have a priority that a person chose: the Planner's wishes do not touch it."""

from __future__ import annotations

from bot.domain.board import Board
from bot.domain.effects import CreateIssue
from bot.domain.outputs import PlanOutput
from bot.domain.work import Priority
from bot.loop.house import House
from bot.rules.reading import priority_label


def chosen_by_people(house: House, board: Board, viewer: str) -> frozenset[int]:
    """Return the items whose priority is another than the bot gave them last.

    Somebody's own issue bears the priority that its labels name. Of an issue of the bot's that a
    lost record knew, nothing is known, and it is not held.
    """
    given, labels = _given(house), house.settings.labels
    return frozenset(
        i.number
        for i in board.open_items
        if (
            i.priority is not given[i.number]
            if i.number in given
            else i.issue.author != viewer and priority_label(i.priority, labels) in i.issue.labels
        )
    )


def _given(house: House) -> dict[int, Priority]:
    """Return the priority that the bot gave each item last: when it was made, or by a plan."""
    journal, labels = house.journal, house.settings.labels
    names = {priority_label(p, labels): p for p in Priority}
    given: dict[int, Priority] = {}
    for number, key in journal.item_keys().items():
        intent = journal.intent(f"item/{key}")
        if intent is not None and isinstance(intent.effect, CreateIssue):
            given.update((number, names[n]) for n in intent.effect.labels if n in names)
    for path in journal.files.paths("iterations/"):
        made = journal.file(path, PlanOutput) if path.endswith("/plan.json") else None
        changes = made.plan.changes if made is not None else ()
        given |= {c.item: c.priority for c in changes if c.priority is not None}
    return given
