"""Labels of a repository, and the labels of one issue."""

from bot.hub.errors import NotFound
from bot.hub.rest import fields as read
from bot.hub.rest.call import Answer, Call, Route
from bot.hub.rest.pages import listed
from bot.hub.rest.payloads.labels import label_payload
from bot.hub.store.identity import Repository
from bot.hub.store.listing import Listing
from bot.hub.store.records import Issue, Label
from bot.hub.store.view import View
from bot.hub.world import labels as world
from bot.hub.world.finding import issue_numbered


def list_labels(call: Call) -> Answer:
    """List the labels of a repository."""
    repository = call.repository()
    listing = Listing(Label, "repo_id = :repo", {"repo": repository.id}, sort="name")
    return listed(call, listing, lambda label: label_payload(call.scope, repository, label))


def create(call: Call) -> Answer:
    """Create a label from name, color and description."""
    repository, fields = call.repository(), call.fields()
    with call.hub.database.writing() as transaction:
        label = world.create_label(
            transaction,
            call.actor,
            repository,
            read.text(fields, "name", "Label"),
            read.text_or_none(fields, "color", "Label"),
            read.text_or_none(fields, "description", "Label"),
        )
    return Answer(label_payload(call.scope, repository, label), 201)


def get(call: Call) -> Answer:
    """Return a label by name."""
    repository = call.repository()
    return Answer(
        label_payload(call.scope, repository, _named(call.view, repository, call.params["name"]))
    )


def update(call: Call) -> Answer:
    """Rename or redraw a label; ``new_name`` is the new name."""
    repository, fields = call.repository(), call.fields()
    with call.hub.database.writing() as transaction:
        label = world.update_label(
            transaction,
            call.actor,
            repository,
            _named(transaction, repository, call.params["name"]),
            read.text_or_none(fields, "new_name", "Label"),
            read.text_or_none(fields, "color", "Label"),
            read.text_or_none(fields, "description", "Label"),
        )
    return Answer(label_payload(call.scope, repository, label))


def delete(call: Call) -> Answer:
    """Delete a label; it leaves every issue."""
    repository = call.repository()
    with call.hub.database.writing() as transaction:
        world.delete_label(
            transaction,
            call.actor,
            repository,
            _named(transaction, repository, call.params["name"]),
        )
    return Answer(status=204)


def of_issue(call: Call) -> Answer:
    """List the labels of an issue."""
    repository, issue = call.issue()
    listing = Listing(Label, world.OF_ISSUE, {"issue": issue.id}, sort="name")
    return listed(call, listing, lambda label: label_payload(call.scope, repository, label))


def add_to_issue(call: Call) -> Answer:
    """Add labels, creating those that do not exist, and return all the issue has."""
    repository, issue = call.issue()
    names = read.label_names(_as_fields(call), "Issue")
    with call.hub.database.writing() as transaction:
        labels = world.labels_by_name(transaction, call.actor, repository, names)
        fresh = issue_numbered(transaction, repository, issue.number)
        world.add_labels(transaction, call.actor, repository, fresh, labels)
    return _all_of(call, repository, issue)


def replace_on_issue(call: Call) -> Answer:
    """Replace the labels of an issue."""
    repository, issue = call.issue()
    names = read.label_names(_as_fields(call), "Issue")
    with call.hub.database.writing() as transaction:
        labels = world.labels_by_name(transaction, call.actor, repository, names)
        fresh = issue_numbered(transaction, repository, issue.number)
        world.replace_labels(transaction, call.actor, repository, fresh, labels)
    return _all_of(call, repository, issue)


def remove_one(call: Call) -> Answer:
    """Take one label off an issue and return what is left.

    Raises NotFound when it does not bear it.
    """
    repository, issue = call.issue()
    with call.hub.database.writing() as transaction:
        label = world.find_label(transaction, repository, call.params["name"])
        held = world.labels_of(transaction, issue.id)
        if label is None or label not in held:
            raise NotFound("Label does not exist")
        fresh = issue_numbered(transaction, repository, issue.number)
        world.remove_labels(transaction, call.actor, repository, fresh, [label])
    return _all_of(call, repository, issue)


def remove_all(call: Call) -> Answer:
    """Take all labels off an issue."""
    repository, issue = call.issue()
    with call.hub.database.writing() as transaction:
        fresh = issue_numbered(transaction, repository, issue.number)
        world.replace_labels(transaction, call.actor, repository, fresh, [])
    return Answer(status=204)


def _as_fields(call: Call) -> dict[str, object]:
    return (
        {"labels": call.body}
        if isinstance(call.body, list)
        else {"labels": call.fields().get("labels")}
    )


def _all_of(call: Call, repository: Repository, issue: Issue) -> Answer:
    labels = world.labels_of(call.view, issue.id)
    return Answer([label_payload(call.scope, repository, label) for label in labels])


def _named(view: View, repository: Repository, name: str) -> Label:
    label = world.find_label(view, repository, name)
    if label is None:
        raise NotFound
    return label


_ON_ISSUE = "/repos/{owner}/{repo}/issues/{number}/labels"
ROUTES = (
    Route("GET", "/repos/{owner}/{repo}/labels", list_labels),
    Route("POST", "/repos/{owner}/{repo}/labels", create),
    Route("GET", "/repos/{owner}/{repo}/labels/{name...}", get),
    Route("PATCH", "/repos/{owner}/{repo}/labels/{name...}", update),
    Route("DELETE", "/repos/{owner}/{repo}/labels/{name...}", delete),
    Route("GET", _ON_ISSUE, of_issue),
    Route("POST", _ON_ISSUE, add_to_issue),
    Route("PUT", _ON_ISSUE, replace_on_issue),
    Route("DELETE", _ON_ISSUE, remove_all),
    Route("DELETE", _ON_ISSUE + "/{name...}", remove_one),
)
