"""Who can be assigned, and assigning one by one, where PATCH replaces all."""

from collections.abc import Callable, Iterable

from bot.hub.errors import NotFound
from bot.hub.rest import fields as read
from bot.hub.rest.call import Answer, Call, Route
from bot.hub.rest.pages import sliced
from bot.hub.rest.payloads.accounts import simple_user
from bot.hub.rest.payloads.issues import issue_payload
from bot.hub.rules.roles import Role
from bot.hub.store.identity import Account, Repository
from bot.hub.store.records import Collaborator
from bot.hub.store.view import View
from bot.hub.world.access import role_of
from bot.hub.world.finding import issue_numbered
from bot.hub.world.issues import assignees_of, set_assignees


def list_assignees(call: Call) -> Answer:
    """List who can be assigned, the owner first."""
    people = _assignable(call.view, call.repository())
    return sliced(call, people, lambda account: simple_user(call.scope, account))


def is_assignable(call: Call) -> Answer:
    """Answer 204 for somebody who can be assigned. Raises NotFound for others."""
    wanted = call.view.account_named(call.params["assignee"])
    if wanted not in _assignable(call.view, call.repository()):
        raise NotFound
    return Answer(status=204)


def add(call: Call) -> Answer:
    """Assign more people; who cannot be assigned is left out in silence."""
    return _change(call, lambda held, named: [*held, *named], 201)


def remove(call: Call) -> Answer:
    """Take people from an issue."""
    return _change(call, lambda held, named: [one for one in held if one not in named], 200)


def _change(
    call: Call,
    change: Callable[[list[Account], list[Account]], Iterable[Account]],
    status: int,
) -> Answer:
    repository, issue = call.issue()
    names = read.texts(call.fields(), "assignees", "Issue")
    named = [found for name in names if (found := call.view.account_named(name)) is not None]
    with call.hub.database.writing() as transaction:
        fresh = issue_numbered(transaction, repository, issue.number)
        wanted = change(assignees_of(transaction, fresh.id), named)
        issue = set_assignees(transaction, call.actor, repository, fresh, wanted)
    return Answer(issue_payload(call.scope, repository, issue), status)


def _assignable(view: View, repository: Repository) -> list[Account]:
    links = view.all(Collaborator, "repo_id = :repo", order="account_id", repo=repository.id)
    people = [view.account(repository.owner_id), *(view.account(one.account_id) for one in links)]
    return [one for one in people if role_of(view, repository, one) >= Role.TRIAGE]


_REPO = "/repos/{owner}/{repo}"
ROUTES = (
    Route("GET", f"{_REPO}/assignees", list_assignees),
    Route("GET", f"{_REPO}/assignees/{{assignee}}", is_assignable),
    Route("POST", f"{_REPO}/issues/{{number}}/assignees", add),
    Route("DELETE", f"{_REPO}/issues/{{number}}/assignees", remove),
)
