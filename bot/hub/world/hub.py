"""What every request shares: the database, the clock, and the bare repositories of one world."""

import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from bot.hub.faults.book import Book
from bot.hub.git.bare import BareRepository
from bot.hub.store.database import Database
from bot.hub.store.identity import Repository

if TYPE_CHECKING:
    from bot.hub.webhooks.hooks import Hooks


@dataclass
class Hub:
    """An open world. One exists per process; everything here is safe for threads."""

    database: Database
    repositories: Path
    faults: Book = field(default_factory=Book)
    hooks: "Hooks | None" = None
    """Webhooks; None until the first is made."""
    _git: dict[int, BareRepository] = field(default_factory=dict)
    _locks: dict[int, threading.Lock] = field(default_factory=dict)

    def git(self, repository: Repository) -> BareRepository:
        """Return the bare repository.

        Its memory of commits is kept as long as the process lives.
        """
        known = self._git.get(repository.id)
        if known is None:
            with self.database.lending() as connection:
                owner = self.database.current(connection).account(repository.owner_id)
            known = self._git.setdefault(
                repository.id, BareRepository(self.git_path(owner.login, repository.name))
            )
        return known

    def git_path(self, owner: str, name: str) -> Path:
        """Return where the bare repository of ``owner/name`` lives."""
        return self.repositories / owner / f"{name}.git"

    def absorbing(self, repository: Repository) -> threading.Lock:
        """Return the lock under which what was pushed to one repository is absorbed."""
        return self._locks.setdefault(repository.id, threading.Lock())
