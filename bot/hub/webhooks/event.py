"""A webhook event, and the parts every payload has."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.hub.rest.payloads.accounts import simple_user
from bot.hub.rest.payloads.repositories import full_repository
from bot.hub.scope import Scope
from bot.hub.store.identity import Repository

Json = dict[str, Any]
EVENTS = (
    "issues",
    "issue_comment",
    "pull_request",
    "pull_request_review",
    "push",
    "sub_issues",
    "issue_dependencies",
    "milestone",
    "label",
)
"""What a hook may subscribe to; ``*`` is all of them. ``ping`` needs no subscription."""
_NO_TRIGGERS = frozenset({"ping", "sub_issues", "issue_dependencies"})


@dataclass(frozen=True)
class Event:
    """Something that happened in a repository; ``payload`` is built per hook, for its address."""

    name: str
    action: str | None
    repository_id: int
    payload: Callable[[Scope], Json]


def event(
    name: str, action: str | None, repository: Repository, body: Callable[[Scope], Json]
) -> Event:
    """Return an event whose payload is ``body`` with action, repository and sender around it."""

    def build(scope: Scope) -> Json:
        head = {} if action is None else {"action": action}
        return {
            **head,
            **body(scope),
            "repository": full_repository(scope, repository),
            "sender": simple_user(scope, scope.actor),
        }

    return Event(name, action, repository.id, build)


def starts_workflows(name: str, triggers: bool) -> bool:
    """Return whether workflows that listen for an event would run.

    ``triggers`` is false for a sender with a workflow's token: GitHub starts nothing for what that
    did. (A pull request that it opens or updates gets runs that wait for a person's approval.)
    """
    return triggers and name not in _NO_TRIGGERS
