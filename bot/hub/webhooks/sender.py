"""Who is acting: set for each request, remembered with each change."""

from contextvars import ContextVar
from dataclasses import dataclass

from bot.hub.store.identity import Account


@dataclass(frozen=True)
class Sender:
    """The account whose request is under way, and whether what it does may start workflows."""

    account_id: int
    triggers: bool

    @staticmethod
    def of(account: Account) -> "Sender":
        """Return the sender for an account with the token it acts with."""
        return Sender(account.id, not account.is_workflow)


ACTING: ContextVar[Sender | None] = ContextVar("acting", default=None)
"""The sender of the request under way."""
