"""Reactions to issues, pull requests and their comments."""

from bot.hub.errors import NotFound
from bot.hub.rest import fields as read
from bot.hub.rest.call import Answer, Call, Route
from bot.hub.rest.pages import listed
from bot.hub.rest.payloads.reactions import reaction_payload
from bot.hub.store.identity import Repository
from bot.hub.store.listing import Listing
from bot.hub.store.records import Comment, Issue, Reaction
from bot.hub.world import reactions as world
from bot.hub.world.finding import comment_with_id


def list_reactions(call: Call) -> Answer:
    """List the reactions, all or of one ``content``."""
    repository, target = _target(call)
    where, values = world.ON_SUBJECT, {"subject": world.subject_of(target), "subject_id": target.id}
    if "content" in call.query:
        where += " AND content = :content"
        values["content"] = call.query["content"]
    listing = Listing(Reaction, where, values)
    return listed(
        call, listing, lambda reaction: reaction_payload(call.scope, repository, reaction)
    )


def add(call: Call) -> Answer:
    """React: 201 for a new reaction, 200 for one that was there."""
    repository, target = _target(call)
    content = read.text(call.fields(), "content", "Reaction")
    with call.hub.database.writing() as transaction:
        reaction, is_new = world.add_reaction(transaction, call.actor, repository, target, content)
    return Answer(reaction_payload(call.scope, repository, reaction), 201 if is_new else 200)


def remove(call: Call) -> Answer:
    """Take a reaction back by its id."""
    repository, target = _target(call)
    with call.hub.database.writing() as transaction:
        held = world.reactions_to(transaction, target)
        reaction = next((r for r in held if r.id == call.number("reaction_id")), None)
        if reaction is None:
            raise NotFound
        world.remove_reaction(transaction, call.actor, repository, reaction)
    return Answer(status=204)


def _target(call: Call) -> tuple[Repository, Issue | Comment]:
    if "number" in call.params:
        return call.issue()
    repository = call.repository()
    return repository, comment_with_id(call.view, repository, call.number("id"))


_ISSUE = "/repos/{owner}/{repo}/issues/{number}/reactions"
_COMMENT = "/repos/{owner}/{repo}/issues/comments/{id}/reactions"
ROUTES = tuple(
    route
    for path in (_ISSUE, _COMMENT)
    for route in (
        Route("GET", path, list_reactions),
        Route("POST", path, add),
        Route("DELETE", path + "/{reaction_id}", remove),
    )
)
