"""Branch protection: read, replace, remove."""

from collections.abc import Mapping
from typing import Any

from bot.hub.errors import FieldError, Invalid, NotFound
from bot.hub.rest import fields as read
from bot.hub.rest.call import Answer, Call, Route
from bot.hub.rest.payloads.protection import protection_payload
from bot.hub.rules.protection import Protection
from bot.hub.rules.roles import Role
from bot.hub.store.identity import Repository
from bot.hub.world.access import require
from bot.hub.world.protection import protect, protection_of, unprotect

_REQUIRED = (
    "required_status_checks",
    "enforce_admins",
    "required_pull_request_reviews",
    "restrictions",
)
_NAME = "BranchProtection"
_MAX_APPROVALS = 6


def get(call: Call) -> Answer:
    """Return the rules of a branch. Needs admin; raises NotFound for an unprotected one."""
    repository, branch = _branch(call)
    rules = protection_of(call.view, repository, branch)
    if rules is None:
        raise NotFound("Branch not protected")
    return Answer(protection_payload(call.scope, repository, branch, rules))


def put(call: Call) -> Answer:
    """Replace the rules of a branch. Needs admin."""
    repository, branch = _branch(call)
    rules = _rules(call.fields())
    with call.hub.database.writing() as transaction:
        protect(transaction, repository, branch, rules)
    return Answer(protection_payload(call.scope, repository, branch, rules))


def delete(call: Call) -> Answer:
    """Take the rules of a branch away. Needs admin."""
    repository, branch = _branch(call)
    if protection_of(call.view, repository, branch) is None:
        raise NotFound("Branch not protected")
    with call.hub.database.writing() as transaction:
        unprotect(transaction, repository, branch)
    return Answer(status=204)


def _branch(call: Call) -> tuple[Repository, str]:
    repository, branch = call.repository(), call.params["branch"]
    require(call.view, call.actor, repository, Role.ADMIN)
    if call.scope.git(repository).branch(branch) is None:
        raise NotFound("Branch not found")
    return repository, branch


def _rules(fields: Mapping[str, Any]) -> Protection:
    missing = [FieldError(_NAME, name, "missing_field") for name in _REQUIRED if name not in fields]
    if missing:
        raise Invalid(*missing)
    if fields["restrictions"] is not None:
        words = "Only organization repositories can have users and team restrictions"
        raise Invalid(FieldError(_NAME, "restrictions", "custom", words))
    reviews = _object(fields, "required_pull_request_reviews")
    checks = _object(fields, "required_status_checks")
    admins = fields["enforce_admins"] is not None and read.truth(fields, "enforce_admins", _NAME)
    return Protection(
        approvals=None if reviews is None else _approvals(reviews),
        dismiss_stale=bool(reviews) and read.truth(reviews or {}, "dismiss_stale_reviews", _NAME),
        contexts=None if checks is None else _contexts(checks),
        strict=bool(checks) and read.truth(checks or {}, "strict", _NAME),
        enforce_admins=admins,
    )


def _object(fields: Mapping[str, Any], name: str) -> Mapping[str, Any] | None:
    value = fields[name]
    if value is not None and not isinstance(value, dict):
        raise Invalid(FieldError(_NAME, name, "invalid"))
    return value


def _approvals(reviews: Mapping[str, Any]) -> int:
    name = "required_approving_review_count"
    if reviews.get(name) is None:
        return 1
    count = read.whole_number(reviews, name, _NAME)
    if not 0 <= count <= _MAX_APPROVALS:
        raise Invalid(FieldError(_NAME, name, "invalid"))
    return count


def _contexts(checks: Mapping[str, Any]) -> tuple[str, ...]:
    listed = checks.get("checks")
    if listed is None:
        return tuple(dict.fromkeys(read.texts(checks, "contexts", _NAME)))
    if not isinstance(listed, list) or not all(isinstance(entry, dict) for entry in listed):
        raise Invalid(FieldError(_NAME, "checks", "invalid"))
    return tuple(dict.fromkeys(read.text(entry, "context", _NAME) for entry in listed))


_PATH = "/repos/{owner}/{repo}/branches/{branch...}/protection"
ROUTES = (Route("GET", _PATH, get), Route("PUT", _PATH, put), Route("DELETE", _PATH, delete))
