"""What mutations share: finding their objects, and GitHub's words when permission lacks."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from bot.hub.errors import Forbidden, ForbiddenHere
from bot.hub.graphql.nodes.lookup import find_record, unresolved
from bot.hub.rules.node_ids import decode
from bot.hub.scope import Scope
from bot.hub.store.identity import Account, Repository
from bot.hub.store.records import Issue, Label, Milestone, Pull
from bot.hub.store.view import View

Input = dict[str, Any]
Mutation = Callable[[Scope, Input], dict[str, Any]]


def mutation(perform: Mutation) -> Mutation:
    """Echo ``clientMutationId`` and word refusals as GitHub's GraphQL does.

    It makes nothing idempotent.
    """
    name = "".join(part.title() for part in perform.__name__.split("_"))

    @wraps(perform)
    def run(scope: Scope, given: Input) -> dict[str, Any]:
        try:
            payload = perform(scope, given)
        except ForbiddenHere:
            raise
        except Forbidden:
            own_words = (
                f"{scope.actor.login} does not have the correct permissions to execute `{name}`"
            )
            raise Forbidden(
                "Resource not accessible by integration" if scope.actor.is_bot else own_words
            ) from None
        return {**payload, "clientMutationId": given.get("clientMutationId")}

    return run


def issue_of(view: View, scope: Scope, text: str) -> tuple[Repository, Issue]:
    """Return an issue (no pull request) and its repository. Raises NotFound."""
    issue: Issue = find_record(view, scope, text, Issue)
    if issue.pull_id is not None:
        raise unresolved(text)
    return view.repository(issue.repo_id), issue


def pull_of(view: View, scope: Scope, text: str) -> tuple[Repository, Issue, Pull]:
    """Return a pull request and its repository. Raises NotFound."""
    pull: Pull = find_record(view, scope, text, Pull)
    return view.repository(pull.repo_id), view.issue_of(pull), pull


def conversation_of(view: View, scope: Scope, text: str) -> tuple[Repository, Issue]:
    """Return an issue or the issue half of a pull request. Raises NotFound."""
    found = find_record(view, scope, text, Issue, Pull)
    issue = view.issue_of(found) if isinstance(found, Pull) else found
    return view.repository(issue.repo_id), issue


def labels_of(
    view: View, scope: Scope, repository: Repository, ids: list[str] | None
) -> tuple[Label, ...]:
    """Return labels of the repository by id. Raises NotFound for any that is not one of its own."""
    found = []
    for text in ids or []:
        label: Label = find_record(view, scope, text, Label)
        if label.repo_id != repository.id:
            raise unresolved(text)
        found.append(label)
    return tuple(found)


def milestone_of(
    view: View, scope: Scope, repository: Repository, text: str | None
) -> Milestone | None:
    """Return a milestone of the repository by id, None for none. Raises NotFound."""
    if text is None:
        return None
    milestone: Milestone = find_record(view, scope, text, Milestone)
    if milestone.repo_id != repository.id:
        raise unresolved(text)
    return milestone


def accounts_of(view: View, ids: list[str] | None) -> tuple[Account, ...]:
    """Return accounts by id. Raises NotFound."""
    found = []
    for text in ids or []:
        key = decode(text)
        sql = "SELECT id FROM accounts WHERE id = ?"
        if (
            key is None
            or key.prefix not in ("U", "BOT")
            or not view.connection.execute(sql, (key.id,)).fetchone()
        ):
            raise unresolved(text)
        found.append(view.account(key.id))
    return tuple(found)
