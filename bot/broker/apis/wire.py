"""What the broker must know of a wire format, and what several have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.broker.output import Output
from bot.broker.prices import Tokens


@dataclass(frozen=True, slots=True)
class Route:
    """One admitted route."""

    path: str
    """Below the provider's address."""
    is_billed: bool = True
    model: str = ""
    """Where the path names it."""


@dataclass(frozen=True, slots=True)
class Told:
    """What an answer has told of its usage so far."""

    tokens: Tokens
    is_final: bool
    """Whether it is all that was used."""


class WireFormat(ABC):
    """How one API names its routes, keys, bounds, usage and errors."""

    @abstractmethod
    def route(self, method: str, path: str) -> Route | None:
        """Return the route that a path means, or None when it is not admitted."""

    def query_objection(self, route: Route, query: str) -> str:
        """Return why a query is not sent on, one sentence for the agent, or nothing."""
        return ""

    def token(self, headers: Mapping[str, str]) -> str:
        """Return the pass: where Anthropic's clients put a key, or OpenAI's."""
        kind, _, token = headers.get("authorization", "").partition(" ")
        return headers.get("x-api-key") or (token.strip() if kind.lower() == "bearer" else "")

    @abstractmethod
    def key_header(self, key: str) -> tuple[str, str]:
        """Return name and value of the header that brings the key."""

    @abstractmethod
    def objection(self, body: Mapping[str, Any]) -> str:
        """Return why a body is not sent on, one sentence for the agent, or nothing."""

    def sent(self, route: Route, body: dict[str, Any]) -> dict[str, Any]:
        """Return the body as the provider is to get it."""
        return body

    def model(self, route: Route, body: Mapping[str, Any]) -> str:
        """Return the name of the model that is asked."""
        return str(body.get("model", ""))

    @abstractmethod
    def output(self, route: Route, body: Mapping[str, Any]) -> Output:
        """Return how long the answer may become."""

    @abstractmethod
    def lowered(self, body: Mapping[str, Any], bound: int) -> dict[str, Any]:
        """Return the body with no bound on output above this one, in tokens."""

    @abstractmethod
    def usage(self, event: Mapping[str, Any], before: Tokens | None) -> Told | None:
        """Return what an event of a stream, or a whole answer, tells; None when it tells nothing.

        `before` is what earlier events told. Never raises for what a provider may send.
        """

    @abstractmethod
    def error(self, status: int, sentence: str) -> dict[str, object]:
        """Return the body of an error of the broker's own."""


def inside(value: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return the object of that name, or an empty one."""
    found = value.get(name)
    return found if isinstance(found, dict) else {}


def number(value: Mapping[str, Any], name: str) -> int:
    """Return the count of that name, or zero."""
    found = value.get(name)
    return max(0, found) if isinstance(found, int) else 0


def kind_of_error(status: int) -> str:
    """Return Anthropic's word for a status, which OpenAI's clients read as well."""
    usual = "api_error" if status >= 500 else "invalid_request_error"
    return _KINDS.get(status, usual)


_KINDS = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
}
