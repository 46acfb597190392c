"""Who may do what: GitHub's repository roles."""

from bot.hub.errors import Forbidden, NotFound
from bot.hub.rules.grants import WORKFLOW_LOGIN
from bot.hub.rules.roles import Role, role_named
from bot.hub.store.identity import Account, Repository
from bot.hub.store.records import Collaborator, Pull
from bot.hub.store.view import View
from bot.hub.world.grants import beyond_grant


def role_of(view: View, repository: Repository, account: Account) -> Role:
    """Return an account's role: owners are admins, anyone may read public repositories.

    A token made for other repositories sees this one as a stranger does. github-actions[bot] may
    write wherever it has a token.
    """
    if account.grant is not None and not account.grant.covers(repository.id):
        return Role.NONE if repository.private else Role.READ
    if account.login == WORKFLOW_LOGIN:
        return Role.WRITE
    if repository.owner_id == account.id:
        return Role.ADMIN
    found = view.one(
        Collaborator,
        "repo_id = :repo AND account_id = :account",
        repo=repository.id,
        account=account.id,
    )
    granted = (role_named(found.role) if found else None) or Role.NONE
    return granted if repository.private else max(granted, Role.READ)


def readable_repository(view: View, actor: Account, owner: str, name: str) -> Repository:
    """Return a repository the account may read.

    Raises NotFound, also for private ones it may not see.
    """
    repository = view.repository_named(owner, name)
    if repository is None or role_of(view, repository, actor) is Role.NONE:
        raise NotFound
    return repository


def require(
    view: View, actor: Account, repository: Repository, role: Role, refusal: str = ""
) -> None:
    """Refuse an account whose role is weaker.

    Raises NotFound when it may not even read, else Forbidden in GitHub's words: an App is told
    ``Resource not accessible by integration``.
    """
    held = role_of(view, repository, actor)
    if held is Role.NONE:
        raise NotFound
    if actor.grant is not None and not actor.grant.covers(repository.id):
        raise beyond_grant(actor)
    if held < role:
        own_words = refusal or f"Must have {_NEED[role]} rights to Repository."
        raise Forbidden("Resource not accessible by integration" if actor.is_bot else own_words)


_NEED = {
    Role.READ: "read",
    Role.TRIAGE: "triage",
    Role.WRITE: "write",
    Role.MAINTAIN: "maintain",
    Role.ADMIN: "admin",
}


def require_author_or(
    view: View, actor: Account, repository: Repository, author_id: int, role: Role
) -> None:
    """Let the author through, and everyone with the role."""
    if author_id == actor.id:
        require(view, actor, repository, Role.READ)
    else:
        require(view, actor, repository, role, "Must have admin rights to Repository.")


def association(view: View, repository: Repository, account_id: int) -> str:
    """Return ``author_association``.

    OWNER, COLLABORATOR, CONTRIBUTOR (has a merged pull request) or NONE.
    """
    if repository.owner_id == account_id:
        return "OWNER"
    values = {"repo": repository.id, "account": account_id}
    if view.one(Collaborator, "repo_id = :repo AND account_id = :account", **values):
        return "COLLABORATOR"
    merged = (
        "merged_at IS NOT NULL AND repo_id = :repo AND issue_id IN "
        "(SELECT id FROM issues WHERE repo_id = :repo AND author_id = :account)"
    )
    return "CONTRIBUTOR" if view.one(Pull, merged, **values) else "NONE"
