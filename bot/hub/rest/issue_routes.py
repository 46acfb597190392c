"""Issues: list, create, read, change. Pull requests answer here too, as on GitHub."""

from collections.abc import Mapping
from typing import Any

from bot.hub.errors import FieldError, Invalid
from bot.hub.rest import fields as read
from bot.hub.rest.call import Answer, Call, Route
from bot.hub.rest.issue_filters import issue_listing
from bot.hub.rest.milestone_routes import milestone_of_field
from bot.hub.rest.pages import listed
from bot.hub.rest.payloads.issues import issue_payload
from bot.hub.rules.roles import Role
from bot.hub.store.identity import Account, Repository
from bot.hub.store.records import Issue
from bot.hub.store.transaction import Transaction
from bot.hub.store.view import View
from bot.hub.world import issues as world
from bot.hub.world.access import role_of
from bot.hub.world.finding import issue_numbered
from bot.hub.world.labels import labels_by_name, replace_labels
from bot.hub.world.pulls import edit_pull, reopen_pull


def list_issues(call: Call) -> Answer:
    """List issues and pull requests with GitHub's filters."""
    repository = call.repository()
    scope = call.scope.listed()
    listing = issue_listing(scope.view, repository, call.query)
    return listed(call, listing, lambda issue: issue_payload(scope, repository, issue))


def create(call: Call) -> Answer:
    """Create an issue; unknown labels are created, and all extras dropped without push access."""
    repository, fields = call.repository(), call.fields()
    with call.hub.database.writing() as transaction:
        may_dress = role_of(transaction, repository, call.actor) >= Role.TRIAGE
        names = read.label_names(fields, "Issue") if fields.get("labels") else []
        draft = world.IssueDraft(
            title=read.text(fields, "title", "Issue"),
            body=read.text_or_none(fields, "body", "Issue"),
            labels=tuple(labels_by_name(transaction, call.actor, repository, names)),
            milestone=milestone_of_field(transaction, repository, fields.get("milestone"))
            if may_dress
            else None,
            assignees=_accounts(transaction, fields),
        )
        issue = world.create_issue(transaction, call.actor, repository, draft)
    return Answer(issue_payload(call.scope, repository, issue), 201)


def get(call: Call) -> Answer:
    """Return an issue or pull request by number."""
    repository, issue = call.issue()
    return Answer(issue_payload(call.scope, repository, issue))


def update(call: Call) -> Answer:
    """Change an issue.

    ``labels`` and ``assignees`` replace, an overlong body is ignored in silence.
    """
    repository, issue = call.issue()
    fields = call.fields()
    if issue.pull_id is not None and fields.get("state") == "open":
        _reopen_pull(call, repository, issue)
    with call.hub.database.writing() as transaction:
        issue = issue_numbered(transaction, repository, issue.number)
        issue = change_issue(transaction, call.actor, repository, issue, fields)
    return Answer(issue_payload(call.scope, repository, issue))


def _reopen_pull(call: Call, repository: Repository, issue: Issue) -> None:
    git = call.scope.git(repository)
    with call.hub.database.writing() as transaction:
        fresh = issue_numbered(transaction, repository, issue.number)
        reopen_pull(transaction, call.actor, repository, fresh, git)


def change_issue(
    transaction: Transaction,
    actor: Account,
    repository: Repository,
    issue: Issue,
    fields: Mapping[str, Any],
) -> Issue:
    """Apply the fields of a PATCH in one transaction."""
    changes: dict[str, Any] = {}
    if fields.get("title") is not None:
        changes["title"] = read.text(fields, "title", "Issue")
    if "body" in fields:
        changes["body"] = read.text_or_none(fields, "body", "Issue")
    if changes:
        edit = edit_pull if issue.pull_id else world.edit_text
        issue = edit(transaction, actor, repository, issue, changes)
    if fields.get("labels") is not None:
        labels = labels_by_name(transaction, actor, repository, read.label_names(fields, "Issue"))
        issue = replace_labels(transaction, actor, repository, issue, labels)
    if "milestone" in fields:
        milestone = milestone_of_field(transaction, repository, fields["milestone"])
        issue = world.set_milestone(transaction, actor, repository, issue, milestone)
    if fields.get("assignees") is not None:
        issue = world.set_assignees(
            transaction, actor, repository, issue, _accounts(transaction, fields)
        )
    if fields.get("state") is not None:
        reason = read.text_or_none(fields, "state_reason", "Issue")
        state = read.text(fields, "state", "Issue")
        issue = world.set_state(transaction, actor, repository, issue, state, reason)
    return issue


def _accounts(view: View, fields: Mapping[str, Any]) -> tuple[Account, ...]:
    found = []
    for login in read.texts(fields, "assignees", "Issue"):
        account = view.account_named(login)
        if account is None:
            raise Invalid(FieldError("Issue", "assignees", "invalid"))
        found.append(account)
    return tuple(found)


ROUTES = (
    Route("GET", "/repos/{owner}/{repo}/issues", list_issues),
    Route("POST", "/repos/{owner}/{repo}/issues", create),
    Route("GET", "/repos/{owner}/{repo}/issues/{number}", get),
    Route("PATCH", "/repos/{owner}/{repo}/issues/{number}", update),
)
