"""Items as the loop sees them: an issue, what its labels say, and what is known of its work."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.work import Issue, ItemKind, Priority, PullRequest, Status


@dataclass(frozen=True, slots=True)
class Item:
    """One child issue, read once for all decisions of an iteration."""

    issue: Issue
    key: str
    """The planned key, or `#12` for an issue that a person opened."""
    kind: ItemKind
    priority: Priority
    category: str
    status: Status
    waiting_for: tuple[int, ...] = ()
    """Open items that block it."""
    pull_request: PullRequest | None = None
    """The open pull request that carries it, if any."""

    @property
    def number(self) -> int:
        """The issue's number."""
        return self.issue.number

    @property
    def is_open(self) -> bool:
        """Neither done nor dropped."""
        return self.status not in (Status.DONE, Status.DROPPED)


@dataclass(frozen=True, slots=True)
class Board:
    """Every item of a milestone, in issue order."""

    items: tuple[Item, ...] = ()

    def item(self, number: int) -> Item | None:
        """Return the item of that number, or None."""
        return next((i for i in self.items if i.number == number), None)

    @property
    def open_items(self) -> tuple[Item, ...]:
        """Items that are neither done nor dropped."""
        return tuple(i for i in self.items if i.is_open)
