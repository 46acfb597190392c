"""What an object is seen through: a world at one instant, by one account, at one address."""

from dataclasses import dataclass, replace

from bot.hub.git.bare import BareRepository
from bot.hub.store.identity import Account, Repository
from bot.hub.store.view import View
from bot.hub.world.hub import Hub


@dataclass(frozen=True)
class Scope:
    """Payloads and GraphQL nodes read from ``view``; what they list they read from ``listing``."""

    hub: Hub
    actor: Account
    origin: str
    """Scheme and host as the client wrote them, no slash at the end: every URL begins with it."""
    view: View
    listing: View

    def listed(self) -> "Scope":
        """Return the scope for objects inside a listing: they look as old as the listing is."""
        return replace(self, view=self.listing)

    def seen_in(self, view: View) -> "Scope":
        """Return the scope of a write's own answer: the present, listings included."""
        return replace(self, view=view, listing=view)

    def git(self, repository: Repository) -> BareRepository:
        """Return the git side of a repository."""
        return self.hub.git(repository)

    def full_name(self, repository: Repository) -> str:
        """Return ``owner/name``."""
        return f"{self.view.account(repository.owner_id).login}/{repository.name}"

    def api_url(self, repository: Repository) -> str:
        """Return the REST address of a repository."""
        return f"{self.origin}/repos/{self.full_name(repository)}"

    def html_url(self, repository: Repository) -> str:
        """Return the address of a repository's page."""
        return f"{self.origin}/{self.full_name(repository)}"
