"""Commits, their statuses, branches and refs. Refs are read from git and never lag."""

from typing import Any

from bot.hub.errors import FieldError, Invalid, NotFound, Unprocessable
from bot.hub.git.bare import ZERO, is_safe_ref
from bot.hub.git.command import GitFailed
from bot.hub.rest import fields as read
from bot.hub.rest.call import Answer, Call, Route
from bot.hub.rest.pages import listed, sliced
from bot.hub.rest.payloads import commits as payloads
from bot.hub.rules.roles import Role
from bot.hub.store.identity import Repository
from bot.hub.store.listing import Listing
from bot.hub.store.records import Status
from bot.hub.world.access import require
from bot.hub.world.protection import protection_of, protections_of, require_direct_move
from bot.hub.world.pushes import absorb
from bot.hub.world.statuses import ON_COMMIT, StatusDraft, set_status, statuses_of


def get_commit(call: Call) -> Answer:
    """Return a commit by SHA, branch or tag, with its files."""
    repository, oid = _commit(call)
    git = call.scope.git(repository)
    commit = git.commit(oid)
    files = git.changes(commit.parents[0], oid) if commit.parents else []
    return Answer(payloads.commit_with_files(call.scope, repository, commit, files))


def create_status(call: Call) -> Answer:
    """Set a status on a commit."""
    repository, fields, sha = call.repository(), call.fields(), call.params["sha"]
    if call.scope.git(repository).object_type(sha) != "commit":
        raise Unprocessable(f"No commit found for SHA: {sha}")
    draft = StatusDraft(
        read.text(fields, "state", "Status"),
        read.text_or_none(fields, "context", "Status") or "default",
        read.text_or_none(fields, "description", "Status"),
        read.text_or_none(fields, "target_url", "Status"),
    )
    with call.hub.database.writing() as transaction:
        status = set_status(transaction, call.actor, repository, sha, draft)
    return Answer(payloads.status_payload(call.scope, repository, status), 201)


def combined_status(call: Call) -> Answer:
    """Return the newest status of each context and their sum."""
    repository, oid = _commit(call)
    statuses = statuses_of(call.scope.listing, repository.id, oid)
    return Answer(payloads.combined_status(call.scope, repository, oid, statuses))


def list_statuses(call: Call) -> Answer:
    """List all statuses of a commit, newest first."""
    repository, oid = _commit(call)
    listing = Listing(Status, ON_COMMIT, {"repo": repository.id, "sha": oid}, descending=True)
    return listed(
        call, listing, lambda status: payloads.status_payload(call.scope, repository, status)
    )


def list_branches(call: Call) -> Answer:
    """List the branches by name."""
    repository = call.repository()
    heads = sorted(call.scope.git(repository).refs("refs/heads/").items())
    rules = protections_of(call.view, repository)

    def render(head: tuple[str, str]) -> Any:
        name = head[0].removeprefix("refs/heads/")
        return payloads.short_branch(call.scope, repository, name, head[1], name in rules)

    return sliced(call, heads, render)


def get_branch(call: Call) -> Answer:
    """Return a branch with its commit."""
    repository, name = call.repository(), call.params["branch"]
    git = call.scope.git(repository)
    tip = git.branch(name)
    if tip is None:
        raise NotFound("Branch not found")
    rules = protection_of(call.view, repository, name)
    return Answer(payloads.branch_payload(call.scope, repository, name, git.commit(tip), rules))


def get_ref(call: Call) -> Answer:
    """Return one ref; the path names it without ``refs/``."""
    repository = call.repository()
    name, oid = _ref(call, repository)
    return _ref_answer(call, repository, name, oid)


def matching_refs(call: Call) -> Answer:
    """List the refs whose name begins with the path; any namespace, not just branches and tags."""
    repository, prefix = call.repository(), f"refs/{call.params['ref']}"
    git = call.scope.git(repository)
    found = sorted(git.refs(prefix).items())
    return sliced(
        call,
        found,
        lambda ref: payloads.ref_payload(
            call.scope, repository, ref[0], ref[1], git.object_type(ref[1])
        ),
    )


def create_ref(call: Call) -> Answer:
    """Create a ref at an object that exists; needs write."""
    repository, fields = call.repository(), call.fields()
    require(call.view, call.actor, repository, Role.WRITE)
    name, oid = read.text(fields, "ref", "Reference"), read.text(fields, "sha", "Reference")
    git = call.scope.git(repository)
    if name.count("/") < 2 or not is_safe_ref(name) or name.startswith("refs/pull/"):
        raise Unprocessable(f"{name} is not a valid ref name.")
    if not git.object_type(oid):
        raise Unprocessable("Object does not exist")
    if git.read_ref(name) is not None or not git.move_ref(name, oid, ZERO):
        raise Unprocessable("Reference already exists")
    absorb(call.hub, repository.id, call.actor)
    return Answer(_ref_answer(call, repository, name, oid).content, 201)


def update_ref(call: Call) -> Answer:
    """Move a ref; only forward unless ``force``. Needs write."""
    repository, fields = call.repository(), call.fields()
    require(call.view, call.actor, repository, Role.WRITE)
    name, old = _ref(call, repository)
    new, git = read.text(fields, "sha", "Reference"), call.scope.git(repository)
    if not git.object_type(new):
        raise Unprocessable("Object does not exist")
    is_forced = read.truth(fields, "force", "Reference")
    if not is_forced and not git.is_ancestor(old, new):
        raise Unprocessable("Update is not a fast forward")
    require_direct_move(call.hub, call.view, call.actor, repository, name, new)
    if not git.move_ref(name, new, old):
        raise Unprocessable("Reference cannot be updated")
    absorb(call.hub, repository.id, call.actor)
    return _ref_answer(call, repository, name, new)


def delete_ref(call: Call) -> Answer:
    """Delete a ref; the default branch stays. Needs write."""
    repository = call.repository()
    require(call.view, call.actor, repository, Role.WRITE)
    name = f"refs/{call.params['ref']}"
    git = call.scope.git(repository)
    if git.read_ref(name) is None:
        raise Unprocessable("Reference does not exist")
    if name == f"refs/heads/{repository.default_branch}":
        raise Unprocessable("Cannot delete the default branch")
    require_direct_move(call.hub, call.view, call.actor, repository, name, ZERO)
    try:
        git.delete_ref(name)
    except GitFailed:
        raise Unprocessable("Reference cannot be deleted") from None
    absorb(call.hub, repository.id, call.actor)
    return Answer(status=204)


def _commit(call: Call) -> tuple[Repository, str]:
    repository, ref = call.repository(), call.params.get("ref") or call.params["sha"]
    oid = call.scope.git(repository).commit_named(ref)
    if oid is None:
        raise Invalid(FieldError("Commit", "sha", "invalid", f"No commit found for SHA: {ref}"))
    return repository, oid


def _ref(call: Call, repository: Repository) -> tuple[str, str]:
    name = f"refs/{call.params['ref']}"
    oid = call.scope.git(repository).read_ref(name)
    if oid is None:
        raise NotFound
    return name, oid


def _ref_answer(call: Call, repository: Repository, name: str, oid: str) -> Answer:
    kind = call.scope.git(repository).object_type(oid)
    return Answer(payloads.ref_payload(call.scope, repository, name, oid, kind))


_REPO = "/repos/{owner}/{repo}"
ROUTES = (
    Route("GET", f"{_REPO}/commits/{{ref...}}", get_commit),
    Route("GET", f"{_REPO}/commits/{{ref...}}/status", combined_status),
    Route("GET", f"{_REPO}/commits/{{ref...}}/statuses", list_statuses),
    Route("POST", f"{_REPO}/statuses/{{sha}}", create_status),
    Route("GET", f"{_REPO}/branches", list_branches),
    Route("GET", f"{_REPO}/branches/{{branch...}}", get_branch),
    Route("GET", f"{_REPO}/git/ref/{{ref...}}", get_ref),
    Route("GET", f"{_REPO}/git/matching-refs/{{ref...}}", matching_refs),
    Route("POST", f"{_REPO}/git/refs", create_ref),
    Route("PATCH", f"{_REPO}/git/refs/{{ref...}}", update_ref),
    Route("DELETE", f"{_REPO}/git/refs/{{ref...}}", delete_ref),
)
