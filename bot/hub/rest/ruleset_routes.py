"""Rulesets of a repository, and the rules that are in force on a branch because of them."""

from dataclasses import replace
from typing import Any

from bot.hub.clock import iso
from bot.hub.errors import FieldError, Invalid, NotFound
from bot.hub.rest.call import Answer, Call, Route
from bot.hub.rest.pages import sliced
from bot.hub.rest.ruleset_fields import wish_of
from bot.hub.rules.node_ids import node_id
from bot.hub.rules.roles import Role
from bot.hub.rules.rulesets import Ruleset
from bot.hub.store.identity import Repository
from bot.hub.world.access import require
from bot.hub.world.rulesets import delete_ruleset, keep_ruleset, rulesets_of


def list_rulesets(call: Call) -> Answer:
    """List the rulesets, without their rules."""
    repository = call.repository()
    return sliced(
        call, rulesets_of(call.view, repository), lambda one: _head(call, repository, one)
    )


def create(call: Call) -> Answer:
    """Create a ruleset; without conditions it is for no branch. Needs admin."""
    repository = call.repository()
    require(call.view, call.actor, repository, Role.ADMIN)
    wish = wish_of(call.fields())
    missing = [name for name in ("name", "enforcement") if name not in wish]
    if missing:
        raise Invalid(*(FieldError("Ruleset", name, "missing_field") for name in missing))
    with call.hub.database.writing() as transaction:
        now = transaction.stamp
        made = replace(Ruleset(transaction.next_id(), "", "", (), (), (), now, now), **wish)
        keep_ruleset(transaction, repository, made)
    return Answer(_whole(call, repository, made), 201)


def get(call: Call) -> Answer:
    """Return a ruleset."""
    repository, ruleset = _ruleset(call)
    return Answer(_whole(call, repository, ruleset))


def update(call: Call) -> Answer:
    """Change what is given; a list replaces. Needs admin."""
    repository, ruleset = _ruleset(call)
    require(call.view, call.actor, repository, Role.ADMIN)
    wish = wish_of(call.fields())
    with call.hub.database.writing() as transaction:
        ruleset = replace(ruleset, **wish, updated_at=transaction.stamp)
        keep_ruleset(transaction, repository, ruleset)
    return Answer(_whole(call, repository, ruleset))


def delete(call: Call) -> Answer:
    """Take a ruleset away. Needs admin."""
    repository, ruleset = _ruleset(call)
    require(call.view, call.actor, repository, Role.ADMIN)
    with call.hub.database.writing() as transaction:
        delete_ruleset(transaction, ruleset)
    return Answer(status=204)


def rules_of_branch(call: Call) -> Answer:
    """List the rules of active rulesets that cover a branch, which need not exist.

    As on GitHub, what branch protection demands is not among them.
    """
    repository = call.repository()
    found = [
        {
            **rule,
            "ruleset_source_type": "Repository",
            "ruleset_source": call.scope.full_name(repository),
            "ruleset_id": ruleset.id,
        }
        for ruleset in rulesets_of(call.view, repository)
        if ruleset.covers(call.params["branch"], repository.default_branch)
        for rule in ruleset.rules
    ]
    return sliced(call, found, dict)


def _ruleset(call: Call) -> tuple[Repository, Ruleset]:
    repository, wanted = call.repository(), call.number("ruleset_id")
    for ruleset in rulesets_of(call.view, repository):
        if ruleset.id == wanted:
            return repository, ruleset
    raise NotFound


def _head(call: Call, repository: Repository, ruleset: Ruleset) -> dict[str, Any]:
    address = f"{call.scope.api_url(repository)}/rulesets/{ruleset.id}"
    page = f"{call.scope.html_url(repository)}/rules/{ruleset.id}"
    return {
        "id": ruleset.id,
        "name": ruleset.name,
        "target": "branch",
        "source_type": "Repository",
        "source": call.scope.full_name(repository),
        "enforcement": ruleset.enforcement,
        "node_id": node_id("RRS", ruleset.id, repository.id),
        "_links": {"self": {"href": address}, "html": {"href": page}},
        "created_at": iso(ruleset.created_at),
        "updated_at": iso(ruleset.updated_at),
    }


def _whole(call: Call, repository: Repository, ruleset: Ruleset) -> dict[str, Any]:
    names = {"include": list(ruleset.include), "exclude": list(ruleset.exclude)}
    return {
        **_head(call, repository, ruleset),
        "conditions": {"ref_name": names},
        "rules": list(ruleset.rules),
        "bypass_actors": [],
        "current_user_can_bypass": "never",
    }


_REPO = "/repos/{owner}/{repo}"
_ONE = f"{_REPO}/rulesets/{{ruleset_id}}"
ROUTES = (
    Route("GET", f"{_REPO}/rulesets", list_rulesets),
    Route("POST", f"{_REPO}/rulesets", create),
    Route("GET", _ONE, get),
    Route("PUT", _ONE, update),
    Route("DELETE", _ONE, delete),
    Route("GET", f"{_REPO}/rules/branches/{{branch...}}", rules_of_branch),
)
