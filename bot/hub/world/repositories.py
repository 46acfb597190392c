"""Creating and changing repositories and who may work in them."""

# ruff: noqa: S608 - table and column names are ours; values are always bound

import re
from dataclasses import astuple, dataclass
from typing import Any

from bot.hub.errors import FieldError, Forbidden, Invalid, NotFound
from bot.hub.rules.roles import Role, role_named
from bot.hub.store.identity import Account, Repository
from bot.hub.store.records import Collaborator, Label
from bot.hub.store.transaction import Transaction
from bot.hub.world.access import require

_NAME = re.compile(r"[A-Za-z0-9._-]{1,100}")
DEFAULT_LABELS = (
    ("bug", "d73a4a", "Something isn't working"),
    ("documentation", "0075ca", "Improvements or additions to documentation"),
    ("duplicate", "cfd3d7", "This issue or pull request already exists"),
    ("enhancement", "a2eeef", "New feature or request"),
    ("good first issue", "7057ff", "Good for newcomers"),
    ("help wanted", "008672", "Extra attention is needed"),
    ("invalid", "e4e669", "This doesn't seem right"),
    ("question", "d876e3", "Further information is requested"),
    ("wontfix", "ffffff", "This will not be worked on"),
)
"""What a new repository has on GitHub."""


@dataclass(frozen=True)
class RepositoryDraft:
    """A repository somebody wishes to create."""

    name: str
    description: str | None = None
    private: bool = False
    default_branch: str = "main"


def check_name(transaction: Transaction, owner: Account, name: str) -> None:
    """Refuse a name that GitHub would refuse. Raises Invalid."""
    if not _NAME.fullmatch(name) or name in (".", "..") or name.endswith(".git"):
        raise Invalid(
            FieldError("Repository", "name", "invalid", "name may have letters, digits, -, _ and .")
        )
    if transaction.repository_named(owner.login, name):
        raise Invalid(
            FieldError("Repository", "name", "custom", "name already exists on this account")
        )


def create_repository(
    transaction: Transaction, owner: Account, draft: RepositoryDraft
) -> Repository:
    """Create the row and GitHub's default labels; the bare repository must exist already.

    Raises Invalid.
    """
    if owner.is_bot:
        raise Forbidden("Resource not accessible by integration")
    check_name(transaction, owner, draft.name)
    now = transaction.stamp
    repository = Repository(
        transaction.next_id(),
        owner.id,
        draft.name,
        draft.description,
        draft.private,
        draft.default_branch,
        None,
        True,
        True,
        True,
        False,
        now,
        now,
        now,
    )
    marks = ", ".join("?" * len(astuple(repository)))
    transaction.connection.execute(
        f"INSERT INTO repositories VALUES ({marks})", astuple(repository)
    )
    for name, color, description in DEFAULT_LABELS:
        transaction.add(
            Label(transaction.next_id(), repository.id, name, color, description, True, now, now)
        )
    return repository


def update_repository(
    transaction: Transaction, actor: Account, repository: Repository, changes: dict[str, Any]
) -> Repository:
    """Change settings; keys are columns. Needs admin."""
    require(transaction, actor, repository, Role.ADMIN, "Must have admin rights to Repository.")
    return transaction.update_repository(repository, **changes, updated_at=transaction.stamp)


def set_collaborator(
    transaction: Transaction, actor: Account, repository: Repository, login: str, word: str
) -> bool:
    """Give an account a role; return whether it had one before.

    GitHub invites and waits for the invited; the hub's accounts accept at once. Needs admin.
    """
    require(transaction, actor, repository, Role.ADMIN, "Must have admin rights to Repository.")
    account, role = transaction.account_named(login), role_named(word)
    if account is None:
        raise NotFound
    if role is None:
        raise Invalid(FieldError("Repository", "permission", "invalid"))
    values = {"repo": repository.id, "account": account.id}
    held = transaction.one(Collaborator, "repo_id = :repo AND account_id = :account", **values)
    if held is None:
        transaction.add(Collaborator(repository.id, account.id, role.word))
    else:
        transaction.revise(held, role=role.word)
    return held is not None


def remove_collaborator(
    transaction: Transaction, actor: Account, repository: Repository, login: str
) -> None:
    """Take an account's role away; nothing happens when it has none. Needs admin."""
    require(transaction, actor, repository, Role.ADMIN, "Must have admin rights to Repository.")
    account = transaction.account_named(login)
    if account is None:
        raise NotFound
    values = {"repo": repository.id, "account": account.id}
    held = transaction.one(Collaborator, "repo_id = :repo AND account_id = :account", **values)
    if held is not None:
        transaction.retire(held)
