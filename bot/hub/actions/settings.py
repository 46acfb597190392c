"""What a repository lets workflows' tokens do: a new one lets them read, and open nothing.

GitHub's default for new repositories of people; organisations choose their own.
"""

from dataclasses import dataclass

from bot.hub.errors import ForbiddenHere
from bot.hub.store.identity import Account, Repository
from bot.hub.store.transaction import Transaction
from bot.hub.store.view import View

LEVELS = ("read", "write")


@dataclass(frozen=True)
class WorkflowSettings:
    """``level`` is what a token may do where a workflow names no permissions."""

    level: str = "read"
    may_open_pulls: bool = False
    """*Allow GitHub Actions to create and approve pull requests*."""


def settings_of(view: View, repository: Repository) -> WorkflowSettings:
    """Return the settings of a repository."""
    sql = "SELECT level, may_open_pulls FROM workflow_settings WHERE repo_id = ?"
    row = view.connection.execute(sql, (repository.id,)).fetchone()
    return WorkflowSettings(row[0], bool(row[1])) if row else WorkflowSettings()


def keep_settings(
    transaction: Transaction, repository: Repository, settings: WorkflowSettings
) -> None:
    """Keep the settings of a repository."""
    transaction.connection.execute(
        "INSERT OR REPLACE INTO workflow_settings VALUES (?, ?, ?)",
        (repository.id, settings.level, settings.may_open_pulls),
    )


def require_open_pulls(view: View, actor: Account, repository: Repository) -> None:
    """Refuse a workflow's token where the setting is off, as GitHub words it, by ForbiddenHere."""
    if actor.is_workflow and not settings_of(view, repository).may_open_pulls:
        words = "GitHub Actions is not permitted to create or approve pull requests."
        raise ForbiddenHere(words)
