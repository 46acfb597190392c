"""What all nodes share."""

from dataclasses import dataclass

from bot.hub.scope import Scope
from bot.hub.store.identity import Repository


@dataclass(frozen=True)
class Seen:
    """An object as one account sees it at one instant."""

    scope: Scope

    def path_of(self, repository: Repository, rest: str = "") -> str:
        """Return the path of a page of a repository."""
        return f"/{self.scope.full_name(repository)}{rest}"

    def page_of(self, repository: Repository, rest: str = "") -> str:
        """Return the address of a page of a repository."""
        return f"{self.scope.html_url(repository)}{rest}"
