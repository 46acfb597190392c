"""One REST call: who asks, what for, and the answer. Handlers are plain functions of a Call."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.hub.errors import BadRequest, NotFound
from bot.hub.scope import Scope
from bot.hub.store.identity import Account, Repository
from bot.hub.store.records import Issue, Pull
from bot.hub.store.view import View
from bot.hub.world.access import readable_repository
from bot.hub.world.finding import issue_numbered, pull_numbered
from bot.hub.world.hub import Hub


@dataclass(frozen=True)
class Answer:
    """What a handler answers; ``content`` None means no body, bytes are sent as they are."""

    content: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Call:
    """A request that has a route and an account; ``params`` come from the path, decoded."""

    scope: Scope
    path: str
    params: Mapping[str, str]
    query: Mapping[str, str]
    body: Any
    accept: str = ""
    """The media types the client asked for."""

    @property
    def hub(self) -> Hub:
        """The open world."""
        return self.scope.hub

    @property
    def actor(self) -> Account:
        """The account whose token came with the request."""
        return self.scope.actor

    @property
    def view(self) -> View:
        """The present."""
        return self.scope.view

    def number(self, name: str) -> int:
        """Return a number from the path. Raises NotFound for anything else."""
        text = self.params[name]
        if not text.isascii() or not text.isdigit() or len(text) > 15:
            raise NotFound
        return int(text)

    def repository(self) -> Repository:
        """Return the repository the path names. Raises NotFound."""
        return readable_repository(self.view, self.actor, self.params["owner"], self.params["repo"])

    def issue(self) -> tuple[Repository, Issue]:
        """Return the issue or pull request the path names, as it is now. Raises NotFound."""
        repository = self.repository()
        return repository, issue_numbered(self.view, repository, self.number("number"))

    def pull(self) -> tuple[Repository, Issue, Pull]:
        """Return the pull request the path names, as it is now. Raises NotFound."""
        repository = self.repository()
        return repository, *pull_numbered(self.view, repository, self.number("number"))

    def fields(self) -> Mapping[str, Any]:
        """Return the JSON object that was sent, empty when nothing was.

        Raises BadRequest for another type, as GitHub does.
        """
        if self.body is None:
            return {}
        if not isinstance(self.body, dict):
            raise BadRequest("Body should be a JSON object")
        return self.body


Handler = Callable[[Call], Answer]


@dataclass(frozen=True)
class Route:
    """A method and a path template: ``{name}`` is one segment, ``{name...}`` one or more."""

    method: str
    template: str
    handler: Handler
