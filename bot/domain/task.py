"""An assignment with all that its Executor must know, as it may travel to another machine."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.board import Item
from bot.domain.plan import Assignment
from bot.domain.run import AcceptedSpec


@dataclass(frozen=True, slots=True)
class Task:
    """One Executor's task."""

    assignment: Assignment
    items: tuple[Item, ...]
    iteration: int
    spec: AcceptedSpec
    repository: dict[str, object]
    """The repository in brief."""
    learnings: tuple[str, ...]
    discussion: tuple[str, ...] = ()
    """Comments on the items by people who may steer, oldest first."""
    width: int = 1
    """How many Executors go side by side."""

    @property
    def name(self) -> str:
        """The attempt's name in records and folders."""
        return f"{self.assignment.lead}.{self.assignment.attempt}"

    @property
    def text(self) -> str:
        """What its items say."""
        return "\n".join(f"{i.issue.title}\n{i.issue.body}" for i in self.items)

    @property
    def subject(self) -> str:
        """How the gates' results and the playbook name it."""
        return self.items[0].key
