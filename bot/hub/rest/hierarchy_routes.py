"""Sub-issues and dependencies: bodies name issues by database id, never by number."""

from bot.hub.errors import NotFound
from bot.hub.rest import fields as read
from bot.hub.rest.call import Answer, Call, Route
from bot.hub.rest.pages import listed
from bot.hub.rest.payloads.issues import issue_payload
from bot.hub.store.listing import Listing
from bot.hub.store.records import Issue
from bot.hub.world import dependencies, hierarchy
from bot.hub.world.finding import issue_with_id


def list_sub_issues(call: Call) -> Answer:
    """List the children in their order."""
    return _list(call, hierarchy.CHILDREN, "parent", hierarchy.POSITION)


def add_sub_issue(call: Call) -> Answer:
    """Make ``sub_issue_id`` a child and return the parent."""
    repository, parent = call.issue()
    fields = call.fields()
    child_id = read.whole_number(fields, "sub_issue_id", "Issue")
    replace = read.truth(fields, "replace_parent", "Issue")
    with call.hub.database.writing() as transaction:
        child = issue_with_id(transaction, call.actor, child_id)
        hierarchy.add_sub_issue(transaction, call.actor, repository, parent, child, replace)
    return Answer(issue_payload(call.scope, repository, parent), 201)


def remove_sub_issue(call: Call) -> Answer:
    """Take ``sub_issue_id`` from its parent and return the parent."""
    repository, parent = call.issue()
    child_id = read.whole_number(call.fields(), "sub_issue_id", "Issue")
    with call.hub.database.writing() as transaction:
        child = issue_with_id(transaction, call.actor, child_id)
        hierarchy.remove_sub_issue(transaction, call.actor, repository, parent, child)
    return Answer(issue_payload(call.scope, repository, parent))


def get_parent(call: Call) -> Answer:
    """Return the parent. Raises NotFound for a root."""
    _, issue = call.issue()
    parent = hierarchy.parent_of(call.view, issue)
    if parent is None:
        raise NotFound
    return Answer(issue_payload(call.scope, call.view.repository(parent.repo_id), parent))


def list_blocked_by(call: Call) -> Answer:
    """List what the issue waits for."""
    return _list(call, dependencies.BLOCKERS, "issue", "number")


def list_blocking(call: Call) -> Answer:
    """List what waits for the issue."""
    return _list(call, dependencies.BLOCKED, "issue", "number")


def add_blocked_by(call: Call) -> Answer:
    """Let the issue wait for ``issue_id`` and return the issue."""
    repository, blocked = call.issue()
    blocking_id = read.whole_number(call.fields(), "issue_id", "Issue")
    with call.hub.database.writing() as transaction:
        blocking = issue_with_id(transaction, call.actor, blocking_id)
        dependencies.add_blocked_by(transaction, call.actor, repository, blocked, blocking)
    return Answer(issue_payload(call.scope, repository, blocked), 201)


def remove_blocked_by(call: Call) -> Answer:
    """End the wait for an issue and return the issue that waited."""
    repository, blocked = call.issue()
    with call.hub.database.writing() as transaction:
        blocking = issue_with_id(transaction, call.actor, call.number("id"))
        dependencies.remove_blocked_by(transaction, call.actor, repository, blocked, blocking)
    return Answer(issue_payload(call.scope, repository, blocked))


def _list(call: Call, where: str, name: str, sort: str) -> Answer:
    _, issue = call.issue()
    scope = call.scope.listed()
    return listed(
        call,
        Listing(Issue, where, {name: issue.id}, sort),
        lambda found: issue_payload(scope, scope.view.repository(found.repo_id), found),
    )


_ISSUE = "/repos/{owner}/{repo}/issues/{number}"
ROUTES = (
    Route("GET", f"{_ISSUE}/sub_issues", list_sub_issues),
    Route("POST", f"{_ISSUE}/sub_issues", add_sub_issue),
    Route("DELETE", f"{_ISSUE}/sub_issue", remove_sub_issue),
    Route("GET", f"{_ISSUE}/parent", get_parent),
    Route("GET", f"{_ISSUE}/dependencies/blocked_by", list_blocked_by),
    Route("POST", f"{_ISSUE}/dependencies/blocked_by", add_blocked_by),
    Route("DELETE", f"{_ISSUE}/dependencies/blocked_by/{{id}}", remove_blocked_by),
    Route("GET", f"{_ISSUE}/dependencies/blocking", list_blocking),
)
