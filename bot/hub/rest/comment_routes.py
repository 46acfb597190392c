"""Comments on issues and pull requests."""

from bot.hub.rest import fields as read
from bot.hub.rest.call import Answer, Call, Route
from bot.hub.rest.issue_filters import comment_listing, since
from bot.hub.rest.pages import listed
from bot.hub.rest.payloads.comments import comment_payload
from bot.hub.store.listing import Listing
from bot.hub.store.records import Comment
from bot.hub.world import comments as world
from bot.hub.world.finding import comment_with_id, issue_numbered


def of_issue(call: Call) -> Answer:
    """List the comments of an issue, oldest first; ``since`` keeps those updated at or after."""
    repository, issue = call.issue()
    where, values = "issue_id = :issue", {"issue": issue.id}
    if "since" in call.query:
        where += " AND updated_at >= :since"
        values["since"] = since(call.query, "IssueComment")
    scope = call.scope.listed()
    return listed(
        call, Listing(Comment, where, values), lambda c: comment_payload(scope, repository, c)
    )


def create(call: Call) -> Answer:
    """Comment on an issue or pull request."""
    repository, issue = call.issue()
    body = read.text(call.fields(), "body", "IssueComment")
    with call.hub.database.writing() as transaction:
        fresh = issue_numbered(transaction, repository, issue.number)
        comment = world.add_comment(transaction, call.actor, repository, fresh, body)
    return Answer(comment_payload(call.scope, repository, comment), 201)


def of_repository(call: Call) -> Answer:
    """List the comments of a whole repository: the cheap delta of all conversations."""
    repository, scope = call.repository(), call.scope.listed()
    return listed(
        call,
        comment_listing(repository, call.query),
        lambda c: comment_payload(scope, repository, c),
    )


def get(call: Call) -> Answer:
    """Return a comment by id."""
    repository = call.repository()
    comment = comment_with_id(call.view, repository, call.number("id"))
    return Answer(comment_payload(call.scope, repository, comment))


def update(call: Call) -> Answer:
    """Replace a comment's body."""
    repository = call.repository()
    body = read.text(call.fields(), "body", "IssueComment")
    with call.hub.database.writing() as transaction:
        comment = comment_with_id(transaction, repository, call.number("id"))
        comment = world.edit_comment(transaction, call.actor, repository, comment, body)
    return Answer(comment_payload(call.scope, repository, comment))


def delete(call: Call) -> Answer:
    """Delete a comment."""
    repository = call.repository()
    with call.hub.database.writing() as transaction:
        comment = comment_with_id(transaction, repository, call.number("id"))
        world.delete_comment(transaction, call.actor, repository, comment)
    return Answer(status=204)


ROUTES = (
    Route("GET", "/repos/{owner}/{repo}/issues/comments", of_repository),
    Route("GET", "/repos/{owner}/{repo}/issues/comments/{id}", get),
    Route("PATCH", "/repos/{owner}/{repo}/issues/comments/{id}", update),
    Route("DELETE", "/repos/{owner}/{repo}/issues/comments/{id}", delete),
    Route("GET", "/repos/{owner}/{repo}/issues/{number}/comments", of_issue),
    Route("POST", "/repos/{owner}/{repo}/issues/{number}/comments", create),
)
