"""Milestones."""

from typing import Any

from bot.hub.errors import FieldError, Invalid, NotFound
from bot.hub.rest import fields as read
from bot.hub.rest.call import Answer, Call, Route
from bot.hub.rest.pages import listed
from bot.hub.rest.payloads.milestones import milestone_payload
from bot.hub.store.identity import Repository
from bot.hub.store.listing import Listing
from bot.hub.store.records import Milestone
from bot.hub.store.view import View
from bot.hub.world import milestones as world

_PROGRESS = (
    "(SELECT avg(state = 'closed') FROM issues WHERE milestone_id = milestones.id "
    "AND began <= :t AND ended > :t)"
)


def list_milestones(call: Call) -> Answer:
    """List milestones by state (open unless asked), sorted by due_on or completeness."""
    repository = call.repository()
    state = call.query.get("state", "open")
    where = "repo_id = :repo" if state == "all" else "repo_id = :repo AND state = :state"
    sort = (
        f"coalesce({_PROGRESS}, 0)"
        if call.query.get("sort") == "completeness"
        else "coalesce(due_on, 1 << 62)"
    )
    values = {"repo": repository.id, "state": state}
    listing = Listing(
        Milestone, where, values, sort, descending=call.query.get("direction") == "desc"
    )
    scope = call.scope.listed()
    return listed(call, listing, lambda milestone: milestone_payload(scope, repository, milestone))


def create(call: Call) -> Answer:
    """Create a milestone."""
    repository, fields = call.repository(), call.fields()
    with call.hub.database.writing() as transaction:
        wanted = {**_changes(fields), "title": read.text(fields, "title", "Milestone")}
        milestone = world.create_milestone(transaction, call.actor, repository, wanted)
    return Answer(milestone_payload(call.scope, repository, milestone), 201)


def get(call: Call) -> Answer:
    """Return a milestone by number."""
    repository = call.repository()
    return Answer(milestone_payload(call.scope, repository, _numbered(call, call.view, repository)))


def update(call: Call) -> Answer:
    """Change a milestone."""
    repository, fields = call.repository(), call.fields()
    with call.hub.database.writing() as transaction:
        milestone = _numbered(call, transaction, repository)
        milestone = world.update_milestone(
            transaction, call.actor, repository, milestone, _changes(fields)
        )
    return Answer(milestone_payload(call.scope, repository, milestone))


def delete(call: Call) -> Answer:
    """Delete a milestone; its issues stay."""
    repository = call.repository()
    with call.hub.database.writing() as transaction:
        world.delete_milestone(
            transaction, call.actor, repository, _numbered(call, transaction, repository)
        )
    return Answer(status=204)


def _numbered(call: Call, view: View, repository: Repository) -> Milestone:
    milestone = world.find_milestone(view, repository.id, call.number("number"))
    if milestone is None:
        raise NotFound
    return milestone


def _changes(fields: Any) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    for name in ("title", "state"):
        if name in fields:
            changes[name] = read.text(fields, name, "Milestone")
    if "description" in fields:
        changes["description"] = read.text_or_none(fields, "description", "Milestone")
    if "due_on" in fields:
        changes["due_on"] = read.instant_or_none(fields, "due_on", "Milestone")
    return changes


def milestone_of_field(view: View, repository: Repository, value: Any) -> Milestone | None:
    """Return the milestone an issue is to have: a number, or None for none.

    Raises Invalid for an unknown one.
    """
    if value is None:
        return None
    is_digits = isinstance(value, str) and value.isascii() and value.isdigit()
    number = int(value[:20]) if is_digits else value
    milestone = (
        world.find_milestone(view, repository.id, number) if read.is_number(number) else None
    )
    if milestone is None:
        raise Invalid(FieldError("Issue", "milestone", "invalid"))
    return milestone


ROUTES = (
    Route("GET", "/repos/{owner}/{repo}/milestones", list_milestones),
    Route("POST", "/repos/{owner}/{repo}/milestones", create),
    Route("GET", "/repos/{owner}/{repo}/milestones/{number}", get),
    Route("PATCH", "/repos/{owner}/{repo}/milestones/{number}", update),
    Route("DELETE", "/repos/{owner}/{repo}/milestones/{number}", delete),
)
