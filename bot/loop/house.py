"""What the phases are given: the settings, the ports, and the keepers of the record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.domain.errors import Cancelled
from bot.domain.settings import Settings
from bot.loop.journal import Journal
from bot.loop.lease import LeaseKeeper
from bot.loop.performer import Performer
from bot.loop.purse import Purse
from bot.ports.agent import Agent
from bot.ports.clock import Clock
from bot.ports.desk import Desk
from bot.ports.listener import Listener
from bot.ports.search import CodeSearch
from bot.ports.tracker import TrackerReader
from bot.ports.words import Words
from bot.ports.workspace import Codebase, GateRunner, Worktrees


@dataclass(frozen=True)
class House:
    """Everything a phase may use. Writing to the tracker is the performer's alone."""

    repository: str
    settings: Settings
    tracker: TrackerReader
    codebase: Codebase
    worktrees: Worktrees
    gates: GateRunner
    agent: Agent
    words: Words
    clock: Clock
    listener: Listener
    journal: Journal
    lease: LeaseKeeper
    performer: Performer
    search: CodeSearch
    purse: Purse
    cancelled: Callable[[], bool]
    trouble: str = ""
    """Why nothing may be done with what the base branch configures; empty when it is well."""
    desk: Desk | None = None
    """Who takes orders for agents and gates; None: they run here."""

    @property
    def root(self) -> int:
        """Number of the spec issue."""
        return self.journal.state.root

    def title(self, text: str) -> str:
        """Return text as a title: one line, and nothing in it that acts on GitHub."""
        return self.words.render("line", text=text).strip()

    def tick(self) -> None:
        """Do what is due while others work: keep the lease, notice a cancellation."""
        if self.cancelled():
            raise Cancelled("Stopped; everything done so far is kept. Run again to go on.")
        self.lease.renew_if_due()
