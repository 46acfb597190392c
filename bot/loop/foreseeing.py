"""What the train would land if all is green, so that one job can run the gates on all of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.domain.orders import TreeToGate
from bot.domain.settings import MergePolicy
from bot.domain.task import Task
from bot.domain.work import Priority
from bot.loop.house import House
from bot.rules.order import train_order

AS_IF = "As if it had landed."
"""The message of commits that the bot's clone alone ever sees."""


def stacked(house: House, first: TreeToGate, behind: Iterable[tuple[str, str]]) -> list[TreeToGate]:
    """Return the trees that merging heads one after another behind the first would give.

    `behind` are heads with their subjects. One that conflicts is left out.
    """
    found, last = [], first
    parent = house.codebase.committed(first.tree, [first.commits[0]], AS_IF)
    for head, subject in behind:
        merged = house.codebase.merge_tree(parent, head)
        if merged.tree is None:
            continue
        last = TreeToGate(merged.tree, (*last.commits, head), subject)
        parent = house.codebase.committed(merged.tree, [parent], AS_IF)
        found.append(last)
    return found


def merges_of(
    house: House,
    base_branch: str,
    finished: Sequence[tuple[Task, str]],
    priorities: dict[int, Priority],
) -> list[TreeToGate]:
    """Return the trees that merging finished attempts' heads would give, as the train takes them.

    Pull requests get their numbers in the order of the attempts. Where people approve each one
    nobody knows what will ride together: then there are none.
    """
    base = house.codebase.head(base_branch)
    if base is None or house.settings.merge is not MergePolicy.AUTO:
        return []
    order = train_order(
        ((n, task.assignment.items) for n, (task, _) in enumerate(finished)), priorities
    )
    nothing = TreeToGate(base.tree, (base.sha,), base_branch)
    heads = [(finished[n][1], f"merge for #{finished[n][0].assignment.lead}") for n in order]
    return _upon(house, nothing, heads)


def _upon(house: House, base: TreeToGate, heads: Sequence[tuple[str, str]]) -> list[TreeToGate]:
    for number, (head, subject) in enumerate(heads):
        merged = house.codebase.merge_tree(base.commits[0], head)
        if merged.tree is not None:
            first = TreeToGate(merged.tree, (base.commits[0], head), subject)
            return [first, *stacked(house, first, heads[number + 1 :])]
    return []
