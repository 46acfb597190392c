"""Repositories and their collaborators."""

from typing import Any

from bot.hub.errors import FieldError, Forbidden, Invalid, NotFound
from bot.hub.git.command import run_git
from bot.hub.git.founding import first_commit, found_repository
from bot.hub.rest import fields as read
from bot.hub.rest.call import Answer, Call, Route
from bot.hub.rest.pages import listed, sliced
from bot.hub.rest.payloads.accounts import collaborator, permission
from bot.hub.rest.payloads.repositories import full_repository, listed_repository
from bot.hub.rules.roles import Role
from bot.hub.store.identity import Repository
from bot.hub.store.listing import Listing
from bot.hub.store.records import Collaborator
from bot.hub.world.access import require, role_of
from bot.hub.world.accounts import email
from bot.hub.world.closing import relink
from bot.hub.world.pulls import open_pulls
from bot.hub.world.pushes import absorb
from bot.hub.world.repositories import (
    RepositoryDraft,
    check_name,
    create_repository,
    remove_collaborator,
    set_collaborator,
    update_repository,
)

_SETTINGS = {
    "private": "private",
    "allow_merge_commit": "allow_merge",
    "allow_squash_merge": "allow_squash",
    "allow_rebase_merge": "allow_rebase",
    "delete_branch_on_merge": "delete_head",
}


def create(call: Call) -> Answer:
    """Create a repository for the acting account; ``auto_init`` makes a first commit."""
    fields = call.fields()
    draft = RepositoryDraft(
        read.text(fields, "name", "Repository"),
        read.text_or_none(fields, "description", "Repository"),
        read.truth(fields, "private", "Repository"),
    )
    if call.actor.is_bot:
        raise Forbidden("Resource not accessible by integration")
    path = call.hub.git_path(call.actor.login, draft.name)
    with call.hub.database.writing() as transaction:
        check_name(transaction, call.actor, draft.name)
        found_repository(path, draft.default_branch)
        repository = create_repository(transaction, call.actor, draft)
    if read.truth(fields, "auto_init", "Repository"):
        names = dict.fromkeys(("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"), call.actor.login)
        people = {
            **names,
            **dict.fromkeys(("GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"), email(call.actor)),
        }
        first_commit(
            path, draft.default_branch, f"# {draft.name}\n{draft.description or ''}\n", people
        )
        absorb(call.hub, repository.id, call.actor)
    return Answer(full_repository(call.scope, call.view.repository(repository.id)), 201)


def get(call: Call) -> Answer:
    """Return a repository."""
    return Answer(full_repository(call.scope, call.repository()))


def mine(call: Call) -> Answer:
    """List the repositories the account may work in."""
    able = [r for r in call.view.repositories() if _may_work_in(call, r)]
    return sliced(call, able, lambda repository: listed_repository(call.scope, repository))


def _may_work_in(call: Call, repository: Repository) -> bool:
    return role_of(call.view, repository, call.actor) >= Role.TRIAGE


def update(call: Call) -> Answer:
    """Change description, privacy, default branch or merge settings.

    A rename is refused, the hub has none.
    """
    repository, fields = call.repository(), call.fields()
    if fields.get("name", repository.name) != repository.name:
        raise Invalid(
            FieldError("Repository", "name", "custom", "the hub does not rename repositories")
        )
    changes: dict[str, Any] = {
        column: read.truth(fields, name, "Repository")
        for name, column in _SETTINGS.items()
        if name in fields
    }
    if "description" in fields:
        changes["description"] = read.text_or_none(fields, "description", "Repository")
    if "default_branch" in fields:
        changes |= _default_branch(
            call, repository, read.text(fields, "default_branch", "Repository")
        )
    with call.hub.database.writing() as transaction:
        repository = update_repository(transaction, call.actor, repository, changes)
        if "default_branch" in changes:
            for pull in open_pulls(transaction, repository):
                relink(transaction, repository, transaction.issue_of(pull), pull)
    if "default_branch" in changes:
        run_git(
            call.scope.git(repository).path,
            "symbolic-ref",
            "HEAD",
            f"refs/heads/{repository.default_branch}",
        )
    return Answer(full_repository(call.scope, repository))


def _default_branch(call: Call, repository: Repository, branch: str) -> dict[str, Any]:
    require(call.view, call.actor, repository, Role.ADMIN, "Must have admin rights to Repository.")
    tip = call.scope.git(repository).branch(branch)
    if tip is None:
        words = (
            f"The branch {branch} was not found. Please push that ref first or create it via the "
            "Git Data API."
        )
        raise Invalid(FieldError("Repository", "default_branch", "invalid", words))
    return {"default_branch": branch, "default_tip": tip}


def list_collaborators(call: Call) -> Answer:
    """List the owner and everyone with a role; needs write."""
    repository = call.repository()
    require(
        call.view,
        call.actor,
        repository,
        Role.WRITE,
        "Must have push access to view repository collaborators.",
    )
    owner = call.view.account(repository.owner_id)
    answer = listed(
        call,
        Listing(
            Collaborator,
            "repo_id = :repo",
            {"repo": repository.id},
            sort="account_id",
            tie="account_id",
        ),
        lambda held: _collaborator(call, repository, held.account_id),
    )
    first = (
        [collaborator(call.scope, owner, Role.ADMIN)] if call.query.get("page", "1") == "1" else []
    )
    return Answer(first + answer.content, headers=answer.headers)


def _collaborator(call: Call, repository: Repository, account_id: int) -> dict[str, Any]:
    account = call.view.account(account_id)
    return collaborator(call.scope, account, role_of(call.scope.listing, repository, account))


def put_collaborator(call: Call) -> Answer:
    """Give an account a role (push by default). Always 204: the hub's accounts accept at once."""
    repository, fields = call.repository(), call.fields()
    word = read.text_or_none(fields, "permission", "Repository") or "push"
    with call.hub.database.writing() as transaction:
        set_collaborator(transaction, call.actor, repository, call.params["login"], word)
    return Answer(status=204)


def delete_collaborator(call: Call) -> Answer:
    """Take an account's role away."""
    repository = call.repository()
    with call.hub.database.writing() as transaction:
        remove_collaborator(transaction, call.actor, repository, call.params["login"])
    return Answer(status=204)


def is_collaborator(call: Call) -> Answer:
    """Answer 204 for someone with a role, else 404."""
    repository, account = call.repository(), call.view.account_named(call.params["login"])
    if account is None or role_of(call.view, repository, account) <= Role.READ:
        raise NotFound
    return Answer(status=204)


def get_permission(call: Call) -> Answer:
    """Return what an account may do: the authorisation every command of a comment must be checked
    with.
    """
    repository, account = call.repository(), call.view.account_named(call.params["login"])
    if account is None:
        raise NotFound(f"{call.params['login']} is not a user")
    return Answer(permission(call.scope, account, role_of(call.view, repository, account)))


ROUTES = (
    Route("POST", "/user/repos", create),
    Route("GET", "/user/repos", mine),
    Route("GET", "/repos/{owner}/{repo}", get),
    Route("PATCH", "/repos/{owner}/{repo}", update),
    Route("GET", "/repos/{owner}/{repo}/collaborators", list_collaborators),
    Route("GET", "/repos/{owner}/{repo}/collaborators/{login}", is_collaborator),
    Route("PUT", "/repos/{owner}/{repo}/collaborators/{login}", put_collaborator),
    Route("DELETE", "/repos/{owner}/{repo}/collaborators/{login}", delete_collaborator),
    Route("GET", "/repos/{owner}/{repo}/collaborators/{login}/permission", get_permission),
)
